namespace LivePool.App.Drawing;

/// <summary>The size that a panel is drawn at.</summary>
/// <param name="Width">Columns of pixels.</param>
/// <param name="Height">Rows of pixels.</param>
/// <param name="Scale">The whole number it is enlarged by, 1 for as it is; 0 if it is reduced.</param>
internal readonly record struct PanelSize(int Width, int Height, int Scale);

/// <summary>
/// How a figure's panels are arranged and how large they are: beside each other where they fit, all about as high, or
/// above each other, all about as wide; by a whole number where they are enlarged.
/// </summary>
/// <param name="HasInput">Whether the first panel stands apart.</param>
/// <param name="Stacked">Whether the input stands above the others, not beside them: wide pictures do.</param>
/// <param name="Columns">Columns of panels, the input's not counted unless it is stacked.</param>
/// <param name="CellWidth">The most pixels that a column may take, text included.</param>
/// <param name="Sizes">The size of each panel.</param>
internal sealed record FigureGrid(bool HasInput, bool Stacked, int Columns, int CellWidth, IReadOnlyList<PanelSize> Sizes)
{
    /// <summary>The widest that a figure gets, in pixels.</summary>
    public const int MaxFigureWidth = 4096;

    private const double WideAspect = 2.5;
    private const double TallAspect = 0.5;
    private const double FigureAspect = 1.6;
    private const double EmptyCellCost = 2.5;
    private const double TextShare = 0.2; // of a panel's height
    private const int RowOfPanels = 4;
    private const int MaxColumns = 20;
    private const int UsualWidth = 2400, StackedWidth = 1600;

    // How far panels may be from the size that is aimed at, and from each other.
    private const double Smallest = 0.6, Largest = 1.25, Unequal = 1.1;

    /// <summary>Arranges a figure.</summary>
    public static FigureGrid Choose(FigureContent content)
    {
        IReadOnlyList<FigurePanel> panels = content.Panels;
        bool hasInput = content.FirstIsInput && panels.Count > 1;
        FigurePanel[] outputs = [.. panels.Skip(hasInput ? 1 : 0)];
        int outputWidth = outputs.Max(panel => panel.Width), outputHeight = outputs.Max(panel => panel.Height);
        double aspect = (double)outputWidth / outputHeight;
        bool stacked = hasInput && aspect > WideAspect;

        int columns = ChooseColumns(outputs.Length, aspect, hasInput, stacked);
        int rows = (outputs.Length + columns - 1) / columns;
        int cellWidth = FigureLayout.CellWidth(columns, hasInput && !stacked);
        double height = stacked
            ? Math.Min(StackedWidth, UsualWidth / columns) / aspect
            : TargetHeight(rows, columns + (hasInput ? 1 : 0), aspect);
        var fit = new Fit(stacked, cellWidth);
        double side = fit.ChooseSide(height, outputWidth, outputHeight, panels[0]);
        return new FigureGrid(hasInput, stacked, columns, cellWidth, [.. panels.Select(panel => fit.Size(panel, side))]);
    }

    // A few panels make a row; more make the block whose shape is nearest to a page's, with few cells left empty.
    private static int ChooseColumns(int count, double aspect, bool hasInput, bool stacked)
    {
        if (count <= RowOfPanels && aspect <= WideAspect)
            return count;
        int best = 1;
        double bestCost = double.PositiveInfinity;
        for (int columns = 1; columns <= Math.Min(count, MaxColumns); columns++)
        {
            int rows = (count + columns - 1) / columns;
            int across = columns + (hasInput && !stacked ? 1 : 0);
            int down = rows + (stacked ? 1 : 0);
            double cost = Distance(across * aspect / (down * (1 + TextShare)), FigureAspect);
            cost += EmptyCellCost * (rows * columns - count) / (rows * columns);
            if (cost < bestCost)
                (best, bestCost) = (columns, cost);
        }
        return best;
    }

    // As high as looks well for the number of rows, but not so wide that the figure needs a very wide page.
    private static double TargetHeight(int rows, int across, double aspect)
    {
        double height = rows switch { 1 => 512, 2 => 384, <= 4 => 256, _ => 192 };
        if (aspect < TallAspect)
            height *= Math.Min(3, Math.Sqrt(TallAspect / aspect));
        return Math.Clamp(UsualWidth / (aspect * across), 1, height);
    }

    // How panels get their sizes, all about equal along one side: their width if they are stacked, else their height.
    private readonly record struct Fit(bool ByWidth, int CellWidth)
    {
        // A whole multiple of the outputs' side that is near the target, and that the input comes close to as well.
        public double ChooseSide(double targetHeight, int width, int height, FigurePanel input)
        {
            int side = ByWidth ? width : height;
            double target = Math.Min(targetHeight, (double)CellWidth * height / width) * side / height;
            double best = target, bestCost = double.PositiveInfinity;
            int first = Math.Max(1, (int)Math.Ceiling(Smallest * target / side));
            for (int scale = first; scale * side <= Largest * target && scale * width <= CellWidth; scale++)
            {
                PanelSize size = Size(input, scale * side);
                double cost = Distance(scale * side, target) / 2;
                cost += Distance(ByWidth ? size.Width : size.Height, scale * side);
                if (cost < bestCost)
                    (best, bestCost) = (scale * side, cost);
            }
            return best;
        }

        public PanelSize Size(FigurePanel panel, double side)
        {
            double share = side / (ByWidth ? panel.Width : panel.Height);
            double most = Math.Min(Unequal * share, (double)CellWidth / panel.Width);
            int scale = Math.Min(Math.Max(1, (int)Math.Round(share)), (int)most);
            if (scale >= 1)
                return new PanelSize(scale * panel.Width, scale * panel.Height, scale);
            share = Math.Min(share, most);
            int width = Math.Max(1, (int)Math.Round(share * panel.Width));
            return new PanelSize(width, Math.Max(1, (int)Math.Round(share * panel.Height)), 0);
        }
    }

    private static double Distance(double a, double b) => Math.Abs(Math.Log(a / b));
}
