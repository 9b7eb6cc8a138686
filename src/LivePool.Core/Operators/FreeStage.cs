using LivePool.Core.Tensors;

namespace LivePool.Core.Operators;

/// <summary>A stage that is no operator but a shader of the user's. Nothing says what is right, and only the GPU runs it.</summary>
public sealed record FreeStage : OperatorSpec
{
    /// <summary>Creates the stage.</summary>
    /// <param name="shader">One that claims to be no operator.</param>
    /// <exception cref="LivePoolException">It claims to be one.</exception>
    public FreeStage(StageShader shader)
    {
        if (shader.Claim is { } claimed)
            throw new LivePoolException($"{shader.Name} claims to be {claimed}; name it in a stage of that operator");
        Shader = shader;
    }

    /// <inheritdoc/>
    public override string Name => "shader";

    /// <inheritdoc/>
    public override string Title => Path.GetFileNameWithoutExtension(Shader!.FullPath);

    /// <inheritdoc/>
    public override TensorShape OutputShape(TensorShape input) => Shader!.OutputShape(input);

    /// <summary>Why a backend other than the GPU's does not take the stage.</summary>
    public LivePoolException Refusal(string backend) =>
        new($"{backend}: {Shader!.Name} is a shader without @op, which only the GPU runs; use --backend gpu");
}
