using LivePool.Gpu.Kernels;
using Silk.NET.OpenGL;

namespace LivePool.Gpu.UserShaders;

/// <summary>What a free stage has besides other stages: the moment, and the output of the run before, zeros at first.</summary>
/// <param name="device">Where it runs.</param>
/// <param name="dispatch">Its dispatch.</param>
/// <param name="parameters">What stays the same from run to run.</param>
/// <param name="output">What it writes.</param>
/// <param name="previous">The output of the run before; null where the shader does not look at it.</param>
internal sealed class FreeRun(GpuDevice device, KernelDispatch dispatch, FreeParameters parameters, GpuBuffer output, GpuBuffer? previous)
{
    private FreeParameters _parameters = parameters;

    /// <summary>Says what is so in the next run.</summary>
    public void Prepare(in FreeMoment moment)
    {
        (_parameters.Frame, _parameters.Time) = (moment.Frame, moment.Seconds);
        (_parameters.MouseX, _parameters.MouseY, _parameters.MouseDown) = (moment.MouseX, moment.MouseY, moment.IsMouseDown ? 1 : 0);
        dispatch.SetParameters(_parameters);
    }

    /// <summary>Keeps what the run wrote for the next one.</summary>
    public void Keep()
    {
        if (Previous is null)
            return;
        device.Gl.MemoryBarrier(MemoryBarrierMask.BufferUpdateBarrierBit);
        output.CopyTo(Previous);
    }

    /// <summary>Takes over what another version of the stage wrote last, if it is of the same size.</summary>
    public void Follow(FreeRun earlier)
    {
        if (Previous is not null && earlier.Previous?.Bytes == Previous.Bytes)
            earlier.Previous.CopyTo(Previous);
    }

    private GpuBuffer? Previous { get; } = previous;
}
