using Google.Protobuf;

namespace LivePool.Oracle.Tests;

/// <summary>A protobuf message, encoded field by field in the order of the calls.</summary>
internal sealed class ProtoMessage
{
    private readonly List<Action<CodedOutputStream>> _fields = [];

    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            foreach (Action<CodedOutputStream> write in _fields)
                write(output);
        }
        return stream.ToArray();
    }

    public ProtoMessage Add(int field, long value) =>
        Add(field, WireFormat.WireType.Varint, output => output.WriteInt64(value));

    public ProtoMessage Add(int field, float value) =>
        Add(field, WireFormat.WireType.Fixed32, output => output.WriteFloat(value));

    public ProtoMessage Add(int field, string value) =>
        Add(field, WireFormat.WireType.LengthDelimited, output => output.WriteString(value));

    public ProtoMessage Add(int field, ProtoMessage value) => Add(field, value.ToBytes());

    public ProtoMessage Add(int field, byte[] value) =>
        Add(field, WireFormat.WireType.LengthDelimited, output => output.WriteBytes(ByteString.CopyFrom(value)));

    /// <summary>A repeated field.</summary>
    public ProtoMessage AddAll(int field, IEnumerable<ProtoMessage> values)
    {
        foreach (ProtoMessage value in values)
            Add(field, value);
        return this;
    }

    private ProtoMessage Add(int field, WireFormat.WireType type, Action<CodedOutputStream> write)
    {
        _fields.Add(output => output.WriteTag(field, type));
        _fields.Add(write);
        return this;
    }
}
