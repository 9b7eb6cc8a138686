using System.Diagnostics;
using LivePool.Cpu.Simd;

namespace LivePool.Cpu.Peaks;

/// <summary>
/// What this machine can do at most, measured where it is asked: fused multiply-adds in registers, and bytes from buffer
/// to buffer. Uses the vectors and the kind of threads that <see cref="SimdBackend"/> uses. Not thread-safe.
/// </summary>
public sealed class MachinePeaks : IDisposable
{
    private const int FmaBursts = 25;
    private const int CopyRuns = 21;
    private const int WarmUpRuns = 5;

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
    /// Measures GFLOP/s of multiply-adds whose operands stay in registers, all threads together, two operations each: the
    /// best of 25 bursts of a few milliseconds, so that what else runs on the machine does not lower it.
    /// </summary>
    public double MeasureFmaGflops()
    {
        FmaBurst burst = FmaBurst.Create(VectorBits, Threads);
        double best = 0;
        for (int i = 0; i < WarmUpRuns + FmaBursts; i++)
        {
            long start = Stopwatch.GetTimestamp();
            _pool.Run(burst, burst.Count);
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (i >= WarmUpRuns)
                best = Math.Max(best, burst.Operations / seconds);
        }
        return best / 1e9;
    }

    /// <summary>
    /// Measures GB/s of a copy: the bytes that <see cref="CopyProbe"/> reads and those that it writes, added, by the median
    /// time of 21 runs over the same buffers. Buffers that fit the caches are found there, as a stage finds its input.
    /// </summary>
    /// <param name="bytesRead">Bytes read, at least 1.</param>
    /// <param name="bytesWritten">Bytes written, at least 1.</param>
    public double MeasureCopyGigabytesPerSecond(long bytesRead, long bytesWritten)
    {
        using CopyProbe probe = CreateCopy(bytesRead, bytesWritten);
        double[] seconds = new double[CopyRuns];
        for (int i = -WarmUpRuns; i < CopyRuns; i++)
        {
            long start = Stopwatch.GetTimestamp();
            probe.Run();
            if (i >= 0)
                seconds[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        Array.Sort(seconds);
        return probe.Bytes / seconds[CopyRuns / 2] / 1e9;
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
