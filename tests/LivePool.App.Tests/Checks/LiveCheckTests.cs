using LivePool.App.Checks;
using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Cpu.Simd;
using LivePool.Shaders;
using LivePool.Verification;
using LivePool.Gpu;

namespace LivePool.App.Tests.Checks;

/// <summary>Frames are checked beside the render thread, one at a time, and what is found belongs to what is shown.</summary>
public sealed class LiveCheckTests : IDisposable
{
    private static readonly TensorShape _frame = new(1, 1, 20, 30);

    private readonly string _folder = Directory.CreateTempSubdirectory("livepool-live-").FullName;
    private readonly byte[] _pixels = [.. Enumerable.Range(0, _frame.Count).Select(i => (byte)(i * 37 % 251))];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Pipeline Pipeline() => PipelinePresets.Load("edge24");

    private static LiveReport Wait(LiveCheck check, ICompiledPipeline compiled)
    {
        for (int i = 0; i < 2000; i++)
        {
            check.Poll(compiled);
            if (check.Latest is { } report)
                return report;
            Thread.Sleep(5);
        }
        throw new TimeoutException("no report after 10 s");
    }

    [Fact]
    public void A_right_frame_passes_with_the_worst_stage_s_heat()
    {
        using var backend = new SimdBackend(1);
        using ICompiledPipeline compiled = backend.Compile(Pipeline(), _frame);
        using var check = new LiveCheck(_folder);
        Assert.False(check.IsOn);
        check.Start(backend);
        compiled.Run(_pixels);
        Assert.True(check.Offer(compiled, _pixels, now: 1));

        LiveReport report = Wait(check, compiled);

        Assert.True(report.Passed);
        Assert.Equal(["conv2d", "max_pool2d"], report.Reports.Select(stage => stage.Operator));
        Assert.Equal((0, compiled.Shapes[0]), (report.WorstStage, report.Shape));
        // Whole numbers are exact; the drawn kernel rounds, by something between a 2^14th and all of the bound.
        int plane = report.Shape.PlaneSize;
        Assert.All(report.Heat[..plane], heat => Assert.Equal(0, heat));
        Assert.Contains(report.Heat[plane..], heat => heat is > 0.07f and < 1);
        Assert.All(report.Heat, heat => Assert.InRange(heat, 0, 1));
        Assert.Equal(1 + Math.Log2(report.Reports[0].WorstShare) / 14, report.Heat.Max(), 1e-5);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_wrong_frame_is_saved_once_and_again_after_a_new_start()
    {
        using var backend = new SimdBackend(1);
        using ICompiledPipeline compiled = backend.Compile(Pipeline(), _frame);
        using var check = new LiveCheck(_folder);
        // The frame that is offered is not the one that was run.
        byte[] other = [.. _pixels];
        other[200] ^= 255;
        for (int start = 1; start <= 2; start++)
        {
            check.Start(backend);
            Assert.Null(check.Latest);
            compiled.Run(_pixels);
            for (int frame = 0; frame < 2; frame++)
            {
                Assert.True(check.Offer(compiled, other, now: frame + 1));
                LiveReport report = Wait(check, compiled);
                while (frame == 1 && ReferenceEquals(report, check.Latest))
                    Thread.Sleep(5);
                report = check.Latest!;
                Assert.False(report.Passed);
                Assert.True(File.Exists(report.SavedCase));
                Assert.Contains(report.Heat, heat => heat == 2);
                Assert.Equal(start, Directory.GetFiles(_folder, "*-conv2d-simd.case.json").Length);
            }
        }
        ConcreteCase saved = CaseFile.Read(check.Latest!.SavedCase!);
        Assert.Equal(_frame, saved.Input);
        Assert.Equal(other.Select(value => (float)value), saved.X);
    }

    [Fact]
    public void A_stage_is_checked_by_the_input_it_got_so_that_one_fault_is_one_failure()
    {
        using var backend = new SimdBackend(1);
        using ICompiledPipeline compiled = backend.Compile(Pipeline(), _frame);
        compiled.Run(_pixels);
        byte[] other = [.. _pixels];
        other[0] ^= 255;
        var snapshot = new StageSnapshot();
        snapshot.Take(compiled, other);
        ComparisonReport[] reports = new FrameCheck(ErrorBound.RoundToNearest).Check(snapshot);
        Assert.Equal([false, true], reports.Select(report => report.Passed));
        Assert.Equal((0, 0), (reports[0].Worst!.Value.H, reports[0].Worst!.Value.W));
    }

    [Fact]
    public void Frames_are_taken_one_at_a_time_and_not_too_often()
    {
        using var backend = new SimdBackend(1);
        using ICompiledPipeline compiled = backend.Compile(Pipeline(), new(1, 1, 700, 900));
        byte[] large = new byte[700 * 900];
        using var check = new LiveCheck(_folder);
        Assert.False(check.Offer(compiled, large, now: 1), "it is off");
        check.Start(backend);
        compiled.Run(large);
        Assert.True(check.Offer(compiled, large, now: 1));
        Assert.False(check.Offer(compiled, large, now: 1.1), "the interval is not over");
        Wait(check, compiled);
        Assert.True(check.Offer(compiled, large, now: 2));
    }

    [Fact]
    public void What_was_stopped_reports_nothing()
    {
        using var backend = new SimdBackend(1);
        using ICompiledPipeline compiled = backend.Compile(Pipeline(), new(1, 1, 700, 900));
        byte[] large = new byte[700 * 900];
        using var check = new LiveCheck(_folder);
        check.Start(backend);
        compiled.Run(large);
        Assert.True(check.Offer(compiled, large, now: 1));
        check.Stop();
        check.Start(backend);
        // The worker is busy with what was stopped; once it is free a new frame is taken.
        double now = 2;
        while (!check.Offer(compiled, large, now++))
        {
            Assert.Null(check.Latest);
            Thread.Sleep(5);
        }
        Assert.True(Wait(check, compiled).Passed);
    }

    [Fact]
    public void A_case_that_cannot_be_saved_is_said()
    {
        using var backend = new SimdBackend(1);
        using ICompiledPipeline compiled = backend.Compile(Pipeline(), _frame);
        using var check = new LiveCheck(Path.Combine(_folder, "none"));
        check.Start(backend);
        compiled.Run(_pixels);
        check.Offer(compiled, new byte[_frame.Count], now: 1);
        LiveReport report = Wait(check, compiled);
        Assert.False(report.Passed);
        Assert.Contains("none", report.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void The_GPU_is_read_behind_a_fence_with_its_indices()
    {
        using GpuBackend backend = GpuBackend.CreateHeadless(ShaderFolder.Locate());
        var pipeline = new Pipeline("indices", 1, [Pointwise.Abs, new MaxPool2d(2) { ReturnIndices = true }]);
        using GpuCompiledPipeline compiled = backend.Compile(pipeline, _frame);
        using var check = new LiveCheck(_folder);
        check.Start(backend);
        for (int frame = 0; frame < 3; frame++)
        {
            _pixels[frame] ^= 255;
            compiled.Run(_pixels);
            Assert.True(check.Offer(compiled, _pixels, now: frame + 1));
            LiveReport? before = check.Latest;
            for (int i = 0; i < 2000 && ReferenceEquals(check.Latest, before); i++, Thread.Sleep(5))
                check.Poll(compiled);
            Assert.True(check.Latest!.Passed, string.Join(", ", check.Latest.Reports.Select(report => report.ToString())));
        }
        // A copy of a pipeline that is gone is given up.
        compiled.Run(_pixels);
        Assert.True(check.Offer(compiled, _pixels, now: 9));
        check.Poll(null);
        using GpuCompiledPipeline next = backend.Compile(pipeline, _frame);
        next.Run(_pixels);
        Assert.True(check.Offer(next, _pixels, now: 10));
        Assert.True(Wait(check, next).Passed);
        check.Stop();
    }
}
