using System.Diagnostics;
using LivePool.Cpu.Simd;

namespace LivePool.Cpu.Peaks;

/// <summary>
/// What this machine can do at most, measured where it is asked: fused multiply-adds in registers, and bytes from buffer
/// to buffer. Uses the vectors and the kind of threads that <see cref="SimdBackend"/> uses. Not thread-safe.
/// </summary>
public sealed class MachinePeaks : IDisposable
{
    private const int WarmUpRuns = 5;
    private const int FewestRuns = 25;

    // On a machine that does other things too, some copy in this time has every thread's processor for itself.
    private static readonly TimeSpan _duration = TimeSpan.FromSeconds(0.15);

    private readonly WorkerPool _pool;

    /// <summary>Creates the threads; nothing is measured yet.</summary>
    /// <param name="threads">Number of threads, the caller's included; 0 for one per processor.</param>
    public MachinePeaks(int threads = 0) : this(threads, SimdBackend.WidestVectorBits)
    {
    }

    internal MachinePeaks(int threads, int vectorBits)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        VectorBits = vectorBits;
        _pool = new(threads == 0 ? Environment.ProcessorCount : threads);
    }

    /// <summary>Number of threads, the caller's included.</summary>
    public int Threads => _pool.Workers;

    /// <summary>Bits of the vectors; 32 where there are none.</summary>
    public int VectorBits { get; }

    /// <summary>
    /// Measures GFLOP/s of multiply-adds whose operands stay in registers, two operations each: the sum of what each
    /// thread does in the best tenth of many stretches of some ten microseconds while the others work too. What else runs
    /// on the machine leaves enough of them alone, and so does not lower it.
    /// </summary>
    public double MeasureFmaGflops()
    {
        FmaBurst burst = FmaBurst.Create(VectorBits, Threads);
        _pool.Run(burst, burst.Count);
        burst.Clear();
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < _duration)
            _pool.Run(burst, burst.Count);
        return burst.OperationsPerSecond / 1e9;
    }

    /// <summary>
    /// Measures GB/s of a copy as <see cref="CopyProbe"/> does it: bytes read and bytes written, added, in the best of many
    /// runs over the same buffers. Buffers that fit the caches are found there, as a stage finds its input.
    /// </summary>
    /// <param name="bytesRead">Bytes read, at least 1.</param>
    /// <param name="bytesWritten">Bytes written, at least 1.</param>
    public double MeasureCopyGigabytesPerSecond(long bytesRead, long bytesWritten)
    {
        using CopyProbe probe = CreateCopy(bytesRead, bytesWritten);
        return probe.Bytes / BestSeconds(probe.Run) / 1e9;
    }

    private static double BestSeconds(Action run)
    {
        for (int i = 0; i < WarmUpRuns; i++)
            run();
        double best = double.PositiveInfinity;
        long first = Stopwatch.GetTimestamp();
        for (int i = 0; i < FewestRuns || Stopwatch.GetElapsedTime(first) < _duration; i++)
        {
            long start = Stopwatch.GetTimestamp();
            run();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return best;
    }

    /// <summary>A copy to be timed by the caller, among other things that compete for the same memory.</summary>
    /// <inheritdoc cref="MeasureCopyGigabytesPerSecond"/>
    public CopyProbe CreateCopy(long bytesRead, long bytesWritten) => VectorBits switch
    {
        512 => new CopyProbe<Vector512F>(_pool, bytesRead, bytesWritten),
        256 => new CopyProbe<Vector256F>(_pool, bytesRead, bytesWritten),
        128 => new CopyProbe<Vector128F>(_pool, bytesRead, bytesWritten),
        _ => new CopyProbe<ScalarF>(_pool, bytesRead, bytesWritten),
    };

    /// <inheritdoc/>
    public void Dispose() => _pool.Dispose();
}
