using LivePool.App.Drawing;
using SkiaSharp;

namespace LivePool.App.View.Panels;

/// <summary>A part of a panel that the pointer acts on.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Place">Where it is, in the panel's pixels.</param>
/// <param name="Click">What a click does; null for nothing.</param>
/// <param name="Wheel">What the wheel does, by steps; null for nothing.</param>
/// <param name="Drag">What a pointer does that comes in with the button down; null for nothing.</param>
/// <param name="Slide">What a pointer does that went down here, from 0 at the left edge to 1 at the right one; null for nothing.</param>
internal readonly record struct PanelArea(
    string Name, SKRect Place, Action? Click, Action<float>? Wheel = null, Action? Drag = null, Action<float>? Slide = null);

/// <summary>Draws a panel from top to bottom, and knows what in it the pointer acts on. Lengths are in window units.</summary>
internal sealed class PanelCanvas(float contentScale)
{
    private readonly TextPainter _painter = TextPainter.Shared;
    private readonly List<PanelArea> _areas = [];

    public float Unit => contentScale;

    /// <summary>The page that is to be seen; null where the panel is hidden.</summary>
    public IPanelPage? Page { get; set; }

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
    /// <param name="canvas">Where to draw.</param>
    /// <param name="width">In pixels.</param>
    /// <param name="height">In pixels.</param>
    /// <param name="theme">The colours.</param>
    /// <param name="top">Where the first thing is drawn; above 0 for a panel that is scrolled.</param>
    public void Begin(SKCanvas canvas, int width, int height, Theme theme, float top)
    {
        (Canvas, Theme, Width, Height, Y) = (canvas, theme, width, height, top);
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

    /// <summary>Words one after the other, each in its colour, in as many lines as they need.</summary>
    public void Words(params ReadOnlySpan<(string Text, SKColor Colour)> parts)
    {
        float x = Margin, gap = 4 * Unit;
        Space(17);
        foreach ((string text, SKColor colour) in parts)
        {
            float width = _painter.Measure(text, 12 * Unit);
            if (x + width > Width - Margin && x > Margin)
            {
                x = Margin;
                Space(17);
            }
            if (Y <= Height)
                Draw(text, x, Y, 12, colour);
            x += width + gap;
        }
        Space(2);
    }

    /// <summary>A text at the left end of a line and one at the right.</summary>
    public void Ends(string left, string right, SKColor colour)
    {
        Space(13);
        if (Y > Height)
            return;
        string last = _painter.Fit(right, 0.5f * Inner, 11 * Unit);
        Draw(_painter.Fit(left, 0.5f * Inner, 11 * Unit), Margin, Y, 11, colour);
        Draw(last, Width - Margin - _painter.Measure(last, 11 * Unit), Y, 11, colour);
        Space(2);
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
        var all = new (string, Action, bool)[buttons.Length];
        for (int i = 0; i < buttons.Length; i++)
            all[i] = (buttons[i].Text, buttons[i].Click, false);
        Buttons(all);
    }

    /// <summary>Buttons in rows, some of which are on.</summary>
    public void Buttons(ReadOnlySpan<(string Text, Action Click, bool IsOn)> buttons)
    {
        float x = Margin, height = 22 * Unit, gap = 6 * Unit;
        foreach ((string text, Action click, bool isOn) in buttons)
        {
            float width = _painter.Measure(text, 12 * Unit) + 16 * Unit;
            if (x + width > Width - Margin && x > Margin)
                (x, Y) = (Margin, Y + height + gap);
            Button(SKRect.Create(x, Y, width, height), text, click, isOn);
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

    /// <summary>A name, a track with a knob, and the value in words.</summary>
    /// <param name="name">What it is.</param>
    /// <param name="value">The value in words.</param>
    /// <param name="share">Where the knob is, from 0 to 1.</param>
    /// <param name="set">Takes another share.</param>
    /// <param name="step">Goes on by steps of the wheel.</param>
    /// <param name="isWrong">Whether the value is refused.</param>
    public void Slider(string name, string value, float share, Action<float> set, Action<float> step, bool isWrong = false)
    {
        float height = 22 * Unit, left = Margin + 0.44f * Inner, right = Margin + 0.78f * Inner, middle = Y + height / 2;
        SKColor colour = isWrong ? Theme.Bad : Theme.Accent, ink = isWrong ? Theme.Bad : Theme.Ink;
        float baseline = middle + _painter.CapitalHeight(12 * Unit) / 2;
        Draw(_painter.Fit(name, 0.42f * Inner, 12 * Unit), Margin, baseline, 12, ink);
        Draw(_painter.Fit(value, 0.2f * Inner, 12 * Unit), right + 10 * Unit, baseline, 12, ink);
        using var paint = new SKPaint { Color = Theme.Faint, IsAntialias = true };
        float knob = left + Math.Clamp(share, 0, 1) * (right - left);
        Canvas.DrawRoundRect(SKRect.Create(left, middle - Unit, right - left, 2 * Unit), Unit, Unit, paint);
        paint.Color = colour;
        Canvas.DrawRoundRect(SKRect.Create(left, middle - Unit, knob - left, 2 * Unit), Unit, Unit, paint);
        Canvas.DrawCircle(knob, middle, 5.5f * Unit, paint);
        Add(new(name, SKRect.Create(left, Y, right - left, height), null, step, null, set));
        Y += height + 2 * Unit;
    }

    /// <summary>A name and a switch.</summary>
    public void Switch(string name, bool isOn, Action toggle, bool isWrong = false)
    {
        float height = 22 * Unit, left = Margin + 0.44f * Inner, middle = Y + height / 2;
        Draw(_painter.Fit(name, 0.42f * Inner, 12 * Unit), Margin, middle + _painter.CapitalHeight(12 * Unit) / 2, 12, isWrong ? Theme.Bad : Theme.Ink);
        using var paint = new SKPaint { Color = isOn ? isWrong ? Theme.Bad : Theme.Accent : Theme.Faint, IsAntialias = true };
        var track = SKRect.Create(left, middle - 7 * Unit, 26 * Unit, 14 * Unit);
        Canvas.DrawRoundRect(track, 7 * Unit, 7 * Unit, paint);
        paint.Color = Theme.Panel;
        Canvas.DrawCircle(isOn ? track.Right - 7 * Unit : track.Left + 7 * Unit, middle, 5 * Unit, paint);
        Add(new(name, SKRect.Create(Margin, Y, Inner, height), toggle));
        Y += height + 2 * Unit;
    }

    /// <summary>A name and what to choose from, one of which is chosen.</summary>
    public void Choice(string name, IReadOnlyList<string> choices, int chosen, Action<int> choose)
    {
        Line(name, Theme.Ink);
        var buttons = new (string, Action, bool)[choices.Count];
        for (int i = 0; i < choices.Count; i++)
        {
            int index = i;
            buttons[i] = (choices[i], () => choose(index), i == chosen);
        }
        Space(2);
        Buttons(buttons);
    }

    /// <summary>A bar that is filled to a share, with words on it.</summary>
    public void Bar(string name, string value, float share, SKColor colour)
    {
        float height = 18 * Unit, left = Margin + 0.44f * Inner, width = 0.34f * Inner;
        float baseline = Y + height / 2 + _painter.CapitalHeight(12 * Unit) / 2;
        Draw(_painter.Fit(name, 0.42f * Inner, 12 * Unit), Margin, baseline, 12, Theme.Ink);
        using var paint = new SKPaint { Color = Theme.Ground };
        Canvas.DrawRect(SKRect.Create(left, Y + 3 * Unit, width, height - 6 * Unit), paint);
        paint.Color = colour;
        Canvas.DrawRect(SKRect.Create(left, Y + 3 * Unit, Math.Clamp(share, 0, 1) * width, height - 6 * Unit), paint);
        Draw(_painter.Fit(value, 0.2f * Inner, 12 * Unit), left + width + 10 * Unit, baseline, 12, Theme.Ink);
        Y += height;
    }

    /// <summary>A frame around a place.</summary>
    public void Outline(SKRect place, SKColor colour)
    {
        using var paint = new SKPaint { Color = colour, Style = SKPaintStyle.Stroke, StrokeWidth = 2 * Unit };
        Canvas.DrawRect(place, paint);
    }

    /// <summary>A text at a place of its own.</summary>
    public void Draw(string text, float x, float baseline, float size, SKColor colour, bool bold = false) =>
        _painter.Draw(Canvas, text, x, baseline, new TextStyle(size * Unit, colour, bold));
}
