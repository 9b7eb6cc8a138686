using System.Runtime.InteropServices;

namespace LivePool.Gpu.Context;

/// <summary>The GL context that a host has made current on this thread, whichever system interface it came by.</summary>
/// <param name="Handle">The interface's pointer to it, which tells contexts apart while they live.</param>
/// <param name="GetProcAddress">Finds GL's functions.</param>
public readonly record struct CurrentContext(nint Handle, Func<string, nint> GetProcAddress)
{
    private static readonly Interface[] _interfaces = OperatingSystem.IsWindows()
        ? [new("wglGetCurrentContext", "wglGetProcAddress", "opengl32.dll")]
        : OperatingSystem.IsMacOS()
            ? [new("CGLGetCurrentContext", null, "/System/Library/Frameworks/OpenGL.framework/OpenGL")]
            : [new("eglGetCurrentContext", "eglGetProcAddress", "libEGL.so.1"), new("glXGetCurrentContext", "glXGetProcAddressARB", "libGLX.so.0", "libGL.so.1")];

    /// <summary>The context; null where none is current.</summary>
    public static CurrentContext? Find()
    {
        foreach (Interface candidate in _interfaces)
        {
            if (candidate.Current is var handle and not 0)
                return new(handle, candidate.Find);
        }
        return null;
    }

    /// <summary>A system's interface to contexts, EGL, GLX, WGL or CGL; without a current context where it is not installed.</summary>
    private sealed unsafe class Interface
    {
        private readonly nint _library;
        private readonly delegate* unmanaged<nint> _current;
        private readonly delegate* unmanaged<byte*, nint> _find;

        public Interface(string current, string? find, params ReadOnlySpan<string> libraries)
        {
            foreach (string library in libraries)
            {
                if (!NativeLibrary.TryLoad(library, out _library))
                    continue;
                if (NativeLibrary.TryGetExport(_library, current, out nint function))
                    _current = (delegate* unmanaged<nint>)function;
                if (find is not null && NativeLibrary.TryGetExport(_library, find, out function))
                    _find = (delegate* unmanaged<byte*, nint>)function;
                break;
            }
            Find = FunctionAt;
        }

        public Func<string, nint> Find { get; }

        public nint Current => _current is null ? 0 : _current();

        private nint FunctionAt(string name)
        {
            nint function = 0;
            if (_find is not null)
            {
                nint text = Marshal.StringToCoTaskMemUTF8(name);
                function = _find((byte*)text);
                Marshal.FreeCoTaskMem(text);
            }
            // WGL finds only what came after GL 1.1; some drivers say -1 to 3 for "no".
            if (function is >= -1 and <= 3 && !NativeLibrary.TryGetExport(_library, name, out function))
                function = 0;
            return function;
        }
    }
}
