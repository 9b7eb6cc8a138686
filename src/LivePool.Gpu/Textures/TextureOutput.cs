using LivePool.Core.Tensors;
using LivePool.Gpu.Display;
using LivePool.Gpu.Kernels;
using Silk.NET.OpenGL;

namespace LivePool.Gpu.Textures;

/// <summary>
/// Writes planes 0 to 2 of an output to a texture as red, green and blue, a single plane as grey: the values as they are to
/// floating-point textures, and from black to white to others.
/// </summary>
internal sealed class TextureOutput : IDisposable
{
    private readonly GpuDevice _device;
    private readonly KernelCache _kernels;
    private readonly GpuBuffer _output;
    private readonly TensorShape _shape;
    private (bool IsFloat, bool IsBottomFirst, float Black, float White) _wanted;
    private GpuBuffer? _texels;
    private KernelDispatch? _dispatch;

    /// <param name="device">Where it runs.</param>
    /// <param name="kernels">Where its shader is.</param>
    /// <param name="output">What is read, float32.</param>
    /// <param name="shape">Its shape, <c>[1, C, H, W]</c>.</param>
    public TextureOutput(GpuDevice device, KernelCache kernels, GpuBuffer output, TensorShape shape) =>
        (_device, _kernels, _output, _shape) = (device, kernels, output, shape);

    /// <param name="texture">The target, of the output's size.</param>
    /// <param name="black">The value that becomes 0.</param>
    /// <param name="white">The value that becomes 255.</param>
    /// <exception cref="TextureException">The texture has another size, or cannot be written.</exception>
    public unsafe void Run(in HostTexture texture, float black, float white)
    {
        if (texture.Width != _shape.W || texture.Height != _shape.H)
        {
            throw new TextureException(
                $"gpu: texture {texture.Name} is {texture.Width}x{texture.Height}, the result {_shape.W}x{_shape.H}; make the texture anew");
        }
        if (!texture.IsWritable)
            throw new TextureException($"gpu: texture {texture.Name} cannot be written; use RGBA8, RGBA16F or RGBA32F");
        Prepare((texture.IsFloat, texture.IsBottomFirst, black, white));
        GL gl = _device.Gl;
        _dispatch!.Run();
        gl.MemoryBarrier(MemoryBarrierMask.PixelBufferBarrierBit);
        gl.ActiveTexture(TextureUnit.Texture0);
        gl.BindTexture(TextureTarget.Texture2D, texture.Name);
        gl.BindBuffer(BufferTargetARB.PixelUnpackBuffer, _texels!.Name);
        TextureUpload.SetTightRows(gl, _device.Context.Dialect.IsEs);
        _device.Errors.Take();
        PixelType type = texture.IsFloat ? PixelType.Float : PixelType.UnsignedByte;
        gl.TexSubImage2D(TextureTarget.Texture2D, 0, 0, 0, (uint)_shape.W, (uint)_shape.H, PixelFormat.Rgba, type, null);
        gl.BindBuffer(BufferTargetARB.PixelUnpackBuffer, 0);
        GLEnum error = _device.Errors.Take();
        if (error != GLEnum.NoError)
            throw new TextureException($"gpu: texture {texture.Name} cannot be written (GL error 0x{(int)error:X}); use RGBA8, RGBA16F or RGBA32F");
    }

    public void Dispose()
    {
        _dispatch?.Dispose();
        _texels?.Dispose();
    }

    private void Prepare((bool IsFloat, bool IsBottomFirst, float Black, float White) wanted)
    {
        if (_dispatch is not null && wanted == _wanted)
            return;
        long bytes = (long)_shape.PlaneSize * (wanted.IsFloat ? 4 * sizeof(float) : 4);
        _dispatch?.Dispose();
        _dispatch = null;
        if (_texels?.Bytes != bytes)
        {
            _texels?.Dispose();
            _texels = null;
            _texels = new GpuBuffer(_device, $"a texture of {_shape}", bytes);
        }
        string[] defines = [wanted.IsFloat ? "TEXELS_FLOAT" : "TEXELS_NORMALIZED", .. wanted.IsBottomFirst ? (string[])["BOTTOM_FIRST"] : []];
        Kernel kernel = _kernels.Get<TextureParameters>(KernelDescriptor.ToTexture, defines);
        var parameters = new TextureParameters
        {
            Channels = _shape.C,
            Height = _shape.H,
            Width = _shape.W,
            Black = wanted.Black,
            Scale = byte.MaxValue / (wanted.White - wanted.Black),
        };
        _dispatch = KernelDispatch.Create(_device, kernel, parameters, (_shape.W, _shape.H, 1), _output, _texels);
        _wanted = wanted;
    }
}
