namespace LivePool.Verification.Explanations;

/// <summary>What several explanations do with their taps.</summary>
internal static class Explained
{
    /// <summary>Adds what each tap inside gives, in order, and writes it to the tap.</summary>
    public static double AddUp(Tap[] taps, Func<double, double> term)
    {
        double sum = 0;
        foreach (ref Tap tap in taps.AsSpan())
        {
            if (!tap.IsInside)
                continue;
            double product = term(tap.X!.Value);
            tap = tap with { Product = product };
            sum += product;
        }
        return sum;
    }

    /// <summary>The values of the taps inside.</summary>
    public static double[] Inside(Tap[] taps) => [.. taps.Where(tap => tap.IsInside).Select(tap => tap.X!.Value)];
}
