using System.Collections.Immutable;
using System.Globalization;
using LivePool.Core.Operators;

namespace LivePool.Core.Pipelines;

/// <summary>How a parameter is set.</summary>
public enum ParameterKind
{
    /// <summary>A slider of whole numbers.</summary>
    Whole,

    /// <summary>A slider of any numbers.</summary>
    Number,

    /// <summary>Off, 0, or on, 1.</summary>
    Switch,

    /// <summary>One of several names, by its position.</summary>
    Choice,
}

/// <summary>A parameter of one stage that a slider, a switch or a choice sets. Made by <see cref="StageParameters"/>.</summary>
/// <param name="Name">PyTorch's, such as <c>ceil_mode</c>; of one axis <c>stride (rows)</c> or <c>stride (columns)</c>.</param>
/// <param name="Kind">How it is set.</param>
/// <param name="Value">What it is now, always from <paramref name="Least"/> to <paramref name="Most"/>.</param>
/// <param name="Least">The least that is worth offering; not the operator's limit.</param>
/// <param name="Most">The most that is worth offering; not the operator's limit.</param>
/// <param name="Choices">A choice's names; empty for other kinds.</param>
/// <param name="With">
/// The operator with another value of this parameter, everything else as it is; with <paramref name="Value"/> the operator
/// itself. Whether it fits an input is for <see cref="OperatorSpec.OutputShape"/> to say. Throws
/// <see cref="LivePoolException"/> where there is no such operator, saying which values would do.
/// </param>
public sealed record StageParameter(
    string Name, ParameterKind Kind, double Value, double Least, double Most, ImmutableArray<string> Choices,
    Func<double, OperatorSpec> With)
{
    /// <summary>A value that is called by a word, such as 0 for <c>none</c>.</summary>
    internal (double Value, string Text)? Word { get; init; }

    /// <summary>A value as text: a number, <c>on</c>, a choice's name, or a word such as <c>none</c> or <c>same</c>.</summary>
    public string Label(double value) =>
        Word is { } word && word.Value == value ? word.Text
        : Kind switch
        {
            ParameterKind.Choice => Choices[Math.Clamp((int)value, 0, Choices.Length - 1)],
            ParameterKind.Switch => value == 0 ? "off" : "on",
            ParameterKind.Whole => value.ToString("0", CultureInfo.InvariantCulture),
            _ => value.ToString("0.###", CultureInfo.InvariantCulture),
        };
}
