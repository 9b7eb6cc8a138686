using System.Globalization;
using System.Text;

namespace LivePool.Frames;

/// <summary>Checks a Radiance HDR: rows from the top, flat or run-length coded, all there.</summary>
internal static class HdrInspector
{
    public static bool HasSignature(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith("#?RADIANCE\n"u8) || bytes.StartsWith("#?RGBE\n"u8);

    /// <returns>The size in pixels.</returns>
    public static (int Width, int Height) Inspect(ReadOnlySpan<byte> bytes, ImageLimits limits, Deadline deadline)
    {
        var reader = new ByteReader(bytes);
        var rgbe = false;
        for (var line = Line(ref reader); line.Length != 0; line = Line(ref reader))
            rgbe |= line == "FORMAT=32-bit_rle_rgbe";
        if (!rgbe)
            throw new InvalidDataException("its FORMAT is not 32-bit_rle_rgbe");
        var size = Line(ref reader);
        var words = size.Split(' ');
        if (words is not ["-Y", var high, "+X", var wide]
            || !int.TryParse(high, NumberStyles.None, CultureInfo.InvariantCulture, out var height)
            || !int.TryParse(wide, NumberStyles.None, CultureInfo.InvariantCulture, out var width))
            throw new InvalidDataException("its size is not given as -Y height +X width");
        limits.CheckSize(width, height);
        // The decoder reads only the first row of narrower pictures.
        if (width < 8)
            throw new InvalidDataException($"it is {width} pixels wide; at least 8 are supported");
        for (var y = 0; y < height; y++)
        {
            deadline.Check();
            if (reader.Rest is not [2, 2, < 128, _, ..])
            {
                if (y != 0)
                    throw new InvalidDataException($"its row {y} is not run-length coded as those before it");
                reader.Take(4L * width * height);
                break;
            }
            reader.Take(2);
            if (reader.UInt16Big() != width)
                throw new InvalidDataException($"its row {y} has another length than {width}");
            for (var left = 4 * width; left > 0;)
            {
                // A run never crosses into the next component.
                var within = (left - 1) % width + 1;
                int count = reader.Byte();
                var repeats = count > 128;
                count -= repeats ? 128 : 0;
                if (count == 0 || count > within)
                    throw new InvalidDataException($"a run in its row {y} is too long");
                reader.Take(repeats ? 1 : count);
                left -= count;
            }
        }
        return (width, height);
    }

    private static string Line(ref ByteReader reader)
    {
        var length = reader.Rest.IndexOf((byte)'\n');
        if (length is < 0 or > 1000)
            throw new InvalidDataException("its header has no end");
        var line = Encoding.Latin1.GetString(reader.Take(length));
        reader.Take(1);
        return line;
    }
}
