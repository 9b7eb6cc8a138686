using LivePool.Core.Operators;
using LivePool.Core.Tensors;

namespace LivePool.Verification.Explanations;

internal static class ExplainedMaxUnpool2d
{
    /// <param name="spec">The operator.</param>
    /// <param name="input">The input's shape.</param>
    /// <param name="plane"><c>[H, W]</c>.</param>
    /// <param name="at">The output element.</param>
    public static Explanation Explain(MaxUnpool2d spec, TensorShape input, ReadOnlySpan<float> plane, ElementPlace at)
    {
        TensorShape output = spec.OutputShape(input);
        long place = (long)at.H * output.W + at.W;
        ReadOnlySpan<long> indices = spec.Indices.Elements.Slice((at.N * input.C + at.C) * input.PlaneSize, input.PlaneSize);
        var taps = new List<Tap>();
        for (int i = 0; i < indices.Length; i++)
        {
            if (indices[i] == place)
                taps.Add(new(TapPlace.Inside, at.C, i / input.W, i % input.W, plane[i]) { Note = "overwritten by a later one" });
        }
        int? winner = taps.Count > 0 ? taps.Count - 1 : null;
        if (winner is { } last)
            taps[last] = taps[last] with { Note = "stays" };
        double value = winner is null ? 0 : taps[^1].X!.Value;
        return new(spec, input, output, at)
        {
            Window =
            [
                $"place {at.H}*{output.W} + {at.W} = {place} in the output's plane; " +
                $"{Explainer.Count(taps.Count, "element")} of the input {(taps.Count == 1 ? "has" : "have")} that index",
            ],
            Taps = taps,
            Terms =
            [
                new("value", value, winner is null ? "no element was put there: 0"
                    : taps.Count == 1 ? "the element that was put there"
                    : $"the last of {taps.Count} that were put there, row by row"),
            ],
            Exact = value,
            Winner = winner,
            Isolated = Maximum.Isolate(value),
        };
    }
}
