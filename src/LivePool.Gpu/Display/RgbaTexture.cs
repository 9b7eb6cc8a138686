using LivePool.Core;
using LivePool.Gpu.Context;
using Silk.NET.OpenGL;

namespace LivePool.Gpu.Display;

/// <summary>An RGBA8 image with premultiplied alpha, row 0 on top, such as a text bitmap. Needs GL 3.3.</summary>
public sealed class RgbaTexture(GL gl) : IDisposable
{
    private const TextureTarget Target = TextureTarget.Texture2D;
    private const int BytesPerPixel = 4;

    private readonly int _maxSize = gl.GetInteger(GetPName.MaxTextureSize);
    private bool _isDisposed;

    /// <summary>Width in texels.</summary>
    public int Width { get; private set; }

    /// <summary>Height in texels.</summary>
    public int Height { get; private set; }

    internal uint Name { get; private set; }

    /// <summary>Copies an image; memory is taken only where the size changes.</summary>
    /// <param name="pixels">Red, green, blue, alpha bytes, rows from top to bottom without gaps.</param>
    /// <param name="width">In pixels.</param>
    /// <param name="height">In pixels.</param>
    /// <exception cref="LivePoolException">The size is not the image's, or beyond the device's limit.</exception>
    public unsafe void Upload(ReadOnlySpan<byte> pixels, int width, int height)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (width < 1 || height < 1 || pixels.Length != (long)BytesPerPixel * width * height)
            throw new LivePoolException($"an image of {width}x{height} pixels does not have {pixels.Length} bytes");
        if (width > _maxSize || height > _maxSize)
            throw new LivePoolException($"an image of {width}x{height} pixels is larger than this device's {_maxSize}x{_maxSize}");
        gl.ActiveTexture(TextureUnit.Texture0);
        if (Name == 0)
            Name = gl.GenTexture();
        gl.BindTexture(Target, Name);
        gl.BindBuffer(BufferTargetARB.PixelUnpackBuffer, 0);
        TextureUpload.SetTightRows(gl);
        if (width != Width || height != Height)
        {
            (Width, Height) = (0, 0);
            GlErrors.Take(gl);
            gl.TexImage2D(Target, 0, InternalFormat.Rgba8, (uint)width, (uint)height, 0, PixelFormat.Rgba, PixelType.UnsignedByte, null);
            TextureUpload.RequireMemory(gl, width, height, layers: 1);
            TextureUpload.SetSingleLevel(gl, Target);
            (Width, Height) = (width, height);
        }
        fixed (byte* first = pixels)
            gl.TexSubImage2D(Target, 0, 0, 0, (uint)width, (uint)height, PixelFormat.Rgba, PixelType.UnsignedByte, first);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        gl.DeleteTexture(Name);
    }
}
