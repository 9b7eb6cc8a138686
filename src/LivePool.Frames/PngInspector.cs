using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;

namespace LivePool.Frames;

/// <summary>
/// Checks a PNG before StbImageSharp sees it: the decoder trusts chunk lengths, ignores checksums and inflates as much as
/// the data says. So chunks are walked, critical ones' checksums compared, and the pixel data inflated once into nothing,
/// which stops at the size that the header promises.
/// </summary>
internal static class PngInspector
{
    /// <summary>Bytes of pixel data beyond the promised ones that are let pass, as other readers do.</summary>
    private const int Slack = 64 << 10;

    private static readonly uint[] CrcTable = MakeCrcTable();

    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];

    /// <returns>The size in pixels.</returns>
    public static (int Width, int Height) Inspect(byte[] bytes, ImageLimits limits, Deadline deadline)
    {
        var reader = new ByteReader(bytes);
        reader.Take(Signature.Length);
        int width = 0, height = 0;
        long expected = 0;
        var hasData = false;
        for (var first = true; ; first = false)
        {
            deadline.Check();
            var start = reader.Position;
            var length = reader.UInt32Big();
            var type = reader.Take(4);
            if (length > reader.Remaining - 4)
                throw new EndOfStreamException($"its chunk at byte {start} says {length} bytes, {Math.Max(0, reader.Remaining - 4)} are left");
            var data = new ByteReader(reader.Take(length));
            var critical = (type[0] & 0x20) == 0;
            if (critical && Crc(bytes.AsSpan(start + 4, 4 + (int)length)) != reader.UInt32Big())
                throw new InvalidDataException($"the checksum of its chunk at byte {start} is wrong");
            if (!critical)
                reader.Take(4);
            if (first != type.SequenceEqual("IHDR"u8))
                throw new InvalidDataException(first ? "its first chunk is not IHDR" : "it has two headers");
            if (first)
            {
                if (length != 13)
                    throw new InvalidDataException("its IHDR chunk is not 13 bytes long");
                (var wide, var high) = (data.UInt32Big(), data.UInt32Big());
                limits.CheckSize(wide, high);
                (width, height) = ((int)wide, (int)high);
                int depth = data.Byte(), colour = data.Byte();
                data.Take(2);
                expected = DataBytes(width, height, BitsPerPixel(depth, colour), interlace: data.Byte());
            }
            hasData |= type.SequenceEqual("IDAT"u8);
            if (type.SequenceEqual("IEND"u8))
                break;
        }
        if (!hasData)
            throw new InvalidDataException("it has no pixel data");
        CheckData(bytes, expected, deadline);
        return (width, height);
    }

    private static int BitsPerPixel(int depth, int colour) => (colour, depth) switch
    {
        (0, 1 or 2 or 4 or 8 or 16) => depth,
        (2, 8 or 16) => 3 * depth,
        (3, 1 or 2 or 4 or 8) => depth,
        (4, 8 or 16) => 2 * depth,
        (6, 8 or 16) => 4 * depth,
        _ => throw new InvalidDataException($"its colour type {colour} with {depth} bits is not defined"),
    };

    /// <summary>Inflated bytes of the picture: each row of each pass has a filter byte before it.</summary>
    private static long DataBytes(int width, int height, int bits, int interlace)
    {
        if (interlace == 0)
            return Pass(width, height);
        if (interlace != 1)
            throw new InvalidDataException($"its interlace method {interlace} is not defined");
        ReadOnlySpan<(int X, int Y, int StepX, int StepY)> passes =
            [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];
        var sum = 0L;
        foreach (var pass in passes)
            sum += Pass((width - pass.X + pass.StepX - 1) / pass.StepX, (height - pass.Y + pass.StepY - 1) / pass.StepY);
        return sum;

        long Pass(int columns, int rows) => columns < 1 ? 0 : rows * (1 + ((long)columns * bits + 7) / 8);
    }

    private static void CheckData(byte[] bytes, long expected, Deadline deadline)
    {
        using var chunks = new DataChunks(bytes);
        using var inflater = new ZLibStream(chunks, CompressionMode.Decompress);
        var buffer = ArrayPool<byte>.Shared.Rent(64 << 10);
        try
        {
            var total = 0L;
            for (int count; (count = inflater.Read(buffer)) > 0;)
            {
                deadline.Check();
                if ((total += count) > expected + Slack)
                    throw new InvalidDataException($"its pixel data is longer than the {expected} bytes that its header promises");
            }
            if (total < expected)
                throw new EndOfStreamException($"its pixel data is {total} bytes, its header promises {expected}");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    internal static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
            crc = CrcTable[(byte)(crc ^ value)] ^ (crc >> 8);
        return ~crc;
    }

    private static uint[] MakeCrcTable()
    {
        var table = new uint[256];
        for (var i = 0u; i < table.Length; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++)
                value = (value & 1) != 0 ? 0xEDB88320 ^ (value >> 1) : value >> 1;
            table[i] = value;
        }
        return table;
    }

    /// <summary>The IDAT chunks of a PNG, whose chunk lengths are known to be good, as one stream.</summary>
    private sealed class DataChunks(byte[] bytes) : Stream
    {
        private int _position, _left, _next = Signature.Length;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            while (_left == 0)
            {
                var length = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(_next));
                var type = bytes.AsSpan(_next + 4, 4);
                if (type.SequenceEqual("IEND"u8))
                    return 0;
                if (type.SequenceEqual("IDAT"u8))
                    (_position, _left) = (_next + 8, length);
                _next += 12 + length;
            }
            var count = Math.Min(_left, buffer.Length);
            bytes.AsSpan(_position, count).CopyTo(buffer);
            _position += count;
            _left -= count;
            return count;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
