using System.Buffers.Binary;

namespace LivePool.Frames;

/// <summary>Reads a header from bytes; whatever would reach past the end throws.</summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Position { get; private set; }

    public readonly int Remaining => _bytes.Length - Position;

    public byte Byte() => Take(1)[0];

    public ushort UInt16Little() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public uint UInt32Little() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public ushort UInt16Big() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

    public uint UInt32Big() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    public ReadOnlySpan<byte> Take(long count)
    {
        if (count > Remaining)
            throw new EndOfStreamException("it ends too early");
        var taken = _bytes.Slice(Position, (int)count);
        Position += (int)count;
        return taken;
    }

    public readonly ReadOnlySpan<byte> Rest => _bytes[Position..];
}
