using LivePool.Gpu.Kernels;

namespace LivePool.Gpu.UserShaders;

/// <summary>What a free stage has besides other stages: the moment, and the output of the run before, zeros at first.</summary>
/// <param name="dispatch">Its dispatch.</param>
/// <param name="parameters">What stays the same from run to run.</param>
/// <param name="output">What it writes.</param>
/// <param name="previous">The output of the run before; null where the shader does not look at it.</param>
internal sealed class FreeRun(KernelDispatch dispatch, FreeParameters parameters, GpuBuffer output, GpuBuffer? previous)
{
    private FreeParameters _parameters = parameters;
    private bool _hasRun;

    /// <summary>Whether it goes on from its own output.</summary>
    public bool HasPrevious => Previous is not null;

    private GpuBuffer? Previous { get; } = previous;

    private GpuBuffer Output { get; } = output;

    /// <summary>Says what is so in the run that comes, before anything of it is written.</summary>
    /// <param name="stage">Which stage it is.</param>
    /// <param name="moment">What all stages are told.</param>
    public void Begin(int stage, in FreeMoment moment)
    {
        if (_hasRun && !moment.DoesAgain)
        {
            _parameters.Frame++;
            if (Previous is not null)
                Output.CopyTo(Previous);
        }
        _hasRun = true;
        MousePlace mouse = moment.Mouse is { } place && place.Stage == stage ? place : new(stage, -1, -1, false);
        (_parameters.Time, _parameters.MouseX, _parameters.MouseY, _parameters.MouseDown) = (moment.Seconds, mouse.X, mouse.Y, mouse.IsDown ? 1 : 0);
        dispatch.SetParameters(_parameters);
    }

    /// <summary>
    /// Stands where another does: what the other did last can be done again, or gone on from. One that reads the output before
    /// begins by itself where the other has none of its size.
    /// </summary>
    public void Follow(FreeRun other)
    {
        if (Previous is not null)
        {
            if (other.Previous?.Bytes != Previous.Bytes)
                return;
            other.Previous.CopyTo(Previous);
            other.Output.CopyTo(Output);
        }
        (_parameters.Frame, _hasRun) = (other._parameters.Frame, other._hasRun);
    }
}
