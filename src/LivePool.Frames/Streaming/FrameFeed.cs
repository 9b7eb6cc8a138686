using System.Diagnostics;

namespace LivePool.Frames.Streaming;

/// <summary>What a feed did so far. Captured frames are dropped or shown, but for one that may wait.</summary>
/// <param name="Captured">Frames that were read and became due.</param>
/// <param name="Dropped">Frames that a newer one replaced before they were shown.</param>
/// <param name="Shown">Frames that were taken to be shown.</param>
/// <param name="Late">Frames that came more than half of their time after they were due.</param>
/// <param name="Stalls">Times that the source began to give nothing.</param>
/// <param name="Missed">Frames that a device numbered and never gave.</param>
/// <param name="Damaged">Frames that were skipped because they came damaged.</param>
public readonly record struct FeedCounts(long Captured, long Dropped, long Shown, long Late, long Stalls, long Missed, long Damaged);

/// <summary>
/// Reads a source on a thread of its own, each frame at its time, and keeps the newest for whoever shows them. What fails is
/// tried again after pauses that grow; meanwhile the last frame stays, and <see cref="Failure"/> says why. A source that is
/// lost is opened again.
/// </summary>
public sealed class FrameFeed : IDisposable
{
    /// <summary>Between two frames, whatever their times say; waits have a limit of days.</summary>
    private static readonly TimeSpan _longest = TimeSpan.FromHours(1);
    private static readonly TimeSpan _still = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _mostBehind = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _firstPause = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(4);

    private readonly Func<IFrameSource> _reopen;
    private readonly FrameMailbox _mailbox = new();
    private readonly CancellationTokenSource _end = new();
    private readonly ManualResetEventSlim _goesOn = new(initialState: true);
    private readonly Thread _thread;
    private IFrameSource? _source;
    private Frame _next = new();
    private long _late;
    private long _stalls;
    private long _missed;
    private long _damaged;
    private volatile string? _failure;
    private volatile string? _lastFailure;
    private volatile string _description;
    private volatile string? _note;
    private volatile Exception? _fault;
    private volatile bool _hasEnded;

    private long _skip;
    private double _framesPerSecond;
    private bool _isDisposed;

    // Of the reading thread: what sources before this one lost, the last frame's time in the source, and when it was due.
    private FrameLosses _lostBefore;
    private TimeSpan _timestamp;
    private long _due;

    /// <summary>Opens a source and starts to read it.</summary>
    /// <param name="open">Opens the source, now and each time after it was lost.</param>
    /// <param name="loops">Whether to begin again after the last frame.</param>
    /// <exception cref="FrameSourceException">It cannot be opened.</exception>
    public FrameFeed(Func<IFrameSource> open, bool loops)
    {
        _reopen = () =>
        {
            IFrameSource source = open();
            // A picture that is there does not come again.
            source.Looping = loops && source.FrameCount != 1;
            return source;
        };
        _source = _reopen();
        (_description, _note) = (_source.Description, _source.Note);
        _thread = new Thread(Read) { IsBackground = true, Name = "capture" };
        _thread.Start();
    }

    /// <summary>What is shown, for a title.</summary>
    public string Description => _description;

    /// <summary>In one line, what the source gives instead of what was asked for; null where it gives that.</summary>
    public string? Note => _note;

    /// <summary>Why the source gives nothing at the moment; null while it does.</summary>
    public string? Failure => _failure;

    /// <summary>Why the source gave nothing the last time; null where it never stopped.</summary>
    public string? LastFailure => _lastFailure;

    /// <summary>The source's rate; null where it has none, or it is not known yet.</summary>
    public double? FramesPerSecond => Volatile.Read(ref _framesPerSecond) is > 0 and var rate ? rate : null;

    /// <summary>Whether the last frame was read.</summary>
    public bool HasEnded => _hasEnded;

    /// <summary>How it goes.</summary>
    public FeedCounts Counts
    {
        get
        {
            (long posted, long dropped, long taken) = _mailbox.Counts;
            return new(posted, dropped, taken, Volatile.Read(ref _late), Volatile.Read(ref _stalls), Volatile.Read(ref _missed), Volatile.Read(ref _damaged));
        }
    }

