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
