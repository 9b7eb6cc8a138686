using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LivePool.Windowing;

/// <summary>Starts GLFW for its first user, stops it after the last, and keeps the text of its last error.</summary>
internal static unsafe class GlfwLibrary
{
    private static readonly Lock _gate = new();
    private static int _leases;

    [ThreadStatic]
    private static string? _error;

    /// <summary>Starts GLFW unless it runs. Dispose of the lease on the same thread.</summary>
    /// <exception cref="PlatformNotSupportedException">GLFW is missing or too old, or there is no display.</exception>
    public static IDisposable Acquire()
    {
        lock (_gate)
        {
            if (_leases == 0)
                Start();
            _leases++;
            return new Lease();
        }
    }

    /// <summary>Wakes a thread that waits for events. Any thread may call it, even if GLFW does not run.</summary>
    public static void PostEmptyEvent()
    {
        lock (_gate)
        {
            if (_leases > 0)
                Glfw.PostEmptyEvent();
        }
    }

    /// <summary>Forgets the last error, so that what <see cref="TakeError"/> returns came later.</summary>
    public static void ClearError() => _error = null;

    /// <summary>GLFW's words about the last error on this thread, and forgets them.</summary>
    public static string TakeError()
    {
        string error = _error ?? "GLFW gives no reason";
        _error = null;
        return error;
    }

    private static void Start()
    {
        ClearError();
        Glfw.GetVersion(out int major, out int minor, out int revision);
        if (major != 3 || minor < 3)
        {
            throw new PlatformNotSupportedException(
                $"A window needs GLFW 3.3 or later, and this is GLFW {major}.{minor}.{revision}. "
                + "Debian and Ubuntu: apt install libglfw3.");
        }

        Glfw.SetErrorCallback(&OnError);
        if (Glfw.Init() == 0)
        {
            throw new PlatformNotSupportedException(
                $"GLFW cannot open a display: {TakeError()}. On Linux a window needs DISPLAY (or WAYLAND_DISPLAY) to "
                + "name a running display; without a screen, Xvfb provides one: apt install xvfb.");
        }
    }

    private static void Stop()
    {
        lock (_gate)
        {
            if (--_leases == 0)
                Glfw.Terminate();
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnError(int code, nint description) =>
        _error = $"{Marshal.PtrToStringUTF8(description)} (GLFW error 0x{code:X})";

    private sealed class Lease : IDisposable
    {
        private bool _returned;

        public void Dispose()
        {
            if (_returned)
                return;
            _returned = true;
            Stop();
        }
    }
}
