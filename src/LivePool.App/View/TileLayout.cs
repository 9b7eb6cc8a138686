using LivePool.Gpu.Display;

namespace LivePool.App.View;

/// <summary>
/// Where each picture goes: the input on the left and the channels in a grid beside it, or all in one grid where that
/// shows them clearly larger. A picture that is enlarged is enlarged by a whole factor, so that each element is a square.
/// </summary>
internal static class TileLayout
{
    /// <summary>Pixels between pictures and to the window's edge, at a content scale of 1.</summary>
    public const int Gap = 14;

    /// <summary>Pixels for a label above a picture, at a content scale of 1.</summary>
    public const int LabelHeight = 30;

    /// <summary>How much of one grid's area the input apart must reach to be preferred: it reads better.</summary>
    private const double ApartIsWorth = 0.8;

    /// <summary>A part of the window with cells of one size.</summary>
    private readonly record struct Grid(int Left, int Width, int Height, int Columns, int CellWidth, int CellHeight);

    /// <summary>Places the pictures.</summary>
    /// <param name="width">The framebuffer's width in pixels.</param>
    /// <param name="height">Its height.</param>
    /// <param name="sizes">The pictures' sizes in elements, the input's first.</param>
    /// <param name="inputs">How many of them are the input's.</param>
    /// <param name="contentScale">Framebuffer pixels per window unit: 2 on a high-resolution display.</param>
    /// <param name="tiles">As many as sizes; empty rectangles where there is no room.</param>
    public static void Place(
        int width, int height, ReadOnlySpan<(int Width, int Height)> sizes, int inputs, float contentScale,
        Span<PixelRectangle> tiles)
    {
        int gap = (int)(Gap * contentScale);
        int label = (int)(LabelHeight * contentScale);
        (Grid all, double allArea) = BestGrid(0, width, height, sizes, gap, label);
        (Grid Left, Grid Right, double Area) apart = default;
        foreach (int parts in (ReadOnlySpan<int>)[2, 3, 4])
        {
            int split = width / parts;
            (Grid left, double leftArea) = BestGrid(0, split, height, sizes[..inputs], gap, label);
            (Grid right, double rightArea) = BestGrid(split, width - split, height, sizes[inputs..], gap, label);
            if (leftArea + rightArea > apart.Area)
                apart = (left, right, leftArea + rightArea);
        }
        if (apart.Area <= ApartIsWorth * allArea)
        {
            Fill(all, sizes, gap, label, tiles);
            return;
        }
        Fill(apart.Left, sizes[..inputs], gap, label, tiles);
        Fill(apart.Right, sizes[inputs..], gap, label, tiles[inputs..]);
    }

    private static (Grid Grid, double Area) BestGrid(
        int left, int width, int height, ReadOnlySpan<(int Width, int Height)> sizes, int gap, int label)
    {
        (Grid Grid, double Area) best = (default, -1);
        for (int columns = 1; columns <= sizes.Length; columns++)
        {
            int rows = (sizes.Length + columns - 1) / columns;
            var grid = new Grid(left, width, height, columns,
                (width - gap) / columns - gap, (height - gap) / rows - gap - label);
            double area = 0;
            foreach ((int w, int h) in sizes)
            {
                double scale = Scale(w, h, grid);
                area += scale * scale * w * h;
            }
            if (area > best.Area)
                best = (grid, area);
        }
        return best;
    }

    private static void Fill(
        Grid grid, ReadOnlySpan<(int Width, int Height)> sizes, int gap, int label, Span<PixelRectangle> tiles)
    {
        int rows = (sizes.Length + grid.Columns - 1) / grid.Columns;
        // What the rows do not need is shared above and below them.
        int tallest = 0;
        for (int i = 0; i < sizes.Length; i++)
        {
            (int w, int h) = sizes[i];
            double scale = Scale(w, h, grid);
            tiles[i] = scale <= 0 ? default : new(0, 0, Math.Max(1, (int)(w * scale)), Math.Max(1, (int)(h * scale)));
            tallest = Math.Max(tallest, tiles[i].Height);
        }
        int pitch = tallest + label + gap;
        int top = Math.Max(0, (grid.Height - rows * pitch - gap) / 2) + gap;
        for (int i = 0; i < sizes.Length; i++)
        {
            (int row, int column) = Math.DivRem(i, grid.Columns);
            tiles[i] = tiles[i] with
            {
                X = grid.Left + gap + column * (grid.CellWidth + gap) + (grid.CellWidth - tiles[i].Width) / 2,
                Y = top + row * pitch + label + (tallest - tiles[i].Height) / 2,
            };
        }
    }

    private static double Scale(int width, int height, Grid grid)
    {
        if (grid.CellWidth <= 0 || grid.CellHeight <= 0)
            return 0;
        double scale = Math.Min((double)grid.CellWidth / width, (double)grid.CellHeight / height);
        return scale >= 1 ? Math.Floor(scale) : scale;
    }
}
