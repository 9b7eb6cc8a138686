using LivePool.Core.Operators;
using LivePool.Core.Tensors;

namespace LivePool.Verification.Explanations;

internal static class ExplainedPointwise
{
    /// <param name="spec">The operator.</param>
    /// <param name="input">The input's shape.</param>
    /// <param name="plane"><c>[H, W]</c>.</param>
    /// <param name="at">The output element.</param>
    public static Explanation Explain(Pointwise spec, TensorShape input, ReadOnlySpan<float> plane, ElementPlace at)
    {
        double x = plane[at.H * input.W + at.W];
        if (spec.Function == PointwiseFunction.Normalize)
            return Normalize(spec, input, plane, at, x);
        (double value, string formula) = Apply(spec, x);
        return Create(spec, input, at, x, "each element by itself", [new(spec.Name, value, formula)], value, new(spec, new(1, 1, 1, 1), [x]));
    }

    private static Explanation Create(
        Pointwise spec, TensorShape input, ElementPlace at, double x, string window, IReadOnlyList<ExplainedTerm> terms,
        double value, IsolatedElement isolated) => new(spec, input, input, at)
        {
            Window = [window],
            Taps = [new(TapPlace.Inside, at.C, at.H, at.W, x)],
            Terms = terms,
            Exact = value,
            Isolated = isolated,
        };

    /// <summary>The function's value, and its formula with the numbers in it.</summary>
    private static (double Value, string Formula) Apply(Pointwise spec, double x)
    {
        (string text, string a, string b) = (Explainer.Text(x), Explainer.Text(spec.A), Explainer.Text(spec.B));
        return spec.Function switch
        {
            _ when double.IsNaN(x) => (double.NaN, "NaN stays"),
            PointwiseFunction.Relu => x > 0 ? (x, $"{text} is over 0 and stays") : (0, $"{text} is not over 0 and becomes 0"),
            PointwiseFunction.LeakyRelu => x > 0
                ? (x, $"{text} is over 0 and stays")
                : (spec.A * x, $"{a} * {text}, because {text} is not over 0"),
            PointwiseFunction.Abs => (Math.Abs(x), $"|{text}|"),
            PointwiseFunction.Sigmoid => (1 / (1 + Math.Exp(-x)), $"1 / (1 + exp({Explainer.Text(-x)}))"),
            PointwiseFunction.Tanh => (Math.Tanh(x), $"tanh({text})"),
            PointwiseFunction.Clamp => (Math.Min(Math.Max(x, spec.A), spec.B), $"min(max({text}, {a}), {b})"),
            PointwiseFunction.ScaleOffset => (spec.A * x + spec.B, $"{a} * {text} + {b}"),
            _ => throw new NotSupportedException($"there is no explanation of {spec.Function}"),
        };
    }

    private static Explanation Normalize(Pointwise spec, TensorShape input, ReadOnlySpan<float> plane, ElementPlace at, double x)
    {
        double? min = null;
        double? max = null;
        foreach (float value in plane)
        {
            if (!float.IsFinite(value))
                continue;
            min = min < value ? min : value;
            max = max > value ? max : value;
        }
        double range = max > min ? max.Value - min.Value : 1;
        double result = (x - (min ?? 0)) / range;
        string formula = max > min
            ? $"({Explainer.Text(x)} - {Explainer.Text(min.Value)}) / ({Explainer.Text(max.Value)} - {Explainer.Text(min.Value)})"
            : $"{Explainer.Text(x)} - {Explainer.Text(min ?? 0)}: the plane has no range to divide by";
        return Create(spec, input, at, x, $"all {input.PlaneSize} elements of the plane for its finite minimum and maximum",
            [
                new("min", min, min is null ? "the plane has no finite element" : "the plane's least finite element"),
                new("max", max, max is null ? "the plane has no finite element" : "the plane's greatest finite element"),
                new("normalize", result, formula),
            ],
            result,
            // The plane's extremes are all that it needs of the rest.
            new(spec, new(1, 1, 1, 3), [x, min ?? x, max ?? x]));
    }
}
