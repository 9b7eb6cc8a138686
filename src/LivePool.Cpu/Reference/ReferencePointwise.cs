using LivePool.Core.Operators;

namespace LivePool.Cpu.Reference;

internal static class ReferencePointwise
{
    public static void Evaluate(in PointwiseParameters p, ReadOnlySpan<double> x, Span<double> y)
    {
        for (int plane = 0; plane < p.Planes; plane++)
        {
            ReadOnlySpan<double> source = x.Slice(plane * p.PlaneSize, p.PlaneSize);
            Span<double> target = y.Slice(plane * p.PlaneSize, p.PlaneSize);
            if ((PointwiseFunction)p.Function == PointwiseFunction.Normalize)
            {
                Normalize(source, target);
                continue;
            }
            for (int i = 0; i < source.Length; i++)
                target[i] = Apply(p, source[i]);
        }
    }

    private static double Apply(in PointwiseParameters p, double x) => (PointwiseFunction)p.Function switch
    {
        PointwiseFunction.Relu => x <= 0 ? 0 : x,
        PointwiseFunction.LeakyRelu => x <= 0 ? p.A * x : x,
        PointwiseFunction.Abs => Math.Abs(x),
        PointwiseFunction.Sigmoid => 1 / (1 + Math.Exp(-x)),
        PointwiseFunction.Tanh => Math.Tanh(x),
        PointwiseFunction.Clamp => Math.Min(Math.Max(x, p.A), p.B),
        PointwiseFunction.ScaleOffset => p.A * x + p.B,
        _ => throw new NotSupportedException($"the reference has no pointwise function {p.Function}"),
    };

    private static void Normalize(ReadOnlySpan<double> source, Span<double> target)
    {
        double min = double.PositiveInfinity;
        double max = double.NegativeInfinity;
        foreach (double value in source)
        {
            if (double.IsFinite(value))
            {
                min = Math.Min(min, value);
                max = Math.Max(max, value);
            }
        }
        double offset = min <= max ? min : 0;
        double range = min < max ? max - min : 1;
        for (int i = 0; i < source.Length; i++)
            target[i] = (source[i] - offset) / range;
    }
}
