using CsCheck;
using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Tensors;
using LivePool.Cpu.Simd;
using LivePool.Verification;

namespace LivePool.Cpu.Tests.Simd;

/// <summary>How adaptive, fractional and power-average pools and the unpool follow from other pools.</summary>
public sealed class PoolMetamorphicTests : IDisposable
{
    private const int Iterations = 150;
    private readonly SimdBackend _backend = new(2);

    private static Gen<(int H, int W, int Kernel, int Seed)> Sizes { get; } =
        Gen.Select(Gen.Int[1, 9], Gen.Int[1, 40], Gen.Int[1, 5], Gen.Int[1, 1_000_000]);

    public void Dispose() => _backend.Dispose();

    [Fact]
    public void An_adaptive_pool_to_the_same_size_changes_nothing() => Sizes.Sample(size =>
    {
        var input = new TensorShape(2, 2, size.H, size.W);
        float[] x = Running.Values(input, ValueKind.Special, size.Seed);
        Assert.Equal(x, _backend.Output(new AdaptiveAvgPool2d(new(null, null)), input, x));
        Assert.Equal(x, _backend.Output(new AdaptiveMaxPool2d(new(size.H, size.W)), input, x));
        using ICompiledPipeline compiled = _backend.Run(new AdaptiveMaxPool2d(new(null, size.W)) { ReturnIndices = true }, input, x);
        Assert.Equal(x, compiled.Output(0).ToArray());
        Assert.Equal(Enumerable.Range(0, input.Count).Select(i => (long)(i % input.PlaneSize)), compiled.Indices(0).ToArray());
    }, iter: Iterations, threads: 1);

    [Fact]
    public void An_adaptive_pool_of_whole_multiples_is_a_pool_with_a_stride() => Sizes.Sample(size =>
    {
        (int h, int w, int k, int seed) = size;
        var kernel = new Size2d(1 + seed % 4, k);
        var input = new TensorShape(1, 2, h * kernel.Height, w * kernel.Width);
        foreach (ValueKind kind in (ValueKind[])[ValueKind.Special, ValueKind.Ties, ValueKind.NeverFinite])
        {
            float[] x = Running.Values(input, kind, seed);
            using ICompiledPipeline expected = _backend.Run(new MaxPool2d(kernel) { ReturnIndices = true }, input, x);
            using ICompiledPipeline got = _backend.Run(new AdaptiveMaxPool2d(new(h, w)) { ReturnIndices = true }, input, x);
            Assert.Equal(expected.Output(0).ToArray(), got.Output(0).ToArray());
            Assert.Equal(expected.Indices(0).ToArray(), got.Indices(0).ToArray());
            Assert.Equal(expected.Output(0).ToArray(), _backend.Output(new AdaptiveMaxPool2d(new(h, w)), input, x));
        }
        float[] whole = Running.Values(input, ValueKind.Pixels, seed);
        Assert.Equal(_backend.Output(new AvgPool2d(kernel), input, whole), _backend.Output(new AdaptiveAvgPool2d(new(h, w)), input, whole));
    }, iter: Iterations, threads: 1);

    [Fact]
    public void An_adaptive_pool_to_one_is_the_plane_s_maximum_and_mean() => Sizes.Sample(size =>
    {
        var input = new TensorShape(1, 3, 7 * size.H, 3 * size.W);
        float[] x = Running.Values(input, ValueKind.Pixels, size.Seed);
        float[][] planes = [.. x.Chunk(input.PlaneSize)];
        Assert.Equal(planes.Select(plane => plane.Max()), _backend.Output(new AdaptiveMaxPool2d(1), input, x));
        Assert.Equal(planes.Select(plane => plane.Sum() / plane.Length), _backend.Output(new AdaptiveAvgPool2d(1), input, x));
    }, iter: Iterations, threads: 1);

    [Fact]
    public void An_unpool_puts_the_maxima_back() => Sizes.Sample(size =>
    {
        (int h, int w, int k, int seed) = size;
        var input = new TensorShape(2, 2, h * k, w * k);
        float[] x = Running.Values(input, ValueKind.Uniform, seed);
        using ICompiledPipeline pooled = _backend.Run(new MaxPool2d(k) { ReturnIndices = true }, input, x);
        long[] indices = pooled.Indices(0).ToArray();
        float[] maxima = pooled.Output(0).ToArray();

        float[] back = _backend.Output(new MaxUnpool2d(new IndexTensor(pooled.Shapes[0], indices), k), pooled.Shapes[0], maxima);

        Assert.Equal(x.Length, back.Length);
        for (int i = 0; i < maxima.Length; i++)
            Assert.Equal(maxima[i], back[i / (h * w) * input.PlaneSize + (int)indices[i]]);
        for (int i = 0; i < x.Length; i++)
            Assert.True(back[i] == 0 || back[i] == x[i]);
        // An element that is 0 would not be counted.
        Assert.Equal(maxima.Count(value => value != 0), back.Count(value => value != 0));
    }, iter: Iterations, threads: 1);

