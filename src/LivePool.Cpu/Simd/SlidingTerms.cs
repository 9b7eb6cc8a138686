namespace LivePool.Cpu.Simd;

/// <summary>
/// How a row's windows of any width at a stride of 1 are made of few terms: level <c>i</c> holds the windows of
/// <c>4^i</c> columns, each made of four of the level below, and a window is made of windows of the levels.
/// </summary>
internal sealed class SlidingTerms
{
    /// <param name="width">Columns of a window.</param>
    /// <param name="mayOverlap">Whether an element may be taken more than once.</param>
    public SlidingTerms(int width, bool mayOverlap)
    {
        int columns = 1;
        for (; width > MostOfOneLevel * (long)columns; columns *= 4)
            Levels++;
        var terms = new List<(int Level, int Offset)>();
        int level = Levels;
        for (int start = 0; start < width; start += columns)
        {
            while (columns > width - start)
            {
                if (mayOverlap)
                {
                    start = width - columns;
                    break;
                }
                columns /= 4;
                level--;
            }
            terms.Add((level, start));
        }
        Terms = [.. terms];
    }

    private const int MostOfOneLevel = 5;

    /// <summary>The highest level.</summary>
    public int Levels { get; }

    /// <summary>The windows that a window is made of, left to right.</summary>
    public (int Level, int Offset)[] Terms { get; }
}
