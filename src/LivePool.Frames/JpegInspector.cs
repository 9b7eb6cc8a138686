namespace LivePool.Frames;

/// <summary>
/// Checks a JPEG before StbImageSharp sees it. That decoder takes memory as the frame header says, and where scans, restart
/// markers or the end are missing it returns what the memory held before; so the segments are walked up to the end marker, and
/// in a sequential scan the blocks are counted.
/// </summary>
internal static class JpegInspector
{
    private ref struct Picture
    {
        public int Width, Height, Components, RestartInterval;
        public bool Progressive;
        public (int Id, int Horizontal, int Vertical, bool Seen)[] Parts;
        // For DC 0 to 3, then for AC 0 to 3.
        public HuffmanTable?[] Tables;
    }

    /// <returns>The size in pixels and the offset after the end marker, where a decoder must have stopped.</returns>
    public static (int Width, int Height, int End) Inspect(ReadOnlySpan<byte> bytes, ImageLimits limits, Deadline deadline)
    {
        var reader = new ByteReader(bytes);
        reader.Take(2);
        var picture = new Picture { Parts = [], Tables = new HuffmanTable?[8] };
        for (; ; )
        {
            deadline.Check();
            var marker = NextMarker(ref reader);
            if (marker == 0xD9)
                break;
            var length = reader.UInt16Big();
            if (length < 2)
                throw new InvalidDataException($"its segment {marker:X2} has a length of {length}");
            var segment = new ByteReader(reader.Take(length - 2));
            switch (marker)
            {
                case 0xC0 or 0xC1 or 0xC2 when picture.Components == 0:
                    ReadFrame(ref segment, marker, ref picture, limits);
                    break;
                case 0xDA when picture.Components != 0:
                    ReadScan(ref segment, ref reader, ref picture, deadline);
                    break;
                case 0xDD:
                    picture.RestartInterval = segment.UInt16Big();
                    break;
                case 0xC4:
                    ReadHuffmanTables(ref segment, picture.Tables);
                    break;
                case 0xDB:
                    while (segment.Remaining > 0)
                        segment.Take(segment.Byte() < 16 ? 64 : 128);
                    break;
                case 0xFE or (>= 0xE0 and <= 0xEF):
                    segment.Take(segment.Remaining);
                    break;
                case 0xC3 or (>= 0xC5 and <= 0xC7) or (>= 0xC9 and <= 0xCF):
                    throw new InvalidDataException($"its coding (marker {marker:X2}: lossless, hierarchical or arithmetic) is not supported");
                default:
                    throw new InvalidDataException($"its marker {marker:X2} at byte {reader.Position - length} is out of place");
            }
            // The decoder goes by what a segment holds, not by its length.
            if (segment.Remaining != 0)
                throw new InvalidDataException($"its segment {marker:X2} is {segment.Remaining} bytes too long");
        }
        foreach (var part in picture.Parts)
        {
            if (!part.Seen)
                throw new InvalidDataException("it has a header but not all of its pixel data");
        }
        if (picture.Components == 0)
            throw new InvalidDataException("it has no frame header");
        return (picture.Width, picture.Height, reader.Position);
    }

    private static void ReadHuffmanTables(ref ByteReader segment, HuffmanTable?[] tables)
    {
        while (segment.Remaining > 0)
        {
            var place = segment.Byte();
            var counts = segment.Take(16);
            var values = 0;
            foreach (var count in counts)
                values += count;
            if ((place & 0xEC) != 0)
                throw new InvalidDataException($"a Huffman table has the number {place:X2}");
            tables[(place >> 4) * 4 + (place & 3)] = new HuffmanTable(counts, segment.Take(values));
        }
    }

    private static byte NextMarker(ref ByteReader reader)
    {
        var at = reader.Position;
        if (reader.Byte() != 0xFF)
            throw new InvalidDataException($"a marker is missing at byte {at}");
        byte marker;
        do
            marker = reader.Byte();
        while (marker == 0xFF);
        return marker;
    }

