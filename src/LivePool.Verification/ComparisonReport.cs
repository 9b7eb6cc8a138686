using System.Globalization;
using LivePool.Core.Tensors;

namespace LivePool.Verification;

/// <summary>One output element beside the exact one.</summary>
/// <param name="N">Batch.</param>
/// <param name="C">Channel.</param>
/// <param name="H">Row.</param>
/// <param name="W">Column.</param>
/// <param name="Got">What the backend computed.</param>
/// <param name="Exact">The exact value, in double.</param>
/// <param name="Bound">How far apart they may be; 0 where they must be equal.</param>
public readonly record struct ElementComparison(int N, int C, int H, int W, float Got, double Exact, double Bound)
{
    /// <summary>The error.</summary>
    public double Error => Math.Abs(Got - Exact);

    /// <summary>The error in units in the last place of the exact value as float32.</summary>
    public double Ulps => Error == 0 ? 0 : Error / Ulp(Math.Min((float)Math.Abs(Exact), MathF.BitDecrement(float.MaxValue)));

    private static double Ulp(float magnitude) => MathF.BitIncrement(magnitude) - (double)magnitude;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"[{N}, {C}, {H}, {W}]: got {Got:R}, exact {Exact:R}, error {Error:G3}, bound {Bound:G3}");
}

/// <summary>One winner's index beside the exact one.</summary>
/// <param name="N">Batch.</param>
/// <param name="C">Channel.</param>
/// <param name="H">Row.</param>
/// <param name="W">Column.</param>
/// <param name="Got">What the backend computed; null where it returned none.</param>
/// <param name="Exact">The winner's index; null where the operator returns none.</param>
public readonly record struct IndexComparison(int N, int C, int H, int W, long? Got, long? Exact)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"[{N}, {C}, {H}, {W}]: got {(object?)Got ?? "none"}, exact {(object?)Exact ?? "none"}");
}

/// <summary>What a comparison of one operator's output with the exact result found.</summary>
/// <param name="Operator">The operator's name.</param>
/// <param name="Shape">The output's shape.</param>
/// <param name="Compared">Number of elements compared.</param>
/// <param name="Failures">Elements beyond their bound, mismatches of NaN and infinity included.</param>
/// <param name="NonFiniteMismatches">Elements where one is NaN or infinite and the other is not the same.</param>
/// <param name="IndexMismatches">Winners' indices that differ.</param>
/// <param name="Suspicious">Elements within their bound, but beyond the usual <c>4*sqrt(n)*u*sum|w*x|</c>.</param>
/// <param name="Worst">The element with the largest share of its bound, the first such; null if all are equal.</param>
/// <param name="WorstShare">The error of <see cref="Worst"/> as a share of its bound; infinite where it must be equal and is not.</param>
public sealed record ComparisonReport(
    string Operator, TensorShape Shape, int Compared, int Failures, int NonFiniteMismatches, int IndexMismatches,
    int Suspicious, ElementComparison? Worst, double WorstShare)
{
    /// <summary>Whether there is anything to compare with: nothing says what is right of a shader that claims to be no operator.</summary>
    public bool IsKnown { get; init; } = true;

    /// <summary>The report where nothing says what is right.</summary>
    public static ComparisonReport Unknown(string name, TensorShape shape) => new(name, shape, 0, 0, 0, 0, 0, null, 0) { IsKnown = false };

    /// <summary>The first index that is wrong, missing or not asked for; null where none is.</summary>
    public IndexComparison? FirstWrongIndex { get; init; }

    /// <summary>The largest share of the bound with unit 2^-24, which a GPU may exceed.</summary>
    public double WorstTightShare { get; init; }

    /// <summary>The largest error in units in the last place of the exact value, leaving out sums that cancel to less than an eighth.</summary>
    public double WorstUlps { get; init; }

    /// <summary>
    /// Elements by their error's share of the bound: equal to the exact value rounded, up to 2^-13, then up to each next
    /// power of two, up to 1, and beyond the bound.
    /// </summary>
    public IReadOnlyList<int> Histogram { get; init; } = [];

    /// <summary>Number of the <see cref="Histogram"/>'s bins.</summary>
    public const int HistogramLength = 16;

    /// <summary>Which of the bins a share falls into.</summary>
    public static int HistogramBin(double share) =>
        share == 0 ? 0
        : share > 1 ? HistogramLength - 1
        : Math.Max(1, HistogramLength - 2 + (int)Math.Ceiling(Math.Log2(share)));

    /// <summary>Whether every element is within its bound and every index is equal.</summary>
    public bool Passed => Failures == 0 && IndexMismatches == 0;

    /// <summary>One line for people.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Operator} {Shape}: {Compared - Failures} of {Compared} within bound, {IndexMismatches} wrong indices, " +
        $"{NonFiniteMismatches} NaN or infinity mismatches{WorstText}{IndexText}");

    private string WorstText => Worst is null ? ", all equal" : string.Create(CultureInfo.InvariantCulture, $", worst {WorstShare:P1} of its bound at {Worst}");

    private string IndexText => FirstWrongIndex is { } wrong ? $", first wrong index at {wrong}" : "";
}
