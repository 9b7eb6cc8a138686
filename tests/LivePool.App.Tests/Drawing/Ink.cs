using SkiaSharp;

namespace LivePool.App.Tests.Drawing;

/// <summary>Finds what was drawn on white.</summary>
internal static class Ink
{
    public const int X = 20, Y = 60;

    /// <summary>The bounds of what is drawn on a white canvas; the argument draws at (X, Y).</summary>
    public static SKRectI Of(Action<SKCanvas, int, int> draw)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(900, 100, SKColorType.Gray8, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.White);
        draw(canvas, X, Y);
        return Of(bitmap, SKRectI.Create(bitmap.Width, bitmap.Height));
    }

    /// <summary>The bounds of what is not white in a part of a bitmap; empty if all of it is.</summary>
    public static SKRectI Of(SKBitmap bitmap, SKRectI part)
    {
        SKRectI ink = SKRectI.Empty;
        for (int y = part.Top; y < part.Bottom; y++)
        {
            for (int x = part.Left; x < part.Right; x++)
            {
                if (bitmap.GetPixel(x, y).Red < 250)
                    ink = ink.IsEmpty ? SKRectI.Create(x, y, 1, 1) : SKRectI.Union(ink, SKRectI.Create(x, y, 1, 1));
            }
        }
        return ink;
    }
}
