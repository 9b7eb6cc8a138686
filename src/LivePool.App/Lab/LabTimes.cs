using System.Diagnostics;
using LivePool.App.Measuring;

namespace LivePool.App.Lab;

/// <summary>Something that is run again and again and says how long it took on the device.</summary>
/// <param name="Name">What it is called in the table.</param>
/// <param name="Run">Runs it once, waits, and gives the milliseconds.</param>
internal sealed record LabContender(string Name, Func<double> Run);

/// <summary>Times contenders in turn, so that what disturbs one disturbs the others as well.</summary>
internal static class LabTimes
{
    private const int MostRuns = 100;
    private const int FewestRuns = 3;

    // Of all contenders together: a processor that acts as a GPU may take a second for one run.
    private static readonly TimeSpan _usual = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(6);

    /// <summary>The times of each.</summary>
    public static Times[] Measure(IReadOnlyList<LabContender> contenders)
    {
        Times[] times = [.. contenders.Select(_ => new Times())];
        // Drivers finish compiling at the first run.
        foreach (LabContender contender in contenders)
            contender.Run();
        long start = Stopwatch.GetTimestamp();
        for (int run = 0; run < MostRuns && (run == 0 || Stopwatch.GetElapsedTime(start) < (run < FewestRuns ? _longest : _usual)); run++)
        {
            for (int i = 0; i < times.Length; i++)
                times[i].Add(contenders[i].Run());
        }
        return times;
    }
}
