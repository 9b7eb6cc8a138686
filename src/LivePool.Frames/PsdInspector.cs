namespace LivePool.Frames;

/// <summary>Checks a PSD: an RGB composite of 8 or 16 bits, raw or PackBits, that is all there.</summary>
internal static class PsdInspector
{
    public static ReadOnlySpan<byte> Signature => "8BPS"u8;

    /// <returns>The size in pixels.</returns>
    public static (int Width, int Height) Inspect(ReadOnlySpan<byte> bytes, ImageLimits limits, Deadline deadline)
    {
        var reader = new ByteReader(bytes);
        reader.Take(4);
        int version = reader.UInt16Big();
        reader.Take(6);
        int channels = reader.UInt16Big();
        var height = reader.UInt32Big();
        var width = reader.UInt32Big();
        limits.CheckSize(width, height);
        int bits = reader.UInt16Big(), mode = reader.UInt16Big();
        if (version != 1 || channels is < 3 or > 16 || bits is not (8 or 16) || mode != 3)
            throw new InvalidDataException($"only RGB of 8 or 16 bits is supported (version {version}, mode {mode}, {channels} channels, {bits} bits)");
        for (var section = 0; section < 3; section++)
            reader.Take(reader.UInt32Big());
        int compression = reader.UInt16Big();
        if (compression > 1 || compression == 1 && bits == 16)
            throw new InvalidDataException($"its compression {compression} of {bits} bits is not supported");
        var pixels = (long)width * height;
        var read = Math.Min(channels, 4);
        if (compression == 0)
        {
            reader.Take(pixels * read * (bits / 8));
            return ((int)width, (int)height);
        }
        reader.Take(2L * height * channels);
        for (var channel = 0; channel < read; channel++)
        {
            for (var left = pixels; left > 0;)
            {
                deadline.Check();
                int code = reader.Byte();
                if (code == 128)
                    continue;
                reader.Take(code < 128 ? code + 1 : 1);
                left -= code < 128 ? code + 1 : 257 - code;
            }
        }
        return ((int)width, (int)height);
    }
}
