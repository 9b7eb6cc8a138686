using System.Runtime.InteropServices;

namespace LivePool.Gpu.Context;

/// <summary>The functions and constants of EGL 1.5 and its extensions that a headless context needs.</summary>
internal static partial class Egl
{
    private const string Library = "libEGL.so.1";

    public const int PlatformSurfaceless = 0x31DD;
    public const int PlatformDevice = 0x313F;
    public const int Extensions = 0x3055;
    public const int None = 0x3038;
    public const int OpenGLApi = 0x30A2;
    public const int SurfaceType = 0x3033;
    public const int RenderableType = 0x3040;
    public const int OpenGLBit = 8;
    public const int OpenGLEsApi = 0x30A0;
    public const int OpenGLEs3Bit = 0x40;
    public const int ContextMajorVersion = 0x3098;
    public const int ContextMinorVersion = 0x30FB;
    public const int ContextProfileMask = 0x30FD;
    public const int ContextCoreProfile = 1;
    public const int ContextDebug = 0x31B0;
    public const int ContextRobustAccess = 0x31B2;
    public const int ContextResetNotificationStrategy = 0x31BD;
    public const int ContextRobustAccessExt = 0x30BF;
    public const int ContextResetNotificationStrategyExt = 0x3138;
    public const int LoseContextOnReset = 0x31BF;
    public const int ContextLost = 0x300E;
    public const int True = 1;

    [LibraryImport(Library, EntryPoint = "eglGetProcAddress", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint GetProcAddress(string name);

    [LibraryImport(Library, EntryPoint = "eglGetPlatformDisplay")]
    public static partial nint GetPlatformDisplay(int platform, nint nativeDisplay, nint attributes);

    [LibraryImport(Library, EntryPoint = "eglInitialize")]
    public static partial int Initialize(nint display, out int major, out int minor);

    [LibraryImport(Library, EntryPoint = "eglBindAPI")]
    public static partial int BindApi(int api);

    [LibraryImport(Library, EntryPoint = "eglChooseConfig")]
    public static partial int ChooseConfig(
        nint display, ReadOnlySpan<int> attributes, out nint config, int configSize, out int configCount);

    [LibraryImport(Library, EntryPoint = "eglCreateContext")]
    public static partial nint CreateContext(nint display, nint config, nint shareContext, ReadOnlySpan<int> attributes);

    [LibraryImport(Library, EntryPoint = "eglDestroyContext")]
    public static partial int DestroyContext(nint display, nint context);

    [LibraryImport(Library, EntryPoint = "eglMakeCurrent")]
    public static partial int MakeCurrent(nint display, nint draw, nint read, nint context);

    [LibraryImport(Library, EntryPoint = "eglGetCurrentContext")]
    public static partial nint GetCurrentContext();

    [LibraryImport(Library, EntryPoint = "eglGetError")]
    public static partial int GetError();

    [LibraryImport(Library, EntryPoint = "eglQueryString")]
    private static partial nint QueryStringPointer(nint display, int name);

    /// <summary>A string of a display, or of the client library where <paramref name="display"/> is 0; empty if none.</summary>
    public static string QueryString(nint display, int name) =>
        Marshal.PtrToStringUTF8(QueryStringPointer(display, name)) ?? "";

    /// <summary>The devices of EGL_EXT_device_enumeration, and whether each is a processor; empty without the extension.</summary>
    public static unsafe IReadOnlyList<(nint Device, bool IsSoftware)> QueryDevices()
    {
        var queryDevices = (delegate* unmanaged<int, nint*, int*, int>)GetProcAddress("eglQueryDevicesEXT");
        var queryString = (delegate* unmanaged<nint, int, nint>)GetProcAddress("eglQueryDeviceStringEXT");
        int count = 0;
        if (queryDevices == null || queryString == null || queryDevices(0, null, &count) == 0 || count < 1)
            return [];
        var devices = new nint[count];
        fixed (nint* first = devices)
        {
            if (queryDevices(count, first, &count) == 0)
                return [];
        }
        var found = new List<(nint, bool)>();
        foreach (nint device in devices.AsSpan(0, count))
        {
            string extensions = Marshal.PtrToStringUTF8(queryString(device, Extensions)) ?? "";
            found.Add((device, extensions.Contains("EGL_MESA_device_software", StringComparison.Ordinal)));
        }
        return found;
    }
}
