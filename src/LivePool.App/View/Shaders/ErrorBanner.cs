using System.Runtime.InteropServices;
using LivePool.App.Drawing;
using LivePool.Gpu.Display;
using Silk.NET.OpenGL;
using SkiaSharp;

namespace LivePool.App.View.Shaders;

/// <summary>What is wrong with a shader, over the pictures: file, line, message, and the lines around it.</summary>
internal sealed class ErrorBanner(GL gl, float textSize) : IDisposable
{
    private const int MostLines = 10;
    private static readonly SKColor _ink = SKColors.White;
    private static readonly SKColor _ground = new(0x8C, 0x1A, 0x1A);

    private readonly TextLayer _layer = CreateLayer(gl, textSize);
    private readonly List<string> _lines = [];
    private (IReadOnlyList<string> Error, int Width) _shown = ([], 0);

    /// <summary>Draws it, if there is anything to say.</summary>
    /// <param name="renderer">What draws.</param>
    /// <param name="error">The lines; those of code begin with a space and are cut off, the others are broken.</param>
    /// <param name="x">The left edge, in pixels.</param>
    /// <param name="bottom">The lower edge.</param>
    /// <param name="width">The room for a line.</param>
    public void Draw(PlaneRenderer renderer, IReadOnlyList<string> error, int x, int bottom, int width)
    {
        if (error.Count == 0)
            return;
        if (!ReferenceEquals(_shown.Error, error) || _shown.Width != width)
            Compose(error, width);
        _shown = (error, width);
        _layer.Draw(renderer, x, bottom - _layer.Height);
    }

    private void Compose(IReadOnlyList<string> error, int width)
    {
        _lines.Clear();
        foreach (string line in error)
        {
            if (line.StartsWith(' '))
                _lines.Add(TextPainter.Shared.Fit(line, width, textSize));
            else
                _lines.AddRange(TextPainter.Shared.Wrap(line, width, textSize));
        }
        if (_lines.Count > MostLines)
        {
            int more = _lines.Count - MostLines + 1;
            _lines.RemoveRange(MostLines - 1, more);
            _lines.Add($"and {more} lines more; the terminal has them");
        }
        _layer.Update(CollectionsMarshal.AsSpan(_lines));
    }

    private static TextLayer CreateLayer(GL gl, float textSize)
    {
        var layer = new TextLayer(gl, textSize);
        layer.SetColours(_ink, _ground);
        return layer;
    }

    public void Dispose() => _layer.Dispose();
}
