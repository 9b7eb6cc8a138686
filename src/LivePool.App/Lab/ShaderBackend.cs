using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Gpu;
using LivePool.Gpu.UserShaders;

namespace LivePool.App.Lab;

/// <summary>The GPU with a shader of the user's in every stage of the operator that it claims to be.</summary>
/// <param name="gpu">Where it runs; disposed with this.</param>
/// <param name="shader">The shader; null for the built-in ones.</param>
internal sealed class ShaderBackend(GpuBackend gpu, UserShader? shader) : IBackend
{
    public string Name => gpu.Name;

    public DeviceInfo Device => gpu.Device;

    public bool RoundsToNearest => gpu.RoundsToNearest;

    ICompiledPipeline IBackend.Compile(Pipeline pipeline, TensorShape input, StageOutputs keep) => Compile(pipeline, input, keep);

    /// <inheritdoc cref="IBackend.Compile"/>
    public GpuCompiledPipeline Compile(Pipeline pipeline, TensorShape input, StageOutputs keep = StageOutputs.All) =>
        gpu.Compile(pipeline with { Stages = [.. pipeline.Stages.Select(With)] }, input, keep);

    private OperatorSpec With(OperatorSpec stage) => shader?.Claim == stage.Name ? stage with { Shader = shader } : stage;

    public void Dispose() => gpu.Dispose();
}
