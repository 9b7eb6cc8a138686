namespace Silk.NET.Input;

/// <summary>A button of a mouse.</summary>
public enum MouseButton
{
    /// <summary>A button without a name.</summary>
    Unknown = -1,

    /// <summary>The left button.</summary>
    Left = 0,

    /// <summary>The right button.</summary>
    Right = 1,

    /// <summary>The wheel's button.</summary>
    Middle = 2,

    /// <summary>Button 4.</summary>
    Button4 = 3,

    /// <summary>Button 5.</summary>
    Button5 = 4,

    /// <summary>Button 6.</summary>
    Button6 = 5,

    /// <summary>Button 7.</summary>
    Button7 = 6,

    /// <summary>Button 8.</summary>
    Button8 = 7,

    /// <summary>Button 9. GLFW has no more than eight.</summary>
    Button9 = 8,

    /// <summary>Button 10.</summary>
    Button10 = 9,

    /// <summary>Button 11.</summary>
    Button11 = 10,

    /// <summary>Button 12.</summary>
    Button12 = 11,
}
