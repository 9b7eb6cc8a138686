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
