using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;

namespace LivePool.Gpu.Tests;

/// <summary>Frames go up, and times come down, without one run waiting for the other, and none takes another's place.</summary>
public sealed class StreamingTests
{
    private static readonly TensorShape _shape = new(1, 1, 9, 13);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Frames_in_flight_do_not_overwrite_each_other(bool neverKeepMapped)
    {
        using GpuBackend backend = GpuBackend.CreateHeadless(options: Backends.Strict with { NeverKeepMapped = neverKeepMapped, GuardBytes = 0 });
        using GpuCompiledPipeline compiled = backend.Compile(Pipeline.Of(Pointwise.ScaleOffset(), 1), _shape);
        StageReadback[] readbacks = [.. Enumerable.Range(0, 10).Select(_ => compiled.CreateReadback())];
        for (int i = 0; i < readbacks.Length; i++)
        {
            byte[] frame = Frame(i);
            compiled.Run(frame);
            readbacks[i].Begin();
            Array.Clear(frame);
        }
        for (int i = 0; i < readbacks.Length; i++)
        {
            var got = new float[_shape.Count];
            readbacks[i].Read(0, got);
            Assert.Equal(Frame(i).Select(b => (float)b), got);
        }
        if (neverKeepMapped || backend.Device.IsSoftware)
            Assert.Equal(!neverKeepMapped, compiled.Uploads.IsMapped);

        // Three frames fit behind one that is done.
        compiled.Wait();
        long waits = compiled.Uploads.Waits;
        for (int i = 0; i < 3; i++)
            compiled.Run(Frame(i));
        Assert.Equal(waits, compiled.Uploads.Waits);

        static byte[] Frame(int i) => [.. Enumerable.Range(0, _shape.Count).Select(j => (byte)(i * 91 + j))];
    }

    [Fact]
    public void A_fused_run_with_its_times_allocates_nothing_after_the_first()
    {
        using GpuBackend backend = GpuBackend.CreateHeadless();
        using GpuCompiledPipeline compiled = backend.Compile(PipelinePresets.Load("edge24"), new(1, 1, 37, 53), StageOutputs.Last);
        Assert.True(compiled.IsFused(0));
        var bytes = new byte[37 * 53];
        var floats = new float[bytes.Length];
        for (int i = 0; i < 5; i++)
            Frame();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++)
            Frame();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Frame()
        {
            compiled.Run(bytes);
            _ = compiled.InputBuffer;
            compiled.Run(floats);
            _ = compiled.StageMilliseconds;
            compiled.Wait();
            _ = compiled.Output(1);
        }
    }

    [Fact]
    public void Times_are_two_runs_late_unless_the_last_run_was_waited_for()
    {
        using GpuBackend backend = GpuBackend.CreateHeadless();
        using GpuCompiledPipeline compiled = backend.Compile(Pipeline.Of(Pointwise.Sigmoid, 1), new(1, 1, 300, 400));
        var frame = new float[300 * 400];
        var late = new List<double>();
        for (int i = 0; i < 6; i++)
        {
            compiled.Run(frame);
            late.Add(compiled.StageMilliseconds[0]);
        }
        // The first run's until there were three; each run's own after that, and no two are equal to the nanosecond for long.
        Assert.Equal(late[0], late[1]);
        Assert.Equal(late[0], late[2]);
        Assert.True(late.Distinct().Count() > 1);
        compiled.Wait();
        double last = compiled.StageMilliseconds[0];
        Assert.Equal(last, compiled.StageMilliseconds[0]);
        compiled.Run(frame);
        Assert.Equal(last, compiled.StageMilliseconds[0]);
        Assert.InRange(last, 1e-6, 10_000);
    }
}
