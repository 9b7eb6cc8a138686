using System.Globalization;
using LivePool.App.Drawing;
using LivePool.Core.Backends;
using LivePool.Core.Pipelines;
using LivePool.Verification.Explanations;
using SkiaSharp;

namespace LivePool.App.View.Inspection;

/// <summary>
/// The panel that shows how an element comes about: its window's values, the weights and the products as small tables, then
/// the steps to the result, and what each backend makes of it.
/// </summary>
internal sealed class ExplainerPanel(float contentScale)
{
    /// <summary>The panel's width in window units.</summary>
    public const int Width = 336;

    private const int MostCellsInRow = 9;
    private const int MostRows = 9;

    private readonly TextPainter _painter = TextPainter.Shared;
    private SKCanvas _canvas = null!;
    private Theme _theme = Theme.Dark;
    private float _width;
    private float _height;
    private float _y;

    private float Unit => contentScale;

    private float Margin => 14 * Unit;

    /// <summary>Draws the panel.</summary>
    /// <param name="canvas">Where to draw.</param>
    /// <param name="width">In pixels.</param>
    /// <param name="height">In pixels.</param>
    /// <param name="theme">The colours.</param>
    /// <param name="compiled">What is shown; null where nothing is.</param>
    /// <param name="inspection">The element; null where there is none.</param>
    /// <param name="isPinned">Whether it is pinned.</param>
    public void Draw(SKCanvas canvas, int width, int height, Theme theme, ICompiledPipeline? compiled, ElementInspection? inspection, bool isPinned)
    {
        (_canvas, _theme, _width, _height, _y) = (canvas, theme, width, height, Margin);
        canvas.Clear(theme.Panel);
        if (compiled is null)
            return;
        if (inspection is null)
            DrawPipeline(compiled);
        else
            DrawElement(compiled.Pipeline, inspection, isPinned);
    }

    private void DrawPipeline(ICompiledPipeline compiled)
    {
        Title(compiled.Pipeline.Name);
        for (int i = 0; i < compiled.Shapes.Count; i++)
        {
            Line($"{i + 1}  {compiled.Pipeline.Stages[i].Name}", _theme.Ink);
            Line($"     {compiled.Shapes[i]}", _theme.Faint);
        }
        Space(8);
        foreach (string hint in (string[])["point at a pixel: how it comes about", "click: pin it, arrow keys move it", "double click: one channel alone", "wheel: closer, drag: move", "H: all keys"])
            Line(hint, _theme.Faint);
    }

    private void DrawElement(Pipeline pipeline, ElementInspection inspection, bool isPinned)
    {
        Element at = inspection.At;
        string name = at.Stage < 0 ? "input" : pipeline.Stages[at.Stage].Name;
        Title($"{name}{(isPinned ? " · pinned" : "")}");
        Line($"channel {at.Channel}, row {at.Row}, column {at.Column}", _theme.Faint);
        if (inspection.Explanation is not { } explanation)
        {
            Space(6);
            Row("value", Text(inspection.Value), "", _theme.Ink);
            return;
        }
        foreach (string line in explanation.Window)
            Paragraph(line);
        Space(6);
        DrawTables(explanation);
        Space(6);
        DrawSteps(inspection, explanation);
    }

    private void DrawTables(Explanation explanation)
    {
        (int channel, int channels) = ChannelOf(explanation);
        Tap[] taps = [.. explanation.Taps.Where(tap => tap.Channel == channel)];
        int columns = ColumnsOf(taps);
        int rows = (taps.Length + columns - 1) / columns;
        int winner = explanation.Winner is { } index ? Array.IndexOf(taps, explanation.Taps[index]) : -1;
        string of = channels > 1 ? $" of channel {channel}, which adds the most of {channels}" : "";
        Table($"x{of}", taps, columns, rows, tap => tap.X, isSigned: false, winner);
        if (taps.Any(tap => tap.W is not null))
            Table("w", taps, columns, rows, tap => tap.W, isSigned: true, -1);
        if (explanation.ProductName is { } product)
            Table(product, taps, columns, rows, tap => tap.Product, isSigned: true, -1);
    }

