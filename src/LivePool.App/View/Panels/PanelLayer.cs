using LivePool.Gpu.Display;
using Silk.NET.OpenGL;
using SkiaSharp;

namespace LivePool.App.View.Panels;

/// <summary>A part of the window that Skia draws, as a texture; drawn again only when asked to.</summary>
internal sealed class PanelLayer(GL gl) : IDisposable
{
    private readonly RgbaTexture _texture = new(gl);
    private SKBitmap? _bitmap;
    private SKSurface? _surface;

    /// <summary>Draws it anew.</summary>
    /// <param name="width">In pixels, at least 1.</param>
    /// <param name="height">In pixels, at least 1.</param>
    /// <param name="draw">Draws on a canvas of that size.</param>
    public void Update(int width, int height, Action<SKCanvas> draw)
    {
        if (_bitmap is null || _bitmap.Width != width || _bitmap.Height != height)
        {
            Free();
            var info = new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Premul);
            _bitmap = new SKBitmap(info);
            _surface = SKSurface.Create(info, _bitmap.GetPixels(), info.RowBytes);
        }
        draw(_surface!.Canvas);
        _surface.Canvas.Flush();
        _texture.Upload(_bitmap.GetPixelSpan(), width, height);
    }

    public void Draw(PlaneRenderer renderer, int x, int y) => renderer.DrawRgba(_texture, new(x, y, _texture.Width, _texture.Height));

    private void Free()
    {
        _surface?.Dispose();
        _bitmap?.Dispose();
    }

    public void Dispose()
    {
        Free();
        _texture.Dispose();
    }
}
