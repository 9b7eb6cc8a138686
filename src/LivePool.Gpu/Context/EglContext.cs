using LivePool.Core;

namespace LivePool.Gpu.Context;

/// <summary>
/// A GL 4.3 core or ES 3.1 context without a window. The EGL display is the process's and is never terminated, because other
/// contexts may be using it.
/// </summary>
internal sealed class EglContext : IDisposable
{
    private const string Install = $"install Debian's libegl1 and libgl1-mesa-dri{BackendUnavailableException.OrSimd}";

    private readonly nint _display;
    private nint _context;

    private EglContext(nint display, nint context)
    {
        _display = display;
        _context = context;
    }

    public static EglContext Create(bool debug, bool isEs)
    {
        try
        {
            return CreateOnFirstDisplay(debug, isEs);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            throw new BackendUnavailableException($"gpu: there is no EGL library (libEGL.so.1); {Install}", e);
        }
    }

    public bool IsCurrent => _context != 0 && Egl.GetCurrentContext() == _context;

    public void MakeCurrent()
    {
        ObjectDisposedException.ThrowIf(_context == 0, this);
        if (IsCurrent || Egl.MakeCurrent(_display, 0, 0, _context) != 0)
            return;
        int error = Egl.GetError();
        if (error == Egl.ContextLost)
            throw new BackendUnavailableException("gpu: the context is lost; start again");
        throw new LivePoolException($"gpu: the context cannot be made current (EGL error 0x{error:X}); " +
            "is it current on another thread? release it there first");
    }

    public void Release()
    {
        if (IsCurrent)
            _ = Egl.MakeCurrent(_display, 0, 0, 0);
    }

    public void Dispose()
    {
        if (_context == 0)
            return;
        Release();
        _ = Egl.DestroyContext(_display, _context);
        _context = 0;
    }

    private static EglContext CreateOnFirstDisplay(bool debug, bool isEs)
    {
        string reason = "no EGL display opens";
        foreach ((nint display, bool isVersion15) in OpenDisplays())
        {
            if (TryCreate(display, isVersion15, debug, isEs, out reason) is { } context)
                return context;
        }
        throw new BackendUnavailableException($"gpu: {reason}; {Install}");
    }

    /// <summary>Hardware devices, then Mesa's surfaceless platform, which picks by itself, then software devices.</summary>
    private static IEnumerable<(nint Display, bool IsVersion15)> OpenDisplays()
    {
        string client = Egl.QueryString(0, Egl.Extensions);
        IReadOnlyList<(nint Device, bool IsSoftware)> devices =
            client.Contains("EGL_EXT_platform_device", StringComparison.Ordinal) ? Egl.QueryDevices() : [];
        var candidates = new List<(int Platform, nint Native)>();
        candidates.AddRange(devices.Where(d => !d.IsSoftware).Select(d => (Egl.PlatformDevice, d.Device)));
        if (client.Contains("EGL_MESA_platform_surfaceless", StringComparison.Ordinal))
            candidates.Add((Egl.PlatformSurfaceless, 0));
        candidates.AddRange(devices.Where(d => d.IsSoftware).Select(d => (Egl.PlatformDevice, d.Device)));
        foreach ((int platform, nint native) in candidates)
        {
            nint display = Egl.GetPlatformDisplay(platform, native, 0);
            if (display != 0 && Egl.Initialize(display, out int major, out int minor) != 0)
                yield return (display, (major, minor).CompareTo((1, 5)) >= 0);
        }
    }

    private static EglContext? TryCreate(nint display, bool isVersion15, bool debug, bool isEs, out string reason)
    {
        string extensions = Egl.QueryString(display, Egl.Extensions);
        if (!extensions.Contains("EGL_KHR_surfaceless_context", StringComparison.Ordinal))
        {
            reason = "the EGL driver cannot make a context without a surface";
            return null;
        }
        ReadOnlySpan<int> wanted = [Egl.SurfaceType, 0, Egl.RenderableType, isEs ? Egl.OpenGLEs3Bit : Egl.OpenGLBit, Egl.None];
        if (Egl.BindApi(isEs ? Egl.OpenGLEsApi : Egl.OpenGLApi) == 0
            || Egl.ChooseConfig(display, wanted, out nint config, 1, out int count) == 0 || count < 1)
        {
            reason = isEs ? "the EGL driver offers no OpenGL ES" : "the EGL driver offers no desktop OpenGL";
            return null;
        }
        foreach (int[] robustness in Robustness(isVersion15, extensions))
        {
            nint context = Egl.CreateContext(display, config, 0, Attributes(debug, isEs, robustness));
            if (context == 0)
                continue;
            var created = new EglContext(display, context);
            if (Egl.MakeCurrent(display, 0, 0, context) != 0)
            {
                reason = "";
                return created;
            }
            created.Dispose();
        }
        reason = $"the driver gives no {(isEs ? "OpenGL ES 3.1" : "OpenGL 4.3 core")} context (EGL error 0x{Egl.GetError():X})";
        return null;
    }

    /// <summary>
    /// Ways to ask for a context that reads and writes only within buffers and that says when it is lost; the last asks for
    /// neither, for drivers that refuse the others.
    /// </summary>
    private static IEnumerable<int[]> Robustness(bool isVersion15, string extensions)
    {
        if (isVersion15)
            yield return [Egl.ContextRobustAccess, Egl.True, Egl.ContextResetNotificationStrategy, Egl.LoseContextOnReset];
        if (extensions.Contains("EGL_EXT_create_context_robustness", StringComparison.Ordinal))
            yield return [Egl.ContextRobustAccessExt, Egl.True, Egl.ContextResetNotificationStrategyExt, Egl.LoseContextOnReset];
        yield return [];
    }

    private static int[] Attributes(bool debug, bool isEs, int[] robustness) =>
    [
        .. isEs
            ? (ReadOnlySpan<int>)[Egl.ContextMajorVersion, 3, Egl.ContextMinorVersion, 1]
            : [Egl.ContextMajorVersion, 4, Egl.ContextMinorVersion, 3, Egl.ContextProfileMask, Egl.ContextCoreProfile],
        .. debug ? (ReadOnlySpan<int>)[Egl.ContextDebug, Egl.True] : [],
        .. robustness,
        Egl.None,
    ];
}
