using System.Diagnostics;

namespace LivePool.Benchmarks.Peers;

/// <summary>Something that is timed in turn with others.</summary>
/// <param name="run">Does it once.</param>
internal sealed class TimedWork(Action run)
{
    /// <summary>Work shorter than this is done once untimed before it is timed, so that it finds its own buffers in the caches.</summary>
    private const double ShortMilliseconds = 15;
    private const double WarmUpMilliseconds = 30;
    private const int MostWarmUps = 30;

    private readonly List<double> _milliseconds = [];
    private double _last;
    private TimeSpan _processorTime;

    public double Median
    {
        get
        {
            double[] sorted = [.. _milliseconds.Order()];
            return sorted[sorted.Length / 2];
        }
    }

    /// <summary>Processors that this process had while it was timed: waiting for each other, the threads spin.</summary>
    public double Processors => _processorTime.TotalMilliseconds / _milliseconds.Sum();

    public void WarmUp()
    {
        double total = 0;
        for (int i = 0; i < MostWarmUps && total < WarmUpMilliseconds; i++)
        {
            _last = Time();
            total += _last;
        }
    }

    public void Round()
    {
        if (_last < ShortMilliseconds)
            run();
        TimeSpan before = Environment.CpuUsage.TotalTime;
        _last = Time();
        _processorTime += Environment.CpuUsage.TotalTime - before;
        _milliseconds.Add(_last);
    }

    private double Time()
    {
        long start = Stopwatch.GetTimestamp();
        run();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}

/// <summary>Times pieces of work in turn, so that what disturbs the machine disturbs all alike.</summary>
internal static class Interleaved
{
    private const int FewestRounds = 15;
    private const int MostRounds = 31;

    /// <param name="works">What to time.</param>
    /// <param name="budget">How long rounds after the fewest may start.</param>
    public static void Run(IReadOnlyList<TimedWork> works, TimeSpan budget)
    {
        long start = Stopwatch.GetTimestamp();
        for (int round = 0; round < MostRounds && (round < FewestRounds || Stopwatch.GetElapsedTime(start) < budget); round++)
        {
            foreach (TimedWork work in works)
                work.Round();
        }
    }
}
