using LivePool.App.Measuring;
using LivePool.App.View.Counting;
using LivePool.Core;
using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Cpu.Simd;

namespace LivePool.App.Tests.View.Counting;

/// <summary>The meter counts what it was offered, not too often, and ends when it is told to.</summary>
public sealed class ValueMeterTests : IDisposable
{
    private static readonly TensorShape _shape = new(1, 1, 30, 40);

    private readonly SimdBackend _backend = new(1);

    private readonly byte[] _frame = [.. Enumerable.Range(0, _shape.Count).Select(i => (byte)(i * 37 % 251))];

    public void Dispose() => _backend.Dispose();

    private ICompiledPipeline Compile(Pipeline pipeline, TensorShape shape, byte[] frame)
    {
        ICompiledPipeline compiled = _backend.Compile(pipeline, shape);
        compiled.Run(frame);
        return compiled;
    }

    private static ValueReport Wait(ValueMeter meter, ValueReport? other = null)
    {
        for (int i = 0; i < 2000; i++)
        {
            meter.Update();
            Assert.Null(meter.Failure);
            if (meter.Latest is { } report && !ReferenceEquals(report, other))
                return report;
            Thread.Sleep(5);
        }
        throw new TimeoutException("no report after 10 s");
    }

    /// <summary>Offers it until there is room for it.</summary>
    private static void Take(ValueMeter meter, ICompiledPipeline compiled, byte[] frame, double now)
    {
        for (int i = 0; i < 2000; i++)
        {
            meter.Update();
            if (meter.Offer(compiled, frame, now))
                return;
            Thread.Sleep(5);
        }
        throw new TimeoutException("not taken after 10 s");
    }

    [Fact]
    public void It_counts_the_input_and_every_stage_of_what_it_was_offered()
    {
        using var meter = new ValueMeter();
        using ICompiledPipeline compiled = Compile(PipelinePresets.Load("edge24"), _shape, _frame);
        float[][] outputs = [.. compiled.Shapes.Select((_, i) => compiled.Output(i).ToArray())];
        Take(meter, compiled, _frame, now: 0);
        // It has a copy.
        compiled.Run(new byte[_shape.Count]);
        ValueReport report = Wait(meter);
        Assert.Same(compiled, report.Compiled);
        AssertEqual([.. _frame.Select(value => (float)value)], report.Input);
        Assert.Equal(outputs.Length, report.Stages.Length);
        for (int i = 0; i < outputs.Length; i++)
            AssertEqual(outputs[i], report.Stages[i]);

        static void AssertEqual(float[] expected, ValueStatistics counted)
        {
            Assert.Equal((expected.Length, 0, 0), (counted.Count, counted.NaNs, counted.Infinities));
            Assert.Equal((expected.Min(), expected.Max()), (counted.Least, counted.Greatest));
            Assert.Equal(expected.Average(value => (double)value), counted.Mean, 1e-9);
        }
    }

    [Fact]
    public void It_rests_and_goes_on_with_pipelines_of_other_lengths()
    {
        using var meter = new ValueMeter();
        using ICompiledPipeline two = Compile(PipelinePresets.Load("edge24"), _shape, _frame);
        using ICompiledPipeline six = Compile(PipelinePresets.Load("cnn"), _shape, _frame);
        Take(meter, two, _frame, now: 10);
        ValueReport report = Wait(meter);
        Assert.False(meter.Offer(six, _frame, now: 10.24));
        double now = 1000;
        foreach (ICompiledPipeline next in (ICompiledPipeline[])[six, two, six])
        {
            Take(meter, next, _frame, now += 1000);
            report = Wait(meter, report);
            Assert.Same(next, report.Compiled);
            Assert.Equal(next.Shapes.Select(shape => shape.Count), report.Stages.Select(stage => stage.Count));
        }
        meter.Forget();
        Assert.Null(meter.Latest);
        Take(meter, two, _frame, now + 1000);
        Assert.Same(two, Wait(meter).Compiled);
    }

    [Fact]
    public void What_cannot_be_read_says_why_and_the_next_one_is_counted()
    {
        using var meter = new ValueMeter();
        using ICompiledPipeline compiled = Compile(PipelinePresets.Load("edge24"), _shape, _frame);
        Take(meter, new Unreadable(compiled), _frame, now: 0);
        Assert.Equal(("no memory", null), (meter.Failure, meter.Latest));
        Take(meter, compiled, _frame, now: 1);
        for (int i = 0; i < 2000 && meter.Latest is null; i++)
        {
            meter.Update();
            Thread.Sleep(5);
        }
        Assert.NotNull(meter.Latest);
        Assert.Null(meter.Failure);
    }

    [Fact]
    public void It_ends_while_it_counts_and_when_it_was_never_used()
    {
        new ValueMeter().Dispose();
        var shape = new TensorShape(1, 1, 1000, 2000);
        byte[] frame = new byte[shape.Count];
        using ICompiledPipeline compiled = Compile(Pipeline.Of(new MaxPool2d(2), 1), shape, frame);
        for (int i = 0; i < 5; i++)
        {
            using (var roomless = new ValueMeter())
                Assert.False(roomless.Offer(compiled, frame, now: 0));
            using var meter = new ValueMeter();
            Take(meter, compiled, frame, now: 0);
        }
    }

    /// <summary>As a device is that has no memory left to read back.</summary>
    private sealed class Unreadable(ICompiledPipeline of) : ICompiledPipeline
    {
        public Pipeline Pipeline => of.Pipeline;

        public TensorShape InputShape => of.InputShape;

        public IReadOnlyList<TensorShape> Shapes => of.Shapes;

        public ReadOnlySpan<double> StageMilliseconds => of.StageMilliseconds;

        public void Run(FrameView frame) => of.Run(frame);

        public ReadOnlySpan<float> Output(int stage) => throw new LivePoolException("no memory");

        public bool IsFused(int stage) => of.IsFused(stage);

        public ReadOnlySpan<long> Indices(int stage) => of.Indices(stage);

        public void Dispose()
        {
        }
    }
}
