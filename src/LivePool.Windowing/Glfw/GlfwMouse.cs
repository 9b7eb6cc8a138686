using System.Numerics;
using Silk.NET.Input;

namespace LivePool.Windowing;

internal sealed class GlfwMouse : IMouse, IDisposable
{
    private static readonly MouseButton[] _buttons =
        [.. Enum.GetValues<MouseButton>().Where(button => button is >= MouseButton.Left and <= MouseButton.Button8)];

    private readonly GlfwWindow _window;
    private readonly GlfwCursor _cursor;
    private readonly ScrollWheel[] _wheels = new ScrollWheel[1];

    public GlfwMouse(GlfwWindow window)
    {
        _window = window;
        _cursor = new GlfwCursor(window);
        window.EventsBegin += OnEventsBegin;
        window.MouseButtonChanged += OnButton;
        window.MouseMoved += OnMove;
        window.Scrolled += OnScroll;
    }

    // Silk.NET declares these events as never null, hence the handlers that do nothing.
    public event Action<IMouse, MouseButton> MouseDown = delegate { };

    public event Action<IMouse, MouseButton> MouseUp = delegate { };

    public event Action<IMouse, Vector2> MouseMove = delegate { };

    public event Action<IMouse, ScrollWheel> Scroll = delegate { };

    public string Name => "Mouse (GLFW)";

    public int Index => 0;

    public bool IsConnected => true;

    public IReadOnlyList<MouseButton> SupportedButtons => _buttons;

    public IReadOnlyList<ScrollWheel> ScrollWheels => _wheels;

    public ICursor Cursor => _cursor;

    public Vector2 Position
    {
        get
        {
            if (!_window.IsInitialized)
                return default;
            Glfw.GetCursorPos(_window.Handle, out double x, out double y);
            return new Vector2((float)x, (float)y);
        }
        set
        {
            if (_window.IsInitialized)
                Glfw.SetCursorPos(_window.Handle, value.X, value.Y);
        }
    }

    public bool IsButtonPressed(MouseButton btn) =>
        _window.IsInitialized
        && btn is >= MouseButton.Left and <= MouseButton.Button8
        && Glfw.GetMouseButton(_window.Handle, (int)btn) == Glfw.Press;

    public void Dispose()
    {
        _window.EventsBegin -= OnEventsBegin;
        _window.MouseButtonChanged -= OnButton;
        _window.MouseMoved -= OnMove;
        _window.Scrolled -= OnScroll;
        _cursor.Dispose();
    }

    private void OnEventsBegin() => _wheels[0] = default;

    private void OnButton(int button, int action)
    {
        if (action == Glfw.Press)
            MouseDown(this, (MouseButton)button);
        else
            MouseUp(this, (MouseButton)button);
    }

    private void OnMove(double x, double y) => MouseMove(this, new Vector2((float)x, (float)y));

    private void OnScroll(double x, double y)
    {
        _wheels[0] = new ScrollWheel((float)x, (float)y);
        Scroll(this, _wheels[0]);
    }
}
