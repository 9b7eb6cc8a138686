using LivePool.Core.Operators;

namespace LivePool.Cpu.Reference;

internal static class ReferenceLpPool2d
{
    public static void Evaluate(in LpPool2dParameters p, ReadOnlySpan<double> x, Span<double> y)
    {
        int target = 0;
        for (int plane = 0; plane < p.Planes; plane++)
        {
            ReadOnlySpan<double> source = x.Slice(plane * p.InputHeight * p.InputWidth, p.InputHeight * p.InputWidth);
            for (int oh = 0; oh < p.OutputHeight; oh++)
            {
                for (int ow = 0; ow < p.OutputWidth; ow++)
                {
                    int top = oh * p.StrideHeight;
                    int left = ow * p.StrideWidth;
                    int bottom = Math.Min(top + p.KernelHeight, p.InputHeight);
                    int right = Math.Min(left + p.KernelWidth, p.InputWidth);
                    double sum = 0;
                    for (int ih = top; ih < bottom; ih++)
                    {
                        for (int iw = left; iw < right; iw++)
                            sum += Power(source[ih * p.InputWidth + iw], p.NormType);
                    }
                    double mean = sum / ((long)(bottom - top) * (right - left));
                    y[target++] = Power(Sign(mean) * Math.Max(Math.Abs(mean), 0) * p.KernelArea, 1.0 / p.NormType);
                }
            }
        }
    }

    /// <summary>PyTorch's pow takes square roots: NaN of -infinity, where C's pow makes +infinity, and -0 of -0.</summary>
    private static double Power(double value, double exponent) => exponent switch
    {
        0.5 => Math.Sqrt(value),
        -0.5 => 1 / Math.Sqrt(value),
        _ => Math.Pow(value, exponent),
    };

    /// <summary>PyTorch's sign: that of NaN is 0, which times NaN is NaN again.</summary>
    private static double Sign(double value) => double.IsNaN(value) ? 0 : Math.Sign(value);
}
