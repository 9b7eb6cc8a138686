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
    /// <param name="arithmetic">What its arithmetic promises.</param>
    /// <param name="shares">
    /// Where to write each element's error as a share of its bound, infinite where it is not allowed at all or its index is
    /// wrong; empty where that is not asked for.
    /// </param>
    public ComparisonReport Compare(
        OperatorSpec spec, TensorShape input, ReadOnlySpan<float> x, ReadOnlySpan<float> got,
        ReadOnlySpan<long> gotIndices, Arithmetic arithmetic, Span<float> shares = default)
    {
        TensorShape shape = spec.OutputShape(input);
        ArgumentOutOfRangeException.ThrowIfNotEqual(got.Length, shape.Count);
        var wide = new double[x.Length];
        for (int i = 0; i < x.Length; i++)
            wide[i] = x[i];
        var expected = new double[shape.Count];
        var indices = new long[spec.ReturnsIndices ? shape.Count : 0];
        exact.Evaluate(spec, input, wide, expected, indices);

        OutputBounds bounds = OutputBounds.Create(exact, spec, input, wide, expected, arithmetic);
        var tally = new Tally(spec, shape, bounds);
        for (int i = 0; i < expected.Length; i++)
        {
            double share = tally.Add(i, got[i], expected[i]);
            if (!shares.IsEmpty)
                shares[i] = (float)share;
        }
        List<IndexComparison> wrongIndices = WrongIndices(shape, input, wide, gotIndices, indices, arithmetic);
        if (!shares.IsEmpty)
        {
            foreach (IndexComparison wrong in wrongIndices)
                shares[((wrong.N * shape.C + wrong.C) * shape.H + wrong.H) * shape.W + wrong.W] = float.PositiveInfinity;
        }
        return tally.Report(wrongIndices);
    }

    /// <summary>The winners' indices that are wrong, missing or not asked for.</summary>
    internal static List<IndexComparison> WrongIndices(
        TensorShape shape, TensorShape input, double[] x, ReadOnlySpan<long> got, ReadOnlySpan<long> expected, Arithmetic arithmetic)
    {
        var wrong = new List<IndexComparison>();
        for (int i = 0; i < Math.Max(expected.Length, got.Length); i++)
        {
            long? gotIndex = i < got.Length ? got[i] : null;
            long? exactIndex = i < expected.Length ? expected[i] : null;
            if (gotIndex == exactIndex || (arithmetic.FlushesSubnormals && AreFlushed(shape, input, x, i, gotIndex, exactIndex)))
                continue;
            (int n, int c, int h, int w) = Coordinates(shape, i);
            wrong.Add(new(n, c, h, w, gotIndex, exactIndex));
        }
        return wrong;
    }

    private static (int N, int C, int H, int W) Coordinates(TensorShape shape, int index)
    {
        int plane = index / shape.PlaneSize;
        return (plane / shape.C, plane % shape.C, index / shape.W % shape.H, index % shape.W);
    }

    /// <summary>Whether both winners are numbers that the arithmetic takes for 0, so that it cannot tell them apart.</summary>
    private static bool AreFlushed(TensorShape shape, TensorShape input, double[] x, int position, long? got, long? expected)
    {
        int plane = position / shape.PlaneSize * input.PlaneSize;
        return IsFlushed(got) && IsFlushed(expected);

        bool IsFlushed(long? index) =>
            index >= 0 && index < input.PlaneSize && Math.Abs(x[plane + index.Value]) < ErrorBound.SmallestNormal;
    }

    /// <summary>Compares every stage of a pipeline's last run, each from the input that the backend itself gave it.</summary>
    public IReadOnlyList<ComparisonReport> Compare(ICompiledPipeline compiled, FrameView frame, Arithmetic arithmetic)
    {
        float[] x = new float[frame.Length];
        frame.CopyTo(x);
        TensorShape shape = compiled.InputShape;
        var reports = new List<ComparisonReport>();
        for (int i = 0; i < compiled.Shapes.Count; i++)
        {
            ReadOnlySpan<float> got = compiled.Output(i);
            reports.Add(Compare(compiled.Pipeline.Stages[i], shape, x, got, compiled.Indices(i), arithmetic));
            x = got.ToArray();
            shape = compiled.Shapes[i];
        }
        return reports;
    }

    private sealed class Tally(OperatorSpec spec, TensorShape shape, OutputBounds bounds)
    {
        private readonly bool _isExact = ErrorBound.IsExact(spec);
        private readonly int[] _histogram = new int[ComparisonReport.HistogramLength];
        private int _failures;
        private int _nonFinite;
        private int _suspicious;
        private ElementComparison? _worst;
        private double _worstShare;
        private double _worstTightShare;
        private double _worstUlps;

        /// <returns>The error as a share of the bound.</returns>
        public double Add(int index, float got, double expected)
        {
            ElementJudgement judged = bounds.Judge(index, got, expected, _isExact);
            double error = Math.Abs(got - expected);
            _histogram[ComparisonReport.HistogramBin(judged.IsSame ? 0 : judged.Share)]++;
            if (judged.IsMismatch)
                _nonFinite++;
            if (judged.Share > 1)
                _failures++;
            else if (double.IsFinite(error) && bounds.IsSuspicious(index, error))
                _suspicious++;
            if (judged.Share == 0)
                return 0;
            (int n, int c, int h, int w) = Coordinates(shape, index);
            var element = new ElementComparison(n, c, h, w, got, expected, bounds.Bound(index, got));
            _worstTightShare = Math.Max(_worstTightShare, judged.IsMismatch ? judged.Share : error / bounds.TightBound(index, got));
            if (judged.IsMismatch || !bounds.IsCancelled(index))
                _worstUlps = Math.Max(_worstUlps, judged.IsMismatch ? double.PositiveInfinity : element.Ulps);
            if (judged.Share > _worstShare)
            {
                _worstShare = judged.Share;
                _worst = element;
            }
            return judged.Share;
        }

        public ComparisonReport Report(List<IndexComparison> wrongIndices) =>
            new(spec.Name, shape, shape.Count, _failures, _nonFinite, wrongIndices.Count, _suspicious, _worst, _worstShare)
            {
                FirstWrongIndex = wrongIndices.Count > 0 ? wrongIndices[0] : null,
                WorstTightShare = _worstTightShare,
                WorstUlps = _worstUlps,
                Histogram = _histogram,
            };
    }
}
