using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LivePool.Testing;

/// <summary>
/// Unmanaged elements between two guard zones of <see cref="GuardBytes"/> bytes, 64-byte aligned. Writes outside the
/// elements show in <see cref="Check"/>; elements never written still have <see cref="Poison"/>'s bytes.
/// </summary>
public sealed unsafe class GuardedBuffer<T> : IDisposable where T : unmanaged
{
    /// <summary>Bytes of each guard zone.</summary>
    public const int GuardBytes = 256;

    /// <summary>The byte that poisons: a float32 of them is 3.4e38, finite and unmistakable.</summary>
    public const byte PoisonByte = 0x7F;

    private byte* _memory;

    /// <summary>Allocates poisoned elements.</summary>
    public GuardedBuffer(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)(Bytes + 2L * GuardBytes), 64);
        for (int i = 0; i < GuardBytes; i++)
        {
            _memory[i] = Guard(i);
            _memory[GuardBytes + Bytes + i] = Guard(i);
        }
        Poison();
    }

    /// <summary>Allocates a copy of <paramref name="elements"/>.</summary>
    public GuardedBuffer(ReadOnlySpan<T> elements) : this(elements.Length) => elements.CopyTo(Span);

    /// <summary>Number of elements.</summary>
    public int Length { get; }

    /// <summary>The elements. Not to be used after <see cref="Dispose"/>.</summary>
    public Span<T> Span => new(Origin, Length);

    /// <summary>The first element.</summary>
    public T* Origin
    {
        get
        {
            ObjectDisposedException.ThrowIf(_memory == null, this);
            return (T*)(_memory + GuardBytes);
        }
    }

    private long Bytes => (long)Length * sizeof(T);

    /// <summary>Fills the elements with <see cref="PoisonByte"/>.</summary>
    public void Poison() => NativeMemory.Fill(Origin, (nuint)Bytes, PoisonByte);

    /// <summary>Whether an element still has nothing but poison.</summary>
    public bool IsPoisoned(int index) => !MemoryMarshal.AsBytes(Span.Slice(index, 1)).ContainsAnyExcept(PoisonByte);

    /// <summary>Checks both guard zones.</summary>
    /// <exception cref="InvalidOperationException">A byte outside the elements was overwritten; the message says which.</exception>
    public void Check()
    {
        ObjectDisposedException.ThrowIf(_memory == null, this);
        for (int i = GuardBytes - 1; i >= 0; i--)
            Compare(_memory[i], i, i - GuardBytes);
        for (int i = 0; i < GuardBytes; i++)
            Compare(_memory[GuardBytes + Bytes + i], i, Bytes + i);
    }

    /// <summary>Frees the elements without checking them.</summary>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_memory);
        _memory = null;
    }

    private void Compare(byte value, int position, long offset)
    {
        if (value == Guard(position))
            return;
        long element = offset < 0 ? -((-offset + sizeof(T) - 1) / sizeof(T)) : offset / sizeof(T);
        throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
            $"{typeof(T).Name}[{Length}]: byte offset {offset} (element {element}) outside the buffer was overwritten with 0x{value:X2}"));
    }

    // Depends on the position, so that a shifted copy of the zone shows too.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte Guard(int position) => (byte)(0xA5 ^ (position * 37));
}
