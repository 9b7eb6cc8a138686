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

    /// <summary>Says what is so in the run that comes, before anything of it is written.</summary>
    /// <param name="stage">Which stage it is.</param>
    /// <param name="moment">What all stages are told.</param>
    public void Begin(int stage, in FreeMoment moment)
    {
        if (_hasRun && !moment.DoesAgain)
        {
            _parameters.Frame++;
            if (Previous is not null)
                output.CopyTo(Previous);
        }
        _hasRun = true;
        MousePlace mouse = moment.Mouse is { } place && place.Stage == stage ? place : new(stage, -1, -1, false);
        (_parameters.Time, _parameters.MouseX, _parameters.MouseY, _parameters.MouseDown) = (moment.Seconds, mouse.X, mouse.Y, mouse.IsDown ? 1 : 0);
        dispatch.SetParameters(_parameters);
    }

    /// <summary>Takes another's frame and the output before it, if that is of the same size, so that the other's last run can be done again.</summary>
    public void Follow(FreeRun other)
    {
        if (other.Previous is not null && Previous is not null && other.Previous.Bytes != Previous.Bytes)
            return;
        (_parameters.Frame, _hasRun) = (other._parameters.Frame, other._hasRun);
        if (Previous is not null)
            other.Previous?.CopyTo(Previous);
    }
}
