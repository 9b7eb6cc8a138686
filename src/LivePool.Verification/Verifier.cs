using LivePool.Core;
using LivePool.Core.Backends;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;

namespace LivePool.Verification;

/// <summary>What came of one case.</summary>
/// <param name="Case">What was run.</param>
/// <param name="Report">The comparison; null where the backend refused the case.</param>
/// <param name="Refusal">Why it was refused; null where it was not.</param>
public sealed record CaseResult(ConcreteCase Case, ComparisonReport? Report, string? Refusal)
{
    /// <summary>Whether a case that failed failed again; else the backend does not always compute the same.</summary>
    public bool ComesBack { get; init; } = true;

    /// <summary>Whether the backend ran the case and every element and index is right.</summary>
    public bool Passed => Report is { Passed: true };

    /// <summary>One line for people: what is wrong and where; or how near the bound the worst element is.</summary>
    public string Describe() => ComesBack ? Found() : $"{Found()}; not when it was run again";

    private string Found() => Refusal is not null ? $"refused: {Refusal}"
        : Report!.FirstWrongIndex is { } index && Report.Failures == 0 ? $"index at {index}"
        : Report.Worst is { } worst ? $"at {worst}"
        : "equal";
}

/// <summary>Runs cases on a backend and compares them with the exact result.</summary>
public sealed class Verifier
{
    private readonly IBackend _backend;
    private readonly IExactOperators _exact;
    private readonly OperatorCheck _check;

    /// <param name="backend">What is verified.</param>
    /// <param name="exact">The exact result.</param>
    public Verifier(IBackend backend, IExactOperators exact)
    {
        _backend = backend;
        _exact = exact;
        _check = new(exact);
        Arithmetic = Arithmetic.Of(backend);
    }

    /// <summary>What the backend's arithmetic promises, found by trying it.</summary>
    public Arithmetic Arithmetic { get; }

    /// <summary>Runs one case.</summary>
    public CaseResult Run(ConcreteCase item)
    {
        try
        {
            using ICompiledPipeline compiled = _backend.Compile(Pipeline.Of(item.Spec, item.Input.C), item.Input);
            float[] x = [.. item.X];
            compiled.Run(x);
            ComparisonReport report = _check.Compare(
                item.Spec, item.Input, item.X, compiled.Output(0), compiled.Indices(0), Arithmetic);
            return ChangedInput(item.X, x) is { } changed ? new(item, null, changed) : new(item, report, null);
        }
        catch (LivePoolException e) when (e is not BackendUnavailableException)
        {
            return new(item, null, e.Message);
        }
        catch (Exception e) when (e is IndexOutOfRangeException or ArgumentException or OverflowException or NotSupportedException)
        {
            // A backend's own fault: the case that shows it is worth more than a stack trace.
            return new(item, null, $"{e.GetType().Name}: {e.Message}");
        }
    }

    private static string? ChangedInput(float[] before, float[] after)
    {
        for (int i = 0; i < before.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(before[i]) != BitConverter.SingleToInt32Bits(after[i]))
                return $"the input was changed at element {i}, from {before[i]} to {after[i]}";
        }
        return null;
    }

    /// <summary>
    /// Makes a failing case smaller; see <see cref="CaseShrinker"/>. It goes on failing in the same way: refused, by an index
    /// alone, or by a value. One that does not fail a second time is returned as it was.
    /// </summary>
    public CaseResult Shrink(CaseResult failing, DateTime deadline)
    {
        if (Run(failing.Case).Passed)
            return failing with { ComesBack = false };
        CaseResult smallest = failing;
        CaseShrinker.Shrink(failing.Case, candidate =>
        {
            CaseResult result = Run(candidate);
            bool fails = !result.Passed && Kind(result) == Kind(failing);
            if (fails)
                smallest = result;
            return fails;
        }, deadline);
        return smallest;
    }

    private static string Kind(CaseResult result) =>
        result.Refusal is { } refusal ? refusal.Split(':', ',')[0] : result.Report!.Failures == 0 ? "index" : "value";

    /// <summary>Runs a case once more and keeps every number of it, for a report.</summary>
    /// <exception cref="LivePoolException">The backend refuses the case.</exception>
    public CaseEvidence Examine(ConcreteCase item)
    {
        using ICompiledPipeline compiled = _backend.Compile(Pipeline.Of(item.Spec, item.Input.C), item.Input);
        compiled.Run((float[])[.. item.X]);
        TensorShape shape = compiled.Shapes[0];
        double[] x = Array.ConvertAll(item.X, value => (double)value);
        double[] expected = new double[shape.Count];
        long[] indices = new long[item.Spec.ReturnsIndices ? expected.Length : 0];
        _exact.Evaluate(item.Spec, item.Input, x, expected, indices);
        float[] got = compiled.Output(0).ToArray();
        var bounds = OutputBounds.Create(_exact, item.Spec, item.Input, x, expected, Arithmetic);
        return new(
            item, shape, expected, got,
            [.. got.Select((value, i) => bounds.Bound(i, value))],
            [.. got.Select((value, i) => bounds.Judge(i, value, expected[i], ErrorBound.IsExact(item.Spec)).Share)],
            OperatorCheck.WrongIndices(shape, item.Input, x, compiled.Indices(0), indices, Arithmetic));
    }
}
