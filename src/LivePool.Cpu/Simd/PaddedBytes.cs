using LivePool.Core.Operators;

namespace LivePool.Cpu.Simd;

/// <summary>Rows of a padded plane of bytes, where they are or as a copy.</summary>
internal sealed unsafe class PaddedBytes(in Conv2dParameters p)
{
    private readonly PaddedAxis _vertical = PaddedAxis.Vertical(p);
    private readonly PaddedAxis _horizontal = PaddedAxis.Horizontal(p);
    private readonly PaddingMode _mode = (PaddingMode)p.PaddingMode;

    /// <summary>A part of a padded row.</summary>
    /// <param name="plane">The plane.</param>
    /// <param name="row">The padded row.</param>
    /// <param name="column">The first padded column.</param>
    /// <param name="count">How many columns.</param>
    /// <param name="buffer">Memory for as many bytes, used where padding is among them.</param>
    public byte* Row(byte* plane, int row, int column, int count, byte* buffer)
    {
        int ih = _vertical.Resolve(row, _mode);
        int first = column - _horizontal.Before;
        byte* source = plane + (long)ih * _horizontal.Length;
        if (ih >= 0 && first >= 0 && first + count <= _horizontal.Length)
            return source + first;
        if (ih < 0)
        {
            new Span<byte>(buffer, count).Clear();
            return buffer;
        }
        int inside = Math.Clamp(-first, 0, count);
        int behind = Math.Clamp(_horizontal.Length - first, inside, count);
        for (int i = 0; i < inside; i++)
            buffer[i] = Element(source, column + i);
        new ReadOnlySpan<byte>(source + first + inside, behind - inside).CopyTo(new(buffer + inside, behind - inside));
        for (int i = behind; i < count; i++)
            buffer[i] = Element(source, column + i);
        return buffer;
    }

    private byte Element(byte* source, int column)
    {
        int iw = _horizontal.Resolve(column, _mode);
        return iw < 0 ? (byte)0 : source[iw];
    }
}
