using Silk.NET.Maths;

namespace Silk.NET.Windowing;

/// <summary>The properties that a window and its options share.</summary>
public interface IWindowProperties : IViewProperties
{
    /// <summary>The window is shown.</summary>
    bool IsVisible { get; set; }

    /// <summary>The content's top left corner in screen coordinates; (-1, -1) leaves it to the desktop.</summary>
    Vector2D<int> Position { get; set; }

    /// <summary>The content's width and height in screen coordinates.</summary>
    new Vector2D<int> Size { get; set; }

    /// <summary>The text in the title bar.</summary>
    string Title { get; set; }

    /// <summary>How the window stands on the desktop.</summary>
    WindowState WindowState { get; set; }

    /// <summary>The window's frame.</summary>
    WindowBorder WindowBorder { get; set; }

    /// <summary>The desktop shows through where the framebuffer's alpha is below one.</summary>
    bool TransparentFramebuffer { get; }

    /// <summary>The window stays above the others.</summary>
    bool TopMost { get; set; }
}
