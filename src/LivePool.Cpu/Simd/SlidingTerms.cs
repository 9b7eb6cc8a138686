namespace LivePool.Cpu.Simd;

/// <summary>
/// How a row's windows of any width at a stride of 1 are made of few terms: level 0 holds the elements, level 1 windows
/// of a few columns, each further level windows of four times as many, and a window is made of windows of the levels.
/// </summary>
internal sealed class SlidingTerms
{
    private const int MostOfOneLevel = 5;

    private SlidingTerms(int width, bool mayOverlap, int firstLevel)
    {
        var levels = new List<int> { 1 };
        while (width > MostOfOneLevel * (long)levels[^1])
            levels.Add(levels.Count == 1 ? firstLevel : 4 * levels[^1]);
        var terms = new List<(int Level, int Offset)>();
        int level = levels.Count - 1;
        for (int start = 0; start < width; start += levels[level])
        {
            if (mayOverlap)
                start = Math.Min(start, width - levels[level]);
            while (levels[level] > width - start)
                level--;
            terms.Add((level, start));
        }
        LevelColumns = [.. levels];
        Terms = [.. terms];
    }

    /// <param name="width">Columns of a window.</param>
    /// <param name="mayOverlap">Whether an element may be taken more than once.</param>
    /// <param name="firstLevels">How many columns a window of level 1 may have; of what needs equally few terms, the first.</param>
    public static SlidingTerms Create(int width, bool mayOverlap, IEnumerable<int> firstLevels) =>
        firstLevels.Select(columns => new SlidingTerms(width, mayOverlap, columns)).MinBy(terms => terms.Terms.Length)!;

    /// <summary>How many columns a window of each level has.</summary>
    public int[] LevelColumns { get; }

    /// <summary>The highest level.</summary>
    public int Levels => LevelColumns.Length - 1;

    /// <summary>The windows that a window is made of, left to right.</summary>
    public (int Level, int Offset)[] Terms { get; }
}
