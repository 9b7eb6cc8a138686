using System.Diagnostics;
using LivePool.Frames.Streaming;

namespace LivePool.Frames.Tests.Streaming;

public sealed class LatencyMeterTests
{
    [Fact]
    public void Percentiles_are_of_the_last_1024_pictures()
    {
        var meter = new LatencyMeter();
        Assert.True(meter.IsEmpty && double.IsNaN(meter.Percentiles().P50));
        // Older ones, which took longer, are forgotten.
        for (int i = 0; i < 1024; i++)
            meter.Record(Ago(9000));
        for (int i = 1; i <= 1024; i++)
            meter.Record(Ago(i));
        (double p50, double p95, double p99) = meter.Percentiles();
        Assert.InRange(p50, 512, 522);
        Assert.InRange(p95, 973, 983);
        Assert.InRange(p99, 1014, 1024);

        static long Ago(int milliseconds) => Stopwatch.GetTimestamp() - milliseconds * Stopwatch.Frequency / 1000;
    }
}
