using LivePool.App.Drawing;
using SkiaSharp;

namespace LivePool.App.View;

/// <summary>A part of a panel that the pointer acts on.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Place">Where it is, in the panel's pixels.</param>
/// <param name="Click">What a click does; null for nothing.</param>
/// <param name="Wheel">What the wheel does, by steps; null for nothing.</param>
/// <param name="Drag">What a pointer does that comes in with the button down; null for nothing.</param>
internal readonly record struct PanelArea(string Name, SKRect Place, Action? Click, Action<float>? Wheel = null, Action? Drag = null);

/// <summary>Draws a panel from top to bottom, and knows what in it the pointer acts on. Lengths are in window units.</summary>
internal sealed class PanelCanvas(float contentScale)
{
    private readonly TextPainter _painter = TextPainter.Shared;
    private readonly List<PanelArea> _areas = [];

    public float Unit => contentScale;

    public float Margin => 14 * Unit;

    public SKCanvas Canvas { get; private set; } = null!;

    public Theme Theme { get; private set; } = Theme.Dark;

    public float Width { get; private set; }

    public float Height { get; private set; }

    /// <summary>The width between the margins.</summary>
    public float Inner => Width - 2 * Margin;

    /// <summary>Where the next thing is drawn.</summary>
    public float Y { get; private set; }

    /// <summary>Begins anew.</summary>
    public void Begin(SKCanvas canvas, int width, int height, Theme theme)
    {
        (Canvas, Theme, Width, Height, Y) = (canvas, theme, width, height, Margin);
        _areas.Clear();
        canvas.Clear(theme.Panel);
    }

    /// <summary>What is under a pixel of the panel; null where there is nothing.</summary>
    public PanelArea? Find(float x, float y)
    {
        for (int i = _areas.Count - 1; i >= 0; i--)
        {
            if (_areas[i].Place.Contains(x, y))
                return _areas[i];
        }
        return null;
    }

    /// <summary>All that the pointer acts on.</summary>
    public IReadOnlyList<PanelArea> Areas => _areas;

    /// <summary>Lets the pointer act on a part.</summary>
    public void Add(PanelArea area) => _areas.Add(area);

    /// <summary>Leaves room.</summary>
    public void Space(float units) => Y += units * Unit;

    public void Title(string text)
    {
        Space(20);
        Draw(_painter.Fit(text, Inner, 15 * Unit, bold: true), Margin, Y, 15, Theme.Ink, bold: true);
        Space(4);
    }

    /// <summary>A line, cut off where it is too long.</summary>
    public void Line(string text, SKColor colour)
    {
        Space(17);
        if (Y > Height)
            return;
        Draw(_painter.Fit(text, Inner, 12 * Unit), Margin, Y, 12, colour);
        Space(2);
    }

    /// <summary>Lines, broken between words.</summary>
    public void Paragraph(string text, SKColor colour)
    {
        foreach (string line in _painter.Wrap(text, Inner, 12 * Unit))
            Line(line, colour);
    }

    /// <summary>A name, a value that ends where the others do, and what there is to say about it.</summary>
    public void Row(string name, string value, string reason, SKColor colour)
    {
        Space(17);
        if (Y > Height)
            return;
        float valueEnd = Margin + 0.52f * Inner;
        Draw(name, Margin, Y, 12, colour);
        Draw(value, valueEnd - _painter.Measure(value, 12 * Unit), Y, 12, colour);
        Draw(_painter.Fit(reason, 0.46f * Inner, 11 * Unit), valueEnd + 8 * Unit, Y, 11, Theme.Faint);
        Space(2);
    }

    /// <summary>Buttons in rows, as many in each as fit.</summary>
    public void Buttons(params ReadOnlySpan<(string Text, Action Click)> buttons)
    {
        float x = Margin, height = 22 * Unit, gap = 6 * Unit;
        foreach ((string text, Action click) in buttons)
        {
            float width = _painter.Measure(text, 12 * Unit) + 16 * Unit;
            if (x + width > Width - Margin && x > Margin)
                (x, Y) = (Margin, Y + height + gap);
            Button(SKRect.Create(x, Y, width, height), text, click);
            x += width + gap;
        }
        Y += height + gap;
    }

    /// <summary>A button; one that is on has the accent's colour.</summary>
    public void Button(SKRect place, string text, Action click, bool isOn = false)
    {
        using var paint = new SKPaint { Color = isOn ? Theme.Accent : Theme.Ground, IsAntialias = true };
        Canvas.DrawRoundRect(place, 4 * Unit, 4 * Unit, paint);
        float baseline = place.MidY + _painter.CapitalHeight(12 * Unit) / 2;
        Draw(text, place.MidX - _painter.Measure(text, 12 * Unit) / 2, baseline, 12, isOn ? Theme.Panel : Theme.Ink);
        Add(new(text, place, click));
    }

    /// <summary>A square of a table with a number that fits into it, black or white as the ground asks for.</summary>
    public void Cell(SKRect place, SKColor ground, string text)
    {
        using var paint = new SKPaint { Color = ground };
        Canvas.DrawRect(place, paint);
        if (text.Length == 0)
            return;
        float size = 11, width = _painter.Measure(text, size * Unit), room = place.Width - 2 * Unit;
        if (width > room)
            (size, width) = (size * room / width, room);
        float light = 0.299f * ground.Red + 0.587f * ground.Green + 0.114f * ground.Blue;
        Draw(text, place.MidX - width / 2, place.MidY + _painter.CapitalHeight(size * Unit) / 2, size, light > 120 ? SKColors.Black : SKColors.White);
    }

    /// <summary>A frame around a place.</summary>
    public void Outline(SKRect place, SKColor colour)
    {
        using var paint = new SKPaint { Color = colour, Style = SKPaintStyle.Stroke, StrokeWidth = 2 * Unit };
        Canvas.DrawRect(place, paint);
    }

    private void Draw(string text, float x, float baseline, float size, SKColor colour, bool bold = false) =>
        _painter.Draw(Canvas, text, x, baseline, new TextStyle(size * Unit, colour, bold));
}
