using System.Diagnostics;

namespace LivePool.Windowing;

/// <summary>Says when something that happens so many times per second is due.</summary>
internal sealed class Cadence
{
    private readonly Stopwatch _sinceLast = new();

    /// <summary>The most times per second; 0 is no limit.</summary>
    public double PerSecond
    {
        get;
        set => field = value > 0 ? value : 0;
    }

    public bool IsLimited => PerSecond > 0;

    /// <summary>Zero or less: it is due.</summary>
    public double SecondsUntilDue => IsLimited ? 1 / PerSecond - _sinceLast.Elapsed.TotalSeconds : 0;

    public void Start() => _sinceLast.Restart();

    /// <summary>It happens now.</summary>
    /// <returns>Seconds since it happened last.</returns>
    public double Take()
    {
        double seconds = _sinceLast.Elapsed.TotalSeconds;
        _sinceLast.Restart();
        return seconds;
    }
}
