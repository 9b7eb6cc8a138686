using LivePool.Core.Operators;

namespace LivePool.Cpu.Reference;

internal static class ReferenceMaxPool2d
{
    public static void Evaluate(in Pool2dParameters p, ReadOnlySpan<double> x, Span<double> y, Span<long> indices)
    {
        int target = 0;
        for (int plane = 0; plane < p.Planes; plane++)
        {
            ReadOnlySpan<double> source = x.Slice(plane * p.InputHeight * p.InputWidth, p.InputHeight * p.InputWidth);
            for (int oh = 0; oh < p.OutputHeight; oh++)
            {
                for (int ow = 0; ow < p.OutputWidth; ow++)
                {
                    int firstRow = FirstInside(oh * p.StrideHeight - p.PaddingTop, p.DilationHeight);
                    int firstColumn = FirstInside(ow * p.StrideWidth - p.PaddingLeft, p.DilationWidth);
                    int endRow = Math.Min(oh * p.StrideHeight - p.PaddingTop + (p.KernelHeight - 1) * p.DilationHeight + 1, p.InputHeight);
                    int endColumn = Math.Min(ow * p.StrideWidth - p.PaddingLeft + (p.KernelWidth - 1) * p.DilationWidth + 1, p.InputWidth);

                    double best = double.NegativeInfinity;
                    long index = (long)firstRow * p.InputWidth + firstColumn;
                    for (long ih = firstRow; ih < endRow; ih += p.DilationHeight)
                    {
                        for (long iw = firstColumn; iw < endColumn; iw += p.DilationWidth)
                        {
                            double value = source[(int)(ih * p.InputWidth + iw)];
                            if (value > best || double.IsNaN(value))
                            {
                                best = value;
                                index = ih * p.InputWidth + iw;
                            }
                        }
                    }
                    y[target] = best;
                    if (!indices.IsEmpty)
                        indices[target] = index;
                    target++;
                }
            }
        }
    }

    /// <summary>The first tap at or after 0 that keeps the window's phase.</summary>
    private static int FirstInside(int start, int dilation)
    {
        while (start < 0)
            start += dilation;
        return start;
    }
}
