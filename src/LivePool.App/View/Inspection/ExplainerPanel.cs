using System.Globalization;
using LivePool.App.Lab;
using LivePool.App.View.Panels;
using LivePool.Core.Backends;
using LivePool.Core.Pipelines;
using LivePool.Verification.Explanations;
using SkiaSharp;

namespace LivePool.App.View.Inspection;

/// <summary>
/// The panel that shows how an element comes about: its window's values, the weights and the products as small tables, then
/// the steps to the result, and what each backend makes of it.
/// </summary>
internal sealed class ExplainerPanel(PanelCanvas panel, StageTextures stages, Inspector inspector, SlidingWindow sliding) : IPanelPage
{
    private const int MostCellsInRow = 9;
    private const int MostRows = 9;

    private Theme Theme => panel.Theme;

    private float Unit => panel.Unit;

    public string Name => "Explain";

    public void Draw()
    {
        if (stages.Compiled is not { } compiled)
            return;
        if (sliding.IsOn)
            DrawSliding();
        if (inspector.Current is { } inspection)
            DrawElement(compiled.Pipeline, inspection, inspector.Pinned is not null);
        else if (!sliding.IsOn)
            DrawPipeline(compiled);
    }

    private void DrawSliding()
    {
        panel.Title("sliding window");
        panel.Line($"step {sliding.Position + 1} of {sliding.Count}{(sliding.Skip > 1 ? $", every {sliding.Skip}th" : "")}", Theme.Faint);
        panel.Space(2);
        panel.Slider("place", $"{100.0 * sliding.Position / Math.Max(1, sliding.Count - 1):F0}%", (float)sliding.Position / Math.Max(1, sliding.Count - 1), sliding.Seek, steps => sliding.Step(Math.Sign(steps)));
        panel.Buttons(("< step", () => sliding.Step(-1)), (sliding.IsPlaying ? "stop" : "play", sliding.TogglePlaying), ("step >", () => sliding.Step(1)), ("end", sliding.Stop));
    }

    private void DrawPipeline(ICompiledPipeline compiled)
    {
        panel.Title(compiled.Pipeline.Name);
        for (int i = 0; i < compiled.Shapes.Count; i++)
        {
            panel.Line($"{i + 1}  {compiled.Pipeline.Stages[i].Title}", Theme.Ink);
            panel.Line($"     {compiled.Shapes[i]}", Theme.Faint);
        }
        panel.Space(8);
        foreach (string hint in (string[])["point at a pixel: how it comes about", "click: pin it, arrow keys move it", "double click: one channel alone", "wheel: closer, drag: move", "F1: all that the window does"])
            panel.Line(hint, Theme.Faint);
    }

    private void DrawElement(Pipeline pipeline, ElementInspection inspection, bool isPinned)
    {
        Element at = inspection.At;
        string name = at.Stage < 0 ? "input" : pipeline.Stages[at.Stage].Title;
        panel.Title($"{name}{(isPinned ? " · pinned" : "")}");
        panel.Line($"channel {at.Channel}, row {at.Row}, column {at.Column}", Theme.Faint);
        if (inspection.Explanation is not { } explanation)
        {
            panel.Space(6);
            panel.Row("value", Text(inspection.Value), "", Theme.Ink);
            if (inspection.Around is { } around)
                DrawAround(around);
            DrawPlace(inspection);
            DrawReached(pipeline, inspection);
            return;
        }
        foreach (string line in explanation.Window)
            panel.Paragraph(line, Theme.Faint);
        panel.Space(6);
        if (inspection.ShownTaps.Count > 0)
            DrawTables(explanation);
        else
            panel.Line($"{explanation.Taps.Count} values, too many to show", Theme.Faint);
        panel.Space(6);
        DrawSteps(inspection, explanation);
        DrawPlace(inspection);
        DrawReached(pipeline, inspection);
    }

    /// <summary>Which invocation of the user's shader it is.</summary>
    private void DrawPlace(ElementInspection inspection)
    {
        if (inspection.Place is not { } place)
            return;
        panel.Space(6);
        panel.Paragraph(place, Theme.Faint);
    }

    private void DrawAround(InputAround around)
    {
        panel.Space(6);
        panel.Line($"the input around row {around.Row}, column {around.Column}", Theme.Faint);
        float most = around.Values.SelectMany(row => row).Select(Math.Abs).Where(float.IsFinite).Append(byte.MaxValue).Max();
        foreach (float[] row in around.Values)
        {
            float width = panel.Inner / 3, height = 20 * Unit;
            for (int i = 0; i < row.Length; i++)
                panel.Cell(SKRect.Create(panel.Margin + i * width, panel.Y, width - 1, height - 1), Colour(row[i], most, isSigned: false), CellNumbers.Text(row[i]));
            panel.Space(20);
        }
    }