    /// <summary>The input channel whose taps add the most, and how many there are.</summary>
    private static (int Channel, int Count) ChannelOf(Explanation explanation)
    {
        var sums = new SortedDictionary<int, double>();
        foreach (Tap tap in explanation.Taps)
            sums[tap.Channel] = sums.GetValueOrDefault(tap.Channel) + (tap.Product ?? 0);
        return (sums.MaxBy(pair => Math.Abs(pair.Value)).Key, sums.Count);
    }

    /// <summary>Taps in a row of the window.</summary>
    private static int ColumnsOf(Tap[] taps) => taps[0].Kernel is not null
        ? taps.Max(tap => tap.Kernel!.Value.Column) + 1
        : Math.Max(1, taps.TakeWhile(tap => tap.Row == taps[0].Row).Count());

    private void Table(string title, Tap[] taps, int columns, int rows, Func<Tap, double?> value, bool isSigned, int winner)
    {
        bool hasNumbers = columns <= MostCellsInRow && rows <= MostRows;
        float most = (float)taps.Max(tap => Math.Abs(value(tap) is { } v && double.IsFinite(v) ? v : 0));
        Line(title, _theme.Faint);
        float cellWidth = Math.Min((hasNumbers ? 61 : 20) * Unit, (_width - 2 * Margin) / columns);
        float cellHeight = Math.Min(hasNumbers ? 20 * Unit : cellWidth, Math.Max(2, 130 * Unit / rows));
        using var paint = new SKPaint();
        for (int i = 0; i < taps.Length; i++)
        {
            var cell = SKRect.Create(Margin + i % columns * cellWidth, _y + i / columns * cellHeight, cellWidth - 1, cellHeight - 1);
            if (cell.Bottom > _height)
                break;
            double? shown = value(taps[i]);
            SKColor colour = Colour(shown, most, isSigned);
            paint.Color = colour;
            paint.Style = SKPaintStyle.Fill;
            _canvas.DrawRect(cell, paint);
            if (!taps[i].IsInside)
                Hatch(cell, taps[i].Place == TapPlace.Padding ? _theme.Faint : _theme.Panel, paint);
            if (hasNumbers && shown is { } number)
                Number(number, cell, colour);
            if (i != winner)
                continue;
            paint.Color = _theme.Accent;
            paint.Style = SKPaintStyle.Stroke;
            paint.StrokeWidth = 2 * Unit;
            _canvas.DrawRect(cell, paint);
        }
        _y += rows * cellHeight + 6 * Unit;
    }

    /// <summary>As the pictures have it: grey from 0 to 255, or signed about 0.</summary>
    private SKColor Colour(double? value, float most, bool isSigned)
    {
        if (value is not { } v)
            return _theme.Ground;
        if (isSigned || v < 0 || double.IsNaN(v))
            return SignedColours.Of(v, most);
        byte grey = (byte)Math.Min(255, most > byte.MaxValue ? 255 * v / most : v);
        return new(grey, grey, grey);
    }

    private void Hatch(SKRect cell, SKColor colour, SKPaint paint)
    {
        paint.Color = colour.WithAlpha(0xA0);
        paint.Style = SKPaintStyle.Stroke;
        paint.StrokeWidth = Unit;
        _canvas.Save();
        _canvas.ClipRect(cell);
        for (float x = cell.Left - cell.Height; x < cell.Right; x += 6 * Unit)
            _canvas.DrawLine(x, cell.Bottom, x + cell.Height, cell.Top, paint);
        _canvas.Restore();
    }

