using LivePool.Core.Backends;
using LivePool.Core.Pipelines;
using LivePool.Cpu.Simd;
using LivePool.Frames;
using LivePool.Gpu;

namespace LivePool.App.Tests;

/// <summary>An hour of the drawn scene, 100,000 frames, as fast as it goes: memory stays flat.</summary>
public sealed class SoakTests
{
    private const int Frames = 100_000;
    private const long MostGrowth = 8 << 20;

    [Theory]
    [InlineData("simd")]
    [InlineData("gpu")]
    public void An_hour_of_frames_takes_no_more_memory_than_a_minute(string name)
    {
        using IBackend backend = name == "gpu" ? GpuBackend.CreateHeadless() : new SimdBackend(1);
        using var run = new PipelineRun(PipelinePresets.Load("edge24"), backend) { Keep = StageOutputs.Last };
        using IFrameSource source = FrameSources.Open("scene:grass?size=48x36");
        var frame = new Frame();
        long before = 0;
        float sum = 0;
        for (int i = 0; i < Frames; i++)
        {
            Assert.True(source.TryRead(frame, TestContext.Current.CancellationToken));
            run.Run(frame);
            if (i % 16 == 0)
                sum += run.Compiled.Output(1)[0];
            if (i == Frames / 10)
                before = Resident();
        }
        long grown = Resident() - before;
        TestContext.Current.SendDiagnosticMessage($"{name}: {grown / 1024} KB more after the first tenth, {sum}");
        Assert.True(grown < MostGrowth, $"{grown:N0} bytes more after the first tenth");
    }

    private static long Resident() => long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture) * Environment.SystemPageSize;
}
