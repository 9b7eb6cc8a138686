using System.Numerics;
using CsCheck;
using LivePool.Core.Operators;
using LivePool.Core.Tensors;

namespace LivePool.Core.Tests.Operators;

/// <summary>Huge parameters: the right shape or a LivePoolException, never a wrong shape, a crash or a long wait.</summary>
public sealed class OverflowTests
{
    private const int Max = int.MaxValue;

    private static readonly Gen<int> _lengths = Gen.OneOf(
        Gen.Int[-1, 9], Gen.Int[Max - 3, Max], Gen.Int[(1 << 30) - 2, (1 << 30) + 2], Gen.Int[0, Max],
        Gen.Const(int.MinValue), Gen.Int[65534, 65537]);

    private static readonly Gen<Padding> _paddings = Gen.OneOf(
        Gen.Select(_lengths, _lengths, (h, w) => Padding.FromSize(new(h, w))),
        Gen.Select(_lengths, _lengths, _lengths, _lengths, (t, l, b, r) => new Padding(t, l, b, r)),
        Gen.Const(Padding.Same));

    private static readonly Gen<Size2d> _sizes = Gen.Select(_lengths, _lengths, (h, w) => new Size2d(h, w));

    private static readonly Gen<TensorShape> _inputs = Gen.Select(
        Gen.Int[1, 3], Gen.Int[1, 3], Gen.OneOf(Gen.Int[1, 20], Gen.Int[1, Max]), Gen.Int[1, 20],
        (n, c, h, w) => new TensorShape(n, c, h, w));

    private static BigInteger Exact(int length, int kernel, int stride, int dilation, int before, int after, bool ceilMode)
    {
        BigInteger span = (BigInteger)length + before + after - (BigInteger)dilation * (kernel - 1) - 1 + (ceilMode ? stride - 1 : 0);
        BigInteger output = (span - (span % stride + stride) % stride) / stride + 1;
        return ceilMode && (output - 1) * stride >= (BigInteger)length + before ? output - 1 : output;
    }

    private static void RefusesOrIsExact(
        OperatorSpec spec, TensorShape input, int channels, Size2d kernel, Size2d stride, Size2d dilation, Padding padding, bool ceilMode)
    {
        TensorShape output;
        try
        {
            output = spec.OutputShape(input);
        }
        catch (LivePoolException e)
        {
            Assert.NotEmpty(e.Message);
            return;
        }
        Padding sides = padding.Resolve(kernel, dilation);
        Assert.Equal((input.N, channels), (output.N, output.C));
        Assert.Equal(Exact(input.H, kernel.Height, stride.Height, dilation.Height, sides.Top, sides.Bottom, ceilMode), output.H);
        Assert.Equal(Exact(input.W, kernel.Width, stride.Width, dilation.Width, sides.Left, sides.Right, ceilMode), output.W);

        // Every coordinate that a backend forms must fit its ints.
        Assert.InRange((output.H - 1L) * stride.Height + (long)dilation.Height * (kernel.Height - 1) + 1, 1, Max);
        Assert.InRange((output.W - 1L) * stride.Width + (long)dilation.Width * (kernel.Width - 1) + 1, 1, Max);
        Assert.InRange((long)input.H + sides.Top + sides.Bottom, 1, Max);
        Assert.InRange((long)input.W + sides.Left + sides.Right, 1, Max);
    }

    [Fact]
    public void Pools() => Gen.Select(Gen.Select(_inputs, _sizes, _sizes, _sizes), _paddings, Gen.Bool).Sample((sizes, padding, ceilMode) =>
    {
        (TensorShape input, Size2d kernel, Size2d stride, Size2d dilation) = sizes;
        if (padding.IsSame)
            padding = 0;
        RefusesOrIsExact(
            new MaxPool2d(kernel) { Stride = stride, Dilation = dilation, Padding = padding, CeilMode = ceilMode },
            input, input.C, kernel, stride, dilation, padding, ceilMode);
        RefusesOrIsExact(
            new AvgPool2d(kernel) { Stride = stride, Padding = padding, CeilMode = ceilMode },
            input, input.C, kernel, stride, 1, padding, ceilMode);
    }, iter: 3000);

