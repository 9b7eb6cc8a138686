using LivePool.Core.Operators;
using LivePool.Core.Tensors;
using LivePool.Cpu.Reference;
using LivePool.Verification.Explanations;

namespace LivePool.Verification.Tests.Explanations;

/// <summary>
/// Two statements of each rule, the reference's loops and the explanation's taps, say the same of every kind of element.
/// Both add in the same order, so that their results are equal to the last bit.
/// </summary>
public sealed class ExplainerAgreementTests
{
    private const int RandomCases = 1000;

    private static readonly ReferenceOperators _reference = new();

    public static TheoryData<string> Operators => [.. OperatorCases.All.Select(item => item.Spec.Name).Distinct()];

    [Theory]
    [MemberData(nameof(Operators))]
    public void Every_case_of_the_table_is_explained_as_the_reference_computes_it(string name)
    {
        foreach (OperatorCase item in OperatorCases.All.Where(item => item.Spec.Name == name))
            Check(item);
    }

    [Fact]
    public void So_is_every_random_case()
    {
        var generator = new CaseGenerator(seed: 20, []);
        for (int i = 0; i < RandomCases; i++)
            Check(generator.Create(i));
    }

    private static void Check(OperatorCase item)
    {
        float[] x = item.MakeInput();
        double[] wide = Array.ConvertAll(x, value => (double)value);
        TensorShape shape = item.Spec.OutputShape(item.Input);
        double[] expected = new double[shape.Count];
        long[] indices = new long[item.Spec.ReturnsIndices ? shape.Count : 0];
        _reference.Evaluate(item.Spec, item.Input, wide, expected, indices);
        var bounds = OutputBounds.Create(_reference, item.Spec, item.Input, wide, expected, ErrorBound.RoundToNearest);

        var random = new Random(item.Seed);
        int last = shape.Count - 1;
        int[] positions =
        [
            // The corners of the first plane and of the last, a centre, and anywhere.
            0, shape.W - 1, shape.PlaneSize - shape.W, shape.PlaneSize - 1, last - shape.PlaneSize + 1, last,
            shape.PlaneSize / 2 + shape.W / 2, random.Next(shape.Count), random.Next(shape.Count), random.Next(shape.Count),
        ];
        foreach (int position in positions.Select(place => Math.Min(place, last)).Distinct())
        {
            int plane = position / shape.PlaneSize;
            var at = new ElementPlace(plane / shape.C, plane % shape.C, position / shape.W % shape.H, position % shape.W);
            Explanation explanation = Explainer.Explain(item.Spec, item.Input, x, at);
            string where = $"{item} at {at}";

            AssertSame(expected[position], explanation.Exact, where);
            if (indices.Length > 0)
                Assert.True(indices[position] == explanation.Index, $"{where}: index {explanation.Index}, not {indices[position]}");
            CheckTaps(explanation, item.Input, x, where);
            if (item.Spec is IntervalPool2d)
                CheckIntervals(explanation, where);
            CheckIsolated(explanation, bounds.Bound(position, (float)expected[position]), where);
            ElementVerdict verdict = ElementVerdict.Of(
                explanation, _reference, ErrorBound.RoundToNearest, (float)expected[position], indices.Length > 0 ? indices[position] : null);
            Assert.True(verdict.Passed, $"{where}: {verdict}");
        }
    }

    /// <summary>A tap shows what stands at its place, and the result is what the taps and the bias come to.</summary>
    private static void CheckTaps(Explanation explanation, TensorShape input, float[] x, string where)
    {
        foreach (Tap tap in explanation.Taps)
        {
            bool isInside = tap.Row >= 0 && tap.Row < input.H && tap.Column >= 0 && tap.Column < input.W;
            Assert.True(tap.IsInside == isInside, $"{where}: {tap}");
            if (isInside)
                AssertSame(x[((explanation.At.N * input.C + tap.Channel) * input.H + tap.Row!.Value) * input.W + tap.Column!.Value], tap.X!.Value, where);
        }
        if (explanation.Winner is { } winner)
            AssertSame(explanation.Exact, explanation.Taps[winner].X!.Value, where);
        if (!explanation.IsSum)
            return;
        double sum = explanation.Bias ?? 0;
        foreach (Tap tap in explanation.Taps)
            sum += tap.Product ?? 0;
        AssertSame(explanation.Terms.Single(term => term.Name == "sum").Value!.Value, sum, where);
    }

    /// <summary>What the lines say of an interval's first row or column comes to where its first tap is.</summary>
    private static void CheckIntervals(Explanation explanation, string where)
    {
        foreach (string line in explanation.Window.Where(line => !line.StartsWith(' ')))
        {
            int? first = line.StartsWith("row", StringComparison.Ordinal) ? explanation.Taps[0].Row : explanation.Taps[0].Column;
            Assert.True($"{line} ".Contains($" = {first} ", StringComparison.Ordinal), $"{where}: {line}");
        }
    }

    /// <summary>The element as a problem of its own has the same result, and no looser a bound.</summary>
    private static void CheckIsolated(Explanation explanation, double bound, string where)
    {
        IsolatedElement isolated = explanation.Isolated;
        double[] result = new double[isolated.Spec.OutputShape(isolated.Input).Count];
        _reference.Evaluate(isolated.Spec, isolated.Input, isolated.X, result, []);
        if (explanation.Winner is not null || explanation.Index is null)
            AssertSame(explanation.Exact, result[0], where);
        double own = OutputBounds.Create(_reference, isolated.Spec, isolated.Input, isolated.X, result, ErrorBound.RoundToNearest)
            .Bound(0, (float)explanation.Exact);
        Assert.True(!(own > bound), $"{where}: its own bound is {own:R}, the output's {bound:R}");
    }

    private static void AssertSame(double expected, double got, string where) =>
        Assert.True(expected.Equals(got) || expected == got, $"{where}: {got:R}, not {expected:R}");
}
