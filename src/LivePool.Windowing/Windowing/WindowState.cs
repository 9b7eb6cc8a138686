namespace Silk.NET.Windowing;

/// <summary>How a window stands on the desktop.</summary>
public enum WindowState
{
    /// <summary>At its own position and size.</summary>
    Normal = 0,

    /// <summary>Iconified.</summary>
    Minimized = 1,

    /// <summary>As large as the desktop's work area.</summary>
    Maximized = 2,

    /// <summary>Alone on the primary monitor.</summary>
    Fullscreen = 3,
}
