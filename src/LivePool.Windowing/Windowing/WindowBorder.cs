namespace Silk.NET.Windowing;

/// <summary>The frame around a window.</summary>
public enum WindowBorder
{
    /// <summary>A frame that the user can drag to resize.</summary>
    Resizable = 0,

    /// <summary>A frame, but a fixed size.</summary>
    Fixed = 1,

    /// <summary>No frame and a fixed size.</summary>
    Hidden = 2,
}
