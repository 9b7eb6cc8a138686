namespace LivePool.Frames;

/// <summary>
/// The bytes of a file for a decoder that trusts them: seeking stops at both ends, reading past the end throws instead of
/// returning nothing (StbImageSharp would read zeros for ever), and so does reading past the deadline.
/// </summary>
internal sealed class GuardedStream(byte[] bytes, Deadline deadline) : Stream
{
    private int _position, _reads;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => bytes.Length;

    public override long Position
    {
        get => _position;
        set => _position = (int)Math.Clamp(value, 0, bytes.Length);
    }

    public override int ReadByte()
    {
        // A progressive scan over a large picture may cost ten bytes and 50 ms, so look often.
        if ((++_reads & 15) == 0)
            deadline.Check();
        return _position < bytes.Length ? bytes[_position++] : throw new EndOfStreamException("it ends too early");
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        deadline.Check();
        if (buffer.Length > bytes.Length - _position)
            throw new EndOfStreamException("it ends too early");
        bytes.AsSpan(_position, buffer.Length).CopyTo(buffer);
        _position += buffer.Length;
        return buffer.Length;
    }

    public override long Seek(long offset, SeekOrigin origin)
    {
        Position = offset + origin switch
        {
            SeekOrigin.Begin => 0,
            SeekOrigin.Current => _position,
            _ => bytes.Length,
        };
        return _position;
    }

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
