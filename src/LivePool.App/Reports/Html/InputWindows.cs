using LivePool.Core.Operators;
using LivePool.Core.Tensors;

namespace LivePool.App.Reports.Html;

/// <summary>The input elements from <paramref name="First"/> up to before <paramref name="End"/>, along one axis.</summary>
internal readonly record struct Interval(int First, int End);

/// <summary>
/// Which input elements an output element is made of: a rectangle, whose rows depend on the output's row and whose columns
/// on its column. It may reach into the padding.
/// </summary>
/// <param name="Rows">One for each output row.</param>
/// <param name="Columns">One for each output column.</param>
internal sealed record InputWindows(Interval[] Rows, Interval[] Columns)
{
    /// <summary>The windows of one output plane; null for max_unpool2d, whose indices follow no rule.</summary>
    public static InputWindows? Of(OperatorSpec spec, TensorShape input, TensorShape output, int plane) => spec switch
    {
        Conv2d conv => Sliding(output, conv.KernelSize, conv.Stride, conv.Dilation, conv.Padding.Resolve(conv.KernelSize, conv.Dilation)),
        MaxPool2d pool => Sliding(output, pool.KernelSize, pool.Stride ?? pool.KernelSize, pool.Dilation, pool.Padding),
        AvgPool2d pool => Sliding(output, pool.KernelSize, pool.Stride ?? pool.KernelSize, 1, pool.Padding),
        LpPool2d pool => Sliding(output, pool.KernelSize, pool.Stride ?? pool.KernelSize, 1, 0),
        ConvTranspose2d conv => Transposed(output, input, conv),
        IntervalPool2d pool => Given(pool.Intervals(input), output, plane),
        Pointwise => Sliding(output, 1, 1, 1, 0),
        _ => null,
    };

    private static InputWindows Sliding(TensorShape output, Size2d kernel, Size2d stride, Size2d dilation, Padding padding)
    {
        return new(
            Axis(output.H, kernel.Height, stride.Height, dilation.Height, padding.Top),
            Axis(output.W, kernel.Width, stride.Width, dilation.Width, padding.Left));

        static Interval[] Axis(int length, int kernel, int stride, int dilation, int before) =>
            [.. Enumerable.Range(0, length).Select(i => new Interval(
                i * stride - before, (int)Math.Min(i * stride - before + (long)dilation * (kernel - 1) + 1, int.MaxValue)))];
    }

    /// <summary>Input element i adds to outputs <c>i*stride - padding</c> to <c>i*stride - padding + dilation*(kernel - 1)</c>.</summary>
    private static InputWindows Transposed(TensorShape output, TensorShape input, ConvTranspose2d conv)
    {
        return new(
            Axis(output.H, input.H, conv.KernelSize.Height, conv.Stride.Height, conv.Dilation.Height, conv.Padding.Top),
            Axis(output.W, input.W, conv.KernelSize.Width, conv.Stride.Width, conv.Dilation.Width, conv.Padding.Left));

        static Interval[] Axis(int length, int inputLength, int kernel, int stride, int dilation, int before) =>
            [.. Enumerable.Range(0, length).Select(i => new Interval(
                Math.Max(0, (i + before - dilation * (kernel - 1) + stride - 1) / stride),
                Math.Min(inputLength, (i + before) / stride + 1)))];
    }

    private static InputWindows Given(PoolIntervals intervals, TensorShape output, int plane)
    {
        return new(Axis(intervals.Rows, output.H), Axis(intervals.Columns, output.W));

        Interval[] Axis(int[] pairs, int length)
        {
            int first = intervals.IsPerPlane ? 2 * length * plane : 0;
            return [.. Enumerable.Range(0, length).Select(i => new Interval(pairs[first + 2 * i], pairs[first + 2 * i + 1]))];
        }
    }
}
