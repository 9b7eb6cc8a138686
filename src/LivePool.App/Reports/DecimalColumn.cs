namespace LivePool.App.Reports;

/// <summary>Numbers under each other: their decimal points stand in one column.</summary>
internal static class DecimalColumn
{
    /// <summary>Pads each number behind it, so that right-aligned they have their points in line. Empty ones stay empty.</summary>
    public static string[] Align(IReadOnlyList<string> numbers)
    {
        int most = numbers.Max(Behind);
        return [.. numbers.Select(number => number.Length == 0 ? "" : number + new string(' ', most - Behind(number)))];
    }

    /// <summary>What stands behind a number's whole part: point, decimals and exponent.</summary>
    private static int Behind(string number) =>
        number.AsSpan().IndexOfAny('.', 'E') is var point && point < 0 ? 0 : number.Length - point;
}
