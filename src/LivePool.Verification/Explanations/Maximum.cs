using LivePool.Core.Operators;

namespace LivePool.Verification.Explanations;

/// <summary>
/// Who wins among taps, said otherwise than by the loop <c>value > best or isnan(value)</c>: the last NaN, or else the first
/// of the greatest.
/// </summary>
internal static class Maximum
{
    /// <summary>Finds the winner, and notes at its taps why.</summary>
    /// <param name="taps">The taps; those inside compete.</param>
    /// <returns>The winner's place among the taps, null where none is inside; and why it won.</returns>
    public static (int? Winner, string Reason) Find(Tap[] taps)
    {
        int? lastNaN = null;
        int? greatest = null;
        int count = 0;
        for (int i = 0; i < taps.Length; i++)
        {
            if (!taps[i].IsInside)
                continue;
            count++;
            double x = taps[i].X!.Value;
            if (double.IsNaN(x))
                lastNaN = i;
            else if (greatest is null || x > taps[greatest.Value].X)
                greatest = i;
        }
        if (count == 0)
            return (null, "no tap stands on the input");
        return lastNaN is { } winner ? NaNWins(taps, winner) : GreatestWins(taps, greatest!.Value, count);
    }

    /// <summary>A selection: as a problem of its own, the winner alone.</summary>
    public static IsolatedElement Isolate(double? x) => new(new MaxPool2d(1), new(1, 1, 1, 1), [x ?? 0]);

    private static (int?, string) NaNWins(Tap[] taps, int winner)
    {
        int others = 0;
        for (int i = 0; i < winner; i++)
        {
            if (taps[i].X is not double.NaN)
                continue;
            taps[i] = taps[i] with { Note = "NaN, but a later one stays" };
            others++;
        }
        taps[winner] = taps[winner] with { Note = "wins" };
        return (winner, others == 0 ? "NaN wins over every number" : $"NaN wins over every number, and of {others + 1} the last stays");
    }

    private static (int?, string) GreatestWins(Tap[] taps, int winner, int count)
    {
        double best = taps[winner].X!.Value;
        int others = 0;
        for (int i = winner + 1; i < taps.Length; i++)
        {
            if (taps[i].X != best)
                continue;
            taps[i] = taps[i] with { Note = "as great, but not the first" };
            others++;
        }
        taps[winner] = taps[winner] with { Note = "wins" };
        return (winner,
            double.IsNegativeInfinity(best) ? "nothing is greater than -infinity: the first tap on the input stays"
            : others > 0 ? $"the first of {others + 1} that are as great wins"
            : count == 1 ? "the only tap on the input"
            : $"the greatest of {count} taps");
    }
}
