using System.Runtime.InteropServices;

namespace LivePool.Plugin.Unity;

/// <summary>What the host hands to <c>UnityPluginLoad</c>. Only the slot that takes numbers is called; native/README.md says why.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct UnityInterfaces
{
    public void* GetInterface;
    public void* RegisterInterface;
    public delegate* unmanaged[Stdcall]<ulong, ulong, void*> GetInterfaceSplit;
    public void* RegisterInterfaceSplit;
}

/// <summary>Which renderer there is, and when it comes and goes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct UnityGraphics
{
    public const ulong High = 0x7CBA0A9CA4DDB544;
    public const ulong Low = 0x8C5AD4926EB17B11;

    /// <summary>Renderers that have GL.</summary>
    public const int OpenGlCore = 17;
    public const int OpenGlEs3 = 11;

    public delegate* unmanaged[Stdcall]<int> GetRenderer;
    public delegate* unmanaged[Stdcall]<delegate* unmanaged[Stdcall]<int, void>, void> RegisterDeviceEventCallback;
    public delegate* unmanaged[Stdcall]<delegate* unmanaged[Stdcall]<int, void>, void> UnregisterDeviceEventCallback;
    public delegate* unmanaged[Stdcall]<int, int> ReserveEventIdRange;

    /// <summary>Whether the host has all that is called.</summary>
    public readonly bool IsWhole =>
        GetRenderer is not null && RegisterDeviceEventCallback is not null && UnregisterDeviceEventCallback is not null && ReserveEventIdRange is not null;
}

/// <summary>The host's log.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct UnityLog
{
    public const ulong High = 0x9E7507FA5B444D5D;
    public const ulong Low = 0x92FB979515EA83FC;
    public const int Error = 0;

    public delegate* unmanaged[Stdcall]<int, byte*, byte*, int, void> Log;
}

internal enum DeviceEvent
{
    Initialize = 0,
    Shutdown = 1,
    BeforeReset = 2,
    AfterReset = 3,
}

/// <summary>The parameters of a custom texture update, version 2.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TextureUpdate
{
    public const int Begin = 9;
    public const int End = 10;

    public void* Pixels;
    public nint Texture;
    public uint UserData;
    public uint Format;
    public uint Width;
    public uint Height;
    public uint BytesPerPixel;
}
