using LivePool.App.Lab;
using LivePool.Core;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Gpu.UserShaders;
using LivePool.Shaders;

namespace LivePool.App;

/// <summary>Pipelines as given by the user, with the shaders that they name.</summary>
internal static class GivenPipeline
{
    // Of no importance where a pipeline is made of an operator alone.
    private const int SomeLength = 64;

    /// <summary>Reads a preset, a file or JSON.</summary>
    /// <param name="text">As given by the user.</param>
    /// <param name="shaders">Another folder of shaders.</param>
    /// <exception cref="LivePoolException">It is no pipeline, or names a shader that cannot be read.</exception>
    public static Pipeline Load(string text, string? shaders) =>
        PipelinePresets.LoadNameOrFile(text, ShaderLoader(shaders));

    /// <summary>What loads a shader that a stage names.</summary>
    /// <param name="shaders">Another folder of shaders.</param>
    public static Func<string, StageShader> ShaderLoader(string? shaders) => path => UserShader.Load(ShaderFolder.Locate(shaders), path);

    /// <summary>
    /// A pipeline that runs a shader: one that claims to be an operator in every stage of the operator, a free one behind
    /// the stages.
    /// </summary>
    /// <param name="shader">The shader.</param>
    /// <param name="given">What the user gave; null for nothing, and the shader alone.</param>
    /// <exception cref="LivePoolException">The pipeline has no stage of the operator, or the operator needs one of its own.</exception>
    public static Pipeline With(UserShader shader, Pipeline? given)
    {
        string name = Path.GetFileNameWithoutExtension(shader.FullPath);
        if (shader.Claim is not { } claimed)
        {
            var stage = new FreeStage(shader);
            return given is null ? new(name, shader.InputChannels ?? 1, [stage]) : given with { Stages = given.Stages.Add(stage) };
        }
        if (given is null && claimed == "max_unpool2d")
            throw new LivePoolException($"{shader.Name} claims to be {claimed}, which needs indices; give a --pipeline that has them");
        Pipeline pipeline = given ?? new(name, 1, [LabWorkload.Of(claimed, SomeLength, SomeLength).Spec]);
        return pipeline.Stages.Any(stage => stage.Name == claimed)
            ? pipeline with { Stages = [.. pipeline.Stages.Select(stage => stage.Name == claimed ? stage with { Shader = shader } : stage)] }
            : throw new LivePoolException($"{shader.Name} claims to be {claimed}, but {pipeline.Name} has no such stage; give another --pipeline, or none");
    }
}