    [Fact]
    public void The_last_of_equal_indices_stays_whichever_thread_puts_it()
    {
        var input = new TensorShape(1, 3, 50, 100);
        float[] x = Running.Values(input, ValueKind.Uniform);
        // Every index of a plane of 20,000 comes from elements far apart.
        long[] indices = [.. Enumerable.Range(0, input.Count).Select(i => i % input.PlaneSize % 1250 * 16L)];
        var spec = new MaxUnpool2d(new IndexTensor(input, indices), 2);
        using var backend = new SimdBackend(3);
        float[] y = backend.Output(spec, input, x);
        for (int i = 0; i < x.Length; i++)
        {
            int last = i / input.PlaneSize * input.PlaneSize + 3750 + i % 1250;
            Assert.Equal(x[last], y[i / input.PlaneSize * 4 * input.PlaneSize + (int)indices[i]]);
        }
        Assert.Equal(3 * 1250, y.Count(value => value != 0));
    }

    [Fact]
    public void Fractional_windows_begin_at_the_first_element_and_end_at_the_last() => Sizes.Sample(size =>
    {
        (int h, int w, int k, int seed) = size;
        var input = new TensorShape(2, 2, 2 * h + k, 2 * w + k);
        float[] x = Running.Values(input, ValueKind.Uniform, seed);
        for (int plane = 0; plane < input.Planes; plane++)
        {
            x[plane * input.PlaneSize] = 10 + plane;
            x[(plane + 1) * input.PlaneSize - 1] = 20 + plane;
        }
        var spec = new FractionalMaxPool2d(k) { OutputSize = new(h + 1, w + 1), Seed = seed, ReturnIndices = true };
        using ICompiledPipeline compiled = _backend.Run(spec, input, x);
        Assert.Equal(compiled.Output(0).ToArray(), _backend.Output(spec with { ReturnIndices = false }, input, x));
        TensorShape shape = compiled.Shapes[0];
        for (int plane = 0; plane < input.Planes; plane++)
        {
            Assert.Equal(10 + plane, compiled.Output(0)[plane * shape.PlaneSize]);
            Assert.Equal(20 + plane, compiled.Output(0)[(plane + 1) * shape.PlaneSize - 1]);
            Assert.Equal(input.PlaneSize - 1, compiled.Indices(0)[(plane + 1) * shape.PlaneSize - 1]);
            for (int i = 0; i < shape.PlaneSize; i++)
            {
                int at = plane * shape.PlaneSize + i;
                Assert.Equal(x[plane * input.PlaneSize + (int)compiled.Indices(0)[at]], compiled.Output(0)[at]);
            }
        }
    }, iter: Iterations, threads: 1);

    [Fact]
    public void A_power_of_one_is_the_average_times_the_area() => Sizes.Sample(size =>
    {
        (int h, int w, int k, int seed) = size;
        var input = new TensorShape(1, 2, h + k, w + k);
        float[] x = Running.Values(input, ValueKind.Pixels, seed);
        var sum = new AvgPool2d(new(2, k)) { Stride = 1 + seed % 3, DivisorOverride = 1 };
        Assert.Equal(_backend.Output(sum, input, x), _backend.Output(new LpPool2d(1, new(2, k)) { Stride = 1 + seed % 3 }, input, x));
    }, iter: Iterations, threads: 1);

    [Fact]
    public void A_partial_window_s_power_is_its_mean_times_the_kernel_s_area()
    {
        // Rows and columns 0..4 under 2x2 windows: the last ones have 2, 2 and 1 elements.
        var input = new TensorShape(1, 1, 5, 5);
        float[] x = [.. Enumerable.Range(0, 25).Select(i => (float)i)];
        Assert.Equal(
            [12, 20, 26, 52, 60, 66, 82, 90, 96],
            _backend.Output(new LpPool2d(1, 2) { CeilMode = true }, input, x));
    }

    [Fact]
    public void Norms_scale_and_take_no_sign_where_the_power_is_even() => Sizes.Sample(size =>
    {
        (int h, int w, int k, int seed) = size;
        var input = new TensorShape(1, 2, h + k, w + k);
        float[] x = Running.Values(input, ValueKind.Uniform, seed);
        float[] absolute = Array.ConvertAll(x, Math.Abs);
        float[] doubled = Array.ConvertAll(x, value => 2 * value);
        var spec = new LpPool2d(2, k) { Stride = 1 + seed % 2, CeilMode = seed % 3 == 0 };
        float[] y = _backend.Output(spec, input, x);
        Assert.Equal(y, _backend.Output(spec, input, absolute));
        Assert.Equal(y.Select(value => 2 * value), _backend.Output(spec, input, doubled));
        Assert.Equal(_backend.Output(spec with { NormType = 4 }, input, x), _backend.Output(spec with { NormType = 4 }, input, absolute));
        if (k == 1)
            Assert.Equal(absolute, _backend.Output(spec with { Stride = 1 }, input, x));
    }, iter: Iterations, threads: 1);
}
