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

/// <summary>The uniform block of from_pixels.comp; <see cref="LivePool.Core.Backends.PixelLayout"/> says what is what.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PixelParameters
{
    /// <summary>The input's channels, 1 or 3.</summary>
    public int Channels;

    /// <summary>Rows.</summary>
    public int Height;

    /// <summary>Columns.</summary>
    public int Width;

    /// <summary>Bytes from row to row.</summary>
    public int Stride;

    /// <summary>Bytes from pixel to pixel.</summary>
    public int PixelStep;

    /// <summary>The first pixel's red, or luma.</summary>
    public int First;

    /// <summary>The first pixel's green, or the first pair's Cb.</summary>
    public int Second;

    /// <summary>The first pixel's blue, or the first pair's Cr.</summary>
    public int Third;

    /// <summary>Bytes from pair to pair.</summary>
    public int PairStep;

    /// <summary>Rows that have the same chroma.</summary>
    public int PairRows;

    /// <summary>Black's luma.</summary>
    public int Black;

    /// <summary>Of luma, in 65536ths, as those below.</summary>
    public int LumaScale;

    /// <summary>Of Cr, in red.</summary>
    public int CrInRed;

    /// <summary>Of Cb, in green.</summary>
    public int CbInGreen;

    /// <summary>Of Cr, in green.</summary>
    public int CrInGreen;

    /// <summary>Of Cb, in blue.</summary>
    public int CbInBlue;
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
