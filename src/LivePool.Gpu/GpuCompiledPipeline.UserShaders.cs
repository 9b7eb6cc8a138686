using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Gpu.UserShaders;
using Silk.NET.OpenGL;

namespace LivePool.Gpu;

// The shaders of the user's: their values, what they are told of a run, and what they write by DEBUG.
public sealed partial class GpuCompiledPipeline
{
    /// <summary>What free stages are told of the next run.</summary>
    public FreeMoment Moment { get; set; }

    /// <summary>Whether a stage may write something else from the same frame: it has the time, the frame, the mouse, or its own output.</summary>
    public bool IsAnimated => Array.Exists(_stages, stage => stage is { Free: { } free, User.Shader: { } shader } && (free.HasPrevious || shader.HasMoment));

    /// <summary>
    /// Takes a pipeline that differs from this one in the values of the user's shaders alone: the next run has them, and
    /// nothing is compiled.
    /// </summary>
    /// <returns>Whether that is all that differs; else nothing is taken.</returns>
    public bool TryTakeValues(Pipeline pipeline)
    {
        if (pipeline.Channels != Pipeline.Channels || !pipeline.Stages.Zip(Pipeline.Stages, AreEqualButForValues).All(same => same)
            || pipeline.Stages.Length != Pipeline.Stages.Length)
        {
            return false;
        }
        Pipeline = pipeline;
        for (int i = 0; i < _stages.Length; i++)
        {
            if (_stages[i]?.User is { } dispatch)
                dispatch.Shader = (UserShader)pipeline.Stages[i].Shader!;
        }
        return true;
    }

    /// <summary>
    /// Lets each free stage stand where the same one of another pipeline does: it has the other's frame, output and output before,
    /// where sizes are equal, to do the last run again or to go on.
    /// </summary>
    public void Follow(GpuCompiledPipeline other)
    {
        Enter();
        for (int i = 0; i < Math.Min(_stages.Length, other._stages.Length); i++)
        {
            if (_stages[i]?.Free is { } free && other._stages[i]?.Free is { } before)
                free.Follow(before);
        }
    }

    /// <summary>What the driver says of the user's shader of a stage; null where it has none.</summary>
    public ShaderReflection? Reflection(int stage) => _stages[stage]?.User?.User!.Reflection;

    /// <summary>Forgets the values that the <c>DEBUG</c> of a stage's shader wrote, and from now on keeps those of one invocation, or of all.</summary>
    public void ClearDebugValues(int stage, (int X, int Y, int Z)? invocation = null)
    {
        Enter();
        if (_stages[stage]?.User?.Debug is not { } debug)
            return;
        debug.Invocation = invocation;
        debug.Clear();
    }

    /// <summary>How many values a stage's <c>DEBUG</c> wrote since they were cleared, and the first that came, in order of invocations.</summary>
    public (long Written, IReadOnlyList<DebugRecord> Kept) ReadDebugValues(int stage)
    {
        Enter();
        if (_stages[stage]?.User is not { Debug: { } debug, User: { } user })
            return (0, []);
        _device.Gl.MemoryBarrier(MemoryBarrierMask.BufferUpdateBarrierBit);
        return debug.Read(user.Source.Places);
    }

    private static bool AreEqualButForValues(OperatorSpec a, OperatorSpec b) =>
        ReferenceEquals(a, b) || (a.Shader is UserShader one && b.Shader is UserShader other && one.HasTextOf(other)
            && (a with { Shader = null }).Equals(b with { Shader = null }));
}
