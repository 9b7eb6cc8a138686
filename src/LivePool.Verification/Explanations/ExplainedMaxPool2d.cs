using LivePool.Core.Operators;
using LivePool.Core.Tensors;

namespace LivePool.Verification.Explanations;

internal static class ExplainedMaxPool2d
{
    /// <param name="spec">The operator.</param>
    /// <param name="input">The input's shape.</param>
    /// <param name="plane"><c>[H, W]</c>.</param>
    /// <param name="at">The output element.</param>
    public static Explanation Explain(MaxPool2d spec, TensorShape input, ReadOnlySpan<float> plane, ElementPlace at)
    {
        var window = new PoolWindow(spec.Bind(input), at);
        Tap[] taps = window.Taps(plane, null, "padding: never competes", "beyond the border: never competes");
        (int? winner, string reason) = Maximum.Find(taps);
        // Without a tap inside the index is that of the first tap at or after row 0 and column 0, wherever it is.
        (long row, long column) = winner is { } tap
            ? (taps[tap].Row!.Value, taps[tap].Column!.Value)
            : (FirstInside(window.Top, spec.Dilation.Height), FirstInside(window.Left, spec.Dilation.Width));
        double best = winner is null ? double.NegativeInfinity : taps[winner.Value].X!.Value;
        long index = row * input.W + column;
        return new(spec, input, spec.OutputShape(input), at)
        {
            Window =
            [
                $"kernel {spec.KernelSize}, stride {Explainer.Text(spec.Stride ?? spec.KernelSize)}, padding {spec.Padding}, " +
                $"dilation {Explainer.Text(spec.Dilation)}{(spec.CeilMode ? ", ceil mode" : "")}",
                window.Sees,
            ],
            Taps = taps,
            Terms =
            [
                new("maximum", best, reason),
                new("index", index, $"{row}*{input.W} + {column}: row {row}, column {column} of the input's plane"),
            ],
            Exact = best,
            Winner = winner,
            Index = index,
            Isolated = Maximum.Isolate(winner is null ? null : best),
        };
    }

    private static long FirstInside(long start, int dilation) =>
        start >= 0 ? start : start + (-start + dilation - 1) / dilation * dilation;
}
