namespace LivePool.Benchmarks.Peers;

/// <summary>Another library's time for a case.</summary>
internal sealed record PeerTime(string Name, double Milliseconds);

/// <summary>Our time for a case beside the others' and the machine's limits.</summary>
/// <param name="Case">The case and what its frames are made of.</param>
/// <param name="Threads">Of ours; the others have one.</param>
/// <param name="Milliseconds">Ours, the median.</param>
internal sealed record PeerRow(string Case, int Threads, double Milliseconds)
{
    public IReadOnlyList<PeerTime> Peers { get; init; } = [];

    /// <summary>Processors that ours got, which is less than its threads where the machine was busy.</summary>
    public double Processors { get; init; }

    /// <summary>The convolutions' share of what multiply-adds in registers would reach; null without convolutions.</summary>
    public double? FmaShare { get; init; }

    /// <summary>Of a copy that reads the input and writes the output.</summary>
    public double? CopyShare { get; init; }

    /// <summary>How much faster than the same on one thread.</summary>
    public double? SpeedUp { get; init; }

    public double OnnxTarget { get; init; }

    public double OpenCvTarget { get; init; }

    public double? FmaTarget { get; init; }

    public double? CopyTarget { get; init; }

    public double? Ratio(string peer) => Peers.FirstOrDefault(item => item.Name == peer)?.Milliseconds / Milliseconds;
}

/// <summary>Time per pixel at one frame size.</summary>
/// <param name="Name">Such as 1080p.</param>
/// <param name="Pixels">Of the frame.</param>
/// <param name="Milliseconds">The median.</param>
internal sealed record SizeRow(string Name, int Pixels, double Milliseconds)
{
    public double NanosecondsPerPixel => Milliseconds * 1e6 / Pixels;
}
