using System.Diagnostics;

namespace LivePool.Frames.Streaming;

/// <summary>Times from when a picture was taken to when it was shown: the last 1,024 of them.</summary>
public sealed class LatencyMeter
{
    private const int Kept = 1024;

    private readonly double[] _milliseconds = new double[Kept];
    private readonly double[] _sorted = new double[Kept];
    private long _count;

    /// <summary>Whether anything was shown.</summary>
    public bool IsEmpty => _count == 0;

    /// <summary>Notes that a picture is shown now.</summary>
    /// <param name="capturedAt">When it was taken, as <see cref="Stopwatch.GetTimestamp"/> counts.</param>
    public void Record(long capturedAt) =>
        _milliseconds[_count++ % Kept] = Stopwatch.GetElapsedTime(capturedAt).TotalMilliseconds;

    /// <summary>Milliseconds that half, 95 % and 99 % of the pictures took at most; NaN where there are none.</summary>
    public (double P50, double P95, double P99) Percentiles()
    {
        int count = (int)Math.Min(_count, Kept);
        if (count == 0)
            return (double.NaN, double.NaN, double.NaN);
        Span<double> sorted = _sorted.AsSpan(0, count);
        _milliseconds.AsSpan(0, count).CopyTo(sorted);
        sorted.Sort();
        return (At(sorted, 0.5), At(sorted, 0.95), At(sorted, 0.99));

        // The smallest that so large a share does not exceed.
        static double At(ReadOnlySpan<double> sorted, double share) => sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];
    }
}
