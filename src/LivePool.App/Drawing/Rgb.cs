namespace LivePool.App.Drawing;

/// <summary>Rearranges pixels.</summary>
internal static class Rgb
{
    /// <summary>Adds an alpha of 255 to each pixel.</summary>
    /// <param name="rgb">Three bytes a pixel.</param>
    /// <param name="rgba">Four bytes a pixel.</param>
    public static void ToRgba(ReadOnlySpan<byte> rgb, Span<byte> rgba)
    {
        for (int i = 0, o = 0; i < rgb.Length; i += 3, o += 4)
        {
            rgba[o] = rgb[i];
            rgba[o + 1] = rgb[i + 1];
            rgba[o + 2] = rgb[i + 2];
            rgba[o + 3] = 255;
        }
    }

    /// <summary>Drops alpha.</summary>
    /// <param name="rgba">Four bytes a pixel.</param>
    /// <param name="rgb">Three bytes a pixel.</param>
    public static void FromRgba(ReadOnlySpan<byte> rgba, Span<byte> rgb)
    {
        for (int i = 0, o = 0; o < rgb.Length; i += 4, o += 3)
            (rgb[o], rgb[o + 1], rgb[o + 2]) = (rgba[i], rgba[i + 1], rgba[i + 2]);
    }

    /// <summary>Spreads grey over red, green and blue.</summary>
    /// <param name="grey">One byte a pixel.</param>
    /// <param name="rgb">Three bytes a pixel.</param>
    public static void FromGreyToRgb(ReadOnlySpan<byte> grey, Span<byte> rgb)
    {
        for (int i = 0; i < grey.Length; i++)
            rgb.Slice(3 * i, 3).Fill(grey[i]);
    }

    /// <summary>Spreads grey over red, green and blue, with an alpha of 255.</summary>
    /// <param name="grey">One byte a pixel.</param>
    /// <param name="rgba">Four bytes a pixel.</param>
    public static void FromGrey(ReadOnlySpan<byte> grey, Span<byte> rgba)
    {
        for (int i = 0, o = 0; i < grey.Length; i++, o += 4)
        {
            rgba[o] = grey[i];
            rgba[o + 1] = grey[i];
            rgba[o + 2] = grey[i];
            rgba[o + 3] = 255;
        }
    }
}
