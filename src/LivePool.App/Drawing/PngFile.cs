using LivePool.Core;
using LivePool.Gpu.Display;
using SkiaSharp;

namespace LivePool.App.Drawing;

/// <summary>
/// Writes PNG files. What cannot be written is a <see cref="LivePoolException"/> with the path and the reason.
/// </summary>
internal static class PngFile
{
    /// <summary>Writes an 8-bit greyscale PNG.</summary>
    /// <param name="path">The file, replaced if it is there.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="grey">[height, width], top row first.</param>
    public static void Write(string path, int width, int height, ReadOnlySpan<byte> grey)
    {
        RequireLength(grey.Length, (long)width * height);
        Write(path, new SKImageInfo(width, height, SKColorType.Gray8, SKAlphaType.Opaque), grey, width);
    }

    /// <summary>Writes an RGB PNG of 8 bits a channel.</summary>
    /// <param name="path">The file, replaced if it is there.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="rgb">[height, width, 3], top row first.</param>
    public static void WriteRgb(string path, int width, int height, ReadOnlySpan<byte> rgb)
    {
        RequireLength(rgb.Length, 3L * width * height);
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        Rgb.ToRgba(rgb, bitmap.GetPixelSpan());
        Write(path, bitmap);
    }

    /// <summary>Writes a plane as <see cref="DisplayMapping"/> maps it: greyscale, or RGB if it has a NaN.</summary>
    /// <param name="path">The file, replaced if it is there.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="plane">[height, width], top row first.</param>
    public static void WritePlane(string path, int width, int height, ReadOnlySpan<float> plane)
    {
        RequireLength(plane.Length, (long)width * height);
        bool colour = DisplayMapping.HasNaN(plane);
        SKColorType type = colour ? SKColorType.Rgba8888 : SKColorType.Gray8;
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, type, SKAlphaType.Opaque));
        PlaneRange range = PlaneRange.Of(plane);
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<float> row = plane.Slice(y * width, width);
            Span<byte> pixels = bitmap.GetPixelSpan()[(y * bitmap.RowBytes)..];
            if (colour)
                DisplayMapping.ToRgba(row, range, pixels);
            else
                DisplayMapping.ToGrey(row, range, pixels);
        }
        Write(path, bitmap);
    }

    /// <summary>Writes a bitmap: greyscale if it is <see cref="SKColorType.Gray8"/>, RGB if it is opaque.</summary>
    public static void Write(string path, SKBitmap bitmap) =>
        Write(path, bitmap.Info, bitmap.GetPixelSpan(), bitmap.RowBytes);

    private static unsafe void Write(string path, SKImageInfo info, ReadOnlySpan<byte> pixels, int rowBytes)
    {
        fixed (byte* first = pixels)
        {
            using var pixmap = new SKPixmap(info, (nint)first, rowBytes);
            using SKData? data = pixmap.Encode(new SKPngEncoderOptions(SKPngEncoderFilterFlags.AllFilters, 6));
            if (data is null)
                throw new LivePoolException($"cannot write {path}: a PNG of {info.Width}x{info.Height} pixels is too large");
            Write(path, data.AsSpan());
        }
    }

    private static void Write(string path, ReadOnlySpan<byte> contents)
    {
        try
        {
            File.WriteAllBytes(path, contents);
        }
        catch (Exception error) when (
            error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            string reason = error switch
            {
                DirectoryNotFoundException => "its folder does not exist",
                UnauthorizedAccessException when Directory.Exists(path) => "it is a folder",
                UnauthorizedAccessException => "access denied",
                _ => error.Message,
            };
            throw new LivePoolException($"cannot write {path}: {reason}".ReplaceLineEndings(" "), error);
        }
    }

    private static void RequireLength(int length, long expected)
    {
        if (length != expected)
            throw new ArgumentException($"{length} elements for an image of {expected}");
    }
}
