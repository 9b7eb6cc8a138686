using System.Diagnostics;
using LivePool.Frames;

namespace LivePool.App.View;

/// <summary>
/// Takes frames from a source at its natural rate. A source that fails keeps its last frame, says why, and is asked again
/// after a moment.
/// </summary>
internal sealed class FrameFeed : IDisposable
{
    private const double StillSeconds = 2;
    private const double RetrySeconds = 1;
    private readonly IFrameSource _source;
    private double _due;

    /// <exception cref="FrameSourceException">There is nothing to read.</exception>
    public FrameFeed(string source)
    {
        _source = FrameSources.Open(source);
        _source.Looping = true;
    }

    /// <summary>The last frame that could be read; empty before the first.</summary>
    public Frame Frame { get; } = new();

    /// <summary>Whether <see cref="Frame"/> holds a picture.</summary>
    public bool HasFrame { get; private set; }

    /// <summary>Why the source gives nothing at the moment; null while it does.</summary>
    public string? Failure { get; private set; }

    public string Description => _source.Description;

    private bool IsSingleStill => _source.FramesPerSecond is null && _source.FrameCount == 1;

    /// <summary>Reads the next frame if it is due.</summary>
    /// <returns>Whether there is a new one.</returns>
    public bool Advance()
    {
        double now = Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;
        if (now < _due || (IsSingleStill && HasFrame))
            return false;
        try
        {
            if (!_source.TryRead(Frame))
                return false;
            double interval = 1 / (_source.FramesPerSecond ?? 1 / StillSeconds);
            // Keeps the rate on average, but does not hurry after a pause.
            _due = Math.Max(_due + interval, now);
            Failure = null;
            HasFrame = true;
            return true;
        }
        catch (FrameSourceException e)
        {
            Failure = e.Message;
            _due = now + RetrySeconds;
            return false;
        }
    }

    public void Dispose() => _source.Dispose();
}
