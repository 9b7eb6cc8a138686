using LivePool.Gpu.Display;

namespace LivePool.App.View;

/// <summary>Where each picture goes: a grid of cells of one size, a label above each picture.</summary>
internal static class TileLayout
{
    /// <summary>Pixels between pictures and to the window's edge, at a content scale of 1.</summary>
    public const int Gap = 14;

    /// <summary>Pixels for a label above a picture, at a content scale of 1.</summary>
    public const int LabelHeight = 30;

    /// <summary>
    /// Chooses the number of columns that shows the pictures largest, and centres each in its cell. A picture that is
    /// enlarged is enlarged by a whole factor, so that each element is a square of equal size.
    /// </summary>
    /// <param name="width">The framebuffer's width in pixels.</param>
    /// <param name="height">Its height.</param>
    /// <param name="sizes">The pictures' sizes in elements.</param>
    /// <param name="contentScale">Framebuffer pixels per window unit: 2 on a high-resolution display.</param>
    /// <param name="tiles">As many as sizes; empty rectangles where there is no room.</param>
    public static void Place(
        int width, int height, ReadOnlySpan<(int Width, int Height)> sizes, float contentScale, Span<PixelRectangle> tiles)
    {
        int gap = (int)(Gap * contentScale);
        int label = (int)(LabelHeight * contentScale);
        int count = sizes.Length;
        (int bestColumns, double bestArea) = (1, -1);
        for (int columns = 1; columns <= count; columns++)
        {
            (int cellWidth, int cellHeight) = Cell(columns);
            double area = 0;
            foreach ((int w, int h) in sizes)
            {
                double scale = Scale(w, h, cellWidth, cellHeight);
                area += scale * scale * w * h;
            }
            if (area > bestArea)
                (bestColumns, bestArea) = (columns, area);
        }
        (int bestWidth, int bestHeight) = Cell(bestColumns);
        for (int i = 0; i < sizes.Length; i++)
        {
            (int row, int column) = Math.DivRem(i, bestColumns);
            (int w, int h) = sizes[i];
            double scale = Scale(w, h, bestWidth, bestHeight);
            int tileWidth = scale <= 0 ? 0 : Math.Max(1, (int)(w * scale));
            int tileHeight = scale <= 0 ? 0 : Math.Max(1, (int)(h * scale));
            tiles[i] = new(
                gap + column * (bestWidth + gap) + (bestWidth - tileWidth) / 2,
                gap + row * (bestHeight + label + gap) + label + (bestHeight - tileHeight) / 2,
                tileWidth, tileHeight);
        }

        (int Width, int Height) Cell(int columns)
        {
            int rows = (count + columns - 1) / columns;
            return ((width - gap) / columns - gap, (height - gap) / rows - gap - label);
        }
    }

    private static double Scale(int width, int height, int cellWidth, int cellHeight)
    {
        if (cellWidth <= 0 || cellHeight <= 0)
            return 0;
        double scale = Math.Min((double)cellWidth / width, (double)cellHeight / height);
        return scale >= 1 ? Math.Floor(scale) : scale;
    }
}
