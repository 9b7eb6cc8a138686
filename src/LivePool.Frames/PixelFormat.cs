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

    /// <summary>Four bytes for two pixels beside each other: luma, Cb, luma, Cr. A row of an odd width ends with a luma that is no pixel.</summary>
    Yuyv,

    /// <summary>
    /// A plane of luma, one byte a pixel, and after it, with the same stride, a plane of Cb and Cr by turns: a pair for two by two
    /// pixels, half as many rows, rounded up.
    /// </summary>
    Nv12,
}

/// <summary>Facts about pixel formats.</summary>
public static class PixelFormats
{
    /// <summary>Bytes that one pixel takes; in Nv12, of the plane of luma.</summary>
    /// <param name="format">A defined pixel format.</param>
    /// <exception cref="ArgumentOutOfRangeException">The format is not defined.</exception>
    public static int BytesPerPixel(this PixelFormat format) => format switch
    {
        PixelFormat.Gray8 or PixelFormat.Nv12 => 1,
        PixelFormat.Yuyv => 2,
        PixelFormat.Rgb24 => 3,
        PixelFormat.Rgba32 or PixelFormat.Bgra32 => 4,
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "unknown pixel format"),
    };

    /// <summary>Bytes of a row without padding; in Nv12, of a row of either plane.</summary>
    /// <param name="format">A defined pixel format.</param>
    /// <param name="width">Pixels.</param>
    public static long RowBytes(this PixelFormat format, int width) =>
        (format is PixelFormat.Yuyv or PixelFormat.Nv12 ? width + (width & 1L) : width) * format.BytesPerPixel();

    /// <summary>Rows in memory: those of the picture, and in Nv12 those of its second plane.</summary>
    /// <param name="format">A defined pixel format.</param>
    /// <param name="height">Rows of the picture.</param>
    public static long RowsInMemory(this PixelFormat format, int height) =>
        format == PixelFormat.Nv12 ? height + (height + 1L) / 2 : height;
}
