using System.Globalization;
using LivePool.App.View.Inspection;
using LivePool.App.View.Panels;
using LivePool.Core.Backends;
using LivePool.Core.Tensors;
using LivePool.Gpu.Display;
using SkiaSharp;

namespace LivePool.App.View.Comparing;

/// <summary>The page that chooses what is compared, and says how far it is apart.</summary>
internal sealed class ComparePanel(PanelCanvas panel, Engine engine, Picture picture, Inspector inspector) : IPanelPage
{
    private const int WorstPixels = 32;
    private static readonly string[] _modes = ["off", "split", "wipe", "difference"];

    public string Name => "Compare";

    private Comparison Comparison => picture.Comparison;

    public void Draw()
    {
        panel.Title("compare");
        if (engine.Compiled is not { } compiled)
            return;
        panel.Choice("as", _modes, (int)Comparison.Mode, mode => Choose((CompareMode)mode));
        string[] others = [.. engine.OtherNames];
        Comparison.Subject chosen = Comparison.Chosen is { } known && known.Stage < compiled.Shapes.Count && (known.Backend is null || others.Contains(known.Backend)) ? known : First();
        int pool = FirstPool(compiled);
        Comparison.Subject unpooled = IsPool(compiled, chosen.Stage) ? chosen with { Backend = null } : new(null, pool, 0);
        string[] subjects = pool < 0 ? others : [.. others, "before the pool"];
        int index = chosen.Backend is null ? others.Length : Array.IndexOf(others, chosen.Backend);
        panel.Choice($"{engine.Backend.Name} with", subjects, index, i => Choose(i < others.Length
            ? chosen with { Backend = others[i] }
            : unpooled));
        Stepper($"stage {chosen.Stage + 1}: {compiled.Pipeline.Stages[chosen.Stage].Title}", compiled.Shapes.Count, chosen.Stage, stage => Choose(chosen with { Stage = stage, Channel = 0 }));
        Stepper($"channel {chosen.Channel}", compiled.Shapes[chosen.Stage].C, chosen.Channel, channel => Choose(chosen with { Channel = channel }));
        panel.Space(4);
        if (Comparison.Mode == CompareMode.Off)
            panel.Paragraph("split: side by side; wipe: drag the line; difference: where they are apart", panel.Theme.Faint);
        else if (Comparison.Failure is { } failure)
            panel.Paragraph(failure.Message, panel.Theme.Bad);
        else if (Comparison is { IsCurrent: true, Planes: { } planes })
            DrawFound(planes, chosen);
        else
            panel.Line("computing ...", panel.Theme.Faint);
    }

    private void DrawFound(PlaneComparison planes, Comparison.Subject chosen)
    {
        int count = Comparison.Shape.PlaneSize;
        SKColor ink = panel.Theme.Ink;
        panel.Row("elements", count.ToString(CultureInfo.InvariantCulture), $"{Comparison.Shape.H}x{Comparison.Shape.W}", ink);
        panel.Row("equal", (count - planes.Different).ToString(CultureInfo.InvariantCulture), string.Create(CultureInfo.InvariantCulture, $"{100.0 * (count - planes.Different) / count:F2}%"), ink);
        panel.Row("largest", planes.Largest.ToString("G6", CultureInfo.InvariantCulture), "difference", ink);
        if (chosen.Backend is not null)
            panel.Row("ULP", planes.LargestUlps.ToString(CultureInfo.InvariantCulture), "floats between two, at most", ink);
        if (Comparison.Times is (double mine, double theirs))
            panel.Row("time", Milliseconds(mine), $"{chosen.Backend}: {Milliseconds(theirs)}", ink);
        if (planes.Different == 0)
        {
            panel.Line("every element is equal", panel.Theme.Good);
            return;
        }
        (int row, int column) = Math.DivRem(planes.Worst, Comparison.Shape.W);
        panel.Row("worst at", $"{row}, {column}", "row, column", ink);
        panel.Space(4);
        panel.Buttons(("go to the worst pixel", () => GoTo(row, column)));
    }

    // The GPU's times come two frames late.
    private static string Milliseconds(double time) => double.IsFinite(time) ? string.Create(CultureInfo.InvariantCulture, $"{time:F2} ms") : "-";

    /// <summary>Pins the element, and shows it large enough for its number.</summary>
    private void GoTo(int row, int column)
    {
        Comparison.Subject chosen = Comparison.Chosen!;
        TensorShape shape = Comparison.Shape;
        inspector.Show(new(Comparison.LeftStage, chosen.Channel, row, column));
        if (picture.Tiles is [{ Place: PixelRectangle place }, ..])
            picture.Viewport.CentreOn((column + 0.5) / shape.W, (row + 0.5) / shape.H, (double)WorstPixels * shape.W / Math.Max(1, place.Width));
    }

    private void Stepper(string text, int count, int at, Action<int> choose)
    {
        panel.Line(text, panel.Theme.Ink);
        if (count < 2)
            return;
        panel.Space(2);
        string of = text[..text.IndexOf(' ', StringComparison.Ordinal)];
        panel.Buttons(($"{of} <", () => choose((at + count - 1) % count)), ($"{of} >", () => choose((at + 1) % count)));
    }

    /// <summary>Shows a comparison in a way; the first time with what lies nearest.</summary>
    public void Choose(CompareMode mode)
    {
        if (Comparison.Chosen is null && engine.Compiled is not null)
            Comparison.Choose(First());
        Comparison.Choose(mode);
    }

    private void Choose(Comparison.Subject subject)
    {
        Comparison.Choose(subject);
        if (Comparison.Mode == CompareMode.Off)
            Comparison.Choose(CompareMode.Split);
    }

    /// <summary>What is looked at, or the last stage, with what lies nearest and is always there.</summary>
    private Comparison.Subject First()
    {
        (int stage, int channel) = picture.Enlarged ?? (inspector.At is { Stage: >= 0 } at ? (at.Stage, at.Channel) : (engine.Compiled!.Shapes.Count - 1, 0));
        return new(engine.OtherNames.First(name => name != BackendNames.Gpu), stage, channel);
    }

    private static int FirstPool(ICompiledPipeline compiled) =>
        Enumerable.Range(0, compiled.Shapes.Count).Where(stage => IsPool(compiled, stage)).DefaultIfEmpty(-1).First();

    private static bool IsPool(ICompiledPipeline compiled, int stage) =>
        PoolCells.Of(compiled.Pipeline.Stages[stage], stage == 0 ? compiled.InputShape : compiled.Shapes[stage - 1], compiled.Shapes[stage]) is not null;
}
