using System.Globalization;
using LivePool.Core.Backends;
using LivePool.Core.Operators;

namespace LivePool.Verification.Explanations;

/// <summary>An explained element beside what a backend computed.</summary>
/// <param name="Comparison">The two values and the bound.</param>
/// <param name="Share">The error as a share of the bound; above 1 where it is wrong.</param>
/// <param name="TightShare">The share of the bound with unit 2^-24, for arithmetic that is allowed 2^-23.</param>
/// <param name="BoundReason">Why the bound is that.</param>
/// <param name="GotIndex">The backend's index; null where it returns none.</param>
/// <param name="IndexIsRight">Whether that is the winner's.</param>
public sealed record ElementVerdict(
    ElementComparison Comparison, double Share, double TightShare, string BoundReason, long? GotIndex, bool IndexIsRight)
{
    /// <summary>Whether value and index are what they may be.</summary>
    public bool Passed => Share <= 1 && IndexIsRight;

    /// <summary>Judges a backend's element.</summary>
    /// <param name="explanation">How it comes about.</param>
    /// <param name="exact">The exact operators, for sums of magnitudes.</param>
    /// <param name="arithmetic">What the backend's arithmetic promises.</param>
    /// <param name="got">What the backend computed.</param>
    /// <param name="gotIndex">The index that it computed; null where it returns none.</param>
    public static ElementVerdict Of(
        Explanation explanation, IExactOperators exact, Arithmetic arithmetic, float got, long? gotIndex)
    {
        IsolatedElement isolated = explanation.Isolated;
        double[] expected = new double[isolated.Spec.OutputShape(isolated.Input).Count];
        expected[0] = explanation.Exact;
        var bounds = OutputBounds.Create(exact, isolated.Spec, isolated.Input, isolated.X, expected, arithmetic);
        ElementJudgement judged = bounds.Judge(0, got, explanation.Exact, ErrorBound.IsExact(explanation.Spec));
        ElementPlace at = explanation.At;
        var comparison = new ElementComparison(at.N, at.C, at.H, at.W, got, explanation.Exact, bounds.Bound(0, got));
        double tightShare = judged.Share == 0 || judged.IsMismatch ? judged.Share : comparison.Error / bounds.TightBound(0, got);
        return new(comparison, judged.Share, tightShare, Reason(isolated, explanation.Exact, comparison.Bound, arithmetic), gotIndex,
            !explanation.Spec.ReturnsIndices || gotIndex == explanation.Index || AreFlushed(explanation, arithmetic, gotIndex));
    }

    /// <summary>Whether both winners are numbers that the arithmetic takes for 0, so that it cannot tell them apart.</summary>
    private static bool AreFlushed(Explanation explanation, Arithmetic arithmetic, long? gotIndex) =>
        arithmetic.FlushesSubnormals && Math.Abs(explanation.Exact) < ErrorBound.SmallestNormal &&
        explanation.Taps.Any(tap => tap.IsInside && (long)tap.Row!.Value * explanation.Input.W + tap.Column == gotIndex &&
            Math.Abs(tap.X!.Value) < ErrorBound.SmallestNormal);

    private static string Reason(IsolatedElement isolated, double exact, double bound, Arithmetic arithmetic)
    {
        string unit = string.Create(CultureInfo.InvariantCulture, $"u = 2^{Math.Log2(arithmetic.Unit)}");
        int terms = ErrorBound.Terms(isolated.Spec, isolated.Input);
        string reason = isolated.Spec switch
        {
            { } spec when ErrorBound.IsExact(spec) => "a selection must be equal",
            Conv2d or Pointwise { Function: PointwiseFunction.ScaleOffset } when bound == 0 => "whole numbers up to 2^24 must be equal",
            LpPool2d => $"those of each power, of their sum and of its root, {unit}",
            Pointwise { Function: PointwiseFunction.Sigmoid } => "GLSL 4.60's for exp and a division",
            Pointwise { Function: PointwiseFunction.Tanh } => "GLSL 4.60's for exp and a division, or 4 ULP below 0.625",
            Pointwise { Function: PointwiseFunction.LeakyRelu } => $"one rounding, {unit}",
            Pointwise { Function: PointwiseFunction.Normalize } => $"gamma(6) * |y|, {unit}",
            AvgPool2d or IntervalPool2d when bound < ErrorBound.Gamma(terms + 4, arithmetic.Unit) * Math.Abs(exact) =>
                $"a mean of whole numbers is off by its division alone, {unit}",
            AvgPool2d or IntervalPool2d => $"gamma({terms} + 4) * sum|x|/|divisor| + {terms} * 2^-126, {unit}",
            Pointwise => $"gamma({terms} + 4) * (|scale*x| + |offset|) + {terms} * 2^-126, {unit}",
            _ => $"gamma({terms} + 4) * sum|w*x| + {terms} * 2^-126, {unit}",
        };
        return arithmetic.FlushesSubnormals && bound > 0 ? $"{reason}; subnormals may be 0" : reason;
    }
}
