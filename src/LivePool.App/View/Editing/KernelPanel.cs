using System.Globalization;
using LivePool.App.View.Input;
using LivePool.App.View.Panels;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using Silk.NET.Input;
using SkiaSharp;

namespace LivePool.App.View.Editing;

/// <summary>
/// The panel that edits a kernel: type into a cell, nudge it with the wheel, paint it on by dragging; sizes, presets and
/// changes of the whole as buttons.
/// </summary>
internal sealed class KernelPanel(PanelCanvas panel, PipelineEdits edits) : IPanelPage, ITextEntry
{
    private const float TableHeight = 280;

    private KernelPlace _place;
    private (int Row, int Column)? _cell;
    private string _typed = "";
    private float? _paint;
    private int _seed;

    public string Name => "Kernel";

    /// <summary>Whether a cell that can be seen takes what is typed.</summary>
    public bool IsTyping => _cell is not null && panel.Page == this;

    /// <summary>Why the last change was refused; null where it was not.</summary>
    public string? Refusal => edits.Refusal;

    /// <summary>The kernel that is edited; null where there is none.</summary>
    public (KernelPlace Place, float[,] Weights)? Edited(Pipeline pipeline) =>
        KernelEdit.Places(pipeline).Contains(_place) ? (_place, KernelEdit.Of(pipeline, _place)) : null;

    public void Draw()
    {
        Pipeline pipeline = edits.Pipeline;
        KernelPlace[] places = [.. KernelEdit.Places(pipeline)];
        if (places.Length == 0)
        {
            CancelTyping();
            panel.Title("kernel");
            panel.Paragraph($"{pipeline.Name} has no convolution", panel.Theme.Faint);
            return;
        }
        int index = Math.Max(0, Array.IndexOf(places, _place));
        _place = places[index];
        float[,] kernel = KernelEdit.Of(pipeline, _place);
        if (_cell is { } cell && (cell.Row >= kernel.GetLength(0) || cell.Column >= kernel.GetLength(1)))
            _cell = null;

        string input = ((Conv2d)pipeline.Stages[_place.Stage]).Weight.Shape.C > 1 ? $", input {_place.Input}" : "";
        panel.Title($"kernel of stage {_place.Stage + 1}, channel {_place.Channel}{input}");
        if (places.Length > 1)
        {
            panel.Space(4);
            panel.Buttons(("< before", () => Select(places[(index + places.Length - 1) % places.Length])), ("next >", () => Select(places[(index + 1) % places.Length])));
        }
        panel.Space(4);
        // Above what they make larger, so that they stay where they are.
        panel.Buttons(("rows -", () => Resize(-1, 0)), ("rows +", () => Resize(1, 0)), ("columns -", () => Resize(0, -1)), ("columns +", () => Resize(0, 1)));
        DrawTable(kernel);
        double sum = KernelEdit.Sum(kernel);
        panel.Line(string.Create(CultureInfo.InvariantCulture, $"{kernel.GetLength(0)}x{kernel.GetLength(1)}, sum {sum:G7}"), panel.Theme.Ink);
        panel.Space(6);
        DrawButtons();
        if (edits.Refusal is { } reason)
            panel.Paragraph(reason, panel.Theme.Bad);
        panel.Space(4);
        panel.Paragraph("click a cell and type, wheel: nudge, drag: paint; Ctrl+Z undo, Ctrl+Y redo", panel.Theme.Faint);
    }

