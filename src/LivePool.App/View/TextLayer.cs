using LivePool.App.Drawing;
using LivePool.Gpu.Display;
using Silk.NET.OpenGL;
using SkiaSharp;

namespace LivePool.App.View;

/// <summary>Lines of text as a texture, drawn again only where they change.</summary>
internal sealed class TextLayer(GL gl, float size, float padding = 0.7f) : IDisposable
{
    private readonly TextBitmap _bitmap = new(TextPainter.Shared, size, padding);
    private readonly RgbaTexture _texture = new(gl);

    public int Width => _bitmap.Width;

    public int Height => _bitmap.Height;

    public void Update(ReadOnlySpan<string> lines)
    {
        if (_bitmap.Update(lines) && _bitmap.Height > 0)
            _texture.Upload(_bitmap.Rgba, _bitmap.Width, _bitmap.Height);
    }

    /// <summary>Shows the first of some texts, the last if need be, that is no wider than it may be.</summary>
    public void Update(int width, ReadOnlySpan<string> texts)
    {
        string fitting = texts[^1];
        foreach (string text in texts)
        {
            if (_bitmap.WidthOf(text) <= width)
            {
                fitting = text;
                break;
            }
        }
        Update([fitting]);
    }

    /// <summary>Takes other colours from the next update on.</summary>
    public void SetColours(SKColor ink, SKColor ground) => _bitmap.SetColours(ink, ground);

    public void Draw(PlaneRenderer renderer, int x, int y)
    {
        if (_bitmap.Height > 0)
            renderer.DrawRgba(_texture, new(x, y, _bitmap.Width, _bitmap.Height));
    }

    public void Dispose()
    {
        _texture.Dispose();
        _bitmap.Dispose();
    }
}
