using LivePool.Core.Operators;
using LivePool.Core.Tensors;

namespace LivePool.Verification.Explanations;

/// <summary>Adaptive and fractional pools: windows that are intervals.</summary>
internal static class ExplainedIntervalPool2d
{
    /// <param name="spec">The operator.</param>
    /// <param name="input">The input's shape.</param>
    /// <param name="plane"><c>[H, W]</c>.</param>
    /// <param name="at">The output element.</param>
    public static Explanation Explain(IntervalPool2d spec, TensorShape input, ReadOnlySpan<float> plane, ElementPlace at)
    {
        TensorShape output = spec.OutputShape(input);
        PoolIntervals intervals = spec.Intervals(input);
        int set = intervals.IsPerPlane ? at.N * input.C + at.C : 0;
        (int top, int bottom) = Interval(intervals.Rows, set * output.H + at.H);
        (int left, int right) = Interval(intervals.Columns, set * output.W + at.W);

        var taps = new Tap[(bottom - top) * (right - left)];
        for (int i = 0; i < taps.Length; i++)
        {
            (int row, int column) = (top + i / (right - left), left + i % (right - left));
            taps[i] = new(TapPlace.Inside, at.C, row, column, plane[row * input.W + column]);
        }
        var explanation = new Explanation(spec, input, output, at)
        {
            Window =
            [
                .. Reasons(spec, input, set, new("row", at.H, top, bottom, input.H, output.H)),
                .. Reasons(spec, input, set, new("column", at.W, left, right, input.W, output.W)),
            ],
            Taps = taps,
            Terms = [],
            Exact = 0,
            Isolated = Maximum.Isolate(0),
        };
        return spec.IsMaximum ? WithMaximum(explanation, taps) : WithMean(explanation, taps, bottom - top, right - left);
    }

    private static (int First, int End) Interval(int[] pairs, int window) => (pairs[2 * window], pairs[2 * window + 1]);

    private static Explanation WithMean(Explanation explanation, Tap[] taps, int rows, int columns)
    {
        double sum = Explained.AddUp(taps, x => x);
        return explanation with
        {
            IsSum = true,
            Terms =
            [
                new("sum", sum, $"of {Explainer.Count(taps.Length, "tap")}"),
                new("divisor", taps.Length, $"{Explainer.Count(rows, "row")} x {Explainer.Count(columns, "column")} of the window"),
            ],
            Exact = sum / taps.Length,
            Isolated = new(new AdaptiveAvgPool2d(1), new(1, 1, rows, columns), Explained.Inside(taps)),
        };
    }

    private static Explanation WithMaximum(Explanation explanation, Tap[] taps)
    {
        (int? winner, string reason) = Maximum.Find(taps);
        Tap best = taps[winner!.Value];
        long index = (long)best.Row!.Value * explanation.Input.W + best.Column!.Value;
        return explanation with
        {
            Taps = taps,
            Terms =
            [
                new("maximum", best.X, reason),
                new("index", index, $"{best.Row}*{explanation.Input.W} + {best.Column}: row {best.Row}, column {best.Column} of the input's plane"),
            ],
            Exact = best.X!.Value,
            Winner = winner,
            Index = index,
            Isolated = Maximum.Isolate(best.X),
        };
    }

    /// <summary>Window i of one axis, and why it is from first until before end.</summary>
    private readonly record struct Axis(string Name, int I, int First, int End, int Length, int Output)
    {
        public override string ToString() => Explainer.Range(Name, First, End);
    }

    private static string[] Reasons(IntervalPool2d spec, TensorShape input, int plane, Axis axis)
    {
        if (spec is not FractionalMaxPool2d fractional)
        {
            return [$"{axis}: from floor({axis.I}*{axis.Length}/{axis.Output}) = {(long)axis.I * axis.Length / axis.Output} until before " +
                $"ceil({axis.I + 1}*{axis.Length}/{axis.Output}) = {((axis.I + 1L) * axis.Length + axis.Output - 1) / axis.Output}"];
        }
        int kernel = axis.End - axis.First;
        if (axis.I == axis.Output - 1)
            return [$"{axis}: the last window starts at {axis.Length} - {kernel} = {axis.Length - kernel}"];
        float sample = (fractional.Samples ?? fractional.DrawSamples(input)).Elements[2 * plane + (axis.Name == "row" ? 1 : 0)];
        float alpha = (float)(axis.Length - kernel) / (axis.Output - 1);
        (string u, string a) = (Explainer.Text(sample), Explainer.Text(alpha));
        return
        [
            $"{axis}: from int(({axis.I} + {u})*{a}) - int({u}*{a}) = {(int)((axis.I + sample) * alpha) - (int)(sample * alpha)}",
            $"  sample {u} {(fractional.Samples is null ? $"drawn from seed {fractional.Seed}" : "given")}, " +
            $"alpha = ({axis.Length} - {kernel})/({axis.Output} - 1) = {a}",
        ];
    }
}
