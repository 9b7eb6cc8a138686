using System.Collections.Immutable;
using LivePool.Core.Operators;
using LivePool.Core.Tensors;

namespace LivePool.Core.Pipelines;

/// <summary>Operators that run one after the other. Immutable.</summary>
/// <param name="Name">What to call it: a preset's name, or the file's.</param>
/// <param name="Channels">Channels of the frames it takes: 1 for grey, 3 for RGB, any number for tensors.</param>
/// <param name="Stages">At least one operator.</param>
public sealed record Pipeline(string Name, int Channels, ImmutableArray<OperatorSpec> Stages)
{
    /// <summary>A pipeline of one operator.</summary>
    public static Pipeline Of(OperatorSpec spec, int channels) => new(spec.Name, channels, [spec]);

    /// <summary>Whether a stage names a shader of the user's, which only the GPU runs.</summary>
    public bool HasShaders => Stages.Any(stage => stage.Shader is not null);

    /// <summary>
    /// The same pipeline with other shaders of the user's in the stages that name one; it takes the channels that a free first
    /// stage's takes.
    /// </summary>
    public Pipeline WithShaders(Func<StageShader, StageShader> other)
    {
        ImmutableArray<OperatorSpec> stages = [.. Stages.Select(stage => stage.Shader is { } shader ? stage with { Shader = other(shader) } : stage)];
        return this with { Stages = stages, Channels = stages[0] is FreeStage { Shader.InputChannels: { } channels } ? channels : Channels };
    }

    /// <summary>The output shape of each stage for frames of shape <paramref name="input"/>.</summary>
    /// <exception cref="LivePoolException">A stage does not fit its input; the message names the stage.</exception>
    public ImmutableArray<TensorShape> Shapes(TensorShape input)
    {
        var shapes = ImmutableArray.CreateBuilder<TensorShape>(Stages.Length);
        TensorShape shape = input.Validated();
        for (int i = 0; i < Stages.Length; i++)
        {
            try
            {
                shape = Stages[i].OutputShape(shape);
            }
            catch (LivePoolException e) when (Stages.Length > 1 || Name != Stages[0].Name)
            {
                throw new LivePoolException($"stage {i + 1} of {Name}: {e.Message}", e);
            }
            shapes.Add(shape);
        }
        return shapes.MoveToImmutable();
    }
}
