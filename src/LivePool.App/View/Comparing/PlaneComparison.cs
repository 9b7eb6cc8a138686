namespace LivePool.App.View.Comparing;

/// <summary>Two planes of one size, and where they differ.</summary>
/// <param name="Differences">The first less the second; 0 where they are equal.</param>
/// <param name="Heat">The differences' magnitudes as shares of the largest finite one, from 0 to 1; 2 where they are infinite or NaN.</param>
/// <param name="Different">Elements that are not equal; two NaN are equal, and so are 0 and -0.</param>
/// <param name="Largest">The largest difference; NaN where one of the two alone is NaN somewhere.</param>
/// <param name="LargestUlps">The most floats between two elements; 0 where all are equal.</param>
/// <param name="Worst">Where the largest difference is, as an index into the plane.</param>
internal sealed record PlaneComparison(float[] Differences, float[] Heat, int Different, float Largest, long LargestUlps, int Worst)
{
    public static PlaneComparison Of(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        float[] differences = new float[a.Length], heat = new float[a.Length];
        (int different, float largest, long ulps, int worst) = (0, 0, 0, 0);
        for (int i = 0; i < a.Length; i++)
        {
            if (a[i] == b[i] || float.IsNaN(a[i]) && float.IsNaN(b[i]))
                continue;
            different++;
            differences[i] = a[i] - b[i];
            heat[i] = MathF.Abs(differences[i]);
            // NaN is worse than any number, and the first stays.
            if (!float.IsNaN(largest) && !(heat[i] <= largest))
                (largest, worst) = (heat[i], i);
            if (!float.IsNaN(heat[i]))
                ulps = Math.Max(ulps, Math.Abs(Order(a[i]) - Order(b[i])));
        }
        float most = 0;
        foreach (float difference in heat)
            most = Math.Max(most, float.IsFinite(difference) ? difference : 0);
        foreach (ref float difference in heat.AsSpan())
            difference = difference == 0 ? 0 : float.IsFinite(difference) ? difference / most : 2;
        return new(differences, heat, different, largest, ulps, worst);
    }

    /// <summary>A float's place in the order of all floats.</summary>
    private static long Order(float value)
    {
        int bits = BitConverter.SingleToInt32Bits(value);
        return bits < 0 ? int.MinValue - (long)bits : bits;
    }
}
