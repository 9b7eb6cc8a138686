namespace LivePool.Frames;

/// <summary>Orders names as people number them: img2 before img10, folder by folder, case aside.</summary>
internal sealed class NaturalOrder : IComparer<string>
{
    public static NaturalOrder Instance { get; } = new();

    public int Compare(string? x, string? y)
    {
        if (x is null || y is null)
            return (x is null ? 0 : 1) - (y is null ? 0 : 1);
        int i = 0, j = 0;
        while (i < x.Length && j < y.Length)
        {
            if (char.IsAsciiDigit(x[i]) && char.IsAsciiDigit(y[j]))
            {
                var a = Number(x, ref i);
                var b = Number(y, ref j);
                var order = a.Length != b.Length ? a.Length - b.Length : a.SequenceCompareTo(b);
                if (order != 0)
                    return order;
                continue;
            }
            var (left, right) = (Rank(x[i++]), Rank(y[j++]));
            if (left != right)
                return left - right;
        }
        var rest = x.Length - i - (y.Length - j);
        return rest != 0 ? rest : string.CompareOrdinal(x, y);
    }

    /// <summary>A run of digits without leading zeros; of any length, so nothing overflows.</summary>
    private static ReadOnlySpan<char> Number(string text, ref int at)
    {
        var start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
            at++;
        return text.AsSpan(start, at - start).TrimStart('0');
    }

    // A separator sorts before everything, so that a folder's files stay together.
    private static int Rank(char value) => value == '/' ? 0 : char.ToUpperInvariant(value) + 1;
}