    /// <summary>Whether time stands still: nothing is read, and what a camera gives meanwhile is not counted.</summary>
    public bool IsPaused
    {
        get => !_goesOn.IsSet;
        set
        {
            if (value)
                _goesOn.Reset();
            else
                _goesOn.Set();
        }
    }

    /// <summary>Goes on so much later, or earlier, in a source that can do that.</summary>
    public void Skip(TimeSpan by) => Interlocked.Add(ref _skip, by.Ticks);

    /// <summary>Takes the newest frame; never waits.</summary>
    /// <param name="frame">What the caller is done with; on return the newest frame. As it was if there is none.</param>
    /// <returns>Whether there is a new one.</returns>
    /// <exception cref="InvalidOperationException">The reading thread met a fault of the program.</exception>
    public bool TryTake(ref Frame frame) => _fault is { } fault
        ? throw new InvalidOperationException($"reading {Description} failed: {fault.Message}", fault)
        : _mailbox.TryTake(ref frame);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        _end.Cancel();
        _thread.Join();
        _source?.Dispose();
        _end.Dispose();
        _goesOn.Dispose();
    }

    private void Read()
    {
        try
        {
            TimeSpan pause = _firstPause;
            while (!_hasEnded && !_end.IsCancellationRequested)
            {
                try
                {
                    ReadOne();
                    pause = _firstPause;
                }
                catch (FrameSourceException e)
                {
                    NoteFailure(e);
                    Wait(pause);
                    pause = pause * 2 < _longestPause ? pause * 2 : _longestPause;
                }
            }
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            // Whoever takes frames is told.
            _fault = e;
        }
    }

    private void ReadOne()
    {
        if (_source is null)
        {
            _source = _reopen();
            (_description, _note) = (_source.Description, _source.Note);
            _due = 0;
        }
        long skip = Interlocked.Exchange(ref _skip, 0);
        if (skip != 0)
            _source.Skip(new TimeSpan(skip));
        bool isRead = _source.TryRead(_next, _end.Token);
        NoteLosses();
        if (!isRead)
        {
            _hasEnded = true;
            return;
        }
        _failure = null;
        Volatile.Write(ref _framesPerSecond, _source.FramesPerSecond ?? 0);
        if (IsPaused)
        {
            // A camera goes on, and what it gives is not wanted.
            if (_source.IsLive)
                return;
            _goesOn.Wait(_end.Token);
            _due = 0;
        }
        if (!_source.IsLive)
            WaitUntilDue(_next.Timestamp);
        if (_next.CapturedAt == 0)
            _next.CapturedAt = Stopwatch.GetTimestamp();
        _mailbox.Post(ref _next);
    }

    /// <summary>Keeps the time between frames on average, but does not hurry after a long delay.</summary>
    private void WaitUntilDue(TimeSpan timestamp)
    {
        long now = Stopwatch.GetTimestamp();
        // Two frames of a video may have the same time; what has no rate is a still picture then.
        TimeSpan interval = timestamp > _timestamp ? timestamp - _timestamp : _source!.FramesPerSecond is null ? _still : TimeSpan.Zero;
        if (interval > _longest)
            interval = _longest;
        _timestamp = timestamp;
        if (_due == 0)
        {
            _due = now;
            return;
        }
        _due += Ticks(interval);
        TimeSpan left = Stopwatch.GetElapsedTime(now, _due);
        if (left > TimeSpan.Zero)
        {
            Wait(left);
            return;
        }
        if (-left > interval / 2)
            Volatile.Write(ref _late, _late + 1);
        if (-left > _mostBehind)
            _due = now;
    }

    private void NoteFailure(FrameSourceException e)
    {
        if (_failure is null)
            Volatile.Write(ref _stalls, _stalls + 1);
        _failure = _lastFailure = e.Message;
        NoteLosses();
        if (!e.IsSourceLost)
            return;
        _lostBefore = new(_missed, _damaged);
        _source?.Dispose();
        _source = null;
    }

    private void NoteLosses()
    {
        if (_source is null)
            return;
        FrameLosses losses = _source.Losses;
        Volatile.Write(ref _missed, _lostBefore.Missed + losses.Missed);
        Volatile.Write(ref _damaged, _lostBefore.Damaged + losses.Damaged);
    }

    private void Wait(TimeSpan time)
    {
        if (_end.Token.WaitHandle.WaitOne(time))
            throw new OperationCanceledException(_end.Token);
    }

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);
}
