using Silk.NET.Maths;
using Silk.NET.Windowing;

namespace LivePool.Windowing;

internal sealed partial class GlfwWindow
{
    private Vector2D<int> _positionBeforeFullscreen;
    private Vector2D<int> _sizeBeforeFullscreen;

    public GraphicsAPI API => _options.API;

    public int? PreferredDepthBufferBits => _options.PreferredDepthBufferBits;

    public int? Samples => _options.Samples;

    public bool TransparentFramebuffer => _options.TransparentFramebuffer;

    public bool ShouldSwapAutomatically
    {
        get => _options.ShouldSwapAutomatically;
        set => _options.ShouldSwapAutomatically = value;
    }

    public bool IsEventDriven
    {
        get => _options.IsEventDriven;
        set => _options.IsEventDriven = value;
    }

    public bool VSync
    {
        get => _options.VSync;
        set
        {
            _options.VSync = value;
            _swapIntervalChanged = true;
        }
    }

    public bool IsClosing
    {
        get => !IsInitialized || Glfw.WindowShouldClose(Handle) != 0;
        set
        {
            if (IsInitialized)
                Glfw.SetWindowShouldClose(Handle, value ? 1 : 0);
        }
    }

    public Vector2D<int> FramebufferSize
    {
        get
        {
            if (!IsInitialized)
                return default;
            Glfw.GetFramebufferSize(Handle, out int width, out int height);
            return new Vector2D<int>(width, height);
        }
    }

    /// <summary>As a view, a window that is not open has no size; as a window, it has that of its options.</summary>
    Vector2D<int> IViewProperties.Size => IsInitialized ? Size : default;

    public Vector2D<int> Size
    {
        get
        {
            if (!IsInitialized)
                return _options.Size;
            Glfw.GetWindowSize(Handle, out int width, out int height);
            return new Vector2D<int>(width, height);
        }
        set
        {
            _options.Size = value;
            if (!IsInitialized)
                return;
            Glfw.SetWindowSize(Handle, value.X, value.Y);
            ThrowKeptExceptionOutsideEvents();
        }
    }

    public Vector2D<int> Position
    {
        get
        {
            if (!IsInitialized)
                return _options.Position;
            Glfw.GetWindowPos(Handle, out int x, out int y);
            return new Vector2D<int>(x, y);
        }
        set
        {
            _options.Position = value;
            if (!IsInitialized)
                return;
            Glfw.SetWindowPos(Handle, value.X, value.Y);
            ThrowKeptExceptionOutsideEvents();
        }
    }

    public string Title
    {
        get => _options.Title;
        set
        {
            _options.Title = value;
            if (IsInitialized)
                Glfw.SetWindowTitle(Handle, value);
        }
    }

    public bool IsVisible
    {
        get => IsInitialized ? Has(Glfw.Visible) : _options.IsVisible;
        set
        {
            _options.IsVisible = value;
            if (!IsInitialized)
                return;
            if (value)
                Glfw.ShowWindow(Handle);
            else
                Glfw.HideWindow(Handle);
            ThrowKeptExceptionOutsideEvents();
        }
    }

    public bool TopMost
    {
        get => IsInitialized ? Has(Glfw.Floating) : _options.TopMost;
        set
        {
            _options.TopMost = value;
            if (IsInitialized)
                Glfw.SetWindowAttribute(Handle, Glfw.Floating, value ? 1 : 0);
        }
    }

    public WindowBorder WindowBorder
    {
        get
        {
            if (!IsInitialized)
                return _options.WindowBorder;
            if (Has(Glfw.Resizable))
                return WindowBorder.Resizable;
            return Has(Glfw.Decorated) ? WindowBorder.Fixed : WindowBorder.Hidden;
        }
        set
        {
            _options.WindowBorder = value;
            if (!IsInitialized)
                return;
            Glfw.SetWindowAttribute(Handle, Glfw.Decorated, value == WindowBorder.Hidden ? 0 : 1);
            Glfw.SetWindowAttribute(Handle, Glfw.Resizable, value == WindowBorder.Resizable ? 1 : 0);
        }
    }

    public WindowState WindowState
    {
        get
        {
            if (!IsInitialized)
                return _options.WindowState;
            if (Has(Glfw.Iconified))
                return WindowState.Minimized;
            if (Has(Glfw.Maximized))
                return WindowState.Maximized;
            return Glfw.GetWindowMonitor(Handle) != 0 ? WindowState.Fullscreen : WindowState.Normal;
        }
        set
        {
            _options.WindowState = value;
            if (!IsInitialized)
                return;
            _swapIntervalChanged = true;
            ChangeState(value);
            ThrowKeptExceptionOutsideEvents();
        }
    }

    public void Focus()
    {
        if (!IsInitialized)
            return;
        Glfw.FocusWindow(Handle);
        ThrowKeptExceptionOutsideEvents();
    }

    public Vector2D<int> PointToFramebuffer(Vector2D<int> point)
    {
        Vector2D<int> size = Size, pixels = FramebufferSize;
        if (size.X == 0 || size.Y == 0)
            return point;
        return new Vector2D<int>(
            (int)((long)point.X * pixels.X / size.X),
            (int)((long)point.Y * pixels.Y / size.Y));
    }

    private bool Has(int attribute) => Glfw.GetWindowAttribute(Handle, attribute) != 0;

    private unsafe void ChangeState(WindowState state)
    {
        bool isFullscreen = Glfw.GetWindowMonitor(Handle) != 0;
        if (state == WindowState.Fullscreen)
        {
            if (isFullscreen)
                return;
            nint monitor = Glfw.GetPrimaryMonitor();
            Glfw.VideoMode* mode = monitor == 0 ? null : Glfw.GetVideoMode(monitor);
            if (mode is null)
                throw new InvalidOperationException("The window cannot fill the screen: the display names no monitor.");
            (_positionBeforeFullscreen, _sizeBeforeFullscreen) = (Position, Size);
            Glfw.SetWindowMonitor(Handle, monitor, 0, 0, mode->Width, mode->Height, mode->RefreshRate);
            return;
        }

        if (isFullscreen)
        {
            (Vector2D<int> position, Vector2D<int> size) = (_positionBeforeFullscreen, _sizeBeforeFullscreen);
            Glfw.SetWindowMonitor(Handle, 0, position.X, position.Y, size.X, size.Y, 0);
        }

        switch (state)
        {
            case WindowState.Minimized:
                Glfw.IconifyWindow(Handle);
                break;
            case WindowState.Maximized:
                Glfw.MaximizeWindow(Handle);
                break;
            default:
                Glfw.RestoreWindow(Handle);
                break;
        }
    }

    /// <summary>Some systems raise a change's events at once. Inside DoEvents, that is what throws for them.</summary>
    private void ThrowKeptExceptionOutsideEvents()
    {
        if (!_inEvents)
            ThrowKeptException();
    }
}
