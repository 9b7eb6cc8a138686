using LivePool.Core.Tensors;

namespace LivePool.Core.Operators;

/// <summary>
/// One operator with all its parameters, PyTorch's names and meaning. Immutable. A spec states its shape rule and its
/// checks once; backends take the numbers they need from its <c>Bind</c>.
/// </summary>
public abstract record OperatorSpec
{
    /// <summary>PyTorch's functional name, such as <c>max_pool2d</c>.</summary>
    public abstract string Name { get; }

    /// <summary>What people read: the name, with the file of a shader of the user's.</summary>
    public virtual string Title => Shader is null ? Name : $"{Name} by {Path.GetFileName(Shader.FullPath)}";

    /// <summary>Whether the operator produces indices of the output's shape too.</summary>
    public virtual bool ReturnsIndices => false;

    /// <summary>
    /// The user's shader that the GPU runs for it, which claims to be this operator; null for the built-in one. Other backends
    /// compute what it claims.
    /// </summary>
    public StageShader? Shader { get; init; }

    /// <summary>The output's shape; throws where the parameters or the input's shape are not valid.</summary>
    /// <param name="input">The input's shape, <c>[N, C, H, W]</c>.</param>
    /// <exception cref="LivePoolException">What is wrong, with the numbers and a way out.</exception>
    public abstract TensorShape OutputShape(TensorShape input);
}
