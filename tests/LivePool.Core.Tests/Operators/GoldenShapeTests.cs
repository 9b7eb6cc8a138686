using LivePool.Core.Operators;
using LivePool.Core.Tensors;

namespace LivePool.Core.Tests.Operators;

/// <summary>SEMANTICS' golden shapes, written out so that no fixture is needed to see them.</summary>
public sealed class GoldenShapeTests
{
    private static TensorShape Plane(int height, int width) => new(1, 1, height, width);

    [Fact]
    public void Arange_49_by_2_stride_3_ceil_is_3x3() =>
        Assert.Equal(Plane(3, 3), new AvgPool2d(2) { Stride = 3, CeilMode = true }.OutputShape(Plane(7, 7)));

    [Fact]
    public void A_last_window_may_not_start_in_the_padding_after_the_input() =>
        Assert.Equal(Plane(9, 9),
            new AvgPool2d(2) { Stride = 2, Padding = 1, CeilMode = true }.OutputShape(Plane(17, 17)));

    [Fact]
    public void A_window_that_starts_on_the_last_element_counts_in_ceil_mode()
    {
        var pool = new MaxPool2d(3) { Stride = 2, Padding = 1 };
        Assert.Equal(Plane(1, 1), pool.OutputShape(Plane(2, 2)));
        Assert.Equal(Plane(2, 2), (pool with { CeilMode = true }).OutputShape(Plane(2, 2)));
    }

    [Fact]
    public void A_kernel_over_the_input_is_valid_in_ceil_mode_only()
    {
        var pool = new MaxPool2d(9) { Stride = 4, CeilMode = true };
        Assert.Equal(Plane(1, 1), pool.OutputShape(Plane(7, 7)));
        Assert.Throws<LivePoolException>(() => (pool with { CeilMode = false }).OutputShape(Plane(7, 7)));
        Assert.Throws<LivePoolException>(() => pool.OutputShape(Plane(5, 5)));
    }

    [Fact]
    public void The_seeds_shapes()
    {
        var conv = new Conv2d(new Tensor(new(2, 1, 5, 5)));
        TensorShape convolved = conv.OutputShape(Plane(375, 500));
        Assert.Equal("[1, 2, 371, 496]", convolved.ToString());
        Assert.Equal("[1, 2, 185, 248]", new MaxPool2d(2).OutputShape(convolved).ToString());
        Assert.Equal("[1, 2, 185, 248]", new AvgPool2d(2).OutputShape(convolved).ToString());
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(4, 2)]
    [InlineData(7, 5)]
    public void Same_keeps_the_size_and_puts_the_smaller_half_before(int kernel, int dilation)
    {
        var conv = new Conv2d(new Tensor(new(1, 1, kernel, kernel))) { Padding = Padding.Same, Dilation = dilation };

        Conv2dParameters bound = conv.Bind(Plane(6, 9));

        Assert.Equal((6, 9), (bound.OutputHeight, bound.OutputWidth));
        Assert.Equal((dilation * (kernel - 1) / 2, dilation * (kernel - 1) / 2), (bound.PaddingTop, bound.PaddingLeft));
    }

    [Fact]
    public void A_pool_steps_by_its_kernel_unless_told() =>
        Assert.Equal(Plane(2, 3), new MaxPool2d(new Size2d(3, 2)).OutputShape(Plane(8, 7)));

    // PyTorch 1.13 refused padding over half of kernel_size here; since 2.0 the extent counts, as in SEMANTICS.
    [Fact]
    public void Padding_up_to_half_of_a_dilated_extent_is_allowed()
    {
        var pool = new MaxPool2d(3) { Stride = 1, Dilation = 2, Padding = 2 };
        Assert.Equal(Plane(7, 7), pool.OutputShape(Plane(7, 7)));
        Assert.Throws<LivePoolException>(() => (pool with { Padding = 3 }).OutputShape(Plane(7, 7)));
    }

    [Fact]
    public void Uneven_pool_padding_is_limited_by_the_extent()
    {
        var pool = new AvgPool2d(3) { Stride = 1, Padding = new Padding(2, 0, 1, 2) };
        Assert.Equal(Plane(6, 5), pool.OutputShape(Plane(5, 5)));
        Assert.Throws<LivePoolException>(() => (pool with { Padding = new Padding(3, 0, 0, 0) }).OutputShape(Plane(5, 5)));
    }
}
