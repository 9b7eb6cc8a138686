using LivePool.Core.Backends;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Gpu.Context;
using LivePool.Gpu.Kernels;
using LivePool.Gpu.Peaks;

namespace LivePool.Gpu.Tests.Peaks;

/// <summary>What times are held against is measured by shaders that do what they are timed for.</summary>
public sealed class GpuPeaksTests
{
    private const int Steps = 64;

    [Theory]
    [InlineData(1 << 20, 1 << 20)]
    [InlineData(1, 1 << 16)]
    [InlineData(1 << 16, 17)]
    public void A_copy_has_a_speed(long read, long written)
    {
        using GpuBackend backend = Backends.CreateStrict();
        using GpuPeaks peaks = backend.CreatePeaks();
        Assert.InRange(peaks.MeasureCopyGigabytesPerSecond(read, written), 1e-6, 1e5);
    }

    [Fact]
    public void Multiply_adds_have_a_speed()
    {
        using GpuBackend backend = Backends.CreateStrict();
        using GpuPeaks peaks = backend.CreatePeaks();
        Assert.InRange(peaks.MeasureFmaGflops(), 0.01, 1e6);
        Assert.InRange(peaks.LargeCopyBytes, 1 << 20, backend.Limits.StorageBlockBytes);
    }

    [Fact]
    public void Nothing_is_no_copy()
    {
        using GpuBackend backend = Backends.CreateStrict();
        using GpuPeaks peaks = backend.CreatePeaks();
        Assert.Throws<ArgumentOutOfRangeException>(() => peaks.MeasureCopyGigabytesPerSecond(0, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => peaks.MeasureCopyGigabytesPerSecond(4, 0));
    }

    /// <summary>Units that are both read and written are equal; those beyond the input are their own numbers.</summary>
    [Theory]
    [InlineData(3000, 3000, false)]
    [InlineData(3000, 1100, false)]
    [InlineData(1100, 3000, true)]
    [InlineData(3000, 2999, true)]
    public void The_copy_copies(int read, int written, bool isTiled)
    {
        using GpuBackend backend = Create(isTiled);
        GpuDevice device = backend.Shared;
        using var input = new GpuBuffer(device, "input", 16L * read);
        using var output = new GpuBuffer(device, "output", 16L * written);
        int[] source = [.. Enumerable.Range(0, 4 * read).Select(i => i * 7919)];
        input.Write<int>(source);
        output.Poison();
        Kernel kernel = backend.Kernels.Get<CopyParameters>(KernelDescriptor.Copy);
        using (var dispatch = KernelDispatch.Create(
            device, kernel, new CopyParameters { ReadCount = read, WriteCount = written }, (Math.Max(read, written), 1, 1), input, output))
        {
            dispatch.Run();
        }
        var got = new int[4 * written];
        output.Read(got.AsSpan());
        output.CheckGuard();
        Assert.Equal(Enumerable.Range(0, got.Length).Select(i => i < source.Length ? source[i] : i / 4), got);
    }

    /// <summary>Every chain takes every step, so that none was left out by a compiler.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_multiply_adds_are_made(bool isTiled)
    {
        const int Count = 1000;
        const float Factor = 0.96875f, Addend = 0.5f;
        using GpuBackend backend = Create(isTiled);
        GpuDevice device = backend.Shared;
        using var input = new GpuBuffer(device, "input", 2 * sizeof(float));
        using var output = new GpuBuffer(device, "output", sizeof(float) * Count);
        input.Write<float>([Factor, Addend]);
        Kernel kernel = backend.Kernels.Get<MultiplyAddParameters>(KernelDescriptor.MultiplyAdd, $"STEPS {Steps}");
        using (var dispatch = KernelDispatch.Create(device, kernel, new MultiplyAddParameters { Count = Count }, (Count, 1, 1), input, output))
            dispatch.Run();
        var got = new float[Count];
        output.Read(got.AsSpan());
        output.CheckGuard();
        for (int i = 0; i < Count; i++)
        {
            double expected = 0;
            for (int chain = 0; chain < 8; chain++)
            {
                double value = (i & 255) + chain;
                for (int step = 0; step < Steps; step++)
                    value = value * Factor + Addend;
                expected += value;
            }
            Assert.InRange(got[i], expected * (1 - 1e-5), expected * (1 + 1e-5));
        }
    }

    [Fact]
    public void A_run_again_gives_the_same_and_a_time()
    {
        using GpuBackend backend = Backends.CreateStrict();
        Pipeline pipeline = PipelinePresets.Load("edge24");
        foreach (bool isBytes in (bool[])[true, false])
        {
            using GpuCompiledPipeline compiled = backend.Compile(pipeline, new TensorShape(1, 1, 20, 33), StageOutputs.Last);
            Assert.Throws<InvalidOperationException>(compiled.RunAgain);
            byte[] bytes = [.. Enumerable.Range(0, 20 * 33).Select(i => (byte)(i * 31))];
            if (isBytes)
                compiled.Run(bytes);
            else
                compiled.Run(Array.ConvertAll(bytes, b => (float)b));
            float[] first = compiled.Output(1).ToArray();
            compiled.RunAgain();
            Assert.Equal(first, compiled.Output(1).ToArray());
            compiled.Wait();
            Assert.InRange(compiled.StageMilliseconds[1], 1e-6, 1e4);
            Assert.Equal((false, isBytes), (compiled.ReadsBytes(0), compiled.ReadsBytes(1)));
        }
    }

    private static GpuBackend Create(bool isTiled)
    {
        if (!isTiled)
            return Backends.CreateStrict();
        DeviceLimits limits;
        using (GpuContext context = GpuContext.CreateHeadless())
            limits = DeviceLimits.Query(context.Gl) with { WorkGroupCountX = 2, WorkGroupInvocations = 64 };
        return GpuBackend.CreateHeadless(options: Backends.Strict with { Limits = limits });
    }
}
