using LivePool.Windowing;
using Silk.NET.Windowing;

namespace Silk.NET.Input;

/// <summary>Input for views.</summary>
public static class InputWindowExtensions
{
    /// <summary>The input devices of an initialized view.</summary>
    /// <param name="view">The view.</param>
    /// <exception cref="InvalidOperationException">The view is not initialized.</exception>
    /// <exception cref="NotSupportedException">The view was not made by <see cref="Window.Create"/>.</exception>
    public static IInputContext CreateInput(this IView view)
    {
        if (!view.IsInitialized)
            throw new InvalidOperationException(
                "This view has no input yet: call Initialize() first, or wait for Load.");

        return view is GlfwWindow window
            ? new GlfwInputContext(window)
            : throw new NotSupportedException($"{view.GetType()} was not made by Window.Create and has no input here.");
    }
}
