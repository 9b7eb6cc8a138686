using LivePool.Gpu.Display;

namespace LivePool.App.View;

/// <summary>Pictures that stand together under one heading: the input, or a stage's channels.</summary>
/// <param name="Count">How many.</param>
/// <param name="Width">A picture's elements in a row.</param>
/// <param name="Height">Its rows.</param>
internal readonly record struct TileGroup(int Count, int Width, int Height);

/// <summary>
/// Where each picture goes. Groups follow each other from left to right or from top to bottom, whichever shows the pictures
/// larger; all cells have one size. A picture that is enlarged is enlarged by a whole factor, so that each element is a square.
/// </summary>
internal static class StageGrid
{
    /// <summary>Pixels between pictures and to the edge, at a content scale of 1.</summary>
    public const int Gap = 12;

    /// <summary>Pixels for a group's heading, at a content scale of 1.</summary>
    public const int HeadingHeight = 24;

    /// <summary>Pixels for a label above a picture, at a content scale of 1.</summary>
    public const int LabelHeight = 24;

    /// <summary>How the groups are arranged: along one axis, each in lines of its own.</summary>
    /// <param name="IsAcross">From left to right.</param>
    /// <param name="Lines">Pictures side by side across the axis, at most.</param>
    /// <param name="CellWidth">Pixels for a picture.</param>
    /// <param name="CellHeight">The same, without its label.</param>
    private readonly record struct Arrangement(bool IsAcross, int Lines, int CellWidth, int CellHeight);

    /// <summary>Places the pictures.</summary>
    /// <param name="area">Where there is room.</param>
    /// <param name="groups">The groups, in order.</param>
    /// <param name="contentScale">Framebuffer pixels per window unit: 2 on a high-resolution display.</param>
    /// <param name="tiles">As many as the groups have pictures; empty where there is no room.</param>
    /// <param name="headings">As many as groups.</param>
    public static void Place(
        PixelRectangle area, ReadOnlySpan<TileGroup> groups, float contentScale, Span<PixelRectangle> tiles, Span<PixelRectangle> headings)
    {
        int gap = (int)(Gap * contentScale), heading = (int)(HeadingHeight * contentScale), label = (int)(LabelHeight * contentScale);
        Arrangement best = Best(area, groups, gap, heading, label);
        int steps = best.IsAcross ? area.X : area.Y;
        int first = 0;
        for (int g = 0; g < groups.Length; g++)
        {
            TileGroup group = groups[g];
            int columns = best.IsAcross ? (group.Count + best.Lines - 1) / best.Lines : best.Lines;
            int rows = (group.Count + columns - 1) / columns;
            int width = columns * (best.CellWidth + gap), height = rows * (best.CellHeight + label + gap);
            int left = best.IsAcross ? steps : area.X, top = best.IsAcross ? area.Y : steps;
            // What is left over across the axis is shared on both sides.
            if (best.IsAcross)
                top += Math.Max(0, (area.Height - heading - gap - best.Lines * (best.CellHeight + label + gap)) / 2);
            else
                left += Math.Max(0, (area.Width - gap - best.Lines * (best.CellWidth + gap)) / 2);
            // A group with fewer pictures stands in the middle of the others.
            if (best.IsAcross)
                top += (best.Lines - rows) * (best.CellHeight + label + gap) / 2;
            headings[g] = new(left + gap, top + gap, width - gap, heading);
            Fill(group, columns, best, new(left + gap, top + gap + heading, gap, label), tiles.Slice(first, group.Count));
            first += group.Count;
            steps += best.IsAcross ? width : heading + height + (g == groups.Length - 1 ? 0 : gap / 2);
        }
    }

    /// <param name="group">The group.</param>
    /// <param name="columns">Pictures in a row.</param>
    /// <param name="arrangement">The cells' size.</param>
    /// <param name="origin">The first cell's place; its width is the gap, its height the label's.</param>
    /// <param name="tiles">The group's.</param>
    private static void Fill(TileGroup group, int columns, in Arrangement arrangement, PixelRectangle origin, Span<PixelRectangle> tiles)
    {
        double scale = Scale(group, arrangement.CellWidth, arrangement.CellHeight);
        for (int i = 0; i < tiles.Length; i++)
        {
            (int row, int column) = Math.DivRem(i, columns);
            (int width, int height) = scale <= 0 ? (0, 0) : (Math.Max(1, (int)(group.Width * scale)), Math.Max(1, (int)(group.Height * scale)));
            tiles[i] = new(
                origin.X + column * (arrangement.CellWidth + origin.Width),
                origin.Y + origin.Height + row * (arrangement.CellHeight + origin.Height + origin.Width),
                width, height);
        }
    }

    private static Arrangement Best(PixelRectangle area, ReadOnlySpan<TileGroup> groups, int gap, int heading, int label)
    {
        int most = 1;
        foreach (TileGroup group in groups)
            most = Math.Max(most, group.Count);
        (Arrangement Arrangement, double Area) best = (default, -1);
        for (int lines = 1; lines <= most; lines++)
        {
            int steps = 0;
            foreach (TileGroup group in groups)
                steps += (group.Count + lines - 1) / lines;
            Try(new(true, lines, (area.Width - gap) / steps - gap, (area.Height - heading - gap) / lines - gap - label), groups);
            Try(new(false, lines, (area.Width - gap) / lines - gap,
                (area.Height - gap - groups.Length * heading - (groups.Length - 1) * (gap / 2)) / steps - gap - label), groups);
        }
        return best.Arrangement;

        void Try(Arrangement arrangement, ReadOnlySpan<TileGroup> all)
        {
            double shown = 0;
            foreach (TileGroup group in all)
            {
                double scale = Scale(group, arrangement.CellWidth, arrangement.CellHeight);
                shown += group.Count * scale * scale * group.Width * group.Height;
            }
            if (shown > best.Area)
                best = (arrangement, shown);
        }
    }

    private static double Scale(TileGroup group, int width, int height)
    {
        if (width <= 0 || height <= 0)
            return 0;
        double scale = Math.Min((double)width / group.Width, (double)height / group.Height);
        return scale >= 1 ? Math.Floor(scale) : scale;
    }
}
