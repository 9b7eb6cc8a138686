namespace LivePool.Frames.Streaming;

/// <summary>
/// Holds the newest frame: one thread posts, another takes, and neither waits for the other. A frame that is not taken before
/// the next one comes is dropped, and counted. Frames are swapped, not copied.
/// </summary>
public sealed class FrameMailbox
{
    private readonly Lock _gate = new();
    private Frame _frame = new();
    private bool _isNew;

    /// <summary>Frames posted.</summary>
    public long Posted { get; private set; }

    /// <summary>Frames that a newer one replaced before they were taken.</summary>
    public long Dropped { get; private set; }

    /// <summary>Frames taken.</summary>
    public long Taken { get; private set; }

    /// <summary>Posted, dropped and taken at one moment; those that are neither dropped nor taken wait: none or one.</summary>
    public (long Posted, long Dropped, long Taken) Counts
    {
        get
        {
            lock (_gate)
                return (Posted, Dropped, Taken);
        }
    }

    /// <summary>Posts a frame.</summary>
    /// <param name="frame">The frame; on return another one, to be filled next.</param>
    public void Post(ref Frame frame)
    {
        lock (_gate)
        {
            (_frame, frame) = (frame, _frame);
            Posted++;
            if (_isNew)
                Dropped++;
            _isNew = true;
        }
    }

    /// <summary>Takes the newest frame.</summary>
    /// <param name="frame">What the taker is done with; on return the newest frame. As it was if there is no newer one.</param>
    /// <returns>Whether there was one.</returns>
    public bool TryTake(ref Frame frame)
    {
        lock (_gate)
        {
            if (!_isNew)
                return false;
            (_frame, frame) = (frame, _frame);
            _isNew = false;
            Taken++;
            return true;
        }
    }
}