    [Fact]
    public void Convolutions() => Gen.Select(Gen.Select(_inputs, Gen.Int[1, 5], Gen.Int[1, 5]), Gen.Select(_sizes, _sizes), _paddings,
        Gen.Int[0, 3]).Sample((shapes, sizes, padding, mode) =>
    {
        (TensorShape input, int kernelHeight, int kernelWidth) = shapes;
        (Size2d stride, Size2d dilation) = sizes;
        var conv = new Conv2d(new Tensor(new(2, input.C, kernelHeight, kernelWidth)))
        {
            Stride = stride,
            Dilation = dilation,
            Padding = padding,
            PaddingMode = (PaddingMode)mode,
        };
        RefusesOrIsExact(conv, input, 2, conv.KernelSize, stride, dilation, padding, false);
        if (!padding.IsSame)
            return;
        RefusesOrIsExact(conv with { Stride = 1 }, input, 2, conv.KernelSize, 1, dilation, padding, false);
    }, iter: 3000);

    [Fact]
    public void Transposed_convolutions() => Gen.Select(Gen.Select(_inputs, Gen.Int[1, 5], Gen.Int[1, 5]),
        Gen.Select(_sizes, _sizes, _sizes), _paddings).Sample((shapes, sizes, padding) =>
    {
        (TensorShape input, int kernelHeight, int kernelWidth) = shapes;
        (Size2d stride, Size2d dilation, Size2d outputPadding) = sizes;
        var conv = new ConvTranspose2d(new Tensor(new(input.C, 2, kernelHeight, kernelWidth)))
        {
            Stride = stride,
            Dilation = dilation,
            OutputPadding = outputPadding,
            Padding = padding,
        };
        if (Shape(conv, input) is not { } output)
            return;
        Assert.Equal((input.N, 2), (output.N, output.C));
        BigInteger height = Full(input.H, kernelHeight, stride.Height, dilation.Height) + outputPadding.Height;
        BigInteger width = Full(input.W, kernelWidth, stride.Width, dilation.Width) + outputPadding.Width;
        Assert.Equal((height - padding.Top - padding.Bottom, width - padding.Left - padding.Right), (output.H, output.W));
        // Every coordinate that a backend forms must fit its ints.
        Assert.InRange(height, 1, Max);
        Assert.InRange(width, 1, Max);
    }, iter: 3000);

    private static BigInteger Full(int length, int kernel, int stride, int dilation) =>
        ((BigInteger)length - 1) * stride + (BigInteger)dilation * (kernel - 1) + 1;

    private static TensorShape? Shape(OperatorSpec spec, TensorShape input)
    {
        try
        {
            return spec.OutputShape(input);
        }
        catch (LivePoolException e)
        {
            Assert.NotEmpty(e.Message);
            return null;
        }
    }

    [Fact]
    public void Powers() => Gen.Select(_inputs, _sizes, _sizes, Gen.Bool).Sample((input, kernel, stride, ceilMode) =>
    {
        var pool = new LpPool2d(2, kernel) { Stride = stride, CeilMode = ceilMode };
        RefusesOrIsExact(pool, input, input.C, kernel, stride, 1, 0, ceilMode);
        if (Shape(pool, input) is null)
            return;
        LpPool2dParameters p = pool.Bind(input);
        Assert.Equal((float)kernel.Height * kernel.Width, p.KernelArea);
        Assert.True(p.KernelHeight <= input.H && p.KernelWidth <= input.W);
    }, iter: 3000);

    [Fact]
    public void Adaptive_pools() => Gen.Select(_inputs, _sizes).Sample((input, size) =>
    {
        foreach (AdaptivePool2d pool in (AdaptivePool2d[])
            [new AdaptiveAvgPool2d(new AdaptiveSize(size.Height, size.Width)), new AdaptiveMaxPool2d(new AdaptiveSize(null, size.Width))])
        {
            TensorShape? output = Shape(pool, input);
            if (output is { } shape)
                Assert.Equal(new TensorShape(input.N, input.C, pool.OutputSize.Height ?? input.H, size.Width), shape);
            else
                Assert.False(size is { Height: >= 1 and < 1 << 10, Width: >= 1 and < 1 << 10 } && input.H < 1 << 10);
        }
    }, iter: 3000);

    [Fact]
    public void Windows_of_more_pairs_than_an_array_holds_are_refused()
    {
        var pool = new AdaptiveMaxPool2d(new AdaptiveSize(1, (1 << 30) + 1));
        Assert.Throws<LivePoolException>(() => pool.Bind(new(1, 1, 1, 1)));
        var fractional = new FractionalMaxPool2d(1) { OutputSize = new Size2d((1 << 30) + 1, 1) };
        Assert.Throws<LivePoolException>(() => fractional.Bind(new(1, 1, (1 << 30) + 2, 1)));
    }

