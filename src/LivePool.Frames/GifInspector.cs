namespace LivePool.Frames;

/// <summary>Checks a GIF up to the end of its first picture.</summary>
internal static class GifInspector
{
    /// <returns>The size in pixels of the logical screen.</returns>
    public static (int Width, int Height) Inspect(ReadOnlySpan<byte> bytes, ImageLimits limits)
    {
        var reader = new ByteReader(bytes);
        reader.Take(6);
        (int width, int height) = (reader.UInt16Little(), reader.UInt16Little());
        limits.CheckSize(width, height);
        var hasColours = SkipColours(ref reader, reader.Byte(), extra: 2);
        for (; ; )
        {
            switch (reader.Byte())
            {
                case 0x21:
                    // The decoder loses its place in a graphic control that is not 4 bytes long.
                    if (reader.Byte() == 0xF9 && reader.Rest is [not 4, ..])
                        throw new InvalidDataException("a graphic control extension is not 4 bytes long");
                    SkipBlocks(ref reader);
                    break;
                case 0x2C:
                    int left = reader.UInt16Little(), top = reader.UInt16Little();
                    int wide = reader.UInt16Little(), high = reader.UInt16Little();
                    if (wide < 1 || high < 1 || left + wide > width || top + high > height)
                        throw new InvalidDataException($"its first picture, {wide}x{high} at {left},{top}, is not within {width}x{height}");
                    hasColours |= SkipColours(ref reader, reader.Byte(), extra: 0);
                    if (!hasColours)
                        throw new InvalidDataException("it has no colour table");
                    var codeBits = reader.Byte();
                    if (codeBits is < 1 or > 8)
                        throw new InvalidDataException($"its first picture has codes of {codeBits} bits");
                    SkipBlocks(ref reader);
                    return (width, height);
                case 0x3B:
                    throw new InvalidDataException("it has no picture");
                case var other:
                    throw new InvalidDataException($"it has an unknown block {other:X2} at byte {reader.Position - 1}");
            }
        }
    }

    private static bool SkipColours(ref ByteReader reader, byte flags, int extra)
    {
        reader.Take(extra);
        if ((flags & 0x80) == 0)
            return false;
        reader.Take(3 * (2 << (flags & 7)));
        return true;
    }

    private static void SkipBlocks(ref ByteReader reader)
    {
        for (int length; (length = reader.Byte()) != 0;)
            reader.Take(length);
    }
}
