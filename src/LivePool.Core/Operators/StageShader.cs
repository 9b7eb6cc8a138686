using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;

namespace LivePool.Core.Operators;

/// <summary>
/// A compute shader of the user's that a stage names, with the values of its parameters: what a pipeline has to know of it.
/// Immutable. Only the GPU runs it; LivePool.Gpu has the one kind that there is.
/// </summary>
public abstract class StageShader
{
    /// <summary>The file.</summary>
    public abstract string FullPath { get; }

    /// <summary>The file's name in messages.</summary>
    public abstract string Name { get; }

    /// <summary>The operator that it claims to be; null for one that is a <see cref="FreeStage"/>.</summary>
    public abstract string? Claim { get; }

    /// <summary>Channels that a free one takes; null where it takes each plane by itself, however many there are.</summary>
    public abstract int? InputChannels { get; }

    /// <summary>What can be set.</summary>
    public abstract IReadOnlyList<StageShaderParameter> Parameters { get; }

    /// <summary>What was set to something other than its default, as <see cref="WithValue"/> takes it.</summary>
    public abstract IReadOnlyList<(string Name, string Value)> Settings { get; }

    /// <summary>A free one's output shape.</summary>
    /// <exception cref="LivePoolException">It does not take such an input.</exception>
    public abstract TensorShape OutputShape(TensorShape input);

    /// <summary>The same shader with another value of a parameter.</summary>
    /// <param name="name">The parameter.</param>
    /// <param name="value">The value as people write it.</param>
    /// <exception cref="LivePoolException">There is no such parameter, or it does not take the value.</exception>
    public abstract StageShader WithValue(string name, string value);
}

/// <summary>A number of a shader's that a slider, a switch or a choice sets; a colour is three of them.</summary>
/// <param name="Label">What people read.</param>
/// <param name="Kind">How it is set.</param>
/// <param name="Value">What it is now.</param>
/// <param name="Least">The least that the shader allows.</param>
/// <param name="Most">The most that the shader allows.</param>
/// <param name="Choices">A choice's names; empty for other kinds.</param>
/// <param name="With">The same shader with another value.</param>
public sealed record StageShaderParameter(
    string Label, ParameterKind Kind, double Value, double Least, double Most, IReadOnlyList<string> Choices, Func<double, StageShader> With);
