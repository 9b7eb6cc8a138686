namespace LivePool.Frames.Streaming;

/// <summary>
/// Opens feeds on threads of their own, since what is opened may take its time: whoever shows frames goes on, and takes the feed
/// when it is there. What was asked for last counts; what comes after that is closed again.
/// </summary>
public sealed class FeedOpener : IDisposable
{
    private Task<FrameFeed>? _opening;

    /// <summary>What is being opened; null where nothing is.</summary>
    public string? Pending { get; private set; }

    /// <summary>Begins to open a feed; returns at once.</summary>
    /// <param name="name">What it is, for people.</param>
    /// <param name="open">Opens it, on another thread.</param>
    public void Begin(string name, Func<FrameFeed> open)
    {
        Abandon();
        Pending = name;
        _opening = Task.Factory.StartNew(open, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Takes what was opened; never waits.</summary>
    /// <returns>Null while there is none.</returns>
    /// <exception cref="FrameSourceException">It cannot be opened; said once.</exception>
    public FrameFeed? TryTake()
    {
        if (_opening is not { IsCompleted: true } opened)
            return null;
        (_opening, Pending) = (null, null);
        return opened.GetAwaiter().GetResult();
    }

    /// <summary>Closes what is still to be opened, as soon as it is; does not wait for that.</summary>
    public void Dispose() => Abandon();

    private void Abandon()
    {
        _opening?.ContinueWith(opened => opened.Result.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
        (_opening, Pending) = (null, null);
    }
}
