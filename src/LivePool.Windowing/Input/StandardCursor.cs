namespace Silk.NET.Input;

/// <summary>The shapes that a desktop has for its cursor. GLFW 3.3 has those up to <see cref="VResize"/>.</summary>
public enum StandardCursor
{
    /// <summary>What the desktop shows by itself.</summary>
    Default = 0,

    /// <summary>An arrow.</summary>
    Arrow = 1,

    /// <summary>The bar between letters.</summary>
    IBeam = 2,

    /// <summary>A cross.</summary>
    Crosshair = 3,

    /// <summary>A pointing hand.</summary>
    Hand = 4,

    /// <summary>A horizontal double arrow.</summary>
    HResize = 5,

    /// <summary>A vertical double arrow.</summary>
    VResize = 6,

    /// <summary>A double arrow from top left to bottom right.</summary>
    NwseResize = 7,

    /// <summary>A double arrow from top right to bottom left.</summary>
    NeswResize = 8,

    /// <summary>Four arrows.</summary>
    ResizeAll = 9,

    /// <summary>A forbidding sign.</summary>
    NotAllowed = 10,

    /// <summary>An hourglass. GLFW has none.</summary>
    Wait = 11,

    /// <summary>An arrow with an hourglass. GLFW has none.</summary>
    WaitArrow = 12,
}
