using LivePool.App.View.Pooling;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Cpu.Simd;

namespace LivePool.App.Tests.View.Pooling;

/// <summary>The meter measures what it was offered last, not too often, and ends when it is told to.</summary>
public sealed class PoolingMeterTests
{
    private static readonly TensorShape _shape = new(1, 1, 40, 50);

    private readonly byte[] _frame = [.. Enumerable.Range(0, _shape.Count).Select(i => (byte)(i * 37 % 251))];

    private readonly Pipeline _pipeline = PipelinePresets.Load("edge24");

    private static PoolingReport Wait(PoolingMeter meter, PoolingReport? other = null)
    {
        for (int i = 0; i < 2000; i++)
        {
            if (meter.Latest is { } report && !ReferenceEquals(report, other))
                return report;
            Assert.Null(meter.Failure);
            Thread.Sleep(5);
        }
        throw new TimeoutException("no report after 10 s");
    }

    [Fact]
    public void It_measures_what_it_was_offered()
    {
        using var meter = new PoolingMeter();
        Assert.Null(meter.Latest);
        byte[] frame = [.. _frame];
        meter.Offer(_pipeline, _shape, frame, (2, 1), 6, now: 0);
        // It has a copy.
        Array.Clear(frame);
        PoolingReport report = Wait(meter);
        using var backend = new SimdBackend(1);
        PoolingReport expected = PoolingFacts.Of(_pipeline, _shape, _frame, (2, 1), 6, 1, backend, TestContext.Current.CancellationToken);
        Assert.Equal(expected.Stages, report.Stages);
        Assert.Equal((expected.ShiftInput, (2, 1), 6), (report.ShiftInput, report.Shift, report.NoiseSigma));
        Assert.Same(_pipeline, report.Pipeline);
        Assert.Null(meter.Failure);
    }

    [Fact]
    public void The_same_settings_wait_and_others_do_not()
    {
        using var meter = new PoolingMeter();
        meter.Offer(_pipeline, _shape, _frame, (1, 0), 6, now: 10);
        PoolingReport first = Wait(meter);
        // Too early: were it taken, its report would be another object, sooner or later.
        meter.Offer(_pipeline, _shape, _frame, (1, 0), 6, now: 10.39);
        meter.Offer(_pipeline, _shape, _frame, (1, 1), 6, now: 10.39);
        PoolingReport second = Wait(meter, first);
        Assert.Equal((1, 1), second.Shift);
        // A while later, however long the first ones took.
        meter.Offer(_pipeline, _shape, _frame, (1, 1), 6, now: 1000);
        PoolingReport third = Wait(meter, second);
        Assert.Equal(second.Stages, third.Stages);
        meter.Offer(_pipeline, _shape, _frame, (1, 1), 7, now: 1000);
        PoolingReport fourth = Wait(meter, third);
        Assert.Equal(7, fourth.NoiseSigma);
        Pipeline changed = _pipeline with { Stages = [.. _pipeline.Stages[..1]] };
        meter.Offer(changed, _shape, _frame, (1, 1), 7, now: 1000);
        Assert.Same(changed, Wait(meter, fourth).Pipeline);
    }

    [Fact]
    public void What_cannot_be_measured_says_why_and_the_next_one_is()
    {
        using var meter = new PoolingMeter();
        meter.Offer(Pipeline.Of(new MaxPool2d(99), 1), _shape, _frame, (1, 0), 6, now: 0);
        for (int i = 0; i < 2000 && meter.Failure is null; i++)
            Thread.Sleep(5);
        Assert.Contains("kernel 99x99", meter.Failure, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', meter.Failure!);
        Assert.Null(meter.Latest);
        for (int i = 0; i < 2000 && meter.Latest is null; i++)
        {
            meter.Offer(_pipeline, _shape, _frame, (1, 0), 6, now: 0);
            Thread.Sleep(5);
        }
        Assert.NotNull(meter.Latest);
        Assert.Null(meter.Failure);
    }

    [Fact]
    public void It_ends_while_it_measures_and_when_it_was_never_used()
    {
        new PoolingMeter().Dispose();
        var shape = new TensorShape(1, 1, 400, 500);
        for (int i = 0; i < 5; i++)
        {
            using var meter = new PoolingMeter();
            meter.Offer(_pipeline, shape, new byte[shape.Count], (1, 0), 6, now: 0);
        }
    }
}
