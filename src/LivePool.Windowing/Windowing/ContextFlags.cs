namespace Silk.NET.Windowing;

/// <summary>Properties of an OpenGL context.</summary>
[Flags]
public enum ContextFlags
{
    /// <summary>None of the others.</summary>
    Default = 0,

    /// <summary>The driver reports errors through the debug callback.</summary>
    Debug = 1,

    /// <summary>Deprecated functions are absent; macOS demands it.</summary>
    ForwardCompatible = 2,
}
