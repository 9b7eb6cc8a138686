using Spectre.Console.Rendering;

namespace LivePool.App.Reports;

/// <summary>
/// What is drawn without the spaces that fill its lines, which would break every line of a terminal that is narrower than
/// the longest.
/// </summary>
internal sealed class TrimmedLines(IRenderable inner) : IRenderable
{
    public Measurement Measure(RenderOptions options, int maxWidth) => inner.Measure(options, maxWidth);

    public IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        foreach (SegmentLine line in Segment.SplitLines(inner.Render(options, maxWidth)))
        {
            int end = line.Count;
            while (end > 0 && string.IsNullOrWhiteSpace(line[end - 1].Text))
                end--;
            for (int i = 0; i < end; i++)
                yield return i < end - 1 ? line[i] : new(line[i].Text.TrimEnd(), line[i].Style);
            yield return Segment.LineBreak;
        }
    }
}
