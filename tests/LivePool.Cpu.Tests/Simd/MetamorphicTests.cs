using CsCheck;
using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Cpu.Simd;
using LivePool.Verification;

namespace LivePool.Cpu.Tests.Simd;

/// <summary>What must hold between two results, whatever the reference says. Whole numbers, so that all of it is exact.</summary>
public sealed class MetamorphicTests : IDisposable
{
    private const int Iterations = 150;
    private readonly SimdBackend _backend = new(2);

    private static Gen<(int H, int W, int Kernel, int Seed)> Sizes { get; } =
        Gen.Select(Gen.Int[1, 14], Gen.Int[1, 45], Gen.Int[1, 5], Gen.Int[1, 1_000_000])
            .Select((height, width, kernel, seed) => (height + kernel - 1, width + kernel - 1, kernel, seed));

    private static float[] Whole(TensorShape shape, int seed) => Running.Values(shape, ValueKind.Pixels, seed);

    public void Dispose() => _backend.Dispose();

    [Fact]
    public void A_delta_kernel_crops() => Sizes.Sample(size =>
    {
        (int h, int w, int k, int seed) = size;
        var random = new Random(seed);
        (int dy, int dx) = (random.Next(k), random.Next(k));
        var weight = new Tensor(new(1, 1, k, k));
        weight.Elements[dy * k + dx] = 1;
        float[] x = Whole(new(1, 1, h, w), seed);

        float[] y = _backend.Output(new Conv2d(weight), new(1, 1, h, w), x);

        int outWidth = w - k + 1;
        for (int i = 0; i < y.Length; i++)
            Assert.Equal(x[(i / outWidth + dy) * w + i % outWidth + dx], y[i]);
    }, iter: Iterations, threads: 1);

    [Fact]
    public void Shifts_commute_with_every_window() => Sizes.Sample(size =>
    {
        (int h, int w, int k, int seed) = size;
        float[] x = Whole(new(1, 1, h + 1, w + 1), seed);
        float[] shifted = new float[h * w];
        for (int i = 0; i < shifted.Length; i++)
            shifted[i] = x[(i / w + 1) * (w + 1) + i % w + 1];
        foreach (OperatorSpec spec in (OperatorSpec[])[
            new Conv2d(new Tensor(new(1, 1, k, k), Whole(new(1, 1, k, k), seed + 1))),
            new MaxPool2d(k) { Stride = 1 }, new AvgPool2d(k) { Stride = 1, DivisorOverride = 1 }])
        {
            float[] whole = _backend.Output(spec, new(1, 1, h + 1, w + 1), x);
            float[] part = _backend.Output(spec, new(1, 1, h, w), shifted);
            int outWidth = w - k + 1;
            for (int i = 0; i < part.Length; i++)
                Assert.Equal(whole[(i / outWidth + 1) * (outWidth + 1) + i % outWidth + 1], part[i]);
        }
    }, iter: Iterations, threads: 1);

    [Fact]
    public void A_maximum_over_a_square_is_one_over_its_rows_then_columns() => Sizes.Sample(size =>
    {
        (int h, int w, int k, int seed) = size;
        var input = new TensorShape(1, 1, h, w);
        float[] x = Running.Values(input, ValueKind.Special, seed);
        float[] square = _backend.Output(new MaxPool2d(k) { Stride = 1, Padding = k / 2 }, input, x);
        var twoSteps = new Pipeline("rows, columns", 1,
        [
            new MaxPool2d(new(k, 1)) { Stride = 1, Padding = Padding.FromSize(new(k / 2, 0)) },
            new MaxPool2d(new(1, k)) { Stride = 1, Padding = Padding.FromSize(new(0, k / 2)) },
        ]);
        using ICompiledPipeline compiled = _backend.Compile(twoSteps, input);
        compiled.Run(x);
        Assert.Equal(square, compiled.Output(1).ToArray());
    }, iter: Iterations, threads: 1);

