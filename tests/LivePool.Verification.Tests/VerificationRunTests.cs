using System.Text;
using System.Text.Json;
using LivePool.Core.Operators;
using LivePool.Cpu.Reference;

namespace LivePool.Verification.Tests;

/// <summary>A run counts what it compared, finds each operator's fault, and says where.</summary>
public sealed class VerificationRunTests
{
    private static VerificationRun Run(DistortedBackend backend, VerificationPlan plan)
    {
        var run = new VerificationRun(plan, new Verifier(backend, new ReferenceOperators()));
        run.Run(() => { });
        return run;
    }

    private static DistortedBackend Right => new((_, _, _, _) => { });

    [Fact]
    public void A_right_backend_passes_the_table_and_random_cases()
    {
        using DistortedBackend backend = Right;
        int advanced = 0;
        var run = new VerificationRun(new(1, 170, [], null), new Verifier(backend, new ReferenceOperators()));
        run.Run(() => advanced++);

        Assert.True(run.Passed);
        Assert.False(run.EndedEarly);
        Assert.Equal((OperatorCases.All.Count, 170, run.Total), (run.TableCases, run.RandomCases, advanced));
        Assert.Equal(CaseGenerator.OperatorNames, run.Operators.Select(summary => summary.Name));
        Assert.Equal(advanced, run.Operators.Sum(summary => summary.Cases));
        Assert.All(run.Operators, summary => Assert.Equal(summary.Elements, summary.Histogram.Sum()));
        Assert.Null(run.Operators.Single(summary => summary.Name == "max_pool2d").Worst);
        OperatorSummary conv = run.Operators[0];
        Assert.InRange(conv.WorstShare, 0.01, 0.5);
        Assert.Equal(0.5, conv.WorstUlps, 1e-3);
        Assert.Equal(conv.WorstShare, conv.Worst!.Report!.WorstShare);
    }

