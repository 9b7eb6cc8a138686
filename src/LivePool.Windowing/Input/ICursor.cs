namespace Silk.NET.Input;

/// <summary>How a mouse shows.</summary>
public interface ICursor
{
    /// <summary>The shape.</summary>
    /// <exception cref="InvalidOperationException">The system has no such shape.</exception>
    StandardCursor StandardCursor { get; set; }

    /// <summary>Shown, hidden or captured.</summary>
    /// <exception cref="InvalidOperationException">The system has no such mode.</exception>
    CursorMode CursorMode { get; set; }
}
