using Silk.NET.Input;

namespace LivePool.Windowing;

/// <summary>GLFW merges all keyboards into one and all mice into one.</summary>
internal sealed class GlfwInputContext : IInputContext
{
    private readonly GlfwWindow _window;
    private readonly GlfwKeyboard _keyboard;
    private readonly GlfwMouse _mouse;

    public GlfwInputContext(GlfwWindow window)
    {
        _window = window;
        _keyboard = new GlfwKeyboard(window);
        _mouse = new GlfwMouse(window);
        Keyboards = [_keyboard];
        Mice = [_mouse];
        window.Destroying += Dispose;
    }

    public nint Handle => _window.Handle;

    public IReadOnlyList<IKeyboard> Keyboards { get; }

    public IReadOnlyList<IMouse> Mice { get; }

    public void Dispose()
    {
        _window.Destroying -= Dispose;
        _keyboard.Dispose();
        _mouse.Dispose();
    }
}
