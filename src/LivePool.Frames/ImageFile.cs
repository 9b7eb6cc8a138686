using LivePool.Core;
using StbImageSharp;

namespace LivePool.Frames;

/// <summary>
/// Decodes image files: PNG, JPEG, BMP and GIF (its first picture) by their first bytes, whatever the name says; TGA, PSD
/// and HDR (tone-mapped to 8 bits, gamma 2.2) by the extension. Samples of 16 bits keep their upper byte. PNG pixels are
/// exact; JPEG decoders differ among each other by a level or two. A file is inspected before the decoder, StbImageSharp,
/// sees it: size limits hold before memory is taken, and what is cut off or damaged is refused, not shown half.
/// </summary>
public static class ImageFile
{
    private const string Advice = "save it again, or give another file";

    /// <summary>Extensions by which folders and globs find images; lower case, with the dot.</summary>
    public static IReadOnlyList<string> Extensions { get; } =
        [".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".dib", ".gif", ".tga", ".psd", ".hdr"];

    /// <summary>Decodes a file into a frame: Gray8, Rgb24 or Rgba32, its origin the path, its number and time as they were.</summary>
    /// <param name="path">The file.</param>
    /// <param name="frame">Takes the picture.</param>
    /// <param name="limits">What the file may cost; <see cref="ImageLimits.Default"/> if null.</param>
    /// <exception cref="FrameSourceException">The file is missing, too large, cut off, damaged or not an image.</exception>
    public static void Decode(string path, Frame frame, ImageLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        Decode(ReadFile(path, limits ?? ImageLimits.Default), path, frame, limits);
    }

    /// <summary>Decodes the bytes of a file into a frame.</summary>
    /// <param name="bytes">The whole file; it is not changed.</param>
    /// <param name="name">The file's name, for messages and for its extension.</param>
    /// <param name="frame">Takes the picture.</param>
    /// <param name="limits">What the file may cost; <see cref="ImageLimits.Default"/> if null.</param>
    /// <exception cref="FrameSourceException">The bytes are too many, cut off, damaged or not an image.</exception>
    public static void Decode(byte[] bytes, string name, Frame frame, ImageLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(frame);
        limits ??= ImageLimits.Default;
        if (bytes.Length == 0)
            throw new FrameSourceException($"cannot read '{name}': it is empty; give an image file");
        if (bytes.Length > limits.MaxFileBytes)
            throw TooLarge(name, bytes.Length, limits);
        var kind = Recognise(bytes, name);
        try
        {
            var deadline = new Deadline(limits.MaxSeconds);
            var (width, height, end) = Inspect(kind, bytes, limits, deadline);
            using var stream = new GuardedStream(bytes, deadline);
            var image = ImageResult.FromStream(stream);
            if (image.Width != width || image.Height != height)
                throw new InvalidDataException($"its header says {width}x{height}, its data {image.Width}x{image.Height}");
            // The decoder gives up quietly at a marker that it does not expect, and leaves the rest of the picture undefined.
            if (end is { } expected && stream.Position != expected)
                throw new InvalidDataException($"decoding stopped at byte {stream.Position} of {expected}");
            Fill(frame, image);
            frame.Origin = name;
        }
        catch (TimeoutException late)
        {
            throw new FrameSourceException($"cannot decode '{name}': decoding the {kind} took longer than {limits.MaxSeconds} s; give a smaller image", late);
        }
        catch (OutOfMemoryException full)
        {
            throw new FrameSourceException($"cannot decode '{name}': the {kind} needs more memory than there is; give a smaller image", full);
        }
        // Whatever else a decoder throws on a damaged file, an index out of range included, means that the file is damaged.
        catch (Exception reason) when (reason is not FrameSourceException)
        {
            var detail = reason is InvalidDataException or EndOfStreamException or InvalidOperationException && reason.Message.Length != 0
                ? reason.Message
                : "its data is damaged";
            throw new FrameSourceException($"cannot decode '{name}': the {kind} is not usable: {detail}; {Advice}", reason);
        }
    }

    /// <summary>The bytes of a file that is not too large.</summary>
    internal static byte[] ReadFile(string path, ImageLimits limits)
    {
        try
        {
            return RegularFile.ReadAllBytes(path, limits.MaxFileBytes);
        }
        catch (LivePoolException reason)
        {
            throw new FrameSourceException($"cannot read '{path}'{reason.Message[path.Length..]}", reason);
        }
    }

    internal static FrameSourceException Unreadable(string path, Exception reason) => new(reason switch
    {
        FileNotFoundException or DirectoryNotFoundException => $"cannot read '{path}': there is no such file; check the path",
        UnauthorizedAccessException => $"cannot read '{path}': no permission, or it is a folder; check its rights",
        _ => $"cannot read '{path}': {reason.Message}; check the path and the disk",
    }, reason);

    private static FrameSourceException TooLarge(string name, long length, ImageLimits limits) =>
        new($"cannot read '{name}': it has {length} bytes, over the limit of {limits.MaxFileBytes}; give a smaller image");

    private enum Kind
    {
        PNG,
        JPEG,
        BMP,
        GIF,
        TGA,
        PSD,
        HDR,
    }

    private static Kind Recognise(ReadOnlySpan<byte> bytes, string name)
    {
        if (bytes.StartsWith(PngInspector.Signature))
            return Kind.PNG;
        if (bytes is [0xFF, 0xD8, 0xFF, ..])
            return Kind.JPEG;
        if (bytes.StartsWith("BM"u8))
            return Kind.BMP;
        if (bytes.StartsWith("GIF87a"u8) || bytes.StartsWith("GIF89a"u8))
            return Kind.GIF;
        switch (Path.GetExtension(name).ToLowerInvariant())
        {
            case ".tga":
                return Kind.TGA;
            case ".psd" when bytes.StartsWith(PsdInspector.Signature):
                return Kind.PSD;
            case ".hdr" when HdrInspector.HasSignature(bytes):
                return Kind.HDR;
            default:
                throw new FrameSourceException($"cannot decode '{name}': it is not a PNG, JPEG, BMP or GIF, nor a TGA, PSD or HDR named so; convert it to PNG");
        }
    }

    private static (int Width, int Height, int? End) Inspect(Kind kind, byte[] bytes, ImageLimits limits, Deadline deadline)
    {
        var size = kind switch
        {
            Kind.PNG => PngInspector.Inspect(bytes, limits, deadline),
            Kind.BMP => BmpInspector.Inspect(bytes, limits),
            Kind.GIF => GifInspector.Inspect(bytes, limits),
            Kind.TGA => TgaInspector.Inspect(bytes, limits, deadline),
            Kind.PSD => PsdInspector.Inspect(bytes, limits, deadline),
            Kind.HDR => HdrInspector.Inspect(bytes, limits, deadline),
            _ => default,
        };
        if (kind != Kind.JPEG)
            return (size.Width, size.Height, null);
        var (width, height, end) = JpegInspector.Inspect(bytes, limits, deadline);
        return (width, height, end);
    }

    private static void Fill(Frame frame, ImageResult image)
    {
        var pixels = image.Data.AsSpan();
        switch (image.Comp)
        {
            case ColorComponents.Grey:
                frame.Reset(PixelFormat.Gray8, image.Width, image.Height);
                pixels.CopyTo(frame.Pixels);
                break;
            case ColorComponents.GreyAlpha:
                frame.Reset(PixelFormat.Gray8, image.Width, image.Height);
                var grey = frame.Pixels;
                for (var i = 0; i < grey.Length; i++)
                    grey[i] = pixels[2 * i];
                break;
            case ColorComponents.RedGreenBlue:
                frame.Reset(PixelFormat.Rgb24, image.Width, image.Height);
                pixels.CopyTo(frame.Pixels);
                break;
            default:
                frame.Reset(PixelFormat.Rgba32, image.Width, image.Height);
                pixels.CopyTo(frame.Pixels);
                break;
        }
    }
}
