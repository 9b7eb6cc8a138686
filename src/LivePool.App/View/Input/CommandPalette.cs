using System.Numerics;
using LivePool.App.View.Panels;
using LivePool.Gpu.Display;
using Silk.NET.Input;
using Silk.NET.OpenGL;
using SkiaSharp;

namespace LivePool.App.View.Input;

/// <summary>The list of all that the window does, with its keys: typing narrows it down, Enter or a click does it.</summary>
internal sealed class CommandPalette(GL gl, float contentScale, IReadOnlyList<WindowCommand> commands, Redraw redraw) : ITextEntry, IDisposable
{
    private const int WidthUnits = 520;
    private const int RowUnits = 21;
    private const int HeadUnits = 40;
    private static readonly string[] _gestures =
    [
        "Point at a pixel: how it comes about, or where it goes to",
        "Click: pin it; double click: one channel alone",
        "Wheel: closer and away; drag: move",
        "Drop a picture, a video or a pipeline: it is opened",
    ];

    private readonly PanelCanvas _canvas = new(contentScale);
    private readonly PanelLayer _layer = new(gl);
    private readonly List<WindowCommand> _found = [];
    private string _query = "";
    private int _selected;
    private int _first;
    private int _rows = 1;
    private bool _isDue;
    private (int Width, int Height) _size;

    public bool IsTyping { get; private set; }

    /// <summary>All that the pointer acts on, and where the list's corner is.</summary>
    public (IReadOnlyList<PanelArea> Areas, int Left, int Top) Areas => IsTyping ? (_canvas.Areas, Place.X, Place.Y) : ([], 0, 0);

    /// <summary>What was typed.</summary>
    public string Query => _query;

    private PixelRectangle Place { get; set; }

    public void Open()
    {
        (IsTyping, _query, _isDue) = (true, "", true);
        Narrow();
    }

    public void Close() => IsTyping = false;

    private void Narrow()
    {
        _found.Clear();
        string[] words = _query.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        foreach (WindowCommand command in commands)
        {
            if (command.CanRun && words.All(word => command.Name.Contains(word, StringComparison.OrdinalIgnoreCase)))
                _found.Add(command);
        }
        (_selected, _first, _isDue) = (0, 0, true);
    }

    public void Type(char character)
    {
        if (char.IsControl(character) || _query.Length >= 40)
            return;
        _query += character;
        Narrow();
    }

    public bool Press(Key key)
    {
        switch (key)
        {
            case Key.Escape or Key.F1:
                Close();
                break;
            case Key.Backspace when _query.Length > 0:
                _query = _query[..^1];
                Narrow();
                break;
            case Key.Down or Key.Up or Key.PageDown or Key.PageUp:
                Select(_selected + key switch { Key.Down => 1, Key.Up => -1, Key.PageDown => _rows, _ => -_rows });
                break;
            case Key.Enter or Key.KeypadEnter when _selected < _found.Count:
                Do(_found[_selected]);
                break;
        }
        return true;
    }

    private void Select(int index)
    {
        _selected = Math.Clamp(index, 0, Math.Max(0, _found.Count - 1));
        _first = Math.Clamp(_first, Math.Max(0, _selected - _rows + 1), _selected);
        _isDue = true;
    }

    private void Do(WindowCommand command)
    {
        Close();
        if (command.CanRun)
            command.Run();
        redraw.All();
    }

    /// <summary>Takes a click; one beside the list closes it.</summary>
    public void Click(Vector2 pixel)
    {
        if (_canvas.Find(pixel.X - Place.X, pixel.Y - Place.Y)?.Click is { } click)
            click();
        else
            Close();
    }

    public void Wheel(float steps) => Select(_selected - Math.Sign(steps));

    /// <summary>Draws it over a window, if it is open.</summary>
    public void Draw(PlaneRenderer renderer, int width, int height, Theme theme)
    {
        if (!IsTyping)
            return;
        int wide = Math.Min(width, (int)(WidthUnits * contentScale));
        int most = (int)((HeadUnits + RowUnits * (commands.Count + _gestures.Length) + 12) * contentScale);
        int tall = Math.Min(height, most);
        Place = new((width - wide) / 2, (height - tall) / 3, wide, tall);
        if (_isDue || _size != (wide, tall))
        {
            (_isDue, _size) = (false, (wide, tall));
            Fill(theme);
        }
        _layer.Draw(renderer, Place.X, Place.Y);
    }

    private void Fill(Theme theme) => _layer.Update(_size.Width, _size.Height, canvas => Fill(canvas, theme));

    private void Fill(SKCanvas canvas, Theme theme)
    {
        float row = RowUnits * contentScale, head = HeadUnits * contentScale, margin = _canvas.Margin;
        _canvas.Begin(canvas, _size.Width, _size.Height, theme, 0);
        using var paint = new SKPaint { Color = theme.Accent };
        canvas.DrawRect(SKRect.Create(0, 0, _size.Width, 3 * contentScale), paint);
        _canvas.Draw(_query.Length > 0 ? _query + "|" : "type what you want, or choose", margin, 26 * contentScale, 15, _query.Length > 0 ? theme.Ink : theme.Faint);
        _rows = Math.Max(1, (int)((_size.Height - head - 6 * contentScale) / row));
        Select(_selected);
        _isDue = false;
        int last = Math.Min(_found.Count, _first + _rows);
        for (int i = _first; i < last; i++)
            DrawRow(i, SKRect.Create(0, head + (i - _first) * row, _size.Width, row), theme);
        if (_found.Count > _rows)
        {
            // How much of the list is seen.
            float all = _rows * row, part = all / _found.Count;
            canvas.DrawRect(SKRect.Create(_size.Width - 4 * contentScale, head + _first * part, 3 * contentScale, _rows * part), paint);
        }
        for (int i = 0; i < _gestures.Length && last == _found.Count && last - _first + i < _rows; i++)
            _canvas.Draw(_gestures[i], margin, head + (last - _first + i + 0.75f) * row, 12, theme.Faint);
    }

    private void DrawRow(int index, SKRect place, Theme theme)
    {
        WindowCommand command = _found[index];
        if (index == _selected)
        {
            using var paint = new SKPaint { Color = theme.Ground };
            _canvas.Canvas.DrawRect(place, paint);
        }
        float baseline = place.Top + 0.7f * place.Height;
        _canvas.Draw(command.Name, _canvas.Margin, baseline, 13, theme.Ink);
        if (command.Keys.Count > 0)
            _canvas.Draw(string.Join(", ", command.Keys), place.Right - 110 * contentScale, baseline, 12, theme.Accent);
        _canvas.Add(new(command.Name, place, () => Do(command)));
    }

    public void Dispose() => _layer.Dispose();
}
