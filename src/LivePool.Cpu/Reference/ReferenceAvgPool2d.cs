using LivePool.Core.Operators;

namespace LivePool.Cpu.Reference;

internal static class ReferenceAvgPool2d
{
    public static void Evaluate(in Pool2dParameters p, ReadOnlySpan<double> x, Span<double> y)
    {
        int target = 0;
        for (int plane = 0; plane < p.Planes; plane++)
        {
            ReadOnlySpan<double> source = x.Slice(plane * p.InputHeight * p.InputWidth, p.InputHeight * p.InputWidth);
            for (int oh = 0; oh < p.OutputHeight; oh++)
            {
                for (int ow = 0; ow < p.OutputWidth; ow++)
                {
                    int top = oh * p.StrideHeight - p.PaddingTop;
                    int left = ow * p.StrideWidth - p.PaddingLeft;
                    int bottom = Math.Min(top + p.KernelHeight, p.InputHeight + p.PaddingBottom);
                    int right = Math.Min(left + p.KernelWidth, p.InputWidth + p.PaddingRight);
                    long paddedArea = (long)(bottom - top) * (right - left);

                    top = Math.Max(top, 0);
                    left = Math.Max(left, 0);
                    bottom = Math.Min(bottom, p.InputHeight);
                    right = Math.Min(right, p.InputWidth);
                    long divisor = p.DivisorOverride != 0 ? p.DivisorOverride
                        : p.CountIncludePad != 0 ? paddedArea
                        : (long)(bottom - top) * (right - left);

                    double sum = 0;
                    for (int ih = top; ih < bottom; ih++)
                    {
                        for (int iw = left; iw < right; iw++)
                            sum += source[ih * p.InputWidth + iw];
                    }
                    y[target++] = sum / divisor;
                }
            }
        }
    }
}
