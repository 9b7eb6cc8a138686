using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LivePool.Testing;


namespace LivePool.Unity.Tests;

/// <summary>Loads the real library for the package and says to it that a Unity with Direct3D 11 is there.</summary>
internal static unsafe class FakeHost
{
    private const ulong GraphicsHigh = 0x7CBA0A9CA4DDB544;
    public static readonly nint Library = NativeLibrary.Load(Repository.PathOf("native", "bin", "linux-x64", "liblivepool.so"));
    private static readonly nint[] _graphics =
    [
        (nint)(delegate* unmanaged<int>)&GetRenderer,
        (nint)(delegate* unmanaged<nint, void>)&Ignore,
        (nint)(delegate* unmanaged<nint, void>)&Ignore,
        (nint)(delegate* unmanaged<int, int>)&Reserve,
    ];

    private static nint* _graphicsTable;

    [ModuleInitializer]
    internal static void Resolve() => NativeLibrary.SetDllImportResolver(typeof(LivePoolEngine).Assembly,
        (name, _, _) => name == "livepool" ? Library : throw new DllNotFoundException(name));

    public static void Load()
    {
        _graphicsTable = CopyOut(_graphics);
        nint* interfaces = CopyOut([0, 0, (nint)(delegate* unmanaged<ulong, ulong, nint>)&GetInterface, 0]);
        ((delegate* unmanaged<nint*, void>)NativeLibrary.GetExport(Library, "UnityPluginLoad"))(interfaces);
    }

    public static void Unload() => ((delegate* unmanaged<void>)NativeLibrary.GetExport(Library, "UnityPluginUnload"))();

    // The host's tables live as long as the host.
    private static nint* CopyOut(nint[] table)
    {
        var memory = (nint*)NativeMemory.Alloc((nuint)table.Length, (nuint)sizeof(nint));
        table.CopyTo(new Span<nint>(memory, table.Length));
        return memory;
    }

    [UnmanagedCallersOnly]
    private static nint GetInterface(ulong high, ulong low) => high == GraphicsHigh ? (nint)_graphicsTable : 0;

    [UnmanagedCallersOnly]
    private static int GetRenderer() => 2;

    [UnmanagedCallersOnly]
    private static void Ignore(nint callback)
    {
    }

    [UnmanagedCallersOnly]
    private static int Reserve(int count) => 5000;

    /// <summary>Calls one of Unity's messages, as Unity does by name.</summary>
    public static void Send(object component, string message)
    {
        try
        {
            component.GetType().GetMethod(message, BindingFlags.Instance | BindingFlags.NonPublic)!.Invoke(component, null);
        }
        catch (TargetInvocationException e) when (e.InnerException is LivePoolException inner)
        {
            throw inner;
        }
    }
}
