using LivePool.App.View.Comparing;
using LivePool.Core.Operators;
using LivePool.Core.Tensors;

namespace LivePool.App.Tests.View.Comparing;

public sealed class PoolCellsTests
{
    [Fact]
    public void Windows_that_touch_are_covered_by_their_elements()
    {
        PoolCells cells = Of(new MaxPool2d(2), 6, 8);
        Assert.Equal(new(2, 2, 0, 0), cells);
        Assert.Equal([0, 0, 1, 1, 2, 2], Enumerable.Range(0, 6).Select(row => cells.RowAt(row, 3)));
    }

    [Fact]
    public void An_element_stands_in_the_middle_of_a_window_that_overlaps_others()
    {
        // Windows of 5 at -2, 0, 2: their middles are 0, 2, 4 and half an element.
        PoolCells cells = Of(new AvgPool2d(5) { Stride = 2, Padding = 2 }, 9, 9);
        Assert.Equal(new(2, 2, -0.5, -0.5), cells);
        Assert.Equal([0, 1, 1, 2, 2, 3, 3, 4, 4], Enumerable.Range(0, 9).Select(column => cells.ColumnAt(column, 5)));
    }

    [Fact]
    public void Dilation_and_different_axes_are_heeded()
    {
        PoolCells cells = Of(new MaxPool2d(new(2, 3)) { Stride = new(3, 1), Dilation = new(4, 2) }, 12, 12);
        Assert.Equal(new(3, 1, 1, 2), cells);
    }

    [Fact]
    public void Adaptive_pools_share_the_picture_out()
    {
        Assert.Equal(new(10 / 3.0, 2.5, 0, 0), Of(new AdaptiveAvgPool2d(new AdaptiveSize(3, 4)), 10, 10));
    }

    [Fact]
    public void What_is_no_pool_has_none()
    {
        Assert.Null(PoolCells.Of(Pointwise.Relu, new TensorShape(1, 1, 4, 4), new TensorShape(1, 1, 4, 4)));
    }

    private static PoolCells Of(OperatorSpec spec, int rows, int columns)
    {
        var input = new TensorShape(1, 1, rows, columns);
        return PoolCells.Of(spec, input, spec.OutputShape(input))!.Value;
    }
}
