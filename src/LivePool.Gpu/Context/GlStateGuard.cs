using LivePool.Gpu.Kernels;
using Silk.NET.OpenGL;

namespace LivePool.Gpu.Context;

/// <summary>
/// Keeps a host's GL state: between <see cref="Save"/> and <see cref="Restore"/> a backend may run in the host's context. What
/// is kept is what the backend touches. Errors that were pending are not: GL cannot give them back.
/// </summary>
/// <param name="context">The context.</param>
/// <param name="limits">What the device allows.</param>
public sealed class GlStateGuard(GpuContext context, DeviceLimits limits)
{
    private static readonly (BufferTargetARB Target, GetPName Binding)[] _targets =
    [
        (BufferTargetARB.ShaderStorageBuffer, (GetPName)GLEnum.ShaderStorageBufferBinding),
        (BufferTargetARB.UniformBuffer, GetPName.UniformBufferBinding),
        (BufferTargetARB.CopyReadBuffer, (GetPName)GLEnum.CopyReadBufferBinding),
        (BufferTargetARB.CopyWriteBuffer, (GetPName)GLEnum.CopyWriteBufferBinding),
        (BufferTargetARB.PixelUnpackBuffer, GetPName.PixelUnpackBufferBinding),
    ];

    private static readonly PixelStoreParameter[] _unpacking =
    [
        PixelStoreParameter.UnpackAlignment,
        PixelStoreParameter.UnpackRowLength,
        PixelStoreParameter.UnpackImageHeight,
        PixelStoreParameter.UnpackSkipPixels,
        PixelStoreParameter.UnpackSkipRows,
        PixelStoreParameter.UnpackSkipImages,
        // Last, because OpenGL ES does not have it.
        PixelStoreParameter.UnpackSwapBytes,
    ];

    private readonly GL _gl = context.Gl;
    private readonly int[] _buffers = new int[_targets.Length];
    private readonly Range[] _storage = new Range[Math.Min(KernelDispatch.MostStorageBuffers, limits.StorageBlocks)];
    private readonly Range[] _uniforms = new Range[KernelDispatch.UniformBuffers];
    private readonly int[] _pixelStore = new int[context.Dialect.IsEs ? _unpacking.Length - 1 : _unpacking.Length];
    private int _program;
    private int _activeTexture;
    private int _texture;
    private int _sampler;
    private bool _isCapturing;

    /// <summary>Notes the state, and takes the errors that are pending.</summary>
    public void Save()
    {
        GlErrors.Take(_gl);
        // While vertices are captured no other program may be used.
        _isCapturing = _gl.GetInteger((GetPName)GLEnum.TransformFeedbackActive) != 0 && _gl.GetInteger((GetPName)GLEnum.TransformFeedbackPaused) == 0;
        if (_isCapturing)
            _gl.PauseTransformFeedback();
        _program = _gl.GetInteger(GetPName.CurrentProgram);
        for (int i = 0; i < _targets.Length; i++)
            _buffers[i] = _gl.GetInteger(_targets[i].Binding);
        for (int i = 0; i < _storage.Length; i++)
            _storage[i] = Range.At(_gl, (uint)i, GLEnum.ShaderStorageBufferBinding, GLEnum.ShaderStorageBufferStart, GLEnum.ShaderStorageBufferSize);
        for (int i = 0; i < _uniforms.Length; i++)
            _uniforms[i] = Range.At(_gl, (uint)i, GLEnum.UniformBufferBinding, GLEnum.UniformBufferStart, GLEnum.UniformBufferSize);
        for (int i = 0; i < _pixelStore.Length; i++)
            _pixelStore[i] = _gl.GetInteger((GetPName)_unpacking[i]);
        _activeTexture = _gl.GetInteger(GetPName.ActiveTexture);
        _gl.ActiveTexture(TextureUnit.Texture0);
        _texture = _gl.GetInteger(GetPName.TextureBinding2D);
        _sampler = _gl.GetInteger((GetPName)GLEnum.SamplerBinding);
    }

    /// <summary>Makes the state what it was at <see cref="Save"/>.</summary>
    public void Restore()
    {
        // Nothing first: a name that was deleted while it was bound cannot be bound again, or would be made anew.
        _gl.UseProgram(0);
        _gl.UseProgram((uint)_program);
        for (int i = 0; i < _storage.Length; i++)
            _storage[i].Bind(_gl, BufferTargetARB.ShaderStorageBuffer, (uint)i);
        for (int i = 0; i < _uniforms.Length; i++)
            _uniforms[i].Bind(_gl, BufferTargetARB.UniformBuffer, (uint)i);
        // Binding to a place of a target binds to the target too.
        for (int i = 0; i < _targets.Length; i++)
        {
            _gl.BindBuffer(_targets[i].Target, 0);
            if (_buffers[i] != 0 && _gl.IsBuffer((uint)_buffers[i]))
                _gl.BindBuffer(_targets[i].Target, (uint)_buffers[i]);
        }
        for (int i = 0; i < _pixelStore.Length; i++)
            _gl.PixelStore(_unpacking[i], _pixelStore[i]);
        _gl.ActiveTexture(TextureUnit.Texture0);
        _gl.BindTexture(TextureTarget.Texture2D, 0);
        if (_texture != 0 && _gl.IsTexture((uint)_texture))
            _gl.BindTexture(TextureTarget.Texture2D, (uint)_texture);
        _gl.BindSampler(0, 0);
        _gl.BindSampler(0, (uint)_sampler);
        _gl.ActiveTexture((TextureUnit)_activeTexture);
        if (_isCapturing)
            _gl.ResumeTransformFeedback();
        GlErrors.Take(_gl);
    }

    /// <summary>What is bound to one place of an indexed target; a size of 0 is the whole buffer.</summary>
    private readonly record struct Range(uint Buffer, long Start, long Size)
    {
        public static Range At(GL gl, uint index, GLEnum binding, GLEnum start, GLEnum size)
        {
            gl.GetInteger(binding, index, out int buffer);
            gl.GetInteger64(start, index, out long first);
            gl.GetInteger64(size, index, out long bytes);
            return new((uint)buffer, first, bytes);
        }

        public void Bind(GL gl, BufferTargetARB target, uint index)
        {
            gl.BindBufferBase(target, index, 0);
            if (Buffer == 0 || !gl.IsBuffer(Buffer))
                return;
            if (Size == 0)
                gl.BindBufferBase(target, index, Buffer);
            else
                gl.BindBufferRange(target, index, Buffer, (nint)Start, (nuint)Size);
        }
    }
}
