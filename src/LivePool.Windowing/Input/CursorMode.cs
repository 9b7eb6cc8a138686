namespace Silk.NET.Input;

/// <summary>Whether the cursor shows and where it may go.</summary>
public enum CursorMode
{
    /// <summary>Shown and free.</summary>
    Normal = 0,

    /// <summary>Free, but not shown over the window.</summary>
    Hidden = 1,

    /// <summary>Not shown and captured: positions grow without bound.</summary>
    Disabled = 2,

    /// <summary>Captured, and the motion is the device's own, without acceleration.</summary>
    Raw = 3,
}