    [Fact]
    public void A_maximum_is_what_its_index_points_at() => Sizes.Sample(size =>
    {
        (int h, int w, int k, int seed) = size;
        var input = new TensorShape(1, 2, h, w);
        float[] x = Running.Values(input, ValueKind.Special, seed);
        using ICompiledPipeline compiled = _backend.Run(new MaxPool2d(k) { Stride = 2, ReturnIndices = true }, input, x);
        float[] without = _backend.Output(new MaxPool2d(k) { Stride = 2 }, input, x);
        TensorShape shape = compiled.Shapes[0];
        for (int i = 0; i < shape.Count; i++)
            Assert.Equal(x[i / shape.PlaneSize * input.PlaneSize + (int)compiled.Indices(0)[i]], compiled.Output(0)[i]);
        Assert.Equal(without, compiled.Output(0).ToArray());
    }, iter: Iterations, threads: 1);

    [Fact]
    public void The_average_of_a_constant_is_the_constant() => Sizes.Sample(size =>
    {
        (int h, int w, int k, int seed) = size;
        var input = new TensorShape(1, 1, h, w);
        float[] x = new float[input.Count];
        Array.Fill(x, seed % 256);
        var spec = new AvgPool2d(k) { Stride = 1 + seed % 3, CeilMode = seed % 2 == 0 };
        Assert.All(_backend.Output(spec, input, x), y => Assert.Equal(seed % 256, y));
        Assert.All(_backend.Output(spec with { Padding = k / 2, CountIncludePad = false }, input, x), y => Assert.Equal(seed % 256, y));
    }, iter: Iterations, threads: 1);

    [Fact]
    public void A_convolution_is_linear_in_its_weights() => Sizes.Sample(size =>
    {
        (int h, int w, int k, int seed) = size;
        var input = new TensorShape(1, 2, h, w);
        var kernel = new TensorShape(3, 2, k, k);
        float[] x = Whole(input, seed);
        float[] first = Running.Values(kernel, ValueKind.Ties, seed + 1);
        float[] second = Whole(kernel, seed + 2);
        float[] sum = [.. first.Zip(second, (a, b) => 3 * a + b)];

        float[] y1 = _backend.Output(new Conv2d(new Tensor(kernel, first)), input, x);
        float[] y2 = _backend.Output(new Conv2d(new Tensor(kernel, second)), input, x);

        Assert.Equal(y1.Zip(y2, (a, b) => 3 * a + b), _backend.Output(new Conv2d(new Tensor(kernel, sum)), input, x));
    }, iter: Iterations, threads: 1);

    [Fact]
    public void A_transposed_image_gives_the_transposed_result() => Sizes.Sample(size =>
    {
        (int h, int w, int k, int seed) = size;
        float[] x = Whole(new(1, 1, h, w), seed);
        float[] weight = Whole(new(1, 1, k, k), seed + 1);
        int stride = 1 + seed % 3;
        (Func<float[], OperatorSpec> Create, float[] Straight, float[] Turned)[] cases =
        [
            (v => new Conv2d(new Tensor(new(1, 1, k, k), v)) { Stride = stride, Padding = 1 }, weight, Transpose(weight, k, k)),
            (_ => new MaxPool2d(k) { Stride = stride, Padding = k / 2 }, [], []),
            (_ => new AvgPool2d(k) { Stride = stride, Padding = k / 2, DivisorOverride = 1 }, [], []),
        ];
        foreach ((Func<float[], OperatorSpec> create, float[] straight, float[] turned) in cases)
        {
            using ICompiledPipeline one = _backend.Run(create(straight), new(1, 1, h, w), x);
            using ICompiledPipeline two = _backend.Run(create(turned), new(1, 1, w, h), Transpose(x, h, w));
            TensorShape shape = one.Shapes[0];
            Assert.Equal(Transpose(one.Output(0).ToArray(), shape.H, shape.W), two.Output(0).ToArray());
        }
    }, iter: Iterations, threads: 1);

    private static float[] Transpose(float[] x, int height, int width)
    {
        float[] y = new float[x.Length];
        for (int i = 0; i < x.Length; i++)
            y[i % width * height + i / width] = x[i];
        return y;
    }
}
