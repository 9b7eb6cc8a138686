using LivePool.Core.Operators;
using LivePool.Core.Tensors;

namespace LivePool.Verification.Explanations;

/// <summary>An element's place in a tensor.</summary>
/// <param name="N">Batch.</param>
/// <param name="C">Channel.</param>
/// <param name="H">Row.</param>
/// <param name="W">Column.</param>
public readonly record struct ElementPlace(int N, int C, int H, int W);

/// <summary>Where a tap of a window stands.</summary>
public enum TapPlace
{
    /// <summary>On an element of the input.</summary>
    Inside,

    /// <summary>On the padding.</summary>
    Padding,

    /// <summary>Beyond the padded input: a ceil overhang, or a transposed kernel's tap that no element lies under.</summary>
    Beyond,

    /// <summary>Between two elements that a transposed convolution's stride sets apart.</summary>
    Between,
}

/// <summary>One tap of a window.</summary>
/// <param name="Place">Where it stands.</param>
/// <param name="Channel">The input channel.</param>
/// <param name="Row">The input's row, which may lie outside; null between rows.</param>
/// <param name="Column">The input's column, which may lie outside; null between columns.</param>
/// <param name="X">The value that stands there; null where none does, or none that counts.</param>
public readonly record struct Tap(TapPlace Place, int Channel, int? Row, int? Column, double? X)
{
    /// <summary>Row and column in the kernel; null where there is no weight.</summary>
    public (int Row, int Column)? Kernel { get; init; }

    /// <summary>The weight; null where there is none.</summary>
    public float? W { get; init; }

    /// <summary>What the tap adds to the sum; null where it adds nothing.</summary>
    public double? Product { get; init; }

    /// <summary>What there is to say about it; empty for most.</summary>
    public string Note { get; init; } = "";

    /// <summary>Whether it stands on an element of the input.</summary>
    public bool IsInside => Place == TapPlace.Inside;
}

/// <summary>A step from the taps to the result.</summary>
/// <param name="Name">What it is, such as <c>divisor</c>.</param>
/// <param name="Value">Its value; null where there is none.</param>
/// <param name="Reason">Why it is that.</param>
public readonly record struct ExplainedTerm(string Name, double? Value, string Reason);

/// <summary>
/// The explained element as a problem of its own: an operator over its taps alone, whose first output it is. Its bound is
/// the element's.
/// </summary>
/// <param name="Spec">The operator.</param>
/// <param name="Input">The shape of <paramref name="X"/>.</param>
/// <param name="X">The values of the taps.</param>
public sealed record IsolatedElement(OperatorSpec Spec, TensorShape Input, double[] X);

/// <summary>How one output element comes about: every tap, and every step after them. Made by <see cref="Explainer"/>.</summary>
/// <param name="Spec">The operator.</param>
/// <param name="Input">The input's shape.</param>
/// <param name="Output">The output's shape.</param>
/// <param name="At">The element's place in the output.</param>
public sealed record Explanation(OperatorSpec Spec, TensorShape Input, TensorShape Output, ElementPlace At)
{
    /// <summary>Lines that say which part of the input the element sees, and why.</summary>
    public required IReadOnlyList<string> Window { get; init; }

    /// <summary>Every tap, in the order of summation or comparison.</summary>
    public required IReadOnlyList<Tap> Taps { get; init; }

    /// <summary>The steps from the taps to the result.</summary>
    public required IReadOnlyList<ExplainedTerm> Terms { get; init; }

    /// <summary>The result, in double.</summary>
    public required double Exact { get; init; }

    /// <summary>The element as a problem of its own.</summary>
    public required IsolatedElement Isolated { get; init; }

    /// <summary>Whether the taps are added up.</summary>
    public bool IsSum { get; init; }

    /// <summary>What each tap adds, such as <c>w*x</c>; null where it is the value itself, or nothing.</summary>
    public string? ProductName { get; init; }

    /// <summary>Where the sum starts; null where there is no bias.</summary>
    public double? Bias { get; init; }

    /// <summary>The tap whose value the result is; null where it is none's.</summary>
    public int? Winner { get; init; }

    /// <summary>A max pool's index, <c>ih*W + iw</c> within the plane; null for other operators.</summary>
    public long? Index { get; init; }
}
