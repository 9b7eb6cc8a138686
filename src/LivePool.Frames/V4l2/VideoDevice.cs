using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace LivePool.Frames.V4l2;

/// <summary>An open device file. Every request is made again when a signal came between.</summary>
internal sealed unsafe class VideoDevice : IDisposable
{
    private int _fd;

    private VideoDevice(string path, int fd, in Videodev2.Capability capability)
    {
        (Path, _fd) = (path, fd);
        fixed (Videodev2.Capability* all = &capability)
            (Driver, Card, BusInfo) = (Text(all->Driver, 16), Text(all->Card, 32), Text(all->BusInfo, 32));
        // Of a device with several files, what this one can do.
        Capabilities = (capability.Capabilities & Videodev2.CapDeviceCaps) != 0 ? capability.DeviceCaps : capability.Capabilities;
    }

    public string Path { get; }

    public string Driver { get; }

    /// <summary>The device's name.</summary>
    public string Card { get; }

    /// <summary>Where it is plugged in.</summary>
    public string BusInfo { get; }

    public uint Capabilities { get; }

    /// <summary>Whether pictures come in planes of separate memory, which takes other structs. One that can do both does not say so here.</summary>
    public bool IsMultiplanar => (Capabilities & Videodev2.CapVideoCapture) == 0;

    public uint BufType => IsMultiplanar ? Videodev2.BufTypeVideoCaptureMplane : Videodev2.BufTypeVideoCapture;

    public bool CapturesVideo => (Capabilities & (Videodev2.CapVideoCapture | Videodev2.CapVideoCaptureMplane)) != 0;

    /// <summary>Opens a device file and asks what it is.</summary>
    /// <param name="path">The file.</param>
    /// <param name="error">0, or errno.</param>
    /// <returns>Null where there is an error.</returns>
    public static VideoDevice? Open(string path, out int error)
    {
        if (sizeof(nint) != 8)
            throw new FrameSourceException($"cannot open '{path}': cameras are read on 64-bit systems only; use one of those");
        int fd;
        while ((fd = LibC.Open(path, LibC.ReadWrite | LibC.NonBlocking | LibC.CloseOnExec)) < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR)
        {
        }
        error = fd < 0 ? Marshal.GetLastPInvokeError() : 0;
        if (fd < 0)
            return null;
        Videodev2.Capability capability = default;
        error = Control(fd, Videodev2.QueryCap, &capability);
        if (error == 0)
            return new(path, fd, capability);
        _ = LibC.Close(fd);
        return null;
    }

    /// <summary>Makes a request.</summary>
    /// <returns>0, or errno.</returns>
    public int Control(nuint request, void* argument)
    {
        ObjectDisposedException.ThrowIf(_fd < 0, this);
        return Control(_fd, request, argument);
    }

    /// <summary>Makes a request that has to succeed.</summary>
    /// <exception cref="RequestException">It did not.</exception>
    public void Demand(string name, nuint request, void* argument)
    {
        int error = Control(request, argument);
        if (error != 0)
            throw new RequestException(name, error);
    }

    /// <summary>Waits until a buffer can be taken or the device has failed.</summary>
    /// <returns>Whether that is so; false too after a signal.</returns>
    public bool Poll(int milliseconds)
    {
        ObjectDisposedException.ThrowIf(_fd < 0, this);
        var poll = new LibC.PollFd { Fd = _fd, Events = LibC.PollIn };
        return LibC.Poll(&poll, 1, milliseconds) > 0;
    }

    /// <summary>Maps a buffer's memory.</summary>
    /// <exception cref="RequestException">It cannot be mapped.</exception>
    public nint Map(uint length, uint offset)
    {
        ObjectDisposedException.ThrowIf(_fd < 0, this);
        nint memory = (nint)LibC.Mmap(null, length, LibC.ProtectRead | LibC.ProtectWrite, LibC.MapShared, _fd, (nint)offset);
        return memory != -1 ? memory : throw new RequestException("mmap", Marshal.GetLastPInvokeError());
    }

    public void Dispose()
    {
        if (_fd < 0)
            return;
        _ = LibC.Close(_fd);
        _fd = -1;
    }

    private static int Control(int fd, nuint request, void* argument)
    {
        for (; ; )
        {
            if (LibC.Ioctl(fd, request, argument) >= 0)
                return 0;
            int error = Marshal.GetLastPInvokeError();
            Debug.Assert(error != 0, "a failure has a reason");
            if (error != Errno.EINTR)
                return error;
        }
    }

    /// <summary>A device's own words, without what would disturb a terminal.</summary>
    private static string Text(byte* bytes, int length)
    {
        var span = new ReadOnlySpan<byte>(bytes, length);
        int end = span.IndexOf((byte)0);
        string text = Encoding.UTF8.GetString(end < 0 ? span : span[..end]).Trim();
        return string.Create(text.Length, text, static (clean, text) =>
        {
            for (int i = 0; i < clean.Length; i++)
                clean[i] = char.IsControl(text[i]) ? '?' : text[i];
        });
    }
}
