using SkiaSharp;

namespace LivePool.App.Drawing;

/// <summary>Where a panel's pixels go.</summary>
/// <param name="Bounds">The rectangle of the figure that they fill.</param>
/// <param name="Scale">The whole number they are enlarged by, 1 for as they are; 0 if the panel is reduced.</param>
internal readonly record struct PlacedPanel(SKRectI Bounds, int Scale);

/// <summary>Where a line of text goes.</summary>
/// <param name="Text">The line, cut or broken to fit.</param>
/// <param name="X">Its left edge.</param>
/// <param name="Baseline">The line that its letters stand on.</param>
/// <param name="Style">Its size, colour and weight.</param>
internal readonly record struct PlacedText(string Text, int X, int Baseline, TextStyle Style);

/// <summary>
/// Where everything in a figure goes, in whole pixels. All left edges line up: titles, panels and captions.
/// </summary>
internal sealed class FigureLayout
{
    private static readonly SKColor Ink = new(0x1F, 0x1F, 0x1F);
    private static readonly SKColor QuietInk = new(0x70, 0x70, 0x70);

    // Distances and sizes in pixels of a figure of the usual width; a wider one has them larger, up to MaxUnit times.
    private const int UsualWidth = 1640, NarrowestText = 720;
    private const float MaxUnit = 2;
    private const float Margin = 44, Gap = 28, RowGap = 34, ArrowLength = 30, InputGap = 74;
    private const float TitleSize = 23, PanelTitleSize = 17, SubtitleSize = 14.5f, CaptionSize = 14.5f;

    private readonly TextPainter _painter;
    private readonly FigureContent _content;
    private readonly FigureGrid _grid;
    private readonly PlacedPanel[] _panels;
    private readonly List<PlacedText> _texts = [];

    /// <summary>Places everything.</summary>
    public FigureLayout(FigureContent content, TextPainter painter)
    {
        _painter = painter;
        _content = content;
        _grid = FigureGrid.Choose(content);
        _panels = new PlacedPanel[content.Panels.Count];

        int first = _grid.HasInput ? 1 : 0;
        int columnWidth = Enumerable.Range(first, _panels.Length - first).Max(ColumnWidth);
        int inputWidth = _grid.HasInput ? ColumnWidth(0) : 0;
        float allColumns = _grid.Columns * columnWidth + (_grid.Stacked ? 0 : inputWidth);
        Unit = Math.Clamp(allColumns / UsualWidth, 1, MaxUnit);
        // The text has grown with the unit, and the columns with the text.
        columnWidth = Enumerable.Range(first, _panels.Length - first).Max(ColumnWidth);
        inputWidth = _grid.HasInput ? ColumnWidth(0) : 0;

        bool beside = _grid.HasInput && !_grid.Stacked;
        int gridLeft = beside ? inputWidth + Pixels(InputGap) : 0;
        int gridWidth = gridLeft + _grid.Columns * columnWidth + (_grid.Columns - 1) * Pixels(Gap);
        if (_grid.Stacked)
            gridWidth = Math.Max(gridWidth, inputWidth);
        int textWidth = Math.Max(gridWidth, Math.Min(Pixels(NarrowestText), WidestText()));

        int bottom = PlaceTitle(Pixels(Margin), textWidth);
        bottom = PlacePanels(bottom, gridLeft, columnWidth);
        bottom = PlaceCaptions(bottom, textWidth);
        Width = textWidth + 2 * Pixels(Margin);
        Height = bottom + Pixels(Margin);
    }

    /// <summary>Columns of pixels.</summary>
    public int Width { get; }

    /// <summary>Rows of pixels.</summary>
    public int Height { get; }

    /// <summary>How much larger than usual text and distances are.</summary>
    public float Unit { get; } = 1;

    /// <summary>The panels, in the content's order.</summary>
    public IReadOnlyList<PlacedPanel> Panels => _panels;

    /// <summary>The lines of text; the figure's title is the first, if it has one.</summary>
    public IReadOnlyList<PlacedText> Texts => _texts;

    /// <summary>The arrow from the input to the outputs: its left end and its tip; null without one.</summary>
    public (SKPointI Start, SKPointI Tip)? Arrow { get; private set; }

    /// <summary>The most pixels that a column may take for the figure not to be too wide, whatever the unit.</summary>
    public static int CellWidth(int columns, bool inputBeside)
    {
        float gaps = 2 * Margin + (columns - 1) * Gap + (inputBeside ? InputGap : 0);
        return (int)(FigureGrid.MaxFigureWidth - MaxUnit * gaps) / (columns + (inputBeside ? 1 : 0));
    }

    private int Pixels(float distance) => (int)MathF.Round(distance * Unit);

    private int ColumnWidth(int panel)
    {
        float title = _painter.Measure(_content.Panels[panel].Title, PanelTitleSize * Unit);
        float subtitle = _painter.Measure(_content.Panels[panel].Subtitle, SubtitleSize * Unit);
        int text = (int)MathF.Ceiling(MathF.Max(title, subtitle));
        // Text may widen a column, but not without end: a longer line is cut.
        int most = Math.Max(_grid.Sizes[panel].Width, Pixels(NarrowestText / 2));
        return Math.Min(_grid.CellWidth, Math.Max(_grid.Sizes[panel].Width, Math.Min(text, most)));
    }

