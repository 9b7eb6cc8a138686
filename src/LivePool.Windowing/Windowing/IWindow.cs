using Silk.NET.Maths;

namespace Silk.NET.Windowing;

/// <summary>A window on a desktop.</summary>
public interface IWindow : IWindowProperties, IView
{
    /// <summary>Raised with the new position.</summary>
    event Action<Vector2D<int>>? Move;

    /// <summary>Raised when the window is minimized, maximized or restored.</summary>
    event Action<WindowState>? StateChanged;

    /// <summary>Raised with the paths of files that were dropped onto the window.</summary>
    event Action<string[]>? FileDrop;

    /// <summary>
    /// The loop is to end. A handler of <see cref="IView.Closing"/> may set it to false when the user wished to close.
    /// </summary>
    new bool IsClosing { get; set; }
}