    [Fact]
    public void Fractional_pools() => Gen.Select(_inputs, _sizes, _sizes).Sample((input, kernel, size) =>
    {
        TensorShape? output = Shape(new FractionalMaxPool2d(kernel) { OutputSize = size }, input);
        bool fits = (Int128)input.Planes * input.H * input.W <= Array.MaxLength && kernel is { Height: >= 1, Width: >= 1 } && size is { Height: >= 1, Width: >= 1 } &&
            (long)kernel.Height + size.Height - 1 <= input.H && (long)kernel.Width + size.Width - 1 <= input.W;
        Assert.Equal(fits && (Int128)input.Planes * size.Height * size.Width <= Array.MaxLength
            ? new TensorShape(input.N, input.C, size.Height, size.Width) : null, output);
    }, iter: 3000);

    [Fact]
    public void Unpools() => Gen.Select(_sizes, _sizes, _sizes, _sizes.Nullable()).Sample((kernel, stride, padding, size) =>
    {
        TensorShape input = new(1, 1, 2, 3);
        var unpool = new MaxUnpool2d(new IndexTensor(input, new long[6]), kernel)
        {
            Stride = stride,
            Padding = padding,
            OutputSize = size,
        };
        if (Shape(unpool, input) is not { } output)
            return;
        AssertLength(2, kernel.Height, stride.Height, padding.Height, size?.Height, output.H);
        AssertLength(3, kernel.Width, stride.Width, padding.Width, size?.Width, output.W);

        static void AssertLength(int length, int kernel, int stride, int padding, int? given, int got)
        {
            BigInteger standard = (length - 1) * (BigInteger)stride - 2 * (BigInteger)padding + kernel;
            Assert.Equal(given ?? standard, got);
            Assert.InRange(got, BigInteger.Max(1, standard - stride + 1), standard + stride - 1);
        }
    }, iter: 3000);

    [Fact]
    public void Same_with_a_huge_dilation_is_refused() =>
        Assert.Throws<LivePoolException>(() =>
            new Conv2d(new Tensor(new(1, 1, 4, 4))) { Padding = Padding.Same, Dilation = Max }.OutputShape(new(1, 1, 9, 9)));

    [Fact]
    public void Groups_that_overflow_are_refused()
    {
        var conv = new Conv2d(new Tensor(new(1, 2, 1, 1))) { Groups = Max };
        Assert.Throws<LivePoolException>(() => conv.OutputShape(new(1, 2, 9, 9)));
        byte[] json = [.. """{"stages":[{"op":"conv2d","groups":2147483647,"weight":[[[[1]],[[1]]]]}]}"""u8];
        Assert.Throws<LivePoolException>(() =>
            Core.Pipelines.PipelineJson.Parse(json, "groups", ".").Shapes(new(1, 2, 9, 9)));

        var transposed = new ConvTranspose2d(new Tensor(new(2, 2, 1, 1))) { Groups = Max };
        Assert.Throws<LivePoolException>(() => transposed.OutChannels);
        Assert.Throws<LivePoolException>(() => transposed.OutputShape(new(1, 2, 9, 9)));
        json = [.. """{"stages":[{"op":"conv_transpose2d","groups":2147483647,"weight":[[[[1]],[[1]]]]}]}"""u8];
        Assert.Throws<LivePoolException>(() =>
            Core.Pipelines.PipelineJson.Parse(json, "groups", ".").Shapes(new(1, 1, 9, 9)));
    }

    [Fact(Timeout = 1000)]
    public async Task What_would_fit_is_computed_not_searched()
    {
        var pool = new MaxPool2d(Max - 9) { Stride = 1 << 30, CeilMode = true };
        string message = "";
        await Task.Run(() => message = Assert.Throws<LivePoolException>(() => pool.OutputShape(new(1, 1, 9, 9))).Message,
            TestContext.Current.CancellationToken);
        Assert.EndsWith($"needs at least {Max - 9 - (1 << 30) + 1} rows", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_huge_kernel_is_one_window_in_ceil_mode() =>
        Assert.Equal(new TensorShape(1, 1, 1, 1), new MaxPool2d(Max - 9) { CeilMode = true }.OutputShape(new(1, 1, 9, 9)));

    [Fact]
    public void A_shape_of_too_many_elements_is_refused()
    {
        Assert.Throws<LivePoolException>(() => Pointwise.Relu.OutputShape(new(Max, Max, Max, Max)));
        Assert.Throws<LivePoolException>(() =>
            new Conv2d(new Tensor(new(1, 1, 1, 1))) { Padding = 1 << 20 }.OutputShape(new(1, 1, 1, 1)));
    }
}
