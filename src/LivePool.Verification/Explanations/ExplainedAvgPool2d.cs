using LivePool.Core.Operators;
using LivePool.Core.Tensors;

namespace LivePool.Verification.Explanations;

internal static class ExplainedAvgPool2d
{
    /// <param name="spec">The operator.</param>
    /// <param name="input">The input's shape.</param>
    /// <param name="plane"><c>[H, W]</c>.</param>
    /// <param name="at">The output element.</param>
    public static Explanation Explain(AvgPool2d spec, TensorShape input, ReadOnlySpan<float> plane, ElementPlace at)
    {
        var window = new PoolWindow(spec.Bind(input), at);
        string paddingNote = spec.DivisorOverride is not null ? "padding: 0"
            : spec.CountIncludePad ? "padding: 0, counts in the divisor"
            : "padding: 0, does not count";
        Tap[] taps = window.Taps(plane, 0, paddingNote, "beyond the padded input: never counts");
        double sum = Explained.AddUp(taps, x => x);
        (long divisor, string reason) = Divisor(spec, window);
        Size2d clipped = window.Clipped;
        return new(spec, input, spec.OutputShape(input), at)
        {
            Window =
            [
                $"kernel {spec.KernelSize}, stride {Explainer.Text(spec.Stride ?? spec.KernelSize)}, padding {spec.Padding}" +
                $"{(spec.CeilMode ? ", ceil mode" : "")}",
                window.Sees,
            ],
            Taps = taps,
            IsSum = true,
            Terms =
            [
                new("sum", sum, $"of {Explainer.Count((long)clipped.Height * clipped.Width, "tap")} on the input"),
                new("divisor", divisor, reason),
            ],
            Exact = sum / divisor,
            Isolated = new(
                new AvgPool2d(clipped) { DivisorOverride = (int)Math.Min(divisor, int.MaxValue) },
                new(1, 1, clipped.Height, clipped.Width),
                Explained.Inside(taps)),
        };
    }

    private static (long Divisor, string Reason) Divisor(AvgPool2d spec, PoolWindow window)
    {
        if (spec.DivisorOverride is { } given)
            return (given, "divisor_override");
        Size2d area = spec.CountIncludePad ? window.Padded : window.Clipped;
        bool isPadded = window.Padded != window.Clipped;
        string overhang = window.Padded != spec.KernelSize
            ? "; the overhang never counts"
            : "";
        string where = !isPadded ? "on the input"
            : spec.CountIncludePad ? "within the padded input, because count_include_pad is true"
            : "on the input, because count_include_pad is false";
        return ((long)area.Height * area.Width,
            $"{Explainer.Count(area.Height, "row")} x {Explainer.Count(area.Width, "column")} {where}{overhang}");
    }
}
