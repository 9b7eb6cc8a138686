using System.Numerics;

namespace LivePool.Cpu.Simd;

/// <summary>
/// Kernels that are a column times a row, as boxes, Gaussians and Sobel's are: their sums can be taken in two passes,
/// <c>t[j] = sum(column[i] * x[i, j])</c> and then <c>bias + sum(row[j] * t[j])</c>.
/// </summary>
/// <remarks>
/// A kernel of <c>n = height * width</c> weights is accepted only where two passes promise what one sum does, whatever the input:
/// <list type="bullet">
/// <item>A product <c>column[i] * row[j]</c> may be off by m units of <c>u = 2^-24</c>, relative to its weight. The first pass
/// rounds a term <c>height</c> times at most, the second <c>width + 1</c> times, because it begins with the bias. So each
/// term is off by <c>gamma(height + width + 1 + m)</c>, which may not exceed <c>gamma(n + 4)</c>.</item>
/// <item>A result below 2^-126 is off by 2^-150 at most. With <c>|row[j]|</c> up to 2^22, all of them come to less than
/// <c>n * 2^-126</c>.</item>
/// <item>The column's magnitudes sum to a half at most, so that no finite input makes a t that is not.</item>
/// <item>With m*u below 1, products have their weight's sign, 0 included. So an infinite x becomes NaN in one of the passes where its weight is 0,
/// and elsewhere its term's infinity.</item>
/// <item>Of whole weights, column and row are whole numbers times a power of two, and products are exact. Where
/// <c>sum|w*x|</c> is below 2^24, so is what t is of, because a <c>row[j]</c> other than 0 is 1 such unit at least; where it is
/// 0, a t that was rounded counts for nothing.</item>
/// </list>
/// </remarks>
internal static class SeparableKernel
{
    private const double Unit = 1.0 / (1 << 24);
    private const float LargestRow = 1 << 22;

    /// <summary>Finds a kernel's column and row.</summary>
    /// <param name="kernel">The weights, <c>[height, width]</c>.</param>
    /// <param name="column">As many elements as the kernel is high.</param>
    /// <param name="row">As many elements as it is wide.</param>
    /// <returns>Whether there are any; if not, both are left in disorder.</returns>
    public static bool TryFactor(ReadOnlySpan<float> kernel, Span<float> column, Span<float> row)
    {
        float largest = 0;
        int pivot = 0;
        bool isWhole = true;
        for (int i = 0; i < kernel.Length; i++)
        {
            float magnitude = Math.Abs(kernel[i]);
            if (!(magnitude <= LargestRow))
                return false;
            isWhole &= float.IsInteger(magnitude);
            if (magnitude > largest)
                (largest, pivot) = (magnitude, i);
        }
        // Of 2^24 terms the bound says nothing.
        if (largest == 0 || kernel.Length * Unit >= 1)
            return false;

        (int y, int x) = Math.DivRem(pivot, row.Length);
        ReadOnlySpan<float> pivotRow = kernel.Slice(y * row.Length, row.Length);
        double divisor = isWhole ? CommonDivisor(pivotRow) : largest;
        double magnitudes = 0;
        for (int i = 0; i < column.Length; i++)
            magnitudes += Math.Abs(kernel[i * row.Length + x]) * divisor / largest;
        // A power of two, which rounds nothing, brings the column's sum to between a quarter and a half.
        double scale = Math.ScaleB(1, Math.ILogB(magnitudes) + 2);
        for (int j = 0; j < row.Length; j++)
            row[j] = (float)(pivotRow[j] / divisor * scale);
        for (int i = 0; i < column.Length; i++)
            column[i] = kernel[i * row.Length + x] / row[x];
        return Math.Abs(row[x]) <= LargestRow && Agrees(kernel, column, row, isWhole);
    }

    private static bool Agrees(ReadOnlySpan<float> kernel, ReadOnlySpan<float> column, ReadOnlySpan<float> row, bool isWhole)
    {
        double allowed = isWhole ? 0 : (kernel.Length + 4 - (column.Length + row.Length + 1)) * Unit;
        for (int i = 0; i < kernel.Length; i++)
        {
            double weight = kernel[i];
            double product = (double)column[i / row.Length] * row[i % row.Length];
            if (Math.Abs(product - weight) > allowed * Math.Abs(weight))
                return false;
        }
        return true;
    }

    private static double CommonDivisor(ReadOnlySpan<float> wholeNumbers)
    {
        BigInteger divisor = 0;
        foreach (float number in wholeNumbers)
            divisor = BigInteger.GreatestCommonDivisor(divisor, (BigInteger)number);
        return (double)divisor;
    }
}