    private void DrawTable(float[,] kernel)
    {
        (int rows, int columns) = (kernel.GetLength(0), kernel.GetLength(1));
        float width = Math.Min(61 * panel.Unit, panel.Inner / columns), height = Math.Min(32 * panel.Unit, TableHeight * panel.Unit / rows);
        float most = 0;
        foreach (float w in kernel)
            most = Math.Max(most, float.IsFinite(w) ? Math.Abs(w) : 0);
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                (int, int) at = (row, column);
                var place = SKRect.Create(panel.Margin + column * width, panel.Y + row * height, width - 1, height - 1);
                bool isTyping = _cell == at;
                panel.Cell(place, WeightColours.Of(kernel[row, column], most), isTyping && _typed.Length > 0 ? _typed : CellNumbers.Text(kernel[row, column]));
                if (isTyping)
                    panel.Outline(place, panel.Theme.Accent);
                panel.Add(new($"cell {row},{column}", place, () => Choose(at, kernel[at.Item1, at.Item2]), steps => Nudge(at, steps), () => Paint(at)));
            }
        }
        panel.Space(rows * height / panel.Unit + 2);
    }

    private void DrawButtons()
    {
        panel.Buttons(
            ("normalise", () => Change(KernelEdit.Normalised)), ("transpose", () => Change(KernelEdit.Transposed)),
            ("rotate", () => Change(KernelEdit.Rotated)), ("flip across", () => Change(KernelEdit.FlippedAcross)),
            ("flip down", () => Change(KernelEdit.FlippedDown)), ($"random, seed {_seed}", () => Change(kernel => KernelEdit.Randomised(kernel, _seed++))));
        var presets = new List<(string, Action)>();
        foreach (string name in KernelPresets.Names)
            presets.Add((name, () => Change(_ => KernelPresets.Find(name)![0])));
        panel.Buttons([.. presets]);
        panel.Buttons(("undo", edits.Undo), ("redo", edits.Redo));
    }

    private void Select(KernelPlace place)
    {
        EndTyping();
        _place = place;
    }

    private void Choose((int, int) at, float value)
    {
        EndTyping();
        (_cell, _typed, _paint) = (at, "", value);
    }

    /// <summary>The button was let go of, or another panel is shown.</summary>
    public void EndPainting() => _paint = null;

    private void Paint((int Row, int Column) at)
    {
        if (_paint is not { } value)
            return;
        _cell = null;
        Change(kernel => Has(kernel, at) && kernel[at.Row, at.Column] != value ? KernelEdit.WithCell(kernel, at.Row, at.Column, value) : kernel, gesture: "paint");
    }

    private void Nudge((int Row, int Column) at, float steps) => Change(kernel =>
    {
        if (!Has(kernel, at))
            return kernel;
        // Whole numbers stay whole.
        double step = 1;
        foreach (float w in kernel)
        {
            if (w != MathF.Truncate(w))
                step = 0.01;
        }
        double value = kernel[at.Row, at.Column];
        return KernelEdit.WithCell(kernel, at.Row, at.Column, (float)(Math.Round((value + steps * step) / step) * step));
    });

    private void Resize(int rows, int columns) => Change(kernel =>
    {
        (int newRows, int newColumns) = (kernel.GetLength(0) + rows, kernel.GetLength(1) + columns);
        bool isPossible = newRows is >= 1 and <= KernelEdit.MostSize && newColumns is >= 1 and <= KernelEdit.MostSize;
        return isPossible ? KernelEdit.Resized(kernel, newRows, newColumns) : kernel;
    });

    /// <summary>Changes the kernel as it is now: it may have changed since the panel was drawn.</summary>
    private void Change(Func<float[,], float[,]> edit, string? gesture = null)
    {
        if (!KernelEdit.Places(edits.Pipeline).Contains(_place))
            return;
        float[,] kernel = KernelEdit.Of(edits.Pipeline, _place), changed = edit(kernel);
        if (!ReferenceEquals(kernel, changed))
            edits.Do(pipeline => KernelEdit.With(pipeline, _place, changed), gesture);
    }

    private static bool Has(float[,] kernel, (int Row, int Column) at) => at.Row < kernel.GetLength(0) && at.Column < kernel.GetLength(1);

    public bool Press(Key key)
    {
        switch (key)
        {
            // What is a character comes as one.
            case Key.Minus or Key.Period or Key.E or Key.Equal or (>= Key.Number0 and <= Key.Number9) or (>= Key.Keypad0 and <= Key.KeypadEqual and not Key.KeypadEnter):
                break;
            case Key.Enter or Key.KeypadEnter:
                EndTyping();
                break;
            case Key.Escape:
                CancelTyping();
                break;
            case Key.Backspace:
                _typed = _typed.Length > 0 ? _typed[..^1] : "";
                break;
            case Key.Tab or Key.Right:
                MoveBy(0, 1);
                break;
            case Key.Left:
                MoveBy(0, -1);
                break;
            case Key.Up:
                MoveBy(-1, 0);
                break;
            case Key.Down:
                MoveBy(1, 0);
                break;
            default:
                return false;
        }
        return true;
    }

    public void Type(char character)
    {
        if (_cell is not null && (char.IsAsciiDigit(character) || character is '-' or '.' or 'e' or 'E' or '+'))
            _typed += character;
    }

    private void CancelTyping() => (_cell, _typed) = (null, "");

    /// <summary>Takes what was typed, and goes on to a cell beside it.</summary>
    private void MoveBy(int rows, int columns)
    {
        if (_cell is not { } cell)
            return;
        EndTyping();
        if (!KernelEdit.Places(edits.Pipeline).Contains(_place))
            return;
        float[,] kernel = KernelEdit.Of(edits.Pipeline, _place);
        _cell = (Math.Clamp(cell.Row + rows, 0, kernel.GetLength(0) - 1), Math.Clamp(cell.Column + columns, 0, kernel.GetLength(1) - 1));
    }

    /// <summary>Takes what was typed, and types no more.</summary>
    public void EndTyping()
    {
        if (_cell is { } cell && float.TryParse(_typed, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && float.IsFinite(value))
            Change(kernel => Has(kernel, cell) ? KernelEdit.WithCell(kernel, cell.Row, cell.Column, value) : kernel);
        CancelTyping();
    }
}
