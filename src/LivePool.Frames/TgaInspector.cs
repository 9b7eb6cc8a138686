namespace LivePool.Frames;

/// <summary>Checks a TGA, which has no magic number: its header makes sense and its pixels are all there.</summary>
internal static class TgaInspector
{
    /// <returns>The size in pixels.</returns>
    public static (int Width, int Height) Inspect(ReadOnlySpan<byte> bytes, ImageLimits limits, Deadline deadline)
    {
        var reader = new ByteReader(bytes);
        int nameBytes = reader.Byte(), mapType = reader.Byte(), type = reader.Byte();
        int mapStart = reader.UInt16Little(), mapLength = reader.UInt16Little(), mapBits = reader.Byte();
        reader.Take(4);
        (int width, int height) = (reader.UInt16Little(), reader.UInt16Little());
        int bits = reader.Byte(), flags = reader.Byte();
        var known = mapType switch
        {
            0 => type is 2 or 3 or 10 or 11 && bits is 8 or 15 or 16 or 24 or 32,
            1 => type is 1 or 9 && bits is 8 or 16 && mapBits is 8 or 15 or 16 or 24 or 32 && mapLength > 0,
            _ => false,
        };
        if (!known)
            throw new InvalidDataException($"its header (map {mapType}, type {type}, {bits} bits) is not a TGA's");
        if ((flags & 0xD0) != 0 || mapStart != 0)
            throw new InvalidDataException("its order (right to left, interleaved or a map that starts late) is not supported");
        limits.CheckSize(width, height);
        reader.Take(nameBytes);
        if (mapType == 1)
            reader.Take(mapLength * ((mapBits + 7) / 8));
        var pixels = (long)width * height;
        var pixelBytes = (bits + 7) / 8;
        if (type < 8)
        {
            reader.Take(pixels * pixelBytes);
            return (width, height);
        }
        while (pixels > 0)
        {
            deadline.Check();
            var packet = reader.Byte();
            var count = 1 + (packet & 127);
            reader.Take(packet > 127 ? pixelBytes : Math.Min(count, pixels) * pixelBytes);
            pixels -= count;
        }
        return (width, height);
    }
}
