using LivePool.Core.Operators;

namespace LivePool.Cpu.Reference;

internal static class ReferenceIntervalPool2d
{
    public static void Evaluate(
        IntervalPool2d spec, in IntervalPool2dParameters p, PoolIntervals intervals, ReadOnlySpan<double> x, Span<double> y,
        Span<long> indices)
    {
        int target = 0;
        for (int plane = 0; plane < p.Planes; plane++)
        {
            ReadOnlySpan<double> source = x.Slice(plane * p.InputHeight * p.InputWidth, p.InputHeight * p.InputWidth);
            int set = intervals.IsPerPlane ? plane : 0;
            for (int oh = 0; oh < p.OutputHeight; oh++)
            {
                int row = 2 * (set * p.OutputHeight + oh);
                for (int ow = 0; ow < p.OutputWidth; ow++, target++)
                {
                    int column = 2 * (set * p.OutputWidth + ow);
                    (int top, int bottom) = (intervals.Rows[row], intervals.Rows[row + 1]);
                    (int left, int right) = (intervals.Columns[column], intervals.Columns[column + 1]);
                    if (!spec.IsMaximum)
                    {
                        y[target] = Mean(source, p.InputWidth, top, bottom, left, right);
                        continue;
                    }
                    (y[target], long index) = Maximum(source, p.InputWidth, top, bottom, left, right);
                    if (!indices.IsEmpty)
                        indices[target] = index;
                }
            }
        }
    }

    private static double Mean(ReadOnlySpan<double> source, int width, int top, int bottom, int left, int right)
    {
        double sum = 0;
        for (int ih = top; ih < bottom; ih++)
        {
            for (int iw = left; iw < right; iw++)
                sum += source[ih * width + iw];
        }
        return sum / ((long)(bottom - top) * (right - left));
    }

    private static (double Best, long Index) Maximum(
        ReadOnlySpan<double> source, int width, int top, int bottom, int left, int right)
    {
        double best = double.NegativeInfinity;
        long index = (long)top * width + left;
        for (int ih = top; ih < bottom; ih++)
        {
            for (int iw = left; iw < right; iw++)
            {
                double value = source[ih * width + iw];
                if (value > best || double.IsNaN(value))
                {
                    best = value;
                    index = (long)ih * width + iw;
                }
            }
        }
        return (best, index);
    }
}