    [Fact]
    public void A_fault_in_one_operator_is_found_there_and_nowhere_else()
    {
        using var backend = new DistortedBackend((spec, _, _, y) =>
        {
            if (spec is AvgPool2d { CountIncludePad: false } && y.Length > 3)
                y[3] *= 1.25f;
        });
        VerificationRun run = Run(backend, new(1, 340, [], null));

        Assert.False(run.Passed);
        CaseResult failure = Assert.Single(run.Failures);
        Assert.Equal("avg_pool2d", failure.Case.Spec.Name);
        Assert.Equal(4, failure.Report!.Shape.Count);
        Assert.Equal(1, failure.Report.Failures);
        Assert.All(run.Operators, summary => Assert.Equal(summary.Name == "avg_pool2d", summary.Failed > 0));
        OperatorSummary wrong = run.Operators.Single(summary => summary.Failed > 0);
        Assert.Same(wrong.FirstFailure, wrong.Worst);
        Assert.Contains("got", failure.Describe(), StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_indices_are_a_failure_with_coordinates()
    {
        using var backend = new DistortedBackend((_, _, _, _) => { }, indices =>
        {
            if (indices.Length > 4)
                indices[4]++;
        });
        VerificationRun run = Run(backend, new(1, 0, ["max_pool2d"], null));
        CaseResult failure = Assert.Single(run.Failures);
        Assert.Equal(5, failure.Report!.Shape.Count);
        Assert.StartsWith("index at [", failure.Describe(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_budget_ends_it_early_and_it_says_so()
    {
        using DistortedBackend backend = Right;
        foreach (int? cases in (int?[])[10, null])
        {
            VerificationRun none = Run(backend, new(1, cases, [], TimeSpan.Zero));
            Assert.True(none.EndedEarly);
            // Nothing was compared, so nothing passed.
            Assert.False(none.Passed);
        }
        VerificationRun some = Run(backend, new(1, null, ["relu"], TimeSpan.FromMilliseconds(300)));
        Assert.Null(some.Total);
        Assert.False(some.EndedEarly);
        Assert.True(some.RandomCases > 10);
    }

    [Fact]
    public void A_case_that_is_refused_is_a_failure_with_its_reason()
    {
        using var backend = new DistortedBackend((spec, _, _, _) =>
        {
            if (spec is Conv2d)
                throw new Core.LivePoolException("no room");
        });
        VerificationRun run = Run(backend, new(1, 0, ["conv2d"], null));
        CaseResult failure = Assert.Single(run.Failures);
        Assert.Equal("refused: no room", failure.Describe());
        Assert.Equal(1, failure.Case.Input.Count);
    }

    [Fact]
    public void A_failure_that_does_not_come_back_stays_a_failure()
    {
        int runs = 0;
        using var backend = new DistortedBackend((spec, _, _, y) => y[0] += spec is Conv2d && runs++ == 7 ? 100 : 0);
        VerificationRun run = Run(backend, new(1, 0, ["conv2d"], null));
        CaseResult failure = Assert.Single(run.Failures);
        Assert.False(run.Passed);
        Assert.False(failure.ComesBack);
        Assert.EndsWith("; not when it was run again", failure.Describe(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_failure_is_shrunk_to_one_of_its_own_kind()
    {
        // Large outputs have wrong indices, small ones a wrong value: the index is what is to be found.
        using var backend = new DistortedBackend(
            (_, _, output, y) => y[0] += output.Count < 4 ? 1 : 0,
            indices =>
            {
                if (indices.Length >= 4)
                    indices[0]++;
            });
        OperatorCase item = OperatorCases.All.First(c => c.Spec is MaxPool2d { ReturnIndices: true } && c.Input.W > 20);
        var verifier = new Verifier(backend, new ReferenceOperators());
        CaseResult failing = verifier.Run(ConcreteCase.Of(item, "table"));
        CaseResult smallest = verifier.Shrink(failing, DateTime.UtcNow.AddMinutes(1));
        Assert.Equal((0, 1, 4), (smallest.Report!.Failures, smallest.Report.IndexMismatches, smallest.Report.Shape.Count));
    }

    [Fact]
    public void A_stop_ends_it_with_what_was_found()
    {
        using DistortedBackend backend = Right;
        var run = new VerificationRun(new(1, null, ["relu"], null), new Verifier(backend, new ReferenceOperators()));
        int cases = 0;
        run.Run(() =>
        {
            if (++cases == 5)
                run.Stop();
        });
        Assert.Equal((5, true, true), (run.TableCases, run.EndedEarly, run.Passed));
    }

    [Fact]
    public void A_backend_that_changes_its_input_is_caught()
    {
        ConcreteCase item = ConcreteCase.Of(OperatorCases.All[0], "table");
        using var backend = new MutatingBackend();
        Assert.Contains("the input was changed at element 0", new Verifier(backend, new ReferenceOperators()).Run(item).Describe(), StringComparison.Ordinal);
    }

    [Fact]
    public void Evidence_has_every_number()
    {
        using DistortedBackend backend = Right;
        OperatorCase item = OperatorCases.All.First(c => c.Spec is Conv2d && c.Values == ValueKind.Uniform);
        CaseEvidence evidence = new Verifier(backend, new ReferenceOperators()).Examine(ConcreteCase.Of(item, "table"));
        Assert.Equal(evidence.Shape.Count, evidence.Exact.Length);
        Assert.All(evidence.Got.Select((got, i) => (got, i)), pair =>
            Assert.True(Math.Abs(pair.got - evidence.Exact[pair.i]) <= evidence.Bound[pair.i]));
    }

    [Fact]
    public void JSON_says_the_same()
    {
        using var backend = new DistortedBackend((spec, _, _, y) => y[0] = spec is Conv2d ? float.NaN : y[0]);
        var plan = new VerificationPlan(7, 50, [], null);
        VerificationRun run = Run(backend, plan);
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            VerificationJson.Write(writer, plan, run, ErrorBound.RoundToNearest);
            writer.WriteEndObject();
        }
        using JsonDocument document = JsonDocument.Parse(Encoding.UTF8.GetString(stream.ToArray()));
        JsonElement root = document.RootElement;
        Assert.False(root.GetProperty("passed").GetBoolean());
        Assert.Equal((7, OperatorCases.All.Count, 50), (root.GetProperty("seed").GetInt32(), root.GetProperty("table_cases").GetInt32(), root.GetProperty("random_cases").GetInt32()));
        JsonElement conv = root.GetProperty("operators")[0];
        Assert.Equal(("conv2d", run.Operators[0].Cases, run.Operators[0].Failed),
            (conv.GetProperty("op").GetString(), conv.GetProperty("cases").GetInt32(), conv.GetProperty("failed").GetInt32()));
        Assert.Equal("inf", conv.GetProperty("worst_share_of_bound").GetString());
        JsonElement failure = root.GetProperty("failures")[0];
        Assert.Equal("nan", failure.GetProperty("got").GetString());
        Assert.Equal([0, 0, 0, 0], failure.GetProperty("at").EnumerateArray().Select(item => item.GetInt32()));
        Assert.Equal("conv2d", failure.GetProperty("stage").GetProperty("op").GetString());
    }
}
