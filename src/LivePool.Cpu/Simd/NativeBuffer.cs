using System.Runtime.InteropServices;
using LivePool.Core.Backends;

namespace LivePool.Cpu.Simd;

/// <summary>
/// Elements outside the garbage collector's reach, aligned to a cache line, with a red zone before and behind whose
/// pattern <see cref="RedZonesAreIntact"/> checks.
/// </summary>
internal sealed unsafe class NativeBuffer<T> : IDisposable where T : unmanaged
{
    private const int Alignment = 64;
    private const int RedZoneBytes = 128;
    private const byte RedZonePattern = 0xA5;
    private byte* _memory;

    /// <exception cref="DeviceLimitException">There are more elements than 31 bits count or the machine has memory for.</exception>
    public NativeBuffer(Int128 length)
    {
        long available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (length > Array.MaxLength || (available > 0 && length * sizeof(T) > available))
            throw TooLarge(length);
        Length = (int)length;
        try
        {
            _memory = (byte*)NativeMemory.AlignedAlloc((nuint)TotalBytes, Alignment);
        }
        catch (OutOfMemoryException)
        {
            throw TooLarge(length);
        }
        new Span<byte>(_memory, RedZoneBytes).Fill(RedZonePattern);
        Fill(_memory + RedZoneBytes, 0, Bytes);
        new Span<byte>(_memory + RedZoneBytes + Bytes, RedZoneBytes).Fill(RedZonePattern);
    }

    ~NativeBuffer() => Free();

    public int Length { get; }

    public T* Pointer => _memory is null ? throw new ObjectDisposedException(GetType().Name) : (T*)(_memory + RedZoneBytes);

    public Span<T> Span => new(Pointer, Length);

    public bool RedZonesAreIntact =>
        new ReadOnlySpan<byte>(_memory, RedZoneBytes).IndexOfAnyExcept(RedZonePattern) < 0 &&
        new ReadOnlySpan<byte>(_memory + RedZoneBytes + Bytes, RedZoneBytes).IndexOfAnyExcept(RedZonePattern) < 0;

    /// <summary>Fills the elements with bytes that no kernel writes; as float32 they are NaN.</summary>
    public void Poison() => Fill((byte*)Pointer, 0xFF, Bytes);

    private long Bytes => (long)Length * sizeof(T);

    private long TotalBytes => Bytes + 2 * RedZoneBytes;

    private static DeviceLimitException TooLarge(Int128 length) => new(
        $"simd needs a buffer of {length} elements, {length * sizeof(T)} bytes, which does not fit; " +
        "use less padding, a smaller kernel or smaller frames");

    private static void Fill(byte* start, byte value, long bytes) => NativeMemory.Fill(start, (nuint)bytes, value);

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_memory);
        _memory = null;
    }
}
