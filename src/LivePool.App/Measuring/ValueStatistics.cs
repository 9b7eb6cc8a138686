namespace LivePool.App.Measuring;

/// <summary>What values there are: counts of what is no number, and the range, mean and histogram of the finite ones.</summary>
internal sealed class ValueStatistics
{
    private readonly int[] _histogram;

    /// <param name="values">The values, in any order.</param>
    /// <param name="bins">Into how many parts of one width the histogram takes the range apart.</param>
    public ValueStatistics(ReadOnlySpan<float> values, int bins)
    {
        _histogram = new int[bins];
        Count = values.Length;
        (float least, float greatest, double sum) = (float.PositiveInfinity, float.NegativeInfinity, 0);
        foreach (float value in values)
        {
            if (float.IsNaN(value))
                NaNs++;
            else if (float.IsInfinity(value))
                Infinities++;
            else
                (least, greatest, sum) = (Math.Min(least, value), Math.Max(greatest, value), sum + value);
        }
        (Least, Greatest, Mean) = (least, greatest, sum / Finite);
        // A float would not hold the range of the largest ones.
        double range = (double)greatest - least, binsPerUnit = range > 0 ? bins / range : 0;
        foreach (float value in values)
        {
            if (float.IsFinite(value))
                _histogram[Math.Min(bins - 1, (int)(((double)value - least) * binsPerUnit))]++;
        }
    }

    public int Count { get; }

    public int NaNs { get; }

    public int Infinities { get; }

    public int Finite => Count - NaNs - Infinities;

    /// <summary>The least finite value; infinite where there is none.</summary>
    public float Least { get; }

    /// <summary>The greatest finite value; minus infinity where there is none.</summary>
    public float Greatest { get; }

    /// <summary>Of the finite values; NaN where there is none.</summary>
    public double Mean { get; }

    /// <summary>How many finite values there are in each part of the range; the greatest is in the last, and equal ones are in the first.</summary>
    public ReadOnlySpan<int> Histogram => _histogram;

    /// <summary>How many there are where there are most.</summary>
    public int Most => _histogram.Max();
}
