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

    private static ConvTranspose2d Transposed(int inChannels = 1, int outChannels = 1) =>
        new(new Tensor(new(inChannels, outChannels, 3, 2)));

    public static TheoryData<OperatorSpec, string> Refused => new()
    {
        { Transposed() with { Stride = 2, OutputPadding = new Size2d(1, 2) }, "conv_transpose2d: output_padding 2 for columns must be less than the stride 2 or the dilation 1" },
        { Transposed() with { OutputPadding = new Size2d(-1, 0) }, "conv_transpose2d: output_padding is -1,0; must be at least 0" },
        { Transposed() with { Padding = new Padding(6, 0, 5, 0) }, "conv_transpose2d: padding 6+5 cuts all of the 11 rows off; use less than 11 in all" },
        { Transposed() with { Padding = -1 }, "conv_transpose2d: padding is -1; must be at least 0" },
        { Transposed() with { Padding = Padding.Same }, "conv_transpose2d: padding same is for convolutions; give numbers" },
        { Transposed() with { Stride = new Size2d(1, 0) }, "conv_transpose2d: stride is 1,0; must be at least 1" },
        { Transposed() with { Dilation = 0 }, "conv_transpose2d: dilation is 0; must be at least 1" },
        { Transposed() with { Stride = int.MaxValue }, "conv_transpose2d: 9 rows become 17179869179; use a smaller stride, dilation or kernel" },
        { Transposed() with { Groups = 0 }, "conv_transpose2d: groups is 0; must be at least 1" },
        { Transposed() with { Groups = 2 }, "conv_transpose2d: in_channels 1 is not divisible by groups 2" },
        { Transposed(3, 1), "conv_transpose2d: a weight of shape [3, 1, 3, 2] takes 3 input channels, but the input [1, 1, 9, 9] has 1" },
        { Transposed(1, 2) with { Bias = new Tensor(new(1, 3, 1, 1)) }, "conv_transpose2d: bias has 3 values; out_channels is 2" },
        { new LpPool2d(0, 2), "lp_pool2d: norm_type is 0; it must be a finite number other than 0" },
        { new LpPool2d(float.NaN, 2), "lp_pool2d: norm_type is NaN; it must be a finite number other than 0" },
        { new LpPool2d(float.NegativeInfinity, 2), "lp_pool2d: norm_type is -Infinity; it must be a finite number other than 0" },
        { new LpPool2d(2, new Size2d(2, 0)), "lp_pool2d: kernel_size is 2,0; must be at least 1" },
        { new LpPool2d(2, 10), "lp_pool2d: kernel 10x10 (dilation 1, extent 10) does not fit 9x9 with padding 0; needs at least 10 rows" },
        { new AdaptiveAvgPool2d(0), "adaptive_avg_pool2d: output_size is 0x0; must be at least 1" },
        { new AdaptiveMaxPool2d(new AdaptiveSize(null, -1)), "adaptive_max_pool2d: output_size is 9x-1; must be at least 1" },
        { new FractionalMaxPool2d(2), "fractional_max_pool2d: give one of output_size and output_ratio" },
        { new FractionalMaxPool2d(2) { OutputSize = 3, OutputRatio = (0.5, 0.5) }, "fractional_max_pool2d: give one of output_size and output_ratio" },
        { new FractionalMaxPool2d(2) { OutputRatio = (0.5, 1) }, "fractional_max_pool2d: output_ratio is 0.5,1; must be between 0 and 1" },
        { new FractionalMaxPool2d(2) { OutputRatio = (double.NaN, 0.5) }, "fractional_max_pool2d: output_ratio is NaN,0.5; must be between 0 and 1" },
        { new FractionalMaxPool2d(2) { OutputRatio = (0.5, 0.1) }, "fractional_max_pool2d: the output size is 4x0; must be at least 1" },
        { new FractionalMaxPool2d(new Size2d(2, 3)) { OutputSize = 8 }, "fractional_max_pool2d: 8 windows of 3 columns need at least 10 columns, but the input has 9" },
        { new FractionalMaxPool2d(0) { OutputSize = 3 }, "fractional_max_pool2d: kernel_size is 0x0; must be at least 1" },
        { new FractionalMaxPool2d(2) { OutputSize = 3, Samples = new Tensor(new(1, 1, 2, 2)) }, "fractional_max_pool2d: samples must have the shape [1, 1, 2], two for each plane of the input [1, 1, 9, 9]" },
        { new FractionalMaxPool2d(2) { OutputSize = 3, Samples = new Tensor(new(1, 1, 1, 2), [0.5f, 1]) }, "fractional_max_pool2d: a sample is 1; must be at least 0 and below 1" },
        { new FractionalMaxPool2d(2) { OutputSize = 3, Samples = new Tensor(new(1, 1, 1, 2), [float.NaN, 0]) }, "fractional_max_pool2d: a sample is NaN; must be at least 0 and below 1" },
        { Unpool(9), "max_unpool2d: index 400 at element 80 is outside the output's 18x18 plane; indices go from 0 to 323" },
        { Unpool(9, last: -1), "max_unpool2d: index -1 at element 80 is outside the output's 18x18 plane; indices go from 0 to 323" },
        { Unpool(9, last: long.MaxValue), "max_unpool2d: index 9223372036854775807 at element 80 is outside the output's 18x18 plane; indices go from 0 to 323" },
        { Unpool(8), "max_unpool2d: indices of shape [1, 1, 8, 8] do not fit the input [1, 1, 9, 9]; the shapes must be equal" },
        { Unpool(9) with { OutputSize = new Size2d(18, 20) }, "max_unpool2d: output_size 20 columns is not within a stride, 2, of 18; use 17 to 19" },
        { Unpool(9) with { OutputSize = new Size2d(16, 18) }, "max_unpool2d: output_size 16 rows is not within a stride, 2, of 18; use 17 to 19" },
        { Unpool(9) with { Padding = 9 }, "max_unpool2d: the output would have 0 rows; must be 1 to 2147483647" },
        { Unpool(9) with { Stride = int.MaxValue }, "max_unpool2d: the output would have 17179869178 rows; must be 1 to 2147483647" },
        { Unpool(9) with { Stride = new Size2d(0, 2) }, "max_unpool2d: stride is 0x2; must be at least 1" },
        { Unpool(9) with { Padding = new Size2d(0, -1) }, "max_unpool2d: padding is 0x-1; must be at least 0" },
        { Unpool(9) with { KernelSize = 0 }, "max_unpool2d: kernel_size is 0x0; must be at least 1" },
    };

    private static MaxUnpool2d Unpool(int side, long last = 400)
    {
        long[] indices = new long[side * side];
        indices[^1] = last;
        return new(new IndexTensor(new(1, 1, side, side), indices), 2);
    }

    [Theory]
    [MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public void A_refusal_is_one_line_with_the_numbers(OperatorSpec spec, string message) =>
        Assert.Equal(message, Refusal(spec, 9, 9));

    [Fact]
    public void A_stage_that_does_not_fit_is_named()
    {
        var pipeline = new Core.Pipelines.Pipeline("two", 1, [new MaxPool2d(2), new MaxPool2d(5)]);
        string message = Assert.Throws<LivePoolException>(() => pipeline.Shapes(new(1, 1, 8, 8))).Message;
        Assert.StartsWith("stage 2 of two: max_pool2d: kernel 5x5", message, StringComparison.Ordinal);
    }
}
