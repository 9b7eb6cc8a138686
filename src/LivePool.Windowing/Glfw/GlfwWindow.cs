using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Silk.NET.Core.Contexts;
using Silk.NET.Windowing;

namespace LivePool.Windowing;

/// <summary>A window of GLFW: its life. The other parts are its loop, its properties and its events.</summary>
internal sealed partial class GlfwWindow : IWindow
{
    private readonly InvocationQueue _invocations = new();
    private readonly Stopwatch _lifetime = new();
    private WindowOptions _options;
    private IDisposable? _lease;
    private GCHandle _self;
    private GlfwContext? _context;
    private ExceptionDispatchInfo? _keptException;
    private int _threadId;

    public GlfwWindow(WindowOptions options)
    {
        _options = options with { Title = options.Title ?? "" };
        FramesPerSecond = options.FramesPerSecond;
        UpdatesPerSecond = options.UpdatesPerSecond;
        _lease = GlfwLibrary.Acquire();
    }

    public nint Handle { get; private set; }

    public bool IsInitialized => Handle != 0;

    public double Time => _lifetime.Elapsed.TotalSeconds;

    public IGLContext? GLContext
    {
        get
        {
            if (!HasContext)
                return null;
            return _context ?? throw new InvalidOperationException(
                "The window has no GL context yet: call Initialize() first, or wait for Load.");
        }
    }

    private bool HasContext => API.API is ContextAPI.OpenGL or ContextAPI.OpenGLES;

    public void Initialize()
    {
        if (IsInitialized)
            return;

        _lease ??= GlfwLibrary.Acquire();
        try
        {
            Open();
        }
        catch
        {
            Reset();
            throw;
        }

        Load?.Invoke();
    }

    public void Close()
    {
        Closing?.Invoke();
        IsClosing = true;
    }

    public void Reset()
    {
        if (_frameDepth > 0)
            throw new InvalidOperationException(
                "A window cannot be reset or disposed of in its own loop; call Close().");

        if (IsInitialized)
        {
            _invocations.Close();
            Destroying?.Invoke();
            Glfw.DestroyWindow(Handle);
            Handle = 0;
            _context = null;
            _keptException = null;
            _self.Free();
            _lifetime.Reset();
        }

        ReturnLease();
    }

    public void Dispose() => Reset();

    public object Invoke(Delegate d, params object[] args)
    {
        if (IsInitialized && Environment.CurrentManagedThreadId == _threadId)
            return InvocationQueue.Call(d, args)!;

        Task<object?> result = _invocations.Add(d, args);
        ContinueEvents();
        return result.GetAwaiter().GetResult()!;
    }

    public void ContinueEvents() => GlfwLibrary.PostEmptyEvent();

    /// <summary>Keeps what a handler threw while GLFW's frames lie below it.</summary>
    public void KeepException(Exception exception) => _keptException ??= ExceptionDispatchInfo.Capture(exception);

    private void ThrowKeptException()
    {
        ExceptionDispatchInfo? kept = _keptException;
        _keptException = null;
        kept?.Throw();
    }

    private void ReturnLease()
    {
        _lease?.Dispose();
        _lease = null;
    }

    private void Open()
    {
        Handle = Create();
        _self = GCHandle.Alloc(this);
        _threadId = Environment.CurrentManagedThreadId;
        _context = HasContext ? new GlfwContext(this) : null;
        Glfw.SetWindowUserPointer(Handle, GCHandle.ToIntPtr(_self));
        Place();
        GlfwCallbacks.Register(Handle);

        _context?.MakeCurrent();
        _swapIntervalChanged = true;
        _invocations.Open();
        _lifetime.Restart();
        _renders.Start();
        _updates.Start();
    }

    /// <summary>Creates the window hidden.</summary>
    private nint Create()
    {
        GraphicsAPI api = _options.API;
        if (api.API == ContextAPI.Vulkan)
        {
            throw new PlatformNotSupportedException(
                "This window provider makes no Vulkan surfaces; ask for ContextAPI.OpenGL, OpenGLES or None.");
        }

        Glfw.DefaultWindowHints();
        Glfw.WindowHint(Glfw.Visible, 0);
        Glfw.WindowHint(Glfw.Decorated, _options.WindowBorder == WindowBorder.Hidden ? 0 : 1);
        Glfw.WindowHint(Glfw.Resizable, _options.WindowBorder == WindowBorder.Resizable ? 1 : 0);
        Glfw.WindowHint(Glfw.Floating, _options.TopMost ? 1 : 0);
        Glfw.WindowHint(Glfw.TransparentFramebuffer, _options.TransparentFramebuffer ? 1 : 0);
        Glfw.WindowHint(Glfw.DepthBits, _options.PreferredDepthBufferBits ?? 24);
        Glfw.WindowHint(Glfw.StencilBits, _options.PreferredDepthBufferBits is null ? 8 : Glfw.DontCare);
        Glfw.WindowHint(Glfw.Samples, _options.Samples ?? Glfw.DontCare);
        HintContext(api);

        GlfwLibrary.ClearError();
        nint handle = Glfw.CreateWindow(_options.Size.X, _options.Size.Y, _options.Title, 0, 0);
        if (handle != 0)
            return handle;

        string context = HasContext
            ? $" with {api.API} {api.Version.MajorVersion}.{api.Version.MinorVersion} {api.Profile}"
            : "";
        throw new PlatformNotSupportedException(
            $"No window of {_options.Size.X}x{_options.Size.Y}{context}: {GlfwLibrary.TakeError()}.");
    }

    private void HintContext(GraphicsAPI api)
    {
        Glfw.WindowHint(Glfw.ClientApi, api.API switch
        {
            ContextAPI.OpenGL => Glfw.OpenGLApi,
            ContextAPI.OpenGLES => Glfw.OpenGLESApi,
            _ => Glfw.NoApi,
        });
        if (!HasContext)
            return;

        APIVersion version = api.Version;
        Glfw.WindowHint(Glfw.ContextVersionMajor, version.MajorVersion);
        Glfw.WindowHint(Glfw.ContextVersionMinor, version.MinorVersion);
        Glfw.WindowHint(Glfw.OpenGLForwardCompatible, api.Flags.HasFlag(ContextFlags.ForwardCompatible) ? 1 : 0);
        // A driver that cannot do so ignores it.
        Glfw.WindowHint(Glfw.ContextRobustness, Glfw.LoseContextOnReset);
        Glfw.WindowHint(Glfw.OpenGLDebugContext, api.Flags.HasFlag(ContextFlags.Debug) ? 1 : 0);
        bool hasProfiles = version.MajorVersion > 3 || (version.MajorVersion == 3 && version.MinorVersion >= 2);
        if (api.API == ContextAPI.OpenGL && hasProfiles)
        {
            bool isCore = api.Profile == ContextProfile.Core;
            Glfw.WindowHint(Glfw.OpenGLProfile, isCore ? Glfw.CoreProfile : Glfw.CompatibilityProfile);
        }
    }

    /// <summary>Puts the new window where the options want it, and shows it.</summary>
    private void Place()
    {
        if (_options.WindowState != WindowState.Fullscreen && _options.Position is not { X: -1, Y: -1 })
            Glfw.SetWindowPos(Handle, _options.Position.X, _options.Position.Y);
        if (!_options.IsVisible)
            return;
        Glfw.ShowWindow(Handle);
        if (_options.WindowState != WindowState.Normal)
            WindowState = _options.WindowState;
    }
}
