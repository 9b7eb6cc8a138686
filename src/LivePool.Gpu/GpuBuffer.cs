using System.Runtime.CompilerServices;
using LivePool.Core;
using LivePool.Core.Backends;
using LivePool.Gpu.Display;
using Silk.NET.OpenGL;

namespace LivePool.Gpu;

/// <summary>A shader storage buffer of fixed size, with a guard behind it if the options ask for one.</summary>
internal sealed class GpuBuffer : IDisposable
{
    private const uint GuardPattern = 0xA5C3A5C3;
    private const uint PoisonPattern = 0x7FC0DEAD;
    private const BufferTargetARB Target = BufferTargetARB.ShaderStorageBuffer;

    private readonly GpuDevice _device;
    private readonly string _label;

    /// <param name="device">Where to allocate.</param>
    /// <param name="label">What the buffer holds, for messages.</param>
    /// <param name="bytes">Its size, a multiple of 4.</param>
    /// <exception cref="DeviceLimitException">The device does not bind, or does not have, so much memory.</exception>
    public unsafe GpuBuffer(GpuDevice device, string label, long bytes)
    {
        _device = device;
        _label = label;
        Bytes = bytes;
        if (bytes > device.Limits.StorageBlockBytes)
        {
            throw new DeviceLimitException($"gpu: {label} needs {bytes:N0} bytes, but this device binds at most " +
                $"{device.Limits.StorageBlockBytes:N0} to a shader; use smaller frames, or --backend simd");
        }
        GL gl = device.Gl;
        device.Errors.Take();
        Name = gl.GenBuffer();
        gl.BindBuffer(Target, Name);
        gl.BufferData(Target, (nuint)(bytes + device.Options.GuardBytes), null, BufferUsageARB.DynamicCopy);
        if (device.Errors.Take() == GLEnum.OutOfMemory)
        {
            Dispose();
            throw new DeviceLimitException($"gpu: there is no memory for {label}, {bytes:N0} bytes; use smaller frames");
        }
        Fill(0, (nuint)bytes, 0);
        Fill((nint)bytes, (nuint)device.Options.GuardBytes, GuardPattern);
    }

    /// <summary>GL's name of the buffer.</summary>
    public uint Name { get; }

    /// <summary>The size without the guard.</summary>
    public long Bytes { get; }

    /// <summary>Binds the buffer to a shader's storage block. A guard is bound too, so that a stray write can hit it.</summary>
    public void Bind(uint binding) =>
        _device.Gl.BindBufferRange(Target, binding, Name, 0, (nuint)(Bytes + _device.Options.GuardBytes));

    /// <summary>Binds the buffer, without its guard, to a shader's uniform block.</summary>
    public void BindUniform(uint binding) =>
        _device.Gl.BindBufferRange(BufferTargetARB.UniformBuffer, binding, Name, 0, (nuint)Bytes);

    public unsafe void Write<T>(ReadOnlySpan<T> elements) where T : unmanaged
    {
        _device.Gl.BindBuffer(Target, Name);
        fixed (T* first = elements)
            _device.Gl.BufferSubData(Target, 0, (nuint)elements.Length * (nuint)Unsafe.SizeOf<T>(), first);
    }

    /// <summary>Copies the whole buffer to another of its size, on the device.</summary>
    public void CopyTo(GpuBuffer other)
    {
        _device.Gl.BindBuffer(BufferTargetARB.CopyReadBuffer, Name);
        _device.Gl.BindBuffer(BufferTargetARB.CopyWriteBuffer, other.Name);
        _device.Gl.CopyBufferSubData(CopyBufferSubDataTarget.CopyReadBuffer, CopyBufferSubDataTarget.CopyWriteBuffer, 0, 0, (nuint)Bytes);
    }

    /// <summary>Waits for what writes to the buffer and reads its first elements.</summary>
    public void Read<T>(Span<T> elements) where T : unmanaged => Read(elements, 0);

    /// <summary>Fills the buffer with a NaN.</summary>
    public void Poison() => Fill(0, (nuint)Bytes, PoisonPattern);

    /// <exception cref="LivePoolException">Something wrote behind the buffer.</exception>
    public void CheckGuard()
    {
        var guard = new uint[_device.Options.GuardBytes / sizeof(uint)];
        Read(guard.AsSpan(), (nint)Bytes);
        int damaged = guard.AsSpan().IndexOfAnyExcept(GuardPattern);
        if (damaged >= 0)
            throw new LivePoolException($"gpu: something wrote {sizeof(uint) * damaged} bytes behind the end of {_label}");
    }

    public void Dispose() => _device.Gl.DeleteBuffer(Name);

    private void Read<T>(Span<T> elements, nint offset) where T : unmanaged
    {
        _device.Gl.BindBuffer(Target, Name);
        _device.Read(Target, offset, elements);
    }

    private unsafe void Fill(nint offset, nuint bytes, uint pattern)
    {
        if (bytes == 0)
            return;
        _device.Gl.BindBuffer(Target, Name);
        if (_device.Context.Dialect.IsEs)
        {
            FillByCopies(offset, bytes, pattern);
            return;
        }
        // Mesa reads the pattern as it would a texture's row.
        TextureUpload.SetTightRows(_device.Gl);
        _device.Gl.ClearBufferSubData(
            GLEnum.ShaderStorageBuffer, GLEnum.R32ui, offset, bytes, GLEnum.RedInteger, GLEnum.UnsignedInt, &pattern);
    }

    private unsafe void FillByCopies(nint offset, nuint bytes, uint pattern)
    {
        Span<uint> piece = stackalloc uint[1024];
        piece.Fill(pattern);
        nint end = offset + (nint)bytes;
        fixed (uint* first = piece)
        {
            for (; offset < end; offset += piece.Length * sizeof(uint))
                _device.Gl.BufferSubData(Target, offset, (nuint)Math.Min(end - offset, piece.Length * sizeof(uint)), first);
        }
    }
}
