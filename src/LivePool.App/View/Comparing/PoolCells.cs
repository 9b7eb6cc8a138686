using LivePool.Core.Operators;
using LivePool.Core.Tensors;

namespace LivePool.App.View.Comparing;

/// <summary>
/// How the elements of a pool's output lie on its input: each is as large as the step between windows and stands in the middle of
/// its own. Lengths are in the input's elements.
/// </summary>
/// <param name="StepY">Rows from one element to the next.</param>
/// <param name="StepX">Columns.</param>
/// <param name="Top">Where the first begins; below 0 where windows begin in the padding.</param>
/// <param name="Left">The same in columns.</param>
internal readonly record struct PoolCells(double StepY, double StepX, double Top, double Left)
{
    /// <summary>Of a stage; null where it is no pool.</summary>
    public static PoolCells? Of(OperatorSpec spec, TensorShape input, TensorShape output) => spec switch
    {
        MaxPool2d pool => Of(pool.KernelSize, pool.Stride, pool.Dilation, pool.Padding),
        AvgPool2d pool => Of(pool.KernelSize, pool.Stride, 1, pool.Padding),
        LpPool2d pool => Of(pool.KernelSize, pool.Stride, 1, 0),
        IntervalPool2d => new((double)input.H / output.H, (double)input.W / output.W, 0, 0),
        _ => null,
    };

    private static PoolCells Of(Size2d kernel, Size2d? stride, Size2d dilation, Padding padding)
    {
        Size2d step = stride ?? kernel;
        return new(step.Height, step.Width, First(kernel.Height, step.Height, dilation.Height, padding.Top), First(kernel.Width, step.Width, dilation.Width, padding.Left));

        static double First(int kernel, int step, int dilation, int before) => (dilation * (kernel - 1) + 1 - step) / 2.0 - before;
    }

    /// <summary>The output's row that stands on an input's row, of as many as there are.</summary>
    public int RowAt(int row, int rows) => Math.Clamp((int)Math.Floor((row + 0.5 - Top) / StepY), 0, rows - 1);

    /// <summary>The same of columns.</summary>
    public int ColumnAt(int column, int columns) => Math.Clamp((int)Math.Floor((column + 0.5 - Left) / StepX), 0, columns - 1);
}
