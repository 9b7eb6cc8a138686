using System.Runtime.InteropServices;

namespace LivePool.Cpu.Tests.Simd;

/// <summary>
/// Memory between two pages that may not be touched: a kernel that reads or writes one element beyond it ends the
/// process with a segmentation fault. Linux only.
/// </summary>
internal sealed unsafe partial class GuardPages : IDisposable
{
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;
    private readonly byte* _mapping;
    private readonly nuint _mappingBytes;
    private readonly nuint _insideBytes;

    public GuardPages(int bytes)
    {
        nuint page = (nuint)Environment.SystemPageSize;
        _insideBytes = ((nuint)bytes + page - 1) / page * page;
        _mappingBytes = _insideBytes + 2 * page;
        _mapping = (byte*)Map(null, _mappingBytes, 0, PrivateAnonymous, -1, 0);
        if ((nint)_mapping == -1 || Protect(_mapping + page, _insideBytes, ReadWrite) != 0)
            throw new InvalidOperationException("mmap failed");
        First = _mapping + page;
    }

    /// <summary>The first byte after the leading guard page.</summary>
    private byte* First { get; }

    /// <summary>Elements that begin right after the leading guard page.</summary>
    public Span<T> AtStart<T>(int length) where T : unmanaged => new(First, length);

    /// <summary>Elements that end right before the trailing guard page.</summary>
    public Span<T> AtEnd<T>(int length) where T : unmanaged => new(First + _insideBytes - (nuint)length * (nuint)sizeof(T), length);

    public void Dispose() => _ = Unmap(_mapping, _mappingBytes);

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint length);
}
