using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Tensors;

namespace LivePool.Verification;

/// <summary>Compares an operator's float32 output with the exact result, element by element.</summary>
public sealed class OperatorCheck(IExactOperators exact)
{
    /// <summary>Compares one operator.</summary>
    /// <param name="spec">The operator.</param>
    /// <param name="input">The shape of <paramref name="x"/>.</param>
    /// <param name="x">The input that the backend was given.</param>
    /// <param name="got">The output that it computed.</param>
    /// <param name="gotIndices">The indices that it computed; empty where the operator returns none.</param>
    /// <param name="u">Its rounding unit: <see cref="ErrorBound.RoundToNearest"/> or <see cref="ErrorBound.AnyRounding"/>.</param>
    public ComparisonReport Compare(
        OperatorSpec spec, TensorShape input, ReadOnlySpan<float> x, ReadOnlySpan<float> got,
        ReadOnlySpan<long> gotIndices, double u)
    {
        TensorShape shape = spec.OutputShape(input);
        ArgumentOutOfRangeException.ThrowIfNotEqual(got.Length, shape.Count);
        var wide = new double[x.Length];
        for (int i = 0; i < x.Length; i++)
            wide[i] = x[i];
        var expected = new double[shape.Count];
        var indices = new long[spec.ReturnsIndices ? shape.Count : 0];
        exact.Evaluate(spec, input, wide, expected, indices);

        double[]? magnitude = null;
        if (ErrorBound.Magnitude(spec) is { } magnitudeSpec)
        {
            var absolute = Array.ConvertAll(wide, Math.Abs);
            magnitude = new double[shape.Count];
            exact.Evaluate(magnitudeSpec, input, absolute, magnitude, []);
        }

        double[]? partial = PartialSums(spec, input, wide, shape);

        var tally = new Tally(spec, shape, u);
        for (int i = 0; i < expected.Length; i++)
        {
            double element = wide.Length == expected.Length ? wide[i] : 0;
            tally.Add(i, got[i], expected[i], magnitude?[i] ?? 0, partial?[i] ?? 0, element);
        }
        for (int i = 0; i < Math.Max(indices.Length, gotIndices.Length); i++)
            tally.AddIndex(i, i < gotIndices.Length ? gotIndices[i] : null, i < indices.Length ? indices[i] : null);
        return tally.Report();
    }

    /// <summary>
    /// The largest partial sum that each output may meet in any order: sum|w*x| of the finite terms, before a division.
    /// </summary>
    private double[]? PartialSums(OperatorSpec spec, TensorShape input, double[] x, TensorShape shape)
    {
        OperatorSpec? sum = ErrorBound.Magnitude(spec) switch
        {
            AvgPool2d pool => pool with { DivisorOverride = 1 },
            Conv2d conv => conv with { Weight = Finite(conv.Weight), Bias = conv.Bias is null ? null : Finite(conv.Bias) },
            OperatorSpec other => other,
            null => null,
        };
        if (sum is null)
            return null;
        var partial = new double[shape.Count];
        exact.Evaluate(sum, input, Array.ConvertAll(x, value => double.IsFinite(value) ? Math.Abs(value) : 0), partial, []);
        return partial;
    }

    private static Tensor Finite(Tensor tensor) =>
        new(tensor.Shape, Array.ConvertAll(tensor.Elements.ToArray(), value => float.IsFinite(value) ? value : 0));

    /// <summary>Compares every stage of a pipeline's last run, each from the input that the backend itself gave it.</summary>
    public IReadOnlyList<ComparisonReport> Compare(ICompiledPipeline compiled, FrameView frame, double u)
    {
        float[] x = new float[frame.Length];
        frame.CopyTo(x);
        TensorShape shape = compiled.InputShape;
        var reports = new List<ComparisonReport>();
        for (int i = 0; i < compiled.Shapes.Count; i++)
        {
            ReadOnlySpan<float> got = compiled.Output(i);
            reports.Add(Compare(compiled.Pipeline.Stages[i], shape, x, got, compiled.Indices(i), u));
            x = got.ToArray();
            shape = compiled.Shapes[i];
        }
        return reports;
    }

    private sealed class Tally(OperatorSpec spec, TensorShape shape, double u)
    {
        private readonly bool _isExact = ErrorBound.IsExact(spec);
        private readonly double _usual = 4 * Math.Sqrt(ErrorBound.Terms(spec)) * u;
        private int _failures;
        private int _nonFinite;
        private int _suspicious;
        private int _wrongIndices;
        private IndexComparison? _firstWrongIndex;
        private ElementComparison? _worst;
        private double _worstShare;

        public void Add(int index, float got, double expected, double magnitude, double partial, double x)
        {
            double bound = _isExact ? 0 : ErrorBound.Of(spec, u, expected, magnitude, x);
            bool sameNonFinite = double.IsNaN(expected) ? float.IsNaN(got) : got == expected || (float)expected == got;
            if (sameNonFinite && (_isExact || !double.IsFinite(expected) || !float.IsFinite(got)))
                return;
            // An infinite term meets an overflow of the other sign and gives NaN; nothing makes a NaN anything else.
            if (!_isExact && MayOverflow(partial) &&
                (double.IsFinite(expected) ? !float.IsFinite(got) : float.IsNaN(got)))
                return;

            bool mismatch = !double.IsFinite(expected) || !float.IsFinite(got);
            double error = Math.Abs(got - expected);
            // A bound that is NaN bounds nothing.
            double share = mismatch || double.IsNaN(bound) ? double.PositiveInfinity : error == 0 ? 0 : error / bound;
            if (mismatch)
                _nonFinite++;
            if (share > 1)
                _failures++;
            else if (magnitude > 0 && error > _usual * magnitude)
                _suspicious++;
            if (share > _worstShare)
            {
                _worstShare = share;
                _worst = At(index, got, expected, bound);
            }
        }

        public void AddIndex(int index, long? got, long? expected)
        {
            if (got == expected)
                return;
            _wrongIndices++;
            (int n, int c, int h, int w) = Coordinates(index);
            _firstWrongIndex ??= new(n, c, h, w, got, expected);
        }

        /// <summary>
        /// Where sum|w*x| exceeds float32's range, a partial sum may overflow in one order and not in another: the
        /// result may be infinite, or NaN from two infinities, though the exact value is finite. An average overflows
        /// before its division.
        /// </summary>
        private bool MayOverflow(double partial) =>
            partial * (1 + ErrorBound.Gamma(ErrorBound.Terms(spec) + 4, u)) > float.MaxValue;

        private ElementComparison At(int index, float got, double expected, double bound)
        {
            (int n, int c, int h, int w) = Coordinates(index);
            return new(n, c, h, w, got, expected, bound);
        }

        private (int N, int C, int H, int W) Coordinates(int index)
        {
            int plane = index / shape.PlaneSize;
            return (plane / shape.C, plane % shape.C, index / shape.W % shape.H, index % shape.W);
        }

        public ComparisonReport Report() =>
            new(spec.Name, shape, shape.Count, _failures, _nonFinite, _wrongIndices, _suspicious, _worst, _worstShare)
            {
                FirstWrongIndex = _firstWrongIndex,
            };
    }
}
