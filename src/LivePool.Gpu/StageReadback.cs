using LivePool.Core.Backends;
using LivePool.Gpu.Kernels;
using Silk.NET.OpenGL;

namespace LivePool.Gpu;

/// <summary>
/// Copies what every stage computed off the device without waiting for it: <see cref="Begin"/> submits copies to staging
/// buffers behind the run, and once <see cref="IsReady"/> they are read. Made by
/// <see cref="GpuCompiledPipeline.CreateReadback"/>.
/// </summary>
public sealed class StageReadback : IDisposable
{
    private const CopyBufferSubDataTarget From = CopyBufferSubDataTarget.CopyReadBuffer;
    private const CopyBufferSubDataTarget To = CopyBufferSubDataTarget.CopyWriteBuffer;

    private readonly GpuDevice _device;
    private readonly GpuStage?[] _stages;
    private readonly uint[] _outputs;
    private readonly uint[] _indices;
    private readonly int[] _shorts;
    private nint _fence;
    private bool _isDisposed;

    internal unsafe StageReadback(GpuDevice device, GpuStage?[] stages)
    {
        _device = device;
        _stages = stages;
        _outputs = Array.ConvertAll(stages, stage => stage is null ? 0 : Allocate(stage.Output.Bytes));
        _indices = Array.ConvertAll(stages, stage => stage?.Indices is { } indices ? Allocate(indices.Bytes) : 0);
        _shorts = new int[stages.Max(stage => stage?.Indices is null ? 0 : stage.Shape.Count)];

        uint Allocate(long bytes)
        {
            device.Errors.Take();
            uint name = device.Gl.GenBuffer();
            device.Gl.BindBuffer(BufferTargetARB.CopyWriteBuffer, name);
            device.Gl.BufferData(BufferTargetARB.CopyWriteBuffer, (nuint)bytes, null, BufferUsageARB.StreamRead);
            if (device.Errors.Take() == GLEnum.OutOfMemory)
                throw new DeviceLimitException($"gpu: there is no memory to read {bytes:N0} bytes back; use smaller frames");
            return name;
        }
    }

    /// <summary>Whether the copies that <see cref="Begin"/> submitted are done. Does not wait.</summary>
    /// <exception cref="InvalidOperationException">Nothing was begun.</exception>
    public bool IsReady
    {
        get
        {
            if (_fence == 0)
                throw new InvalidOperationException("no copy was begun");
            _device.Context.MakeCurrent();
            return _device.IsSignaled(_fence, "reading back", "its stages");
        }
    }

    /// <summary>Submits copies of what the last run computed.</summary>
    public void Begin()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _device.Context.MakeCurrent();
        GL gl = _device.Gl;
        gl.MemoryBarrier(MemoryBarrierMask.BufferUpdateBarrierBit);
        for (int i = 0; i < _stages.Length; i++)
        {
            if (_stages[i] is not { } stage)
                continue;
            Copy(stage.Output, _outputs[i]);
            if (stage.Indices is { } indices)
                Copy(indices, _indices[i]);
        }
        gl.DeleteSync(_fence);
        _fence = gl.FenceSync(SyncCondition.SyncGpuCommandsComplete, SyncBehaviorFlags.None);
        gl.Flush();

        void Copy(GpuBuffer source, uint target)
        {
            gl.BindBuffer((BufferTargetARB)From, source.Name);
            gl.BindBuffer((BufferTargetARB)To, target);
            gl.CopyBufferSubData(From, To, 0, 0, (nuint)source.Bytes);
        }
    }

    /// <summary>Reads a stage's output; waits unless <see cref="IsReady"/>.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="destination">As many elements as the stage's shape has.</param>
    /// <exception cref="InvalidOperationException">The stage is fused.</exception>
    public void Read(int stage, Span<float> destination)
    {
        if (_stages[stage] is null)
            throw new InvalidOperationException($"stage {stage + 1} is fused; compile with StageOutputs.All");
        Read(_outputs[stage], destination);
    }

    /// <summary>Reads a stage's indices; leaves the destination alone where there are none.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="destination">As many elements as the stage's shape has, or none.</param>
    public void ReadIndices(int stage, Span<long> destination)
    {
        if (_indices[stage] == 0)
            return;
        Span<int> shorts = _shorts.AsSpan(0, destination.Length);
        Read(_indices[stage], shorts);
        for (int i = 0; i < shorts.Length; i++)
            destination[i] = shorts[i];
    }

    private void Read<T>(uint buffer, Span<T> destination) where T : unmanaged
    {
        _device.Context.MakeCurrent();
        _device.Gl.BindBuffer((BufferTargetARB)From, buffer);
        _device.Read((BufferTargetARB)From, 0, destination);
        _device.Context.ThrowIfLost("reading back", "its stages");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        if (!_device.Context.TryMakeCurrent())
            return;
        foreach (uint buffer in _outputs.Concat(_indices))
            _device.Gl.DeleteBuffer(buffer);
        _device.Gl.DeleteSync(_fence);
    }
}
