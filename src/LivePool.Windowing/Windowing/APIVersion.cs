namespace Silk.NET.Windowing;

/// <summary>The version of a graphics API.</summary>
public struct APIVersion
{
    /// <summary>4 in OpenGL 4.3.</summary>
    public int MajorVersion;

    /// <summary>3 in OpenGL 4.3.</summary>
    public int MinorVersion;

    /// <summary>A version from its two numbers.</summary>
    /// <param name="majorVersion">4 in OpenGL 4.3.</param>
    /// <param name="minorVersion">3 in OpenGL 4.3.</param>
    public APIVersion(int majorVersion, int minorVersion)
    {
        MajorVersion = majorVersion;
        MinorVersion = minorVersion;
    }
}
