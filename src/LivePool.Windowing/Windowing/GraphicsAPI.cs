namespace Silk.NET.Windowing;

/// <summary>The graphics API, profile, flags and version that a window asks for.</summary>
public struct GraphicsAPI
{
    /// <summary>Asks for <paramref name="apiVersion"/> or a later version that is compatible with it.</summary>
    /// <param name="api">The API.</param>
    /// <param name="profile">Counts from OpenGL 3.2 on.</param>
    /// <param name="flags">Debug, forward compatible, or both.</param>
    /// <param name="apiVersion">The least version that will do.</param>
    public GraphicsAPI(ContextAPI api, ContextProfile profile, ContextFlags flags, APIVersion apiVersion)
    {
        API = api;
        Profile = profile;
        Flags = flags;
        Version = apiVersion;
    }

    /// <summary>The core profile without flags.</summary>
    /// <param name="api">The API.</param>
    /// <param name="apiVersion">The least version that will do.</param>
    public GraphicsAPI(ContextAPI api, APIVersion apiVersion)
        : this(api, ContextProfile.Core, ContextFlags.Default, apiVersion)
    {
    }

    /// <summary>OpenGL 3.3 core, forward compatible.</summary>
    public static GraphicsAPI Default =>
        new(ContextAPI.OpenGL, ContextProfile.Core, ContextFlags.ForwardCompatible, new APIVersion(3, 3));

    /// <summary>No context at all.</summary>
    public static GraphicsAPI None => default;

    /// <summary>The API.</summary>
    public ContextAPI API { get; set; }

    /// <summary>The profile; counts from OpenGL 3.2 on.</summary>
    public ContextProfile Profile { get; set; }

    /// <summary>The context's flags.</summary>
    public ContextFlags Flags { get; set; }

    /// <summary>The least version that will do.</summary>
    public APIVersion Version { get; set; }
}