    private int WidestText()
    {
        float widest = _painter.Measure(_content.Title, TitleSize * Unit, bold: true);
        foreach (string caption in _content.Captions)
            widest = MathF.Max(widest, _painter.Measure(caption, CaptionSize * Unit));
        return (int)MathF.Ceiling(widest);
    }

    private int PlaceTitle(int top, int width)
    {
        if (_content.Title.Length == 0)
            return top;
        float size = TitleSize * Unit;
        int baseline = top + (int)MathF.Ceiling(_painter.CapitalHeight(size));
        string text = _painter.Fit(_content.Title, width, size, bold: true);
        _texts.Add(new PlacedText(text, Pixels(Margin), baseline, new TextStyle(size, Ink, Bold: true)));
        return baseline + Pixels(36);
    }

    private int PlacePanels(int top, int gridLeft, int columnWidth)
    {
        int left = Pixels(Margin);
        int next = 0;
        if (_grid.Stacked)
            top = PlaceRow(top, next++, 1, left, 0, _grid.CellWidth) + Pixels(1.4f * RowGap);
        else if (_grid.HasInput)
            PlaceRow(top, next++, 1, left, 0, gridLeft - Pixels(InputGap));
        for (; next < _panels.Length; next += _grid.Columns)
        {
            int count = Math.Min(_grid.Columns, _panels.Length - next);
            int bottom = PlaceRow(top, next, count, left + gridLeft, columnWidth + Pixels(Gap), columnWidth);
            if (next == 1 && !_grid.Stacked)
            {
                bottom = Math.Max(bottom, _panels[0].Bounds.Bottom);
                PlaceArrow(left + gridLeft);
            }
            top = bottom + Pixels(RowGap);
        }
        return top - Pixels(RowGap);
    }

    // Titles on one line, subtitles on the next, panels below; a line that no panel of the row has takes no space.
    private int PlaceRow(int top, int first, int count, int left, int step, int textWidth)
    {
        if (RowHas(first, count, panel => panel.Title.Length > 0))
        {
            top += (int)MathF.Ceiling(_painter.CapitalHeight(PanelTitleSize * Unit));
            var style = new TextStyle(PanelTitleSize * Unit, Ink);
            PlaceLine(first, count, left, step, top, textWidth, panel => panel.Title, style);
            top += Pixels(10);
        }
        if (RowHas(first, count, panel => panel.Subtitle.Length > 0))
        {
            top += (int)MathF.Ceiling(_painter.CapitalHeight(SubtitleSize * Unit));
            var style = new TextStyle(SubtitleSize * Unit, QuietInk);
            PlaceLine(first, count, left, step, top, textWidth, panel => panel.Subtitle, style);
            top += Pixels(12);
        }
        int bottom = top;
        for (int i = 0; i < count; i++)
        {
            PanelSize size = _grid.Sizes[first + i];
            _panels[first + i] = new PlacedPanel(SKRectI.Create(left + i * step, top, size.Width, size.Height), size.Scale);
            bottom = Math.Max(bottom, top + size.Height);
        }
        return bottom;
    }

    // The input and the outputs beside it are one row.
    private bool RowHas(int first, int count, Func<FigurePanel, bool> line) => _grid.HasInput && !_grid.Stacked && first <= 1
        ? _content.Panels.Take(1 + _grid.Columns).Any(line)
        : _content.Panels.Skip(first).Take(count).Any(line);

    private void PlaceLine(
        int first, int count, int left, int step, int baseline, int width, Func<FigurePanel, string> line, TextStyle style)
    {
        for (int i = 0; i < count; i++)
        {
            string text = line(_content.Panels[first + i]);
            if (text.Length > 0)
                _texts.Add(new PlacedText(_painter.Fit(text, width, style.Size), left + i * step, baseline, style));
        }
    }

    private void PlaceArrow(int gridLeft)
    {
        int y = _panels[0].Bounds.Top + Math.Min(_panels[0].Bounds.Height, _panels[1].Bounds.Height) / 2;
        int start = (_panels[0].Bounds.Right + gridLeft - Pixels(ArrowLength)) / 2;
        Arrow = (new SKPointI(start, y), new SKPointI(start + Pixels(ArrowLength), y));
    }

    private int PlaceCaptions(int top, int width)
    {
        float size = CaptionSize * Unit;
        int baseline = top + Pixels(30) - Pixels(23);
        bool any = false;
        foreach (string caption in _content.Captions)
        {
            foreach (string line in _painter.Wrap(caption, width, size))
            {
                baseline += any ? Pixels(23) : Pixels(23) + (int)MathF.Ceiling(_painter.CapitalHeight(size));
                any = true;
                _texts.Add(new PlacedText(line, Pixels(Margin), baseline, new TextStyle(size, QuietInk)));
            }
        }
        return any ? baseline : top;
    }
}
