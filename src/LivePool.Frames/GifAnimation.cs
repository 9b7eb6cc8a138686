namespace LivePool.Frames;

/// <summary>
/// The pictures of a GIF: where each one's data lie, how long it stays, and what is left of it afterwards. Each can be taken
/// out as a GIF of its own, which the decoder for single pictures takes.
/// </summary>
internal sealed class GifAnimation
{
    private const int MostPictures = 100_000;
    private static readonly TimeSpan _otherwise = TimeSpan.FromMilliseconds(100);
    private readonly byte[] _bytes;
    private readonly Range _globalColours;
    private readonly byte _globalFlags;

    /// <summary>What becomes of a picture when the next one comes.</summary>
    public enum Disposal
    {
        Keep,
        Clear,
        Restore,
    }

    /// <param name="Data">The picture, from its descriptor to the end of its data.</param>
    /// <param name="Control">The graphic control before it, or nothing.</param>
    /// <param name="X">Its left column within the whole.</param>
    /// <param name="Y">Its top row.</param>
    /// <param name="Width">Its columns.</param>
    /// <param name="Height">Its rows.</param>
    /// <param name="Duration">How long it is shown.</param>
    /// <param name="After">What becomes of it then.</param>
    public readonly record struct Picture(
        Range Data, Range Control, int X, int Y, int Width, int Height, TimeSpan Duration, Disposal After);

    private GifAnimation(byte[] bytes, int width, int height, byte globalFlags, Range globalColours, Picture[] pictures)
    {
        (_bytes, Width, Height, _globalFlags, _globalColours) = (bytes, width, height, globalFlags, globalColours);
        Pictures = pictures;
    }

    public int Width { get; }

    public int Height { get; }

    public IReadOnlyList<Picture> Pictures { get; }

    /// <summary>
    /// Parses a GIF. What is cut off or damaged ends it: the pictures before stay. Null where there are fewer than two, because
    /// such a file is a picture and no animation.
    /// </summary>
    /// <param name="bytes">The file.</param>
    /// <param name="limits">What it may cost.</param>
    public static GifAnimation? TryParse(byte[] bytes, ImageLimits limits)
    {
        if (!bytes.AsSpan().StartsWith("GIF8"u8))
            return null;
        var pictures = new List<Picture>();
        int width = 0, height = 0;
        byte flags = 0;
        Range colours = default;
        try
        {
            var reader = new ByteReader(bytes);
            reader.Take(6);
            (width, height) = (reader.UInt16Little(), reader.UInt16Little());
            limits.CheckSize(width, height);
            flags = reader.Byte();
            reader.Take(2);
            colours = Colours(ref reader, flags);
            while (pictures.Count < MostPictures && TryPicture(ref reader, width, height, out Picture picture))
                pictures.Add(picture);
        }
        catch (Exception e) when (e is EndOfStreamException or InvalidDataException && pictures.Count > 0)
        {
        }
        catch (Exception e) when (e is EndOfStreamException or InvalidDataException)
        {
            // The decoder of single pictures says what is wrong.
            return null;
        }
        return pictures.Count < 2 ? null : new(bytes, width, height, flags, colours, [.. pictures]);
    }

    /// <summary>A GIF of one picture's size, which may be a small part of the whole.</summary>
    public byte[] Extract(Picture picture)
    {
        byte[] single =
        [
            .. "GIF89a"u8, (byte)picture.Width, (byte)(picture.Width >> 8), (byte)picture.Height, (byte)(picture.Height >> 8),
            // No colour for the ground: the decoder would fill it.
            _globalFlags, 0, 0,
            .. _bytes[_globalColours], .. _bytes[picture.Control], .. _bytes[picture.Data], 0x3B,
        ];
        // The disposal is done by whoever puts the pictures together.
        if (picture.Control.Start.Value != picture.Control.End.Value)
            single[13 + Length(_globalColours) + 3] &= 0xE3;
        // Behind the separator its place, which is the corner now.
        single.AsSpan(13 + Length(_globalColours) + Length(picture.Control) + 1, 4).Clear();
        return single;
    }

    private static int Length(Range range) => range.End.Value - range.Start.Value;

    private static bool TryPicture(ref ByteReader reader, int width, int height, out Picture picture)
    {
        TimeSpan duration = _otherwise;
        Disposal after = Disposal.Keep;
        Range control = default;
        for (; ; )
        {
            int start = reader.Position;
            switch (reader.Byte())
            {
                case 0x21 when reader.Rest is [0xF9, 4, ..]:
                    reader.Take(2);
                    after = (reader.Byte() >> 2 & 7) switch { 2 => Disposal.Clear, 3 => Disposal.Restore, _ => Disposal.Keep };
                    int hundredths = reader.UInt16Little();
                    // Shorter times are mistakes of old programs: browsers take a tenth of a second.
                    duration = hundredths < 2 ? _otherwise : TimeSpan.FromMilliseconds(10 * hundredths);
                    reader.Byte();
                    if (reader.Byte() != 0)
                        throw new InvalidDataException("a graphic control extension has no end");
                    control = start..reader.Position;
                    break;
                case 0x21:
                    reader.Byte();
                    SkipBlocks(ref reader);
                    break;
                case 0x2C:
                    int x = reader.UInt16Little(), y = reader.UInt16Little(), wide = reader.UInt16Little(), high = reader.UInt16Little();
                    if (wide < 1 || high < 1 || x + wide > width || y + high > height)
                        throw new InvalidDataException($"a picture, {wide}x{high} at {x},{y}, is not within {width}x{height}");
                    Colours(ref reader, reader.Byte());
                    reader.Byte();
                    SkipBlocks(ref reader);
                    picture = new(start..reader.Position, control, x, y, wide, high, duration, after);
                    return true;
                case 0x3B:
                    picture = default;
                    return false;
                case var other:
                    throw new InvalidDataException($"it has an unknown block {other:X2} at byte {start}");
            }
        }
    }

    private static Range Colours(ref ByteReader reader, byte flags)
    {
        int start = reader.Position;
        if ((flags & 0x80) != 0)
            reader.Take(3 * (2 << (flags & 7)));
        return start..reader.Position;
    }

    private static void SkipBlocks(ref ByteReader reader)
    {
        for (int length; (length = reader.Byte()) != 0;)
            reader.Take(length);
    }
}
