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

    /// <summary>Whether the element may be what it is because float32 overflows on the way to the exact result.</summary>
    public abstract bool Excuses(int index, float got);

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
        double bound = Bound(index, got);
        double error = Math.Abs(got - expected);
        // A bound that is no number bounds nothing.
        double share = error == 0 ? 0 : mismatch || !double.IsFinite(bound) ? double.PositiveInfinity : error / bound;
        return share > 1 && Excuses(index, got) ? new(IsSame: false, IsMismatch: false, Share: 0) : new(same, mismatch, share);
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
    private (double[] Positive, double[] Negative)? _partial;

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
        bool isScale = spec is Pointwise { Function: PointwiseFunction.ScaleOffset } scale && IsWhole(scale.A) && IsWhole(scale.B);
        _isWhole = (_isMean || isScale || weight is not null) && x.All(IsWhole) && AllWhole(weight) && AllWhole(bias);
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
    /// Where the terms of one sign alone exceed float32's range, a partial sum may overflow in one order and not in another:
    /// the result may be that infinity though the exact value is finite. NaN takes infinities of both signs, from overflows
    /// or from a term. Nothing makes a NaN, or an infinite term, anything else.
    /// </summary>
    public override bool Excuses(int index, float got)
    {
        if (_isExact || float.IsFinite(got) || _magnitude is null || double.IsNaN(_expected[index]))
            return false;
        _partial ??= Partials();
        double most = float.MaxValue / (1 + ErrorBound.OfSum(_terms, _arithmetic.Unit));
        bool positive = _partial.Value.Positive[index] > most || double.IsPositiveInfinity(_expected[index]);
        bool negative = _partial.Value.Negative[index] > most || double.IsNegativeInfinity(_expected[index]);
        return float.IsNaN(got) ? positive && negative
            : double.IsFinite(_expected[index]) && (got > 0 ? positive : negative);
    }

    private double Of(int index, double u)
    {
        double magnitude = _magnitude?[index] ?? 0;
        // Whole numbers whose sums float32 holds come out exact; their mean is then off by its division alone.
        if (_isWhole && _isMean && PartialSum(index) <= LargestWhole)
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

    /// <summary>The sum of the finite terms' magnitudes, not divided.</summary>
    private double PartialSum(int index)
    {
        _partial ??= Partials();
        return _partial.Value.Positive[index] + _partial.Value.Negative[index];
    }

    /// <summary>The sums of each output's finite positive terms, and of its negative ones without their sign, not divided.</summary>
    private (double[] Positive, double[] Negative) Partials()
    {
        double[] above = Array.ConvertAll(_x, value => double.IsFinite(value) && value > 0 ? value : 0);
        double[] below = Array.ConvertAll(_x, value => double.IsFinite(value) && value < 0 ? -value : 0);
        switch (_spec)
        {
            case AvgPool2d pool:
                OperatorSpec sum = pool with { DivisorOverride = 1 };
                bool isTurned = pool.DivisorOverride < 0;
                return (Evaluate(sum, isTurned ? below : above), Evaluate(sum, isTurned ? above : below));
            case IntervalPool2d:
                return (Scaled(Evaluate(_spec, above)), Scaled(Evaluate(_spec, below)));
            case Conv2d conv:
                return Signed((weight, bias) => conv with { Weight = weight, Bias = bias }, conv.Weight, conv.Bias);
            case ConvTranspose2d conv:
                return Signed((weight, bias) => conv with { Weight = weight, Bias = bias }, conv.Weight, conv.Bias);
            case Pointwise { Function: PointwiseFunction.ScaleOffset } scale:
                (float a, float b) = (scale.A, scale.B);
                return (
                    Evaluate(Pointwise.ScaleOffset(Math.Abs(a), Math.Max(b, 0)), a > 0 ? above : below),
                    Evaluate(Pointwise.ScaleOffset(Math.Abs(a), Math.Max(-b, 0)), a > 0 ? below : above));
            default:
                return (new double[_expected.Length], new double[_expected.Length]);
        }

        (double[] Positive, double[] Negative) Signed(Func<Tensor, Tensor?, OperatorSpec> with, Tensor weight, Tensor? bias)
        {
            (Tensor up, Tensor down) = (Part(weight, 1)!, Part(weight, -1)!);
            return (
                Sum(Evaluate(with(up, Part(bias, 1)), above), Evaluate(with(down, null), below)),
                Sum(Evaluate(with(up, Part(bias, -1)), below), Evaluate(with(down, null), above)));
        }

        double[] Scaled(double[] means) => Array.ConvertAll(means, mean => mean * _terms);

        double[] Sum(double[] left, double[] right) => [.. left.Zip(right, (l, r) => l + r)];
    }

    private double[] Evaluate(OperatorSpec spec, double[] x)
    {
        double[] y = new double[_expected.Length];
        _exact.Evaluate(spec, _input, x, y, []);
        return y;
    }

    /// <summary>The finite elements of one sign, without it; 0 elsewhere.</summary>
    private static Tensor? Part(Tensor? tensor, int sign) => tensor is null
        ? null
        : new(tensor.Shape, Array.ConvertAll(tensor.Elements.ToArray(), value => float.IsFinite(value) ? Math.Max(sign * value, 0) : 0));

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
}
