using LivePool.Core.Tensors;
using LivePool.Gpu.Display;
using LivePool.Gpu.Kernels;
using Silk.NET.OpenGL;

namespace LivePool.Gpu;

/// <summary>
/// The finite minimum and maximum of each plane of a stage's output, found on the device. They are read one update late,
/// so that nothing waits: <see cref="Update"/> submits this frame's and returns the last frame's; only the first update
/// waits for its own.
/// </summary>
public sealed class PlaneRanges : IDisposable
{
    private readonly GpuDevice _device;
    private readonly GpuBuffer[] _buffers = new GpuBuffer[2];
    private readonly KernelDispatch[] _dispatches = new KernelDispatch[2];
    private readonly PlaneRange[] _ranges;
    private long _updates;
    private bool _isDisposed;

    internal PlaneRanges(GpuDevice device, StageBuilder builder, GpuBuffer output, TensorShape shape)
    {
        _device = device;
        _ranges = new PlaneRange[shape.Planes];
        try
        {
            for (int i = 0; i < _buffers.Length; i++)
            {
                _buffers[i] = new GpuBuffer(device, "plane ranges", 2L * sizeof(float) * shape.Planes);
                _dispatches[i] = builder.PlaneRange(output, _buffers[i], shape);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The ranges of the frame before, [N*C]; valid until the next call. Call it once after each run.</summary>
    public ReadOnlySpan<PlaneRange> Update()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _device.Context.MakeCurrent();
        int current = (int)(_updates % 2);
        int ready = _updates == 0 ? current : 1 - current;
        _dispatches[current].Run();
        _device.Gl.MemoryBarrier(MemoryBarrierMask.BufferUpdateBarrierBit);
        _buffers[ready].Read(_ranges.AsSpan());
        _device.Context.ThrowIfLost("reading", "plane ranges");
        _updates++;
        return _ranges;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        if (!_device.Context.TryMakeCurrent())
            return;
        foreach (GpuBuffer? buffer in _buffers)
            buffer?.Dispose();
        foreach (KernelDispatch? dispatch in _dispatches)
            dispatch?.Dispose();
    }
}
