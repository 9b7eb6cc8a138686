using LivePool.Core.Tensors;
using LivePool.Gpu.UserShaders;
using Silk.NET.OpenGL;

namespace LivePool.Gpu.Kernels;

/// <summary>One operator's dispatches and the buffers that it owns.</summary>
internal sealed class GpuStage(GpuDevice device, TensorShape shape) : IDisposable
{
    private readonly List<IDisposable> _owned = [];
    private readonly List<KernelDispatch> _dispatches = [];
    private KernelDispatch? _packedDispatch;

    /// <summary>The output's shape.</summary>
    public TensorShape Shape => shape;

    /// <summary>The float32 output.</summary>
    public required GpuBuffer Output { get; init; }

    /// <summary>The winners' indices, 32-bit; null where there are none.</summary>
    public GpuBuffer? Indices { get; set; }

    /// <summary>What a free stage has besides; null for an operator.</summary>
    public FreeRun? Free { get; set; }

    /// <summary>The dispatch of the user's shader; null where there is none.</summary>
    public KernelDispatch? User => _dispatches.Find(dispatch => dispatch.User is not null);

    /// <summary>Every buffer that the stage writes or reads besides its input.</summary>
    public IEnumerable<GpuBuffer> Buffers => _owned.OfType<GpuBuffer>().Append(Output).Concat(Indices is null ? [] : [Indices]);

    /// <summary>Whether the stage can read a packed 8-bit input instead of float32.</summary>
    public bool TakesPacked => _packedDispatch is not null;

    /// <summary>Adds a buffer, to be disposed with the stage.</summary>
    public GpuBuffer Own(GpuBuffer buffer)
    {
        _owned.Add(buffer);
        return buffer;
    }

    /// <summary>Adds a dispatch, to be run after the others.</summary>
    public void Add(KernelDispatch dispatch)
    {
        _owned.Add(dispatch);
        _dispatches.Add(dispatch);
    }

    /// <summary>Adds the one dispatch that does what the others do, from the packed 8-bit input.</summary>
    public void AddPacked(KernelDispatch dispatch)
    {
        _owned.Add(dispatch);
        _packedDispatch = dispatch;
    }

    /// <summary>Runs from the packed 8-bit input; what it wrote is visible to shaders after it.</summary>
    public void RunPacked()
    {
        _packedDispatch!.Run();
        device.Gl.MemoryBarrier(MemoryBarrierMask.ShaderStorageBarrierBit);
    }

    /// <summary>Runs the dispatches; what they wrote is visible to shaders after it.</summary>
    public void Run()
    {
        foreach (KernelDispatch dispatch in _dispatches)
        {
            dispatch.Run();
            device.Gl.MemoryBarrier(MemoryBarrierMask.ShaderStorageBarrierBit);
        }
    }

    /// <summary>Fills what the stage is to write with NaN.</summary>
    public void Poison()
    {
        Output.Poison();
        Indices?.Poison();
    }

    public void Dispose()
    {
        foreach (IDisposable owned in _owned)
            owned.Dispose();
        Output.Dispose();
        Indices?.Dispose();
    }
}