    private void Number(double number, SKRect cell, SKColor ground)
    {
        float size = 11 * Unit;
        string text = CellNumbers.Text(number);
        float width = _painter.Measure(text, size);
        if (width > cell.Width)
            (size, width) = (size * cell.Width / width, cell.Width);
        float light = 0.299f * ground.Red + 0.587f * ground.Green + 0.114f * ground.Blue;
        SKColor ink = light > 120 ? SKColors.Black : SKColors.White;
        float baseline = cell.MidY + _painter.CapitalHeight(size) / 2;
        _painter.Draw(_canvas, text, cell.MidX - width / 2, baseline, new TextStyle(size, ink));
    }

    private void DrawSteps(ElementInspection inspection, Explanation explanation)
    {
        foreach (ExplainedTerm term in explanation.Terms)
            Row(term.Name, term.Value is { } value ? Text(value) : "", term.Reason, _theme.Ink);
        Row("exact", Text(explanation.Exact), "in double", _theme.Ink);
        ElementVerdict verdict = inspection.Verdict!;
        foreach ((string backend, float? value) in inspection.Values)
        {
            bool isJudged = backend == inspection.Values[0].Backend;
            SKColor colour = !isJudged ? _theme.Ink : verdict.Passed ? _theme.Good : _theme.Bad;
            Row(backend, value is { } got ? Text(got) : "-", value is { } off ? Difference(off, explanation.Exact) : "not there", colour);
        }
        string share = verdict.Comparison.Error == 0 ? "equal"
            : string.Create(CultureInfo.InvariantCulture, $"{100 * verdict.Share:G3}% of its bound of {verdict.Comparison.Bound:G3}");
        Paragraph(verdict.Passed ? share : $"WRONG: {share}");
    }

    /// <summary>How far a value is from the exact one, in units of its last place.</summary>
    public static string Difference(float value, double exact)
    {
        if (value == exact || float.IsNaN(value) && double.IsNaN(exact))
            return "equal";
        float magnitude = MathF.Abs((float)exact);
        double ulps = Math.Abs(value - exact) / ((double)MathF.BitIncrement(magnitude) - magnitude);
        return (float)exact == value ? "nearest float32" : string.Create(CultureInfo.InvariantCulture, $"{ulps:G3} ULP off");
    }

    private void Title(string text)
    {
        Advance(20);
        _painter.Draw(_canvas, _painter.Fit(text, _width - 2 * Margin, 15 * Unit, bold: true), Margin, _y, new TextStyle(15 * Unit, _theme.Ink, Bold: true));
        Space(4);
    }

    private void Line(string text, SKColor colour)
    {
        Advance(17);
        if (_y > _height)
            return;
        _painter.Draw(_canvas, _painter.Fit(text, _width - 2 * Margin, 12 * Unit), Margin, _y, new TextStyle(12 * Unit, colour));
        Space(2);
    }

    private void Paragraph(string text)
    {
        foreach (string line in _painter.Wrap(text, _width - 2 * Margin, 12 * Unit))
            Line(line, _theme.Faint);
    }

    private void Row(string name, string value, string reason, SKColor colour)
    {
        Advance(17);
        if (_y > _height)
            return;
        var style = new TextStyle(12 * Unit, colour);
        float inner = _width - 2 * Margin, valueEnd = Margin + 0.52f * inner;
        _painter.Draw(_canvas, name, Margin, _y, style);
        _painter.Draw(_canvas, value, valueEnd - _painter.Measure(value, 12 * Unit), _y, style);
        _painter.Draw(_canvas, _painter.Fit(reason, 0.46f * inner, 11 * Unit), valueEnd + 8 * Unit, _y, new TextStyle(11 * Unit, _theme.Faint));
        Space(2);
    }

    private void Advance(float units) => _y += units * Unit;

    private void Space(float units) => Advance(units);

    /// <summary>Every digit that tells a float32 from its neighbours; of other numbers nine.</summary>
    private static string Text(double value) => (float)value == value
        ? ((float)value).ToString("R", CultureInfo.InvariantCulture)
        : value.ToString("G9", CultureInfo.InvariantCulture);
}
