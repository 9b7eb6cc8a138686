namespace Silk.NET.Windowing;

/// <summary>What a window's context speaks.</summary>
public enum ContextAPI
{
    /// <summary>The window has no context.</summary>
    None = 0,

    /// <summary>Vulkan. Initialize refuses it: this provider makes no Vulkan surfaces.</summary>
    Vulkan = 1,

    /// <summary>Desktop OpenGL.</summary>
    OpenGL = 2,

    /// <summary>OpenGL ES.</summary>
    OpenGLES = 3,
}
