using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Cpu.Simd;
using LivePool.Frames;
using LivePool.Gpu;

namespace LivePool.App.Tests;

/// <summary>Frames on their way to a backend, and the copy of them that is made when somebody looks.</summary>
public sealed class PipelineRunTests
{
    private static readonly Pipeline _grey = PipelinePresets.Load("edge24");

    private static readonly Pipeline _colours = new("colours", 3, [Pointwise.ScaleOffset(), Pointwise.Relu]);

    private static Frame Noise(PixelFormat format, int seed)
    {
        var frame = new Frame();
        frame.Reset(format, 45, 31);
        frame.Encoding = new(YuvMatrix.Bt709, IsLimited: true);
        new Random(seed).NextBytes(frame.Pixels);
        return frame;
    }

    public static TheoryData<PixelFormat> Formats => [.. Enum.GetValues<PixelFormat>()];

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_frame_that_the_GPU_converts_gives_what_one_that_the_processor_converts_does(PixelFormat format)
    {
        using GpuBackend backend = GpuBackend.CreateHeadless();
        foreach (Pipeline pipeline in (Pipeline[])[_grey, _colours])
        {
            foreach (StageOutputs keep in Enum.GetValues<StageOutputs>())
            {
                using PipelineRun there = new(pipeline, backend, alwaysConvertsOnGpu: true) { Keep = keep },
                    here = new(pipeline, new SimdBackend(1)) { Keep = StageOutputs.All };
                Assert.Equal((true, false), (there.ConvertsOnGpu, here.ConvertsOnGpu));
                for (int seed = 0; seed < 3; seed++)
                {
                    Frame frame = Noise(format, seed);
                    there.Run(frame);
                    here.Run(frame);
                    Assert.Equal(here.Input, there.Input);
                    float[] expected = here.Compiled.Output(1).ToArray(), got = there.Compiled.Output(1).ToArray();
                    for (int i = 0; i < expected.Length; i++)
                        Assert.Equal(expected[i], got[i], 1e-2f);
                }
            }
        }
    }

    [Fact]
    public void A_GPU_that_is_a_processor_converts_only_when_told_to()
    {
        using GpuBackend backend = GpuBackend.CreateHeadless();
        using PipelineRun usual = new(_grey, backend), told = new(_grey, backend, alwaysConvertsOnGpu: true);
        using var simd = new PipelineRun(_grey, new SimdBackend(1), alwaysConvertsOnGpu: true);
        Assert.Equal((!backend.Device.IsSoftware, true, false), (usual.ConvertsOnGpu, told.ConvertsOnGpu, simd.ConvertsOnGpu));
    }

    [Fact]
    public void The_processors_copy_is_made_once_and_only_when_somebody_asks()
    {
        using GpuBackend backend = GpuBackend.CreateHeadless();
        using var run = new PipelineRun(_grey, backend, alwaysConvertsOnGpu: true);
        Frame frame = Noise(PixelFormat.Yuyv, 1);
        run.Run(frame);
        // What is asked for now is seen; that it was not made before shows by a change in between.
        frame.Pixels.Fill(235);
        Assert.Equal(Enumerable.Repeat((byte)255, 45 * 31), run.Input.ToArray());
        frame.Pixels.Fill(16);
        Assert.Equal(Enumerable.Repeat((byte)255, 45 * 31), run.Input.ToArray());
        run.Run(frame);
        Assert.Equal(new byte[45 * 31], run.Input.ToArray());
    }

    [Fact]
    public void A_steady_stream_allocates_nothing_and_no_copy()
    {
        using GpuBackend backend = GpuBackend.CreateHeadless();
        using var run = new PipelineRun(_grey, backend, alwaysConvertsOnGpu: true) { Keep = StageOutputs.Last };
        Frame frame = Noise(PixelFormat.Nv12, 1);
        for (int i = 0; i < 4; i++)
            run.Run(frame);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++)
            run.Run(frame);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
