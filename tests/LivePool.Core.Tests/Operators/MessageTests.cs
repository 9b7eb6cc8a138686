using LivePool.Core.Operators;
using LivePool.Core.Tensors;

namespace LivePool.Core.Tests.Operators;

/// <summary>A refusal has the numbers and the way out.</summary>
public sealed class MessageTests
{
    private static Conv2d Conv(int height, int width) => new(new Tensor(new(1, 1, height, width)));

    private static string Refusal(OperatorSpec spec, int height, int width) =>
        Assert.Throws<LivePoolException>(() => spec.OutputShape(new(1, 1, height, width))).Message;

    [Fact]
    public void A_kernel_that_does_not_fit_says_what_would() =>
        Assert.Contains("kernel 9x9 (dilation 2, extent 17) does not fit 12x40 with padding 0; needs at least 17 rows",
            Refusal(Conv(9, 9) with { Dilation = 2 }, 12, 40), StringComparison.Ordinal);

    [Fact]
    public void Columns_are_named_when_the_rows_fit() =>
        Assert.EndsWith("does not fit 9x4 with padding 0,1; needs at least 5 columns",
            Refusal(Conv(3, 7) with { Padding = new Padding(0, 1, 0, 1) }, 9, 4), StringComparison.Ordinal);

    [Theory]
    [InlineData(9, 4, false)]
    [InlineData(9, 4, true)]
    [InlineData(5, 1, true)]
    [InlineData(12, 3, true)]
    public void The_needed_rows_are_enough_and_one_fewer_are_not(int kernel, int stride, bool ceilMode)
    {
        var pool = new MaxPool2d(kernel) { Stride = stride, CeilMode = ceilMode };
        string message = Refusal(pool, 2, 99);
        int needed = int.Parse(message.Split("at least ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);

        Assert.Equal(1, pool.OutputShape(new(1, 1, needed, 99)).H);
        Assert.Throws<LivePoolException>(() => pool.OutputShape(new(1, 1, needed - 1, 99)));
    }

    [Fact]
    public void Parameters_out_of_range_are_named_with_their_least_value()
    {
        Assert.Equal("max_pool2d: stride is 2,0; must be at least 1",
            Refusal(new MaxPool2d(2) { Stride = new Size2d(2, 0) }, 9, 9));
        Assert.Equal("conv2d: padding is -1; must be at least 0", Refusal(Conv(3, 3) with { Padding = -1 }, 9, 9));
        Assert.Equal("avg_pool2d: kernel_size is 0; must be at least 1",
            Refusal(new AvgPool2d(0) { Stride = 1 }, 9, 9));
    }

    [Fact]
    public void Padding_limits_say_the_most_that_may_be_used()
    {
        Assert.EndsWith("use at most 1", Refusal(new MaxPool2d(3) { Padding = 2 }, 9, 9), StringComparison.Ordinal);
        Assert.Contains("use at most 2,",
            Refusal(Conv(3, 3) with { Padding = 3, PaddingMode = PaddingMode.Reflect }, 3, 9), StringComparison.Ordinal);
        Assert.EndsWith("use at most 3",
            Refusal(Conv(3, 3) with { Padding = 4, PaddingMode = PaddingMode.Circular }, 3, 9), StringComparison.Ordinal);
    }

    [Fact]
    public void Channels_that_do_not_match_show_both_shapes()
    {
        var conv = new Conv2d(new Tensor(new(4, 3, 3, 3))) { Groups = 2 };
        Assert.Equal("conv2d: a weight of shape [4, 3, 3, 3] with groups 2 takes 6 input channels, but the input [1, 1, 9, 9] has 1",
            Refusal(conv, 9, 9));
    }

    [Fact]
    public void A_stage_that_does_not_fit_is_named()
    {
        var pipeline = new Core.Pipelines.Pipeline("two", 1, [new MaxPool2d(2), new MaxPool2d(5)]);
        string message = Assert.Throws<LivePoolException>(() => pipeline.Shapes(new(1, 1, 8, 8))).Message;
        Assert.StartsWith("stage 2 of two: max_pool2d: kernel 5x5", message, StringComparison.Ordinal);
    }
}
