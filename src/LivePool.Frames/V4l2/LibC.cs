using System.Runtime.InteropServices;

namespace LivePool.Frames.V4l2;

/// <summary>
/// The C library's functions as the program has them, so that a preloaded library that stands before it is asked first; a name
/// in DllImport alone would pass it by.
/// </summary>
internal static unsafe partial class LibC
{
    private const string Name = "libc";

    public const int ReadWrite = 2, NonBlocking = 0x800, CloseOnExec = 0x80000;
    public const int ProtectRead = 1, ProtectWrite = 2, MapShared = 1;
    public const short PollIn = 1;

    static LibC() => NativeLibrary.SetDllImportResolver(typeof(LibC).Assembly, static (name, _, _) => name == Name ? Library : 0);

    /// <summary>Where the functions are; tests put their own in its place before the first call.</summary>
    internal static nint Library { get; set; } = NativeLibrary.GetMainProgramHandle();

    [StructLayout(LayoutKind.Sequential)]
    public struct PollFd
    {
        public int Fd;
        public short Events;
        public short Revents;
    }

    /// <summary>The parts of struct statx that are of use.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    public struct Statx
    {
        public const int CurrentFolder = -100;
        public const uint WantsGroup = 0x10;

        [FieldOffset(0)]
        public uint Mask;

        [FieldOffset(24)]
        public uint Gid;
    }

    [LibraryImport(Name, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport(Name, EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int fd);

    [LibraryImport(Name, EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Ioctl(int fd, nuint request, void* argument);

    [LibraryImport(Name, EntryPoint = "mmap", SetLastError = true)]
    public static partial void* Mmap(void* address, nuint length, int protection, int flags, int fd, nint offset);

    [LibraryImport(Name, EntryPoint = "munmap", SetLastError = true)]
    public static partial int Munmap(void* address, nuint length);

    [LibraryImport(Name, EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollFd* fds, nuint count, int milliseconds);

    [LibraryImport(Name, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Stat(int folder, string path, int flags, uint mask, Statx* result);
}

/// <summary>What errno says.</summary>
internal static class Errno
{
    public const int EPERM = 1, ENOENT = 2, EINTR = 4, EIO = 5, ENXIO = 6, EAGAIN = 11, ENOMEM = 12, EACCES = 13, EBUSY = 16,
        ENODEV = 19, EINVAL = 22, ENOSPC = 28, ENOTTY = 25;

    /// <summary>Whether the device is not, or no longer, there.</summary>
    public static bool IsGone(int error) => error is ENODEV or ENXIO or ENOENT;
}
