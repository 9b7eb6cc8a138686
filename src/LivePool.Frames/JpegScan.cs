using System.Buffers.Binary;

namespace LivePool.Frames;

/// <summary>A Huffman table of a JPEG, as far as lengths of codes and what they stand for go.</summary>
internal sealed class HuffmanTable
{
    private const int FastBits = 9;

    private readonly byte[] _values;
    // For a code's first nine bits: its length and value, or 0 where it is longer.
    private readonly ushort[] _fast = new ushort[1 << FastBits];
    // For each length: the first code beyond it, as 16 bits, and what to add to a code for its place among the values.
    private readonly int[] _beyond = new int[17];
    private readonly int[] _offset = new int[17];

    /// <param name="counts">How many codes have 1 to 16 bits.</param>
    /// <param name="values">What they stand for.</param>
    /// <exception cref="InvalidDataException">There are more codes of a length than there can be.</exception>
    public HuffmanTable(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> values)
    {
        _values = values.ToArray();
        int code = 0, first = 0;
        for (int length = 1; length <= 16; length++)
        {
            _offset[length] = first - code;
            for (int i = 0; i < counts[length - 1]; i++, code++, first++)
            {
                if (length <= FastBits && code < 1 << length)
                    _fast.AsSpan(code << (FastBits - length), 1 << (FastBits - length)).Fill((ushort)(length << 8 | values[first]));
            }
            if (code > 1 << length)
                throw new InvalidDataException($"a Huffman table has {counts[length - 1]} codes of {length} bits, too many");
            _beyond[length] = code << (16 - length);
            code <<= 1;
        }
    }

    /// <summary>What the next code stands for.</summary>
    /// <exception cref="InvalidDataException">There is no such code, or the data ends within it.</exception>
    public int Read(ref JpegBits bits)
    {
        int next = bits.Peek16();
        int fast = _fast[next >> (16 - FastBits)];
        if (fast != 0)
        {
            bits.Skip(fast >> 8);
            return fast & 0xFF;
        }
        for (int length = FastBits + 1; length <= 16; length++)
        {
            if (next >= _beyond[length])
                continue;
            bits.Skip(length);
            return _values[(next >> (16 - length)) + _offset[length]];
        }
        throw new InvalidDataException("its pixel data has a code that is in no table");
    }
}

/// <summary>The bits between two markers of a JPEG.</summary>
/// <param name="data">With zeros behind each 255 that is no marker.</param>
internal ref struct JpegBits(ReadOnlySpan<byte> data)
{
    private readonly ReadOnlySpan<byte> _data = data;
    private ulong _bits;
    private int _count;

    /// <summary>Where the next byte is taken from; at the end, the marker.</summary>
    public int Position { get; private set; }

    public int Peek16()
    {
        Fill();
        return (int)(_count >= 16 ? _bits >> (_count - 16) : _bits << (16 - _count)) & 0xFFFF;
    }

    /// <exception cref="InvalidDataException">There are not so many.</exception>
    public void Skip(int count)
    {
        if (count > _count)
            throw new InvalidDataException("its pixel data ends too early");
        _count -= count;
        _bits &= (1UL << _count) - 1;
    }

    /// <summary>Goes to the marker, which a few bits, or zeros that some cameras leave there, may stand before.</summary>
    /// <exception cref="InvalidDataException">There is more than that.</exception>
    public void End()
    {
        Skip(_count % 8);
        for (Fill(); _count > 0; Fill())
        {
            if (_bits != 0)
                throw new InvalidDataException("its pixel data goes on after the last block");
            _count = 0;
        }
    }

    /// <summary>Begins anew behind a restart marker, which any number of 255 may stand before.</summary>
    /// <exception cref="InvalidDataException">It is another one.</exception>
    public void Restart(int number)
    {
        End();
        ReadOnlySpan<byte> rest = _data[Position..];
        int marker = rest.IndexOfAnyExcept((byte)0xFF);
        if (marker < 1 || rest[marker] != 0xD0 + number)
            throw new InvalidDataException($"restart marker {number} is missing");
        Position += marker + 1;
    }

    /// <summary>Has 32 bits, enough for a code and what belongs to it, or all that there are.</summary>
    private void Fill()
    {
        const int Enough = 32;
        if (_count >= Enough)
            return;
        if (BinaryPrimitives.TryReadUInt32BigEndian(_data[Position..], out uint four) && !HasMarkerByte(four))
        {
            _bits = _bits << 32 | four;
            _count += 32;
            Position += 4;
            return;
        }
        while (_count < Enough && Position < _data.Length)
        {
            byte next = _data[Position];
            if (next == 0xFF)
            {
                if (Position + 1 >= _data.Length || _data[Position + 1] != 0)
                    return;
                Position++;
            }
            Position++;
            _bits = _bits << 8 | next;
            _count += 8;
        }
    }

    /// <summary>Whether one of four bytes is 255.</summary>
    private static bool HasMarkerByte(uint four) => (~four - 0x01010101 & four & 0x80808080) != 0;
}

/// <summary>A scan of a sequential JPEG: whether it has all of its blocks and nothing else.</summary>
internal static class JpegScan
{
    /// <summary>A component of a scan: blocks of it in a unit, and its tables.</summary>
    public readonly record struct Component(int Blocks, HuffmanTable Dc, HuffmanTable Ac);

    /// <param name="data">From behind the scan's header.</param>
    /// <param name="components">In the order of the scan.</param>
    /// <param name="units">Times that all components come.</param>
    /// <param name="restartInterval">Units between two restart markers; 0 without.</param>
    /// <param name="deadline">When it has to be done.</param>
    /// <returns>Bytes until the marker that ends it.</returns>
    /// <exception cref="InvalidDataException">Blocks are missing, or are none.</exception>
    public static int Measure(ReadOnlySpan<byte> data, ReadOnlySpan<Component> components, long units, int restartInterval, Deadline deadline)
    {
        const int UnitsBetweenLooks = 4096;
        var bits = new JpegBits(data);
        for (long unit = 0; unit < units; unit++)
        {
            if (unit % UnitsBetweenLooks == 0)
                deadline.Check();
            if (restartInterval != 0 && unit > 0 && unit % restartInterval == 0)
                bits.Restart((int)((unit / restartInterval - 1) % 8));
            foreach (ref readonly Component component in components)
            {
                for (int i = 0; i < component.Blocks; i++)
                    SkipBlock(ref bits, component);
            }
        }
        bits.End();
        return bits.Position;
    }

    private static void SkipBlock(ref JpegBits bits, in Component component)
    {
        const int MostBits = 16, Coefficients = 64;
        int size = component.Dc.Read(ref bits);
        if (size > MostBits)
            throw new InvalidDataException($"a difference has {size} bits");
        bits.Skip(size);
        for (int k = 1; k < Coefficients; k++)
        {
            int symbol = component.Ac.Read(ref bits), run = symbol >> 4;
            size = symbol & 15;
            if (size == 0 && run < 15)
                return;
            k += run;
            if (k >= Coefficients)
                throw new InvalidDataException("a block has more than 64 coefficients");
            bits.Skip(size);
        }
    }
}
