namespace LivePool.App.View.Streaming;

/// <summary>How long the last frames took, from one presented to the next, in milliseconds; and what of it the processor was busy for.</summary>
internal sealed class FrameTimes
{
    /// <summary>How many are kept.</summary>
    public const int Kept = 240;

    private readonly float[] _between = new float[Kept];
    private readonly float[] _busy = new float[Kept];
    private long _count;
    private double _last = double.NaN;

    public int Count => (int)Math.Min(_count, Kept);

    /// <summary>A frame was drawn.</summary>
    /// <param name="now">When, in seconds.</param>
    /// <param name="busySeconds">What the window's thread worked for it.</param>
    public void Add(double now, double busySeconds)
    {
        if (!double.IsNaN(_last))
        {
            _between[_count % Kept] = (float)(1000 * (now - _last));
            _busy[_count % Kept] = (float)(1000 * busySeconds);
            _count++;
        }
        _last = now;
    }

    /// <summary>The frame that is so many back, 0 for the last: from the one before it, and what the thread worked.</summary>
    public (float Between, float Busy) this[int back]
    {
        get
        {
            long index = (_count - 1 - back) % Kept;
            return (_between[index], _busy[index]);
        }
    }

    /// <summary>The mean of all that are kept; 0 where there is none.</summary>
    public (float Between, float Busy) Mean
    {
        get
        {
            (float between, float busy) = (0, 0);
            for (int i = 0; i < Count; i++)
                (between, busy) = (between + this[i].Between, busy + this[i].Busy);
            return Count == 0 ? default : (between / Count, busy / Count);
        }
    }
}
