using SkiaSharp;

namespace LivePool.App.Drawing;

/// <summary>
/// Text where the machine has no font: 7 rows above the baseline and 2 below, enlarged by a whole number and drawn on
/// whole pixels. Letters without a drawing come out as '?'; a bold letter is drawn twice, one pixel apart.
/// </summary>
internal static class PixelFont
{
    // A typeface's capitals are about 0.73 of its size; ours are 7 rows.
    private const float CapitalsPerSize = 0.73f;

    /// <summary>How many pixels a dot of the font gets, across and down, at a size in pixels.</summary>
    public static int Scale(float size) => Math.Max(1, (int)MathF.Round(size * CapitalsPerSize / PixelGlyphs.Ascent));

    /// <summary>Pixels above and below the baseline.</summary>
    public static (float Ascent, float Descent) Extent(float size)
    {
        int scale = Scale(size);
        return (PixelGlyphs.Ascent * scale, PixelGlyphs.Descent * scale);
    }

    /// <summary>The width in pixels.</summary>
    public static float Measure(ReadOnlySpan<char> text, float size, bool bold)
    {
        int scale = Scale(size), width = 0;
        for (int i = 0; i < text.Length; i++)
            width += Advance(Glyph(text, ref i), scale, bold);
        return text.IsEmpty ? 0 : width - scale;
    }

    /// <summary>Draws text.</summary>
    /// <param name="canvas">Where to draw.</param>
    /// <param name="text">One line.</param>
    /// <param name="x">The left edge, rounded to a whole pixel.</param>
    /// <param name="baseline">The line that the letters stand on, rounded to a whole pixel.</param>
    /// <param name="style">Size in pixels, colour and weight.</param>
    public static void Draw(SKCanvas canvas, ReadOnlySpan<char> text, float x, float baseline, TextStyle style)
    {
        using var paint = new SKPaint { Color = style.Colour, IsAntialias = false };
        int scale = Scale(style.Size);
        int left = (int)MathF.Round(x);
        int top = (int)MathF.Round(baseline) - PixelGlyphs.Ascent * scale;
        for (int i = 0; i < text.Length; i++)
        {
            PixelGlyph glyph = Glyph(text, ref i);
            for (int row = 0; row < glyph.Rows.Length; row++)
                DrawRow(canvas, paint, glyph.Rows[row], left, top + row * scale, scale, style.Bold ? 1 : 0);
            left += Advance(glyph, scale, style.Bold);
        }
    }

    // Runs of dots become one rectangle each, so that no seam shows.
    private static void DrawRow(SKCanvas canvas, SKPaint paint, int bits, int left, int top, int scale, int thicker)
    {
        int column = 0;
        while (column < PixelGlyphs.Columns)
        {
            int end = column;
            while (end < PixelGlyphs.Columns && (bits >> (PixelGlyphs.Columns - 1 - end) & 1) != 0)
                end++;
            if (end > column)
                canvas.DrawRect(left + column * scale, top, (end - column) * scale + thicker, scale, paint);
            column = end + 1;
        }
    }

    private static int Advance(PixelGlyph glyph, int scale, bool bold) => (glyph.Width + 1) * scale + (bold ? 1 : 0);

    // A pair of surrogates is one letter.
    private static PixelGlyph Glyph(ReadOnlySpan<char> text, ref int i)
    {
        if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            i++;
        return PixelGlyphs.For(text[i]);
    }
}
