using LivePool.Core;
using LivePool.Core.Tensors;
using LivePool.Gpu.Context;
using Silk.NET.OpenGL;

namespace LivePool.Gpu.Display;

/// <summary>
/// A tensor's planes as the layers of a float32 texture, for <see cref="PlaneRenderer"/>. Needs GL 3.3, and the context
/// current. Memory is taken only where the shape changes.
/// </summary>
public sealed class PlaneTextures(GL gl) : IDisposable
{
    private const TextureTarget Target = TextureTarget.Texture2DArray;

    private readonly int _maxSize = gl.GetInteger(GetPName.MaxTextureSize);
    private readonly int _maxLayers = gl.GetInteger(GetPName.MaxArrayTextureLayers);
    private bool _isDisposed;

    /// <summary>The shape that the textures hold; layers are its N*C planes.</summary>
    public TensorShape Shape { get; private set; }

    internal uint Name { get; private set; }

    /// <summary>
    /// Copies from a GL buffer, such as <see cref="GpuCompiledPipeline.OutputBuffer"/>, without a trip through the CPU.
    /// The writer must have issued a pixel buffer barrier, as <see cref="GpuCompiledPipeline.Run"/> does.
    /// </summary>
    /// <param name="buffer">GL's name of a buffer with the elements from its start, row-major float32.</param>
    /// <param name="shape">Their shape.</param>
    /// <exception cref="LivePoolException">The shape is beyond the device's texture limits.</exception>
    public unsafe void Upload(uint buffer, TensorShape shape)
    {
        Prepare(shape);
        gl.BindBuffer(BufferTargetARB.PixelUnpackBuffer, buffer);
        Copy(null);
        gl.BindBuffer(BufferTargetARB.PixelUnpackBuffer, 0);
    }

    /// <summary>Copies from memory.</summary>
    /// <param name="elements">Row-major, as many as <paramref name="shape"/> has.</param>
    /// <param name="shape">Their shape.</param>
    /// <exception cref="LivePoolException">The shape is beyond the device's texture limits.</exception>
    public unsafe void Upload(ReadOnlySpan<float> elements, TensorShape shape)
    {
        if (elements.Length != shape.Count)
            throw new LivePoolException($"{elements.Length} elements were given for the shape {shape}, which has {shape.Count}");
        Prepare(shape);
        gl.BindBuffer(BufferTargetARB.PixelUnpackBuffer, 0);
        fixed (float* first = elements)
            Copy(first);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        gl.DeleteTexture(Name);
    }

    private unsafe void Prepare(TensorShape shape)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (shape.W > _maxSize || shape.H > _maxSize || shape.Planes > _maxLayers)
        {
            throw new LivePoolException($"planes of shape {shape} cannot be shown: this device's textures have at most " +
                $"{_maxSize}x{_maxSize} texels and {_maxLayers} layers; use smaller frames");
        }
        gl.ActiveTexture(TextureUnit.Texture0);
        if (Name == 0)
            Name = gl.GenTexture();
        gl.BindTexture(Target, Name);
        TextureUpload.SetTightRows(gl);
        if (shape == Shape)
            return;
        gl.BindBuffer(BufferTargetARB.PixelUnpackBuffer, 0);
        Shape = default;
        GlErrors.Take(gl);
        gl.TexImage3D(Target, 0, InternalFormat.R32f, (uint)shape.W, (uint)shape.H, (uint)shape.Planes, 0,
            PixelFormat.Red, PixelType.Float, null);
        TextureUpload.RequireMemory(gl, shape.W, shape.H, shape.Planes);
        TextureUpload.SetSingleLevel(gl, Target);
        Shape = shape;
    }

    private unsafe void Copy(void* source) =>
        gl.TexSubImage3D(Target, 0, 0, 0, 0, (uint)Shape.W, (uint)Shape.H, (uint)Shape.Planes,
            PixelFormat.Red, PixelType.Float, source);
}
