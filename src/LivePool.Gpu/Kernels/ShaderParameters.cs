using System.Runtime.InteropServices;

namespace LivePool.Gpu.Kernels;

/// <summary>The uniform block of expand_bytes.comp.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ExpandBytesParameters
{
    /// <summary>Elements to expand.</summary>
    public int Count;
}

/// <summary>The uniform block of plane_range.comp.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PlaneRangeParameters
{
    /// <summary>Elements of a plane.</summary>
    public int PlaneSize;
}

/// <summary>The uniform block of from_texture.comp and to_texture.comp.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TextureParameters
{
    /// <summary>The tensor's channels.</summary>
    public int Channels;

    /// <summary>Rows.</summary>
    public int Height;

    /// <summary>Columns.</summary>
    public int Width;

    /// <summary>The value that becomes 0; only to a texture.</summary>
    public float Black;

    /// <summary>255 over the distance from black to white; only to a texture.</summary>
    public float Scale;
}

/// <summary>The uniform block of copy.comp.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CopyParameters
{
    /// <summary>Units of 16 bytes to read.</summary>
    public int ReadCount;

    /// <summary>Units of 16 bytes to write.</summary>
    public int WriteCount;
}

/// <summary>The uniform block of multiply_add.comp.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MultiplyAddParameters
{
    /// <summary>Invocations that compute.</summary>
    public int Count;
}
