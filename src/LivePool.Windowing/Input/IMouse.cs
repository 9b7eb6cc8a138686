using System.Numerics;

namespace Silk.NET.Input;

/// <summary>A mouse. Positions are in window coordinates from the content's top left corner.</summary>
public interface IMouse : IInputDevice
{
    /// <summary>A button went down.</summary>
    event Action<IMouse, MouseButton> MouseDown;

    /// <summary>A button came up.</summary>
    event Action<IMouse, MouseButton> MouseUp;

    /// <summary>The mouse moved to a position.</summary>
    event Action<IMouse, Vector2> MouseMove;

    /// <summary>A wheel turned by so many steps.</summary>
    event Action<IMouse, ScrollWheel> Scroll;

    /// <summary>The buttons that can be reported.</summary>
    IReadOnlyList<MouseButton> SupportedButtons { get; }

    /// <summary>How far each wheel turned in the last DoEvents; there is one wheel.</summary>
    IReadOnlyList<ScrollWheel> ScrollWheels { get; }

    /// <summary>Where the mouse is.</summary>
    Vector2 Position { get; set; }

    /// <summary>How the mouse shows.</summary>
    ICursor Cursor { get; }

    /// <summary>Whether a button is down.</summary>
    /// <param name="btn">Which.</param>
    bool IsButtonPressed(MouseButton btn);
}
