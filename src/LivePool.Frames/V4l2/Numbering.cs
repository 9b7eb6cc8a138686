using System.Diagnostics;

namespace LivePool.Frames.V4l2;

/// <summary>Numbers and times of a camera's pictures, from what the device says, which may have gaps and go back.</summary>
internal sealed class Numbering
{
    private uint _last;
    private bool _isCounting;
    private long? _first;
    private TimeSpan _timestamp;

    /// <summary>The number of the last picture, from 0; it has the device's gaps.</summary>
    public long Number { get; private set; } = -1;

    /// <summary>Pictures that the device numbered and never gave.</summary>
    public long Missed { get; private set; }

    /// <summary>A picture came, good or bad.</summary>
    /// <param name="sequence">The device's number. One that does not grow, as of a device that does not count, is the next one.</param>
    public void Note(uint sequence)
    {
        int step = _isCounting ? Math.Max(1, (int)(sequence - _last)) : 1;
        Missed += step - 1;
        Number += step;
        (_last, _isCounting) = (sequence, true);
    }

    /// <summary>The device begins to count anew.</summary>
    public void Restart() => _isCounting = false;

    /// <summary>When a picture was taken, and how long after the first; the latter never goes back.</summary>
    /// <param name="nanoseconds">By the monotonic clock, as the device says; null where it uses another.</param>
    /// <param name="now">By the stopwatch; what the device puts later than that, or before all time, is now.</param>
    public (long CapturedAt, TimeSpan Timestamp) Time(long? nanoseconds, long now)
    {
        // On Linux both are the same clock.
        long captured = nanoseconds is { } given ? (long)((Int128)given * Stopwatch.Frequency / 1_000_000_000) : now;
        if (captured <= 0 || captured > now)
            captured = now;
        _first ??= captured;
        TimeSpan timestamp = Stopwatch.GetElapsedTime(_first.Value, captured);
        _timestamp = timestamp > _timestamp ? timestamp : _timestamp;
        return (captured, _timestamp);
    }
}
