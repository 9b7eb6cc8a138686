using System.Diagnostics;
using LivePool.App.Measuring;
using LivePool.Core;
using LivePool.Core.Backends;

namespace LivePool.App.View.Counting;

/// <summary>Counts the values of shown frames in a task, one frame at a time. The window's thread only copies; all is called on it.</summary>
internal sealed class ValueMeter : IDisposable
{
    private const int Bins = 48;
    private const double IntervalSeconds = 0.25;

    /// <summary>It rests so long after a frame, in times that the frame took: the processors are there for the frames first.</summary>
    private const double Rest = 3;

    private readonly CancellationTokenSource _stop = new();
    // The frame's and each stage's. While there is a task, it is the task's.
    private float[][] _values = [];
    // Null where it only makes room.
    private Task<ValueReport?>? _task;
    private double _taken = double.NegativeInfinity;
    private double _seconds;

    /// <summary>The last report; null before the first, and where the last frame could not be counted.</summary>
    public ValueReport? Latest { get; private set; }

    /// <summary>Why the last frame could not be counted, in a line; null where it could.</summary>
    public string? Failure { get; private set; }

    /// <summary>Whether none is being counted, and the last one of these stages was a while ago.</summary>
    public bool IsDue(ICompiledPipeline compiled, double now) =>
        _task is null && now >= _taken + (ReferenceEquals(Latest?.Compiled, compiled) ? Math.Max(IntervalSeconds, (1 + Rest) * _seconds) : IntervalSeconds);

    /// <summary>Takes what was run last, where it is due. On the GPU this waits and reads back.</summary>
    /// <param name="compiled">What was run.</param>
    /// <param name="frame">The frame that it was run on.</param>
    /// <param name="now">The time in seconds.</param>
    /// <returns>Whether it was taken. Where there is no room for it, that is made first.</returns>
    public bool Offer(ICompiledPipeline compiled, FrameView frame, double now) => IsDue(compiled, now) && Take(compiled, frame, now);

    private bool Take(ICompiledPipeline compiled, FrameView frame, double now)
    {
        _taken = now;
        int[] lengths = [frame.Length, .. compiled.Shapes.Select(shape => shape.Count)];
        if (!lengths.SequenceEqual(_values.Select(values => values.Length)))
        {
            _task = Task.Run(() => MakeRoom(lengths));
            return false;
        }
        long start = Stopwatch.GetTimestamp();
        try
        {
            frame.CopyTo(_values[0]);
            for (int i = 1; i < _values.Length; i++)
                compiled.Output(i - 1).CopyTo(_values[i]);
        }
        // A lost context has nothing to show any more.
        catch (Exception e) when (e is LivePoolException and not BackendUnavailableException or OutOfMemoryException)
        {
            (Latest, Failure) = (null, e.Message);
            return true;
        }
        _task = Task.Run(() => Count(compiled, start));
        return true;
    }

    /// <summary>Takes over what was counted, as soon as it is.</summary>
    public void Update()
    {
        if (_task is not { IsCompleted: true } done)
            return;
        _task = null;
        try
        {
            if (done.GetAwaiter().GetResult() is { } report)
                (Latest, Failure) = (report, null);
            else
                _taken = double.NegativeInfinity;
        }
        catch (OutOfMemoryException e)
        {
            (Latest, Failure) = (null, e.Message);
        }
    }

    /// <summary>Lets go of what was counted and of the memory, unless a task is at it.</summary>
    public void Forget()
    {
        if (_task is not null)
            return;
        (Latest, Failure) = (null, null);
        _values = [];
    }

    /// <summary>Keeps the arrays that have the length. New ones are touched here: the system's pages come with that, which takes longer than to copy.</summary>
    private ValueReport? MakeRoom(int[] lengths)
    {
        float[][] old = _values;
        _values = [];
        float[][] fitting = new float[lengths.Length][];
        for (int i = 0; i < lengths.Length; i++)
        {
            _stop.Token.ThrowIfCancellationRequested();
            bool fits = i < old.Length && old[i].Length == lengths[i];
            fitting[i] = fits ? old[i] : new float[lengths[i]];
            if (!fits)
                Array.Clear(fitting[i]);
        }
        _values = fitting;
        return null;
    }

    private ValueReport? Count(ICompiledPipeline compiled, long start)
    {
        ValueStatistics input = Of(_values[0]);
        var report = new ValueReport(compiled, input, [.. _values.Skip(1).Select(Of)]);
        _seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return report;

        ValueStatistics Of(float[] values)
        {
            _stop.Token.ThrowIfCancellationRequested();
            return new(values, Bins);
        }
    }

    /// <summary>Ends the task, after at most one stage.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        try
        {
            _task?.GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is OperationCanceledException or OutOfMemoryException)
        {
            // Nobody is there to be told any more.
        }
        _stop.Dispose();
    }
}