    private static void ReadFrame(ref ByteReader segment, byte marker, ref Picture picture, ImageLimits limits)
    {
        var depth = segment.Byte();
        if (depth != 8)
            throw new InvalidDataException($"it has {depth} bits a sample; only 8 are supported");
        (picture.Height, picture.Width, picture.Components) = (segment.UInt16Big(), segment.UInt16Big(), segment.Byte());
        limits.CheckSize(picture.Width, picture.Height);
        if (picture.Components is not (1 or 3 or 4))
            throw new InvalidDataException($"it has {picture.Components} colour components; 1, 3 and 4 are supported");
        picture.Progressive = marker == 0xC2;
        picture.Parts = new (int, int, int, bool)[picture.Components];
        foreach (ref var part in picture.Parts.AsSpan())
        {
            (part.Id, var sampling) = (segment.Byte(), segment.Byte());
            segment.Byte();
            (part.Horizontal, part.Vertical) = (sampling >> 4, sampling & 15);
            if (part.Horizontal is < 1 or > 4 || part.Vertical is < 1 or > 4)
                throw new InvalidDataException($"a sampling factor is {part.Horizontal}x{part.Vertical}");
        }
    }

    private static void ReadScan(ref ByteReader segment, ref ByteReader reader, ref Picture picture, Deadline deadline)
    {
        var count = segment.Byte();
        if (count < 1 || count > picture.Components)
            throw new InvalidDataException($"a scan says {count} components");
        var chosen = segment.Take(2 * count);
        var startsWithDc = segment.Byte() == 0;
        segment.Take(2);
        var (horizontal, vertical) = (1, 1);
        var components = new JpegScan.Component[count];
        for (var i = 0; i < count; i++)
        {
            var found = false;
            foreach (ref var part in picture.Parts.AsSpan())
            {
                if (part.Id != chosen[2 * i])
                    continue;
                if (!startsWithDc && !part.Seen)
                    throw new InvalidDataException("a scan refines what no scan began");
                part.Seen = true;
                (horizontal, vertical) = (part.Horizontal, part.Vertical);
                found = true;
                if (!picture.Progressive)
                    components[i] = new(count > 1 ? horizontal * vertical : 1, Table(picture, chosen[2 * i + 1] >> 4), Table(picture, 4 + (chosen[2 * i + 1] & 15)));
                break;
            }
            if (!found)
                throw new InvalidDataException($"a scan names the unknown component {chosen[2 * i]}");
        }
        int widest = 1, highest = 1;
        foreach (var part in picture.Parts)
            (widest, highest) = (Math.Max(widest, part.Horizontal), Math.Max(highest, part.Vertical));
        if (count > 1)
            (horizontal, vertical) = (1, 1);
        // A scan of one component counts its own blocks, one of several counts the blocks of the coarsest component.
        var columns = Blocks(picture.Width, horizontal, widest);
        var rows = Blocks(picture.Height, vertical, highest);
        if (!picture.Progressive)
        {
            reader.Take(JpegScan.Measure(reader.Rest, components, (long)columns * rows, picture.RestartInterval, deadline));
            return;
        }
        var restarts = SkipEntropyCodedData(ref reader);
        if (picture.RestartInterval == 0)
            return;
        var intervals = ((long)columns * rows + picture.RestartInterval - 1) / picture.RestartInterval;
        if (restarts < intervals - 1)
            throw new InvalidDataException($"a scan has {restarts} of {intervals - 1} restart markers");

        static HuffmanTable Table(in Picture picture, int place) =>
            place < picture.Tables.Length && picture.Tables[place] is { } table ? table : throw new InvalidDataException("a scan has no Huffman table");

        static int Blocks(int pixels, int sampling, int largest) => ((pixels * sampling + largest - 1) / largest + 7) / 8;
    }

    /// <returns>Restart markers passed; the reader stands at the next other marker.</returns>
    private static int SkipEntropyCodedData(ref ByteReader reader)
    {
        var restarts = 0;
        for (; ; )
        {
            var rest = reader.Rest;
            var at = rest.IndexOf((byte)0xFF);
            if (at < 0 || at + 1 >= rest.Length)
                throw new EndOfStreamException($"it ends within its pixel data, after {reader.Position + rest.Length} bytes");
            var next = rest[at + 1];
            if (next is >= 0xD0 and <= 0xD7)
                restarts++;
            if (next is not (0 or (>= 0xD0 and <= 0xD7) or 0xFF))
            {
                reader.Take(at);
                return restarts;
            }
            reader.Take(next == 0xFF ? at + 1 : at + 2);
        }
    }
}
