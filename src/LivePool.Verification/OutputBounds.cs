using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Tensors;

namespace LivePool.Verification;

/// <summary>The bounds of every element of one operator's output.</summary>
public abstract class OutputBounds
{
    /// <summary>Works the bounds out.</summary>
    /// <param name="exact">The exact operators, for sums of magnitudes.</param>
    /// <param name="spec">The operator.</param>
    /// <param name="input">The shape of <paramref name="x"/>.</param>
    /// <param name="x">The input.</param>
    /// <param name="expected">The exact output for it.</param>
    /// <param name="arithmetic">The backend's arithmetic.</param>
    public static OutputBounds Create(
        IExactOperators exact, OperatorSpec spec, TensorShape input, double[] x, double[] expected, Arithmetic arithmetic) =>
        spec is LpPool2d pool
            ? new LpPoolBounds(pool, input, x, expected, arithmetic)
            : new SumBounds(exact, spec, input, x, expected, arithmetic);

    /// <summary>How far the element may be from the exact one, in the direction of <paramref name="got"/>.</summary>
    public abstract double Bound(int index, double got);

    /// <summary>The same with the unit 2^-24 of rounding to nearest, for arithmetic that is allowed 2^-23.</summary>
    public abstract double TightBound(int index, double got);

    /// <summary>Whether an error within the bound is beyond the usual <c>4*sqrt(n)*u*sum|w*x|</c>.</summary>
    public abstract bool IsSuspicious(int index, double difference);

    /// <summary>
    /// Whether the exact value is less than an eighth of its terms' magnitudes: its units in the last place then say nothing
    /// about the arithmetic.
    /// </summary>
    public virtual bool IsCancelled(int index) => false;

    /// <summary>
    /// Whether the element may be what it is though one of it and the exact one is NaN or infinite and the other is not the
    /// same: where float32 overflows on the way to the exact result.
    /// </summary>
    public abstract bool AllowsNonFinite(int index, float got);

    /// <summary>Compares one element with the exact one.</summary>
    /// <param name="index">The element.</param>
    /// <param name="got">What the backend computed.</param>
    /// <param name="expected">The exact element.</param>
    /// <param name="mustBeEqual">Whether the operator only selects or copies.</param>
    public ElementJudgement Judge(int index, float got, double expected, bool mustBeEqual)
    {
        bool same = double.IsNaN(expected) ? float.IsNaN(got) : got == expected || (float)expected == got;
        if (same && (mustBeEqual || !double.IsFinite(expected) || !float.IsFinite(got)))
            return new(IsSame: true, IsMismatch: false, Share: 0);
        bool mismatch = !double.IsFinite(expected) || !float.IsFinite(got);
        if (mismatch && AllowsNonFinite(index, got))
            return new(IsSame: false, IsMismatch: false, Share: 0);
        double bound = Bound(index, got);
        double error = Math.Abs(got - expected);
        // A bound that is NaN bounds nothing.
        return new(same, mismatch, mismatch || double.IsNaN(bound) ? double.PositiveInfinity : error == 0 ? 0 : error / bound);
    }
}

/// <summary>How an element compares with the exact one.</summary>
/// <param name="IsSame">Whether it is the exact one, rounded.</param>
/// <param name="IsMismatch">Whether one is NaN or infinite, the other is not the same, and nothing excuses it.</param>
/// <param name="Share">The error as a share of the bound: above 1 where it is wrong, infinite for a mismatch.</param>
public readonly record struct ElementJudgement(bool IsSame, bool IsMismatch, double Share);

/// <summary>The bounds of sums, selections and pointwise functions.</summary>
internal sealed class SumBounds : OutputBounds
{
    /// <summary>Up to here float32 has every whole number.</summary>
    private const double LargestWhole = 1 << 24;

    private readonly IExactOperators _exact;
    private readonly OperatorSpec _spec;
    private readonly TensorShape _input;
    private readonly double[] _x;
    private readonly double[] _expected;
    private readonly Arithmetic _arithmetic;
    private readonly int _terms;
    private readonly bool _isExact;
    private readonly bool _isMean;
    private readonly bool _isWhole;
    private readonly double _flush;
    private readonly double[]? _magnitude;
    private double[]? _partial;

    public SumBounds(
        IExactOperators exact, OperatorSpec spec, TensorShape input, double[] x, double[] expected, Arithmetic arithmetic)
    {
        _exact = exact;
        _spec = spec;
        _input = input;
        _x = x;
        _expected = expected;
        _arithmetic = arithmetic;
        _isExact = ErrorBound.IsExact(spec);
        _terms = ErrorBound.Terms(spec, input);
        (Tensor? weight, Tensor? bias) = Weights(spec);
        _isMean = spec is AvgPool2d or IntervalPool2d { IsMaximum: false };
        _isWhole = (_isMean || weight is not null) && x.All(IsWhole) && AllWhole(weight) && AllWhole(bias);
        _flush = arithmetic.FlushesSubnormals ? Flush(weight, x) : 0;
        if (ErrorBound.Magnitude(spec) is { } magnitudeSpec)
        {
            _magnitude = new double[expected.Length];
            exact.Evaluate(magnitudeSpec, input, Array.ConvertAll(x, Math.Abs), _magnitude, []);
        }
    }

    /// <inheritdoc/>
    public override double Bound(int index, double got) => Of(index, _arithmetic.Unit);

