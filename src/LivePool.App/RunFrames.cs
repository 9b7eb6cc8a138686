using System.Diagnostics;
using LivePool.Frames;
using LivePool.Frames.Streaming;

namespace LivePool.App;

/// <summary>
/// The frames of a run: every one in order, or, of a source that plays in time, the newest whenever one is asked for.
/// </summary>
internal sealed class RunFrames : IDisposable
{
    private static readonly TimeSpan _longestFailure = TimeSpan.FromSeconds(10);

    private readonly IFrameSource? _source;
    private readonly FrameFeed? _feed;
    private readonly LatencyMeter _latency = new();
    private string? _told;

    /// <param name="source">As given by the user.</param>
    /// <param name="everyFrame">Whether a source that plays in time is read as fast as it can be, frame by frame.</param>
    /// <exception cref="FrameSourceException">It cannot be opened.</exception>
    public RunFrames(string source, bool everyFrame)
    {
        Func<IFrameSource> open = FrameSources.CreateOpener(source);
        IFrameSource opened = open();
        (Description, Count, IsEndless, FramesPerSecond) = (opened.Description, opened.FrameCount, opened.IsEndless, opened.FramesPerSecond);
        if (!opened.PlaysInTime || (everyFrame && !opened.IsLive))
        {
            _source = opened;
            return;
        }
        IFrameSource? first = opened;
        _feed = new FrameFeed(() => Interlocked.Exchange(ref first, null) ?? open(), loops: false);
        if (opened.Note is { } note)
            Console.Error.WriteLine($"livepool: {note}");
    }

    /// <summary>The source, for titles and the report.</summary>
    public string Description { get; }

    /// <summary>Frames that there are; null where that is not known.</summary>
    public int? Count { get; }

    /// <summary>Whether frames come as long as one asks for them.</summary>
    public bool IsEndless { get; }

    /// <summary>The source's rate; null where it has none.</summary>
    public double? FramesPerSecond { get; }

    /// <summary>How the stream went; null where every frame was read.</summary>
    public FeedCounts? Counts => _feed?.Counts;

    /// <summary>From capture to the end of the computation.</summary>
    public LatencyMeter Latency => _latency;

    /// <summary>Waits for the next frame.</summary>
    /// <param name="frame">What the caller is done with; on return the next one.</param>
    /// <returns>False after the last frame.</returns>
    /// <exception cref="FrameSourceException">This frame cannot be read, or none comes any more.</exception>
    public bool TryNext(ref Frame frame)
    {
        if (_source is not null)
            return _source.TryRead(frame);
        for (long start = Stopwatch.GetTimestamp(); ; Thread.Sleep(1))
        {
            if (_feed!.LastFailure is { } last && last != _told)
                Console.Error.WriteLine($"livepool: {_told = last}");
            bool hasEnded = _feed.HasEnded;
            if (_feed.TryTake(ref frame))
                return true;
            if (hasEnded)
                return false;
            if (_feed.Failure is { } failure && Stopwatch.GetElapsedTime(start) > _longestFailure)
                throw new FrameSourceException(failure) { IsSourceLost = true };
        }
    }

    /// <summary>Notes that a frame's results are there.</summary>
    public void NoteDone(Frame frame)
    {
        if (_feed is not null)
            _latency.Record(frame.CapturedAt);
    }

    public void Dispose()
    {
        _source?.Dispose();
        _feed?.Dispose();
    }
}
