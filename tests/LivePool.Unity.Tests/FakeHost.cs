using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LivePool.Testing;

namespace LivePool.Unity.Tests;

/// <summary>Loads the real library for the package and tells it of a Unity with some renderer.</summary>
internal static unsafe class FakeHost
{
    private const ulong GraphicsHigh = 0x7CBA0A9CA4DDB544;
    private const ulong LogHigh = 0x9E7507FA5B444D5D;
    private const int Shutdown = 1;

    public static readonly nint Library = NativeLibrary.Load(Repository.PathOf("native", "bin", "linux-x64", "liblivepool.so"));

    private static readonly List<string> _log = [];
    private static readonly nint* _graphicsTable = CopyOut(
    [
        (nint)(delegate* unmanaged<int>)&GetRenderer,
        (nint)(delegate* unmanaged<delegate* unmanaged<int, void>, void>)&Register,
        (nint)(delegate* unmanaged<nint, void>)&Ignore,
        (nint)(delegate* unmanaged<int, int>)&Reserve,
    ]);
    private static readonly nint* _logTable = CopyOut([(nint)(delegate* unmanaged<int, byte*, byte*, int, void>)&AddLine]);
    private static readonly nint* _interfaces = CopyOut([0, 0, (nint)(delegate* unmanaged<ulong, ulong, nint>)&GetInterface, 0]);

    private static delegate* unmanaged<int, void> _onDeviceEvent;
    private static int _renderer;

    /// <summary>What the library has said to the host's log since it was loaded.</summary>
    public static string[] Log
    {
        get
        {
            lock (_log)
                return [.. _log];
        }
    }

    [ModuleInitializer]
    internal static void Resolve() => NativeLibrary.SetDllImportResolver(typeof(LivePoolEngine).Assembly,
        (name, _, _) => name == "livepool" ? Library : throw new DllNotFoundException(name));

    public static void Load(int renderer)
    {
        _renderer = renderer;
        lock (_log)
            _log.Clear();
        ((delegate* unmanaged<nint*, void>)NativeLibrary.GetExport(Library, "UnityPluginLoad"))(_interfaces);
    }

    /// <summary>To be called on the render thread, whose context ends next.</summary>
    public static void EndDevice() => _onDeviceEvent(Shutdown);

    public static void Unload() => ((delegate* unmanaged<void>)NativeLibrary.GetExport(Library, "UnityPluginUnload"))();

    // The host's tables live as long as the host.
    private static nint* CopyOut(nint[] table)
    {
        var memory = (nint*)NativeMemory.Alloc((nuint)table.Length, (nuint)sizeof(nint));
        table.CopyTo(new Span<nint>(memory, table.Length));
        return memory;
    }

    [UnmanagedCallersOnly]
    private static nint GetInterface(ulong high, ulong low) =>
        high == GraphicsHigh ? (nint)_graphicsTable : high == LogHigh ? (nint)_logTable : 0;

    [UnmanagedCallersOnly]
    private static int GetRenderer() => _renderer;

    [UnmanagedCallersOnly]
    private static void Register(delegate* unmanaged<int, void> callback) => _onDeviceEvent = callback;

    [UnmanagedCallersOnly]
    private static void Ignore(nint callback)
    {
    }

    [UnmanagedCallersOnly]
    private static int Reserve(int count) => 5000;

    [UnmanagedCallersOnly]
    private static void AddLine(int type, byte* message, byte* file, int line)
    {
        lock (_log)
            _log.Add(Marshal.PtrToStringUTF8((nint)message)!);
    }
}
