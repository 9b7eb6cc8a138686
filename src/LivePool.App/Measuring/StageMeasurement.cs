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

    public string Name => string.Join(" + ", Specs.Select(spec => spec.Title));

    /// <summary>Bytes of the input; less than float32's where it is read in 8 bits.</summary>
    public long BytesRead { get; init; } = OperatorWork.Bytes(Input);

    /// <summary>Bytes of the output.</summary>
    public long BytesWritten => OperatorWork.Bytes(Shape);

    /// <summary>Whether it is several operators in one pass.</summary>
    public bool IsFused => Specs.Count > 1;

    /// <summary>Whether it has multiply-adds to be measured by.</summary>
    public bool IsConvolution => OperatorWork.ConvolutionOperations(Specs[0], Input) > 0;

    /// <summary>Whether memory is what it is measured by: a convolution on a processor is bound by its multiply-adds alone.</summary>
    public bool IsCopy { get; init; }

    /// <summary>GFLOP/s of a convolution; null of others, and where nothing could be measured.</summary>
    public double? Gflops => IsConvolution ? PerSecond(OperatorWork.ConvolutionOperations(Specs[0], Input)) : null;

    /// <summary>GB/s of input read and output written; null where that is no measure, and where nothing could be measured.</summary>
    public double? GigabytesPerSecond => IsCopy ? PerSecond(BytesRead + BytesWritten) : null;

    /// <summary>The machine's GFLOP/s of multiply-adds; null where that says nothing about the backend.</summary>
    public double? FmaPeak { get; set; }

    /// <summary>The machine's GB/s of a copy that reads and writes as much; null likewise.</summary>
    public double? CopyPeak { get; set; }

    /// <summary>The share of the multiply-adds' peak that was reached.</summary>
    public double? FmaShare => Gflops / FmaPeak;

    /// <summary>The share of the copy's speed that was reached.</summary>
    public double? CopyShare => GigabytesPerSecond / CopyPeak;

    private double? PerSecond(double work) => Times.Median is > 0 and var milliseconds ? work / (milliseconds * 1e6) : null;
}
