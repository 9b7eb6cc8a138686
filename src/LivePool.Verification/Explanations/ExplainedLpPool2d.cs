using LivePool.Core.Operators;
using LivePool.Core.Tensors;

namespace LivePool.Verification.Explanations;

internal static class ExplainedLpPool2d
{
    /// <param name="spec">The operator.</param>
    /// <param name="input">The input's shape.</param>
    /// <param name="plane"><c>[H, W]</c>.</param>
    /// <param name="at">The output element.</param>
    public static Explanation Explain(LpPool2d spec, TensorShape input, ReadOnlySpan<float> plane, ElementPlace at)
    {
        LpPool2dParameters p = spec.Bind(input);
        var window = new PoolWindow(new Pool2dParameters
        {
            InputHeight = p.InputHeight,
            InputWidth = p.InputWidth,
            KernelHeight = p.KernelHeight,
            KernelWidth = p.KernelWidth,
            StrideHeight = p.StrideHeight,
            StrideWidth = p.StrideWidth,
            DilationHeight = 1,
            DilationWidth = 1,
        }, at);
        string norm = Explainer.Text(p.NormType);
        Tap[] taps = window.Taps(plane, null, "", "beyond the border: not in the mean");
        double sum = Explained.AddUp(taps, x => LpPoolBounds.Power(x, p.NormType));
        Size2d clipped = window.Clipped;
        long count = (long)clipped.Height * clipped.Width;
        double mean = sum / count;
        // sign(y)*relu(|y|) is y.
        double scaled = mean * p.KernelArea;
        double root = LpPoolBounds.Power(scaled, 1.0 / p.NormType);
        return new(spec, input, spec.OutputShape(input), at)
        {
            Window =
            [
                $"norm {norm}, kernel {spec.KernelSize}, stride {Explainer.Text(spec.Stride ?? spec.KernelSize)}" +
                $"{(spec.CeilMode ? ", ceil mode" : "")}",
                window.Sees,
            ],
            Taps = taps,
            IsSum = true,
            ProductName = $"x^{norm}",
            Terms =
            [
                new("sum", sum, $"of {Explainer.Count(count, "power")}"),
                new("mean", mean, $"divided by {count}, the taps on the input"),
                new("scaled", scaled, $"times {Explainer.Text(p.KernelArea)}, the area of the whole kernel"),
                new("root", root, $"to the power 1/{norm}{(scaled < 0 && double.IsNaN(root) ? "; that of a negative number is NaN" : "")}"),
            ],
            Exact = root,
            Isolated = new(
                new LpPool2d(spec.NormType, spec.KernelSize) { Stride = spec.KernelSize, CeilMode = true },
                new(1, 1, clipped.Height, clipped.Width),
                Explained.Inside(taps)),
        };
    }
}
