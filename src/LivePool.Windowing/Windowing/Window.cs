using LivePool.Windowing;

namespace Silk.NET.Windowing;

/// <summary>Makes windows.</summary>
public static class Window
{
    /// <summary>Prepares a window; <see cref="IView.Initialize"/> opens it.</summary>
    /// <param name="options">What it is made from.</param>
    /// <exception cref="PlatformNotSupportedException">GLFW is not installed, or there is no display.</exception>
    public static IWindow Create(WindowOptions options) => new GlfwWindow(options);
}
