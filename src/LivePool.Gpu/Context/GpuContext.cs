using LivePool.Core;
using LivePool.Core.Backends;
using Silk.NET.Core.Contexts;
using Silk.NET.OpenGL;

namespace LivePool.Gpu.Context;

/// <summary>
/// A GL context and what it runs on. A context is current on one thread at a time: a window's must be made current by the
/// caller; a headless one makes itself current on the thread that calls <see cref="MakeCurrent"/>, as every method of
/// <see cref="GpuBackend"/> does, and must be <see cref="Release">released</see> before another thread uses it.
/// </summary>
public sealed class GpuContext : IDisposable
{
    private static readonly string[] SoftwareRenderers = ["llvmpipe", "softpipe", "SwiftShader", "Microsoft Basic"];

    private readonly EglContext? _egl;
    private string? _loss;
    private bool _isDisposed;

    private GpuContext(Func<string, nint> getProcAddress, EglContext? egl)
    {
        (GL gl, Dialect) = GlDialect.Load(getProcAddress);
        Gl = gl;
        _egl = egl;
        string renderer = gl.GetStringS(StringName.Renderer) ?? "";
        Device = new DeviceInfo(
            gl.GetStringS(StringName.Vendor) ?? "",
            renderer,
            gl.GetStringS(StringName.Version) ?? "",
            SoftwareRenderers.Any(name => renderer.Contains(name, StringComparison.OrdinalIgnoreCase)));
        AskReset = ResetStatus.Find(gl, Dialect);
    }

    /// <summary>The GL functions.</summary>
    public GL Gl { get; }

    /// <summary>GL_VENDOR, GL_RENDERER, GL_VERSION, and whether a processor acts as the GPU.</summary>
    public DeviceInfo Device { get; }

    /// <summary>OpenGL or OpenGL ES, and what it has.</summary>
    internal GlDialect Dialect { get; }

    /// <summary>Whether the context has no window.</summary>
    public bool IsHeadless => _egl is not null;

    /// <summary>Asks whether the device was reset; null where the driver cannot say. Tests put their own here.</summary>
    internal Func<GLEnum>? AskReset { get; set; }

    /// <summary>Makes a GL 4.3 core context without a window, by EGL, and makes it current.</summary>
    /// <param name="debug">Whether the driver should report errors through debug output.</param>
    /// <param name="isEs">Whether it is OpenGL ES 3.1 instead.</param>
    /// <exception cref="BackendUnavailableException">There is no EGL, no device, or no such version.</exception>
    public static GpuContext CreateHeadless(bool debug = false, bool isEs = false)
    {
        EglContext egl = EglContext.Create(debug, isEs);
        return new GpuContext(Egl.GetProcAddress, egl);
    }

    /// <summary>Wraps a window's context, which must be current and stays the window's.</summary>
    public static GpuContext FromWindow(IGLContextSource window) => new(name => window.GLContext!.TryGetProcAddress(name, out nint function) ? function : 0, egl: null);

    /// <summary>Wraps a context that is current and stays the caller's.</summary>
    public static GpuContext FromCurrent(CurrentContext current) => new(current.GetProcAddress, egl: null);

    /// <summary>Makes a headless context current on this thread; does nothing for a window's.</summary>
    /// <exception cref="LivePoolException">It is current on another thread.</exception>
    /// <exception cref="BackendUnavailableException">The device was reset, and the context is lost.</exception>
    public void MakeCurrent()
    {
        if (_loss is not null)
            throw new BackendUnavailableException(_loss);
        _egl?.MakeCurrent();
    }

    /// <summary>Lets go of a headless context, so that another thread can use it.</summary>
    public void Release() => _egl?.Release();

    /// <summary>Throws if the device was reset, because everything in the context is lost then. Asks once; cheap.</summary>
    /// <exception cref="BackendUnavailableException">Whose fault it was, and what to do.</exception>
    internal void ThrowIfLost(string action, string name)
    {
        GLEnum status = _loss is null && AskReset is not null ? AskReset() : GLEnum.NoError;
        if (status != GLEnum.NoError)
            _loss = $"gpu: {Device.Renderer} was reset while {action} {name}, and all that it held is lost: {ResetStatus.Describe(status)}";
        if (_loss is not null)
            throw new BackendUnavailableException(_loss);
    }

    /// <summary>
    /// Makes the context current to delete what is in it. False where it is lost: there is nothing left to delete, and GL
    /// may not be called, because another context may be current.
    /// </summary>
    internal bool TryMakeCurrent()
    {
        try
        {
            MakeCurrent();
            ThrowIfLost("deleting", "objects");
            return true;
        }
        catch (BackendUnavailableException)
        {
            return false;
        }
    }

    /// <summary>Notes that a host's context is gone with all that was in it: what is disposed from now on is only forgotten.</summary>
    public void Abandon() => _loss ??= "gpu: the host's GL context is gone";

    /// <summary>The first error that is pending in the context, which must be current; takes them all.</summary>
    public GLEnum TakeError() => GlErrors.Take(Gl);

    /// <summary>Throws unless the context has compute shaders.</summary>
    /// <exception cref="BackendUnavailableException">It has not; the message says what it has.</exception>
    internal void RequireCompute()
    {
        if (Dialect.HasCompute)
            return;
        string needed = Dialect.IsEs ? "ES 3.1 with GL_EXT_gpu_shader5" : "4.3";
        throw new BackendUnavailableException($"gpu: {Device.Renderer} has OpenGL {Device.Version}, but compute shaders " +
            $"need {needed}; update the driver{BackendUnavailableException.OrSimd}");
    }

    /// <summary>Destroys a headless context. Objects made in it must be disposed before.</summary>
    public void Dispose()
    {
        if (_isDisposed || _egl is null)
            return;
        _isDisposed = true;
        TryMakeCurrent();
        Gl.Dispose();
        _egl.Dispose();
    }
}
