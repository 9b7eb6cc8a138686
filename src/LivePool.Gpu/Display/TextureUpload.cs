using LivePool.Core;
using LivePool.Gpu.Context;
using Silk.NET.OpenGL;

namespace LivePool.Gpu.Display;

/// <summary>What every texture here has in common: tight rows, and nothing but its own level 0.</summary>
internal static class TextureUpload
{
    /// <summary>Sets every unpacking parameter, because others may have changed them.</summary>
    public static void SetTightRows(GL gl, bool isEs = false)
    {
        gl.PixelStore(PixelStoreParameter.UnpackAlignment, 1);
        gl.PixelStore(PixelStoreParameter.UnpackRowLength, 0);
        gl.PixelStore(PixelStoreParameter.UnpackImageHeight, 0);
        gl.PixelStore(PixelStoreParameter.UnpackSkipPixels, 0);
        gl.PixelStore(PixelStoreParameter.UnpackSkipRows, 0);
        gl.PixelStore(PixelStoreParameter.UnpackSkipImages, 0);
        if (!isEs)
            gl.PixelStore(PixelStoreParameter.UnpackSwapBytes, 0);
    }

    /// <summary>Checks that there was memory for a texture. Errors from before must have been taken.</summary>
    /// <exception cref="LivePoolException">There was none.</exception>
    public static void RequireMemory(GL gl, int width, int height, int layers)
    {
        if (GlErrors.Take(gl) == GLEnum.OutOfMemory)
            throw new LivePoolException($"there is no memory to show {layers} planes of {width}x{height}; use smaller frames");
    }

    /// <summary>Makes the bound texture complete without mipmaps.</summary>
    public static void SetSingleLevel(GL gl, TextureTarget target)
    {
        gl.TexParameter(target, TextureParameterName.TextureBaseLevel, 0);
        gl.TexParameter(target, TextureParameterName.TextureMaxLevel, 0);
        gl.TexParameter(target, TextureParameterName.TextureMinFilter, (int)TextureMinFilter.Nearest);
        gl.TexParameter(target, TextureParameterName.TextureMagFilter, (int)TextureMagFilter.Nearest);
    }
}
