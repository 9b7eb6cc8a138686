using LivePool.Testing;
using SkiaSharp;

namespace LivePool.EndToEnd;

/// <summary>A small colour picture that no flip, shift or transposition leaves the same, and its grey as Pillow has it.</summary>
internal sealed class Picture
{
    public Picture(int width, int height, int seed)
    {
        (Width, Height) = (width, height);
        Rgb = new byte[3 * width * height];
        // A ramp, a dark bar on the left, a bright one on top, and noise.
        uint state = (uint)seed * 2654435761u + 1;
        for (int i = 0; i < Rgb.Length; i++)
        {
            (int y, int x) = Math.DivRem(i / 3, width);
            state = state * 1664525 + 1013904223;
            int value = 60 + 100 * x / width + 30 * y / height + (int)(state >> 27) + 15 * (i % 3);
            if (x < width / 8)
                value /= 3;
            if (y < height / 8)
                value += 30;
            Rgb[i] = (byte)Math.Min(value, 255);
        }
        Grey = new byte[width * height];
        for (int i = 0; i < Grey.Length; i++)
            Grey[i] = (byte)((Rgb[3 * i] * 19595 + Rgb[3 * i + 1] * 38470 + Rgb[3 * i + 2] * 7471 + 0x8000) >> 16);
    }

    public int Width { get; }

    public int Height { get; }

    public byte[] Rgb { get; }

    public byte[] Grey { get; }

    /// <summary>Writes it as an RGB PNG, complete at once: a program that watches the file never sees half of it.</summary>
    public string Save(string path)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(Width, Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        Span<byte> rgba = bitmap.GetPixelSpan();
        for (int i = 0; i < Width * Height; i++)
        {
            Rgb.AsSpan(3 * i, 3).CopyTo(rgba[(4 * i)..]);
            rgba[4 * i + 3] = 255;
        }
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        File.WriteAllBytes(path + ".part", data.AsSpan());
        File.Move(path + ".part", path, overwrite: true);
        return path;
    }
}

internal static class PngReader
{
    /// <summary>Decodes a PNG without any conversion of its colours.</summary>
    public static Pixels Read(string path)
    {
        using SKCodec codec = SKCodec.Create(path) ?? throw new InvalidDataException($"{path} is no picture");
        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        byte[] rgba = new byte[info.BytesSize];
        unsafe
        {
            fixed (byte* first = rgba)
            {
                if (codec.GetPixels(info, (nint)first) is not SKCodecResult.Success and var result)
                    throw new InvalidDataException($"{path}: {result}");
            }
        }
        byte[] rgb = new byte[3 * info.Width * info.Height];
        for (int i = 0; i < info.Width * info.Height; i++)
            rgba.AsSpan(4 * i, 3).CopyTo(rgb.AsSpan(3 * i));
        return new(info.Width, info.Height, rgb);
    }

    /// <summary>The picture's grey; fails where it has colour.</summary>
    public static byte[] Grey(this Pixels pixels)
    {
        byte[] grey = new byte[pixels.Width * pixels.Height];
        for (int i = 0; i < grey.Length; i++)
        {
            (byte red, byte green, byte blue) = pixels[i % pixels.Width, i / pixels.Width];
            Assert.True(red == green && green == blue, $"pixel {i} is ({red}, {green}, {blue}), not grey");
            grey[i] = red;
        }
        return grey;
    }
}

/// <summary>Values as they are shown, by the rule in the documentation and not by the program's code.</summary>
internal sealed record Plane(int Width, int Height, byte[] Grey)
{
    /// <summary>floor(255 * clamp((x - min) / (max - min), 0, 1) + 0.5), in float32.</summary>
    public static Plane Of(float[] values, int width, int height)
    {
        float min = values.Min(), max = values.Max();
        Assert.True(max > min, "a picture of one value proves nothing");
        return new(width, height, Array.ConvertAll(values, x => (byte)MathF.Floor(255f * ((x - min) / (max - min)) + 0.5f)));
    }

    /// <summary>
    /// Why a picture does not show this plane at a place, each element a square of <paramref name="scale"/> pixels; null
    /// where it does.
    /// </summary>
    public string? MismatchIn(Pixels picture, int left, int top, int scale)
    {
        if (left < 0 || top < 0 || left + scale * Width > picture.Width || top + scale * Height > picture.Height)
            return $"{scale} x {Width}x{Height} at {left}, {top} does not lie within {picture.Width}x{picture.Height}";
        for (int y = 0; y < scale * Height; y++)
        {
            for (int x = 0; x < scale * Width; x++)
            {
                byte grey = Grey[y / scale * Width + x / scale];
                if (picture[left + x, top + y] != (grey, grey, grey))
                {
                    return $"row {y / scale}, column {x / scale} (pixel {left + x}, {top + y}): " +
                        $"{picture[left + x, top + y]}, expected {grey}";
                }
            }
        }
        return null;
    }

    /// <summary>Where a picture shows this plane, from left to right; null where it does not.</summary>
    public (int X, int Y, int Scale)? FindIn(Pixels picture, int fromX)
    {
        for (int scale = Math.Min((picture.Width - fromX) / Width, picture.Height / Height); scale >= 1; scale--)
        {
            for (int y = 0; y <= picture.Height - scale * Height; y++)
            {
                for (int x = fromX; x <= picture.Width - scale * Width; x++)
                {
                    if (picture[x, y].Red == Grey[0] && picture[x + scale * Width - 1, y].Red == Grey[Width - 1]
                        && MismatchIn(picture, x, y, scale) is null)
                        return (x, y, scale);
                }
            }
        }
        return null;
    }
}
