using CsCheck;
using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Tensors;
using LivePool.Cpu.Simd;
using LivePool.Verification;

namespace LivePool.Cpu.Tests.Simd;

/// <summary>What a transposed convolution must be, whatever the reference says. Whole numbers, so that all of it is exact.</summary>
public sealed class TransposeMetamorphicTests : IDisposable
{
    private const int Iterations = 150;
    private readonly SimdBackend _backend = new(2);

    private sealed record Sizes(int H, int W, int Kernel, int Stride, int Dilation, int Seed);

    private static Gen<Sizes> AnySizes { get; } =
        Gen.Select(Gen.Int[1, 12], Gen.Int[1, 45], Gen.Int[1, 5], Gen.Int[1, 4], Gen.Int[1, 3], Gen.Int[1, 1_000_000])
            .Select((height, width, kernel, stride, dilation, seed) => new Sizes(height, width, kernel, stride, dilation, seed));

    public void Dispose() => _backend.Dispose();

    [Fact]
    public void A_delta_kernel_copies() => AnySizes.Sample(size =>
    {
        (int h, int w, int k, int stride, int dilation, int seed) = size;
        var random = new Random(seed);
        (int dy, int dx) = (random.Next(k), random.Next(k));
        var weight = new Tensor(new(1, 1, k, k));
        weight.Elements[dy * k + dx] = 1;
        float[] x = Running.Values(new(1, 1, h, w), ValueKind.Pixels, seed);

        using ICompiledPipeline compiled = _backend.Run(new ConvTranspose2d(weight) { Stride = stride, Dilation = dilation }, new(1, 1, h, w), x);

        float[] expected = new float[compiled.Shapes[0].Count];
        for (int i = 0; i < x.Length; i++)
            expected[(i / w * stride + dy * dilation) * compiled.Shapes[0].W + i % w * stride + dx * dilation] = x[i];
        Assert.Equal(expected, compiled.Output(0).ToArray());
    }, iter: Iterations, threads: 1);

    [Fact]
    public void It_is_the_adjoint_of_the_convolution() => AnySizes.Sample(size =>
    {
        (int h, int w, int k, int stride, int dilation, int seed) = size;
        int groups = 1 + seed % 2;
        Size2d padding = new(seed % 3, seed % 4);
        int extent = dilation * (k - 1) + 1;
        var input = new TensorShape(1, 2 * groups, h + extent, w + extent);
        var shape = new TensorShape(3 * groups, 2, k, k);
        var weight = new Tensor(shape, Running.Values(shape, ValueKind.Ties, seed));
        var conv = new Conv2d(weight) { Stride = stride, Dilation = dilation, Padding = Padding.FromSize(padding), Groups = groups };
        TensorShape output = conv.OutputShape(input);
        var transposed = new ConvTranspose2d(weight)
        {
            Stride = stride,
            Dilation = dilation,
            Padding = conv.Padding,
            Groups = groups,
            OutputPadding = new((input.H + 2 * padding.Height - extent) % stride, (input.W + 2 * padding.Width - extent) % stride),
        };
        Assert.Equal(input, transposed.OutputShape(output));
        float[] x = Running.Values(input, ValueKind.Pixels, seed + 1);
        float[] y = Running.Values(output, ValueKind.Pixels, seed + 2);

        Assert.Equal(Dot(_backend.Output(conv, input, x), y), Dot(x, _backend.Output(transposed, output, y)));
    }, iter: Iterations, threads: 1);

    private static double Dot(float[] left, float[] right) => left.Zip(right, (a, b) => (double)a * b).Sum();

    [Fact]
    public void With_stride_1_it_is_a_convolution_with_the_kernel_turned() => AnySizes.Sample(size =>
    {
        (int h, int w, int k, _, int dilation, int seed) = size;
        var input = new TensorShape(2, 1, h, w);
        float[] x = Running.Values(input, ValueKind.Pixels, seed);
        var shape = new TensorShape(1, 3, k, k);
        float[] weight = Running.Values(shape, ValueKind.Ties, seed + 1);
        float[] turned = [.. weight.Chunk(k * k).SelectMany(plane => plane.Reverse())];
        var conv = new Conv2d(new Tensor(new(3, 1, k, k), turned)) { Dilation = dilation, Padding = dilation * (k - 1) };

        Assert.Equal(
            _backend.Output(conv, input, x),
            _backend.Output(new ConvTranspose2d(new Tensor(shape, weight)) { Dilation = dilation }, input, x));
    }, iter: Iterations, threads: 1);

    [Fact]
    public void Padding_cuts_and_a_bias_is_added() => AnySizes.Sample(size =>
    {
        (int h, int w, int k, int stride, int dilation, int seed) = size;
        var input = new TensorShape(1, 2, h, w);
        var shape = new TensorShape(2, 2, k, k);
        var spec = new ConvTranspose2d(new Tensor(shape, Running.Values(shape, ValueKind.Ties, seed)))
        {
            Stride = stride,
            Dilation = dilation,
            OutputPadding = stride - 1,
        };
        float[] x = Running.Values(input, ValueKind.Pixels, seed + 1);
        using ICompiledPipeline whole = _backend.Run(spec, input, x);
        TensorShape full = whole.Shapes[0];
        var random = new Random(seed);
        (int top, int left) = (random.Next(full.H), random.Next(full.W));
        (int bottom, int right) = (random.Next(full.H - top), random.Next(full.W - left));

        using ICompiledPipeline part = _backend.Run(
            spec with { Padding = new(top, left, bottom, right), Bias = new Tensor(new(1, 2, 1, 1), [5, 1000]) }, input, x);

        TensorShape cut = part.Shapes[0];
        for (int i = 0; i < cut.Count; i++)
        {
            int plane = i / cut.PlaneSize;
            int at = (plane * full.H + top + i / cut.W % cut.H) * full.W + left + i % cut.W;
            Assert.Equal(whole.Output(0)[at] + (plane == 0 ? 5 : 1000), part.Output(0)[i]);
        }
    }, iter: Iterations, threads: 1);
}
