using LivePool.Gpu.Display;
using Silk.NET.OpenGL;
using SkiaSharp;

namespace LivePool.App.View;

/// <summary>The colours from the least value to the greatest, as a small bar.</summary>
internal sealed class LegendBar : IDisposable
{
    /// <summary>Units from end to end.</summary>
    public const int Width = 64;

    private const int Height = 8;
    private readonly RgbaTexture _grey;
    private readonly RgbaTexture _signed;

    public LegendBar(GL gl)
    {
        _grey = Create(gl, share => new((byte)(255 * share + 0.5), (byte)(255 * share + 0.5), (byte)(255 * share + 0.5)));
        _signed = Create(gl, share => WeightColours.Of(2 * share - 1, 1));
    }

    private static RgbaTexture Create(GL gl, Func<double, SKColor> colourOf)
    {
        byte[] pixels = new byte[4 * Width];
        for (int x = 0; x < Width; x++)
        {
            SKColor colour = colourOf(x / (Width - 1.0));
            (pixels[4 * x], pixels[4 * x + 1], pixels[4 * x + 2], pixels[4 * x + 3]) = (colour.Red, colour.Green, colour.Blue, byte.MaxValue);
        }
        var texture = new RgbaTexture(gl);
        texture.Upload(pixels, Width, 1);
        return texture;
    }

    /// <summary>Draws it at the right end of a picture's label.</summary>
    public void Draw(Picture picture, in Tile tile, bool isSigned, float scale)
    {
        (int width, int height) = ((int)(Width * scale), (int)(Height * scale));
        var place = new PixelRectangle(tile.Place.X + tile.Place.Width - width, tile.Place.Y - (int)(15 * scale), width, height);
        picture.Fill(new(place.X - 1, place.Y - 1, place.Width + 2, place.Height + 2), picture.Theme.Faint);
        picture.Renderer.DrawRgba(isSigned ? _signed : _grey, place);
    }

    public void Dispose()
    {
        _grey.Dispose();
        _signed.Dispose();
    }
}
