using LivePool.Core.Operators;
using LivePool.Core.Tensors;

namespace LivePool.App.Measuring;

/// <summary>The times of one stage, or of whole frames.</summary>
internal sealed class Times
{
    private readonly List<double> _milliseconds = [];

    /// <summary>Adds a frame's; what is no number, because nothing could be measured, is left out.</summary>
    public void Add(double milliseconds)
    {
        if (double.IsFinite(milliseconds))
            _milliseconds.Add(milliseconds);
    }

    /// <summary>Null where nothing could be measured.</summary>
    public double? Median => At(0.5);

    /// <summary>Of 100 frames, 95 take no longer.</summary>
    public double? Percentile95 => At(0.95);

    private double? At(double share)
    {
        double[] sorted = [.. _milliseconds.Order()];
        return sorted.Length == 0 ? null : sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))];
    }
}

/// <summary>What a stage, or several that are fused, did and how long it took.</summary>
/// <param name="Specs">The operators, of which only the first may be a convolution.</param>
/// <param name="Input">The shape that it got.</param>
/// <param name="Shape">The shape that it made.</param>
internal sealed record StageMeasurement(IReadOnlyList<OperatorSpec> Specs, TensorShape Input, TensorShape Shape)
{
    public Times Times { get; } = new();

    public string Name => string.Join(" + ", Specs.Select(spec => spec.Name));

    /// <summary>Whether multiply-adds, not memory, are what it is measured by.</summary>
    public bool IsConvolution => OperatorWork.ConvolutionOperations(Specs[0], Input) > 0;

    /// <summary>GFLOP/s of a convolution; null of others, and where nothing could be measured.</summary>
    public double? Gflops => IsConvolution ? PerSecond(OperatorWork.ConvolutionOperations(Specs[0], Input)) : null;

    /// <summary>GB/s of input read and output written, of what is no convolution.</summary>
    public double? GigabytesPerSecond => IsConvolution ? null : PerSecond(OperatorWork.Bytes(Input) + OperatorWork.Bytes(Shape));

    /// <summary>The machine's peak in the same unit; null where it says nothing about the backend.</summary>
    public double? Peak { get; set; }

    /// <summary>The share of the peak that was reached.</summary>
    public double? Share => (Gflops ?? GigabytesPerSecond) / Peak;

    private double? PerSecond(double work) => Times.Median is > 0 and var milliseconds ? work / (milliseconds * 1e6) : null;
}
