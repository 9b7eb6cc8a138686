using Silk.NET.Maths;
using Silk.NET.Windowing;

namespace LivePool.Windowing;

internal sealed partial class GlfwWindow
{
    public event Action? Load;

    public event Action<double>? Update;

    public event Action<double>? Render;

    public event Action<Vector2D<int>>? Resize;

    public event Action<Vector2D<int>>? FramebufferResize;

    public event Action? Closing;

    public event Action<bool>? FocusChanged;

    public event Action<Vector2D<int>>? Move;

    public event Action<WindowState>? StateChanged;

    public event Action<string[]>? FileDrop;

    /// <summary>DoEvents is about to raise events.</summary>
    internal event Action? EventsBegin;

    /// <summary>The underlying window is about to be destroyed, and all input from it ends.</summary>
    internal event Action? Destroying;

    /// <summary>Key, scancode, action.</summary>
    internal event Action<int, int, int>? KeyChanged;

    /// <summary>Unicode code point.</summary>
    internal event Action<uint>? CharacterTyped;

    /// <summary>Button, action.</summary>
    internal event Action<int, int>? MouseButtonChanged;

    /// <summary>x, y in window coordinates.</summary>
    internal event Action<double, double>? MouseMoved;

    /// <summary>x, y in steps.</summary>
    internal event Action<double, double>? Scrolled;

    public void RaiseMove(int x, int y) => Move?.Invoke(new Vector2D<int>(x, y));

    public void RaiseResize(int width, int height) => Resize?.Invoke(new Vector2D<int>(width, height));

    public void RaiseFramebufferResize(int width, int height) =>
        FramebufferResize?.Invoke(new Vector2D<int>(width, height));

    public void RaiseClosing() => Closing?.Invoke();

    public void RaiseFocusChanged(bool isFocused) => FocusChanged?.Invoke(isFocused);

    public void RaiseStateChanged() => StateChanged?.Invoke(WindowState);

    public void RaiseFileDrop(string[] paths) => FileDrop?.Invoke(paths);

    public void RaiseKey(int key, int scancode, int action) => KeyChanged?.Invoke(key, scancode, action);

    public void RaiseCharacter(uint codePoint) => CharacterTyped?.Invoke(codePoint);

    public void RaiseMouseButton(int button, int action) => MouseButtonChanged?.Invoke(button, action);

    public void RaiseMouseMove(double x, double y) => MouseMoved?.Invoke(x, y);

    public void RaiseScroll(double x, double y) => Scrolled?.Invoke(x, y);
}
