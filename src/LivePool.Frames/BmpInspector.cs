namespace LivePool.Frames;

/// <summary>Checks a BMP: its header is known, its palette and pixels are where the decoder looks and all there.</summary>
internal static class BmpInspector
{
    /// <returns>The size in pixels.</returns>
    public static (int Width, int Height) Inspect(ReadOnlySpan<byte> bytes, ImageLimits limits)
    {
        var reader = new ByteReader(bytes);
        reader.Take(10);
        var offset = reader.UInt32Little();
        var headerBytes = reader.UInt32Little();
        if (headerBytes is not (12 or 40 or 56 or 108 or 124))
            throw new InvalidDataException($"its header of {headerBytes} bytes is unknown");
        var old = headerBytes == 12;
        long width = old ? reader.UInt16Little() : (int)reader.UInt32Little();
        // A negative height stands for rows from top to bottom.
        var height = Math.Abs(old ? reader.UInt16Little() : (long)(int)reader.UInt32Little());
        limits.CheckSize(width, height);
        reader.Take(2);
        int bits = reader.UInt16Little();
        var compression = old ? 0 : reader.UInt32Little();
        if (compression is not (0 or 3))
            throw new InvalidDataException($"its compression {compression} is not supported; save it uncompressed");
        if (bits is not (1 or 4 or 8 or 16 or 24 or 32))
            throw new InvalidDataException($"its {bits} bits a pixel are not supported");
        var gap = offset - 14L - headerBytes;
        if (bits < 16 && (old || gap < 4 || gap >= 257 * 4))
        {
            // The decoder misreads the palettes of 12-byte headers.
            throw new InvalidDataException(old ? "its OS/2 palette is not supported" : $"its pixels at byte {offset} leave no room for a palette, or too much");
        }
        if (bits >= 16 && gap != (compression == 3 && headerBytes == 40 ? 12 : 0))
            throw new InvalidDataException($"its pixels at byte {offset} do not follow its header");
        var rowBytes = (width * bits + 7) / 8;
        var needed = offset + (height - 1) * ((rowBytes + 3) / 4 * 4) + rowBytes;
        if (needed > bytes.Length)
            throw new EndOfStreamException($"it has {bytes.Length} bytes, its header promises {needed}");
        return ((int)width, (int)height);
    }
}
