namespace LivePool.Frames;

/// <summary>How one pixel lies in memory. Bytes are in the order that the name says.</summary>
public enum PixelFormat
{
    /// <summary>One byte a pixel: luminance.</summary>
    Gray8,

    /// <summary>Three bytes a pixel: red, green, blue.</summary>
    Rgb24,

    /// <summary>Four bytes a pixel: red, green, blue, alpha (not premultiplied).</summary>
    Rgba32,

    /// <summary>Four bytes a pixel: blue, green, red, alpha (not premultiplied).</summary>
    Bgra32,
}

/// <summary>Facts about pixel formats.</summary>
public static class PixelFormats
{
    /// <summary>Bytes that one pixel takes.</summary>
    /// <param name="format">A defined pixel format.</param>
    /// <exception cref="ArgumentOutOfRangeException">The format is not defined.</exception>
    public static int BytesPerPixel(this PixelFormat format) => format switch
    {
        PixelFormat.Gray8 => 1,
        PixelFormat.Rgb24 => 3,
        PixelFormat.Rgba32 or PixelFormat.Bgra32 => 4,
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "unknown pixel format"),
    };
}