    private void DrawReached(Pipeline pipeline, ElementInspection inspection)
    {
        if (inspection.At.Stage == pipeline.Stages.Length - 1)
            return;
        panel.Space(6);
        panel.Line("goes into", Theme.Faint);
        foreach (ReachedField reached in inspection.Reached)
        {
            Field field = reached.Field;
            panel.Line($"{field.Stage + 1}  {pipeline.Stages[field.Stage].Title}: {Range("row", field.Top, field.Bottom)}, {Range("column", field.Left, field.Right)}", Theme.Ink);
        }
        if (inspection.Reached.Count == 0)
            panel.Line("nothing: no window stands on it", Theme.Ink);

        static string Range(string name, int first, int last) => first == last ? $"{name} {first}" : $"{name}s {first} to {last}";
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
        panel.Line(title, Theme.Faint);
        float cellWidth = Math.Min((hasNumbers ? 61 : 20) * Unit, panel.Inner / columns);
        float cellHeight = Math.Min(hasNumbers ? 20 * Unit : cellWidth, Math.Max(2, 130 * Unit / rows));
        for (int i = 0; i < taps.Length; i++)
        {
            var cell = SKRect.Create(panel.Margin + i % columns * cellWidth, panel.Y + i / columns * cellHeight, cellWidth - 1, cellHeight - 1);
            if (cell.Bottom > panel.Height)
                break;
            double? shown = value(taps[i]);
            panel.Cell(cell, Colour(shown, most, isSigned), hasNumbers && shown is { } number ? CellNumbers.Text(number) : "");
            if (!taps[i].IsInside)
                Hatch(cell, taps[i].Place == TapPlace.Padding ? Theme.Faint : Theme.Panel);
            if (i == winner)
                panel.Outline(cell, Theme.Accent);
        }
        panel.Space(rows * cellHeight / Unit + 6);
    }

    /// <summary>As the pictures have it: grey from 0 to 255, or signed about 0.</summary>
    private SKColor Colour(double? value, float most, bool isSigned)
    {
        if (value is not { } v)
            return Theme.Ground;
        if (isSigned || v < 0 || double.IsNaN(v))
            return WeightColours.Of(v, most);
        // Bytes as the pictures have them, anything else as a share of the largest.
        bool isByte = v == Math.Truncate(v) && most <= byte.MaxValue;
        byte grey = (byte)(isByte || most == 0 ? v : 255 * v / most);
        return new(grey, grey, grey);
    }

    private void Hatch(SKRect cell, SKColor colour)
    {
        using var paint = new SKPaint { Color = colour.WithAlpha(0xA0), Style = SKPaintStyle.Stroke, StrokeWidth = Unit };
        panel.Canvas.Save();
        panel.Canvas.ClipRect(cell);
        for (float x = cell.Left - cell.Height; x < cell.Right; x += 6 * Unit)
            panel.Canvas.DrawLine(x, cell.Bottom, x + cell.Height, cell.Top, paint);
        panel.Canvas.Restore();
    }

    private void DrawSteps(ElementInspection inspection, Explanation explanation)
    {
        foreach (ExplainedTerm term in explanation.Terms)
            panel.Row(term.Name, term.Value is { } value ? Text(value) : "", term.Reason, Theme.Ink);
        panel.Row("exact", Text(explanation.Exact), "in double", Theme.Ink);
        ElementVerdict verdict = inspection.Verdict!;
        foreach ((string backend, float? value) in inspection.Values)
        {
            bool isJudged = backend == inspection.Values[0].Backend;
            SKColor colour = !isJudged ? Theme.Ink : verdict.Passed ? Theme.Good : Theme.Bad;
            panel.Row(backend, value is { } got ? Text(got) : "-", value is { } off ? Difference(off, explanation.Exact) : "not there", colour);
        }
        string share = verdict.Comparison.Error == 0 ? "equal"
            : verdict.Comparison.Bound == 0 ? "it must be equal"
            : string.Create(CultureInfo.InvariantCulture, $"{100 * verdict.Share:G3}% of its bound of {verdict.Comparison.Bound:G3}");
        panel.Paragraph(verdict.Passed ? share : $"WRONG: {share}", Theme.Faint);
    }

    /// <summary>How far a value is from the exact one, in units of its last place.</summary>
    public static string Difference(float value, double exact)
    {
        if (value == exact || float.IsNaN(value) && double.IsNaN(exact))
            return "equal";
        if (!float.IsFinite(value) || !double.IsFinite(exact))
            return "another kind of number";
        float magnitude = MathF.Abs((float)exact);
        double ulps = Math.Abs(value - exact) / ((double)MathF.BitIncrement(magnitude) - magnitude);
        return (float)exact == value ? "nearest float32" : string.Create(CultureInfo.InvariantCulture, $"{ulps:G3} ULP off");
    }

    /// <summary>Every digit that tells a float32 from its neighbours; of other numbers nine.</summary>
    private static string Text(double value) => (float)value == value
        ? ((float)value).ToString("R", CultureInfo.InvariantCulture)
        : value.ToString("G9", CultureInfo.InvariantCulture);
}
