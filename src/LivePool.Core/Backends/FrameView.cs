using System.Numerics;
using LivePool.Core.Tensors;

namespace LivePool.Core.Backends;

/// <summary>
/// A frame's elements, <c>[N, C, H, W]</c> row-major, either float32 or 8-bit. 8-bit values stand for 0..255, exactly.
/// </summary>
public readonly ref struct FrameView
{
    private FrameView(ReadOnlySpan<float> singles, ReadOnlySpan<byte> bytes, bool isBytes)
    {
        Singles = singles;
        Bytes = bytes;
        IsBytes = isBytes;
    }

    /// <summary>The float32 elements; empty if <see cref="IsBytes"/>.</summary>
    public ReadOnlySpan<float> Singles { get; }

    /// <summary>The 8-bit elements; empty unless <see cref="IsBytes"/>.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>Whether the elements are 8-bit.</summary>
    public bool IsBytes { get; }

    /// <summary>Number of elements.</summary>
    public int Length => IsBytes ? Bytes.Length : Singles.Length;

    /// <summary>Views float32 elements.</summary>
    public static implicit operator FrameView(ReadOnlySpan<float> singles) => new(singles, default, false);

    /// <summary>Views float32 elements.</summary>
    public static implicit operator FrameView(Span<float> singles) => new(singles, default, false);

    /// <summary>Views float32 elements.</summary>
    public static implicit operator FrameView(float[] singles) => new(singles, default, false);

    /// <summary>Views 8-bit elements.</summary>
    public static implicit operator FrameView(ReadOnlySpan<byte> bytes) => new(default, bytes, true);

    /// <summary>Views 8-bit elements.</summary>
    public static implicit operator FrameView(Span<byte> bytes) => new(default, bytes, true);

    /// <summary>Views 8-bit elements.</summary>
    public static implicit operator FrameView(byte[] bytes) => new(default, bytes, true);

    /// <summary>Checks that there is an element for each of the shape's.</summary>
    /// <exception cref="LivePoolException">There are more or fewer.</exception>
    public void RequireLength(TensorShape shape)
    {
        if (Length != shape.Count)
            throw new LivePoolException($"the frame has {Length} elements, but the pipeline was compiled for {shape}, {shape.Count}");
    }

    /// <summary>Writes the elements as float32.</summary>
    /// <param name="destination">As many elements as this view.</param>
    public void CopyTo(Span<float> destination)
    {
        if (!IsBytes)
        {
            Singles.CopyTo(destination);
            return;
        }
        int i = 0;
        int quarter = Vector<int>.Count;
        for (; i + Vector<byte>.Count <= Bytes.Length; i += Vector<byte>.Count)
        {
            Vector.Widen(new Vector<byte>(Bytes[i..]), out Vector<ushort> low, out Vector<ushort> high);
            Vector.Widen(low, out Vector<uint> first, out Vector<uint> second);
            Vector.Widen(high, out Vector<uint> third, out Vector<uint> fourth);
            Vector.ConvertToSingle(first.As<uint, int>()).CopyTo(destination[i..]);
            Vector.ConvertToSingle(second.As<uint, int>()).CopyTo(destination[(i + quarter)..]);
            Vector.ConvertToSingle(third.As<uint, int>()).CopyTo(destination[(i + 2 * quarter)..]);
            Vector.ConvertToSingle(fourth.As<uint, int>()).CopyTo(destination[(i + 3 * quarter)..]);
        }
        for (; i < Bytes.Length; i++)
            destination[i] = Bytes[i];
    }
}
