namespace Silk.NET.Windowing;

/// <summary>Whether an OpenGL context has the functions that version 3.1 removed.</summary>
public enum ContextProfile
{
    /// <summary>Without them.</summary>
    Core = 0,

    /// <summary>With them. The spelling is Silk.NET's.</summary>
    Compatability = 1,
}
