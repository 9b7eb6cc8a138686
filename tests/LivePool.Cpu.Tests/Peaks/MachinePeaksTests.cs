using LivePool.Cpu.Peaks;
using LivePool.Cpu.Simd;

namespace LivePool.Cpu.Tests.Peaks;

/// <summary>What holds of peaks on any machine, however busy; how high they are is the machine's business.</summary>
public sealed class MachinePeaksTests
{
    public static TheoryData<int, int> Widths => VectorWidths.With(1, 3);

    [Fact]
    public void It_measures_the_vectors_and_threads_that_the_backend_uses()
    {
        using var peaks = new MachinePeaks();
        using var backend = new SimdBackend();
        Assert.Equal((backend.VectorBits, backend.Threads), (peaks.VectorBits, peaks.Threads));
        Assert.Equal(Environment.ProcessorCount, peaks.Threads);
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Multiply_adds_of_every_width_are_measured(int vectorBits, int threads)
    {
        using var peaks = new MachinePeaks(threads, vectorBits);
        double gflops = peaks.MeasureFmaGflops();
        // Wider than anything there is, and slower than any interpreter.
        Assert.InRange(gflops, 1e-3, 1e6);
    }

    [Fact]
    public void Threads_beyond_the_processors_add_nothing()
    {
        using var all = new MachinePeaks();
        using var more = new MachinePeaks(4 * Environment.ProcessorCount);
        Assert.InRange(more.MeasureFmaGflops(), 0, 2 * all.MeasureFmaGflops());
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Copies_of_uneven_sizes_count_at_least_the_bytes_asked_for(int vectorBits, int threads)
    {
        using var peaks = new MachinePeaks(threads, vectorBits);
        foreach ((long read, long written) in new[] { (1L, 1L), (100_000, 100_000), (8_000_000, 2_000_000), (2_000_000, 8_000_001) })
        {
            using CopyProbe probe = peaks.CreateCopy(read, written);
            probe.Run();
            // Whole vectors in every piece; no more than a few per cent where the sizes are worth measuring.
            Assert.InRange(probe.Bytes, read + written, (long)(1.05 * (read + written)) + 1024);
        }
        Assert.InRange(peaks.MeasureCopyGigabytesPerSecond(100_000, 50_000), 1e-3, 1e6);
    }

    [Fact]
    public void What_makes_no_sense_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new MachinePeaks(-1));
        using var peaks = new MachinePeaks(1);
        Assert.Throws<ArgumentOutOfRangeException>(() => peaks.CreateCopy(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => peaks.MeasureCopyGigabytesPerSecond(1, 0));
    }
}