    /// <inheritdoc/>
    public override double TightBound(int index, double got) => Of(index, ErrorBound.RoundToNearest);

    /// <inheritdoc/>
    public override bool IsSuspicious(int index, double difference) =>
        _magnitude is not null && difference > 4 * Math.Sqrt(_terms) * _arithmetic.Unit * _magnitude[index] + _terms * ErrorBound.SmallestNormal + _flush;

    /// <inheritdoc/>
    public override bool IsCancelled(int index) =>
        _magnitude is not null && Math.Abs(_expected[index]) < _magnitude[index] / 8;

    /// <summary>
    /// Where sum|w*x| exceeds float32's range, a partial sum may overflow in one order and not in another: the result may
    /// be infinite, or NaN from two infinities, though the exact value is finite. An infinite term meets an overflow of the
    /// other sign and gives NaN; nothing makes a NaN anything else.
    /// </summary>
    public override bool AllowsNonFinite(int index, float got) =>
        !_isExact && (double.IsFinite(_expected[index]) ? !float.IsFinite(got) : float.IsNaN(got)) &&
        Partial(index) * (1 + ErrorBound.Gamma(_terms + 4, _arithmetic.Unit)) > float.MaxValue;

    private double Of(int index, double u)
    {
        double magnitude = _magnitude?[index] ?? 0;
        // Whole numbers whose sums float32 holds come out exact; their mean is then off by its division alone.
        if (_isWhole && _isMean && Partial(index) <= LargestWhole)
            return Math.Abs(_expected[index]) * (u == ErrorBound.RoundToNearest ? u : 2.5 * u) + ErrorBound.SmallestNormal;
        if (_isWhole && !_isMean && magnitude <= LargestWhole)
            return 0;
        double element = _x.Length == _expected.Length ? _x[index] : 0;
        double exact = _expected[index];
        // A selection of a number that is flushed gives 0.
        if (_isExact)
            return _flush > 0 && Math.Abs(exact) < ErrorBound.SmallestNormal ? ErrorBound.SmallestNormal : 0;
        return ErrorBound.Of(_spec, u, _terms, exact, magnitude, element) + _flush;
    }

    /// <summary>
    /// A term w*x whose x is flushed is off by less than 2^-126 |w|, one whose w is by 2^-126 |x|.
    /// </summary>
    private double Flush(Tensor? weight, double[] x)
    {
        double largestX = 0;
        bool anyX = false;
        foreach (double value in x)
        {
            anyX |= IsSubnormal(value);
            if (double.IsFinite(value))
                largestX = Math.Max(largestX, Math.Abs(value));
        }
        double largestWeight = _spec is Pointwise pointwise ? Math.Max(1, Math.Abs(pointwise.A)) : 1;
        bool anyWeight = false;
        if (weight is not null)
        {
            foreach (float value in weight.Elements)
            {
                anyWeight |= IsSubnormal(value);
                if (float.IsFinite(value))
                    largestWeight = Math.Max(largestWeight, Math.Abs(value));
            }
        }
        return _terms * ErrorBound.SmallestNormal * (1 + (anyX ? largestWeight : 0) + (anyWeight ? largestX : 0));
    }

    /// <summary>The largest partial sum that the output may meet in any order: its finite terms' magnitudes, not divided.</summary>
    private double Partial(int index)
    {
        _partial ??= Partials();
        return _partial[index];
    }

    private double[] Partials()
    {
        double[] partial = new double[_expected.Length];
        double factor = 1;
        OperatorSpec? sum = ErrorBound.Magnitude(_spec);
        switch (sum)
        {
            case null:
                return partial;
            case AvgPool2d pool:
                sum = pool with { DivisorOverride = 1 };
                break;
            case IntervalPool2d:
                factor = _terms;
                break;
            case Conv2d conv:
                sum = conv with { Weight = Finite(conv.Weight)!, Bias = Finite(conv.Bias) };
                break;
            case ConvTranspose2d conv:
                sum = conv with { Weight = Finite(conv.Weight)!, Bias = Finite(conv.Bias) };
                break;
        }
        _exact.Evaluate(sum, _input, Array.ConvertAll(_x, value => double.IsFinite(value) ? Math.Abs(value) : 0), partial, []);
        for (int i = 0; i < partial.Length; i++)
            partial[i] *= factor;
        return partial;
    }

    private static (Tensor? Weight, Tensor? Bias) Weights(OperatorSpec spec) => spec switch
    {
        Conv2d conv => (conv.Weight, conv.Bias),
        ConvTranspose2d conv => (conv.Weight, conv.Bias),
        _ => (null, null),
    };

    private static bool AllWhole(Tensor? tensor)
    {
        if (tensor is null)
            return true;
        foreach (float value in tensor.Elements)
        {
            if (!IsWhole(value))
                return false;
        }
        return true;
    }

    private static bool IsWhole(double value) => double.IsFinite(value) && value == Math.Floor(value);

    private static bool IsSubnormal(double value) => value != 0 && Math.Abs(value) < ErrorBound.SmallestNormal;

    private static Tensor? Finite(Tensor? tensor) => tensor is null
        ? null
        : new(tensor.Shape, Array.ConvertAll(tensor.Elements.ToArray(), value => float.IsFinite(value) ? value : 0));
}
