using System.Collections.Immutable;
using LivePool.Core.Npy;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Cpu.Reference;
using LivePool.Verification;

namespace LivePool.EndToEnd;

/// <summary>The code that a pipeline is copied as, run by PyTorch itself.</summary>
public sealed class PyTorchCodeTests
{
    private const int MostElements = 1 << 16;

    private const string Driver = """
        import sys
        import numpy
        import torch

        torch.set_num_threads(1)
        for i in range(int(sys.argv[1])):
            space = {}
            with open(f"{i}.py") as file:
                exec(compile(file.read(), f"{i}.py", "exec"), space)
            with torch.no_grad():
                y = space["model"](torch.from_numpy(numpy.load(f"{i}.npy")))
            assert y.dtype == torch.float32, (i, y.dtype)
            numpy.save(f"{i}.out.npy", y.numpy())
        print("done")
        """;

    private readonly OperatorCheck _check = new(new ReferenceOperators());

    /// <summary>Debian's, as for the fixtures: another one on the path has no PyTorch.</summary>
    private static string Python => Environment.GetEnvironmentVariable("PYTHON") is { Length: > 0 } given ? given : "/usr/bin/python3";

    [Fact]
    public void Every_case_of_every_operator_is_what_PyTorch_computes()
    {
        OperatorCase[] cases = [.. OperatorCases.All.Where(item => item.Input.Count <= MostElements)];
        Assert.Equal(CaseGenerator.OperatorNames.Order(), cases.Select(item => item.Spec.Name).Distinct().Order());
        float[][] inputs = [.. cases.Select(item => item.MakeInput())];
        Tensor[] outputs = RunAll([.. cases.Select((item, i) => (Pipeline.Of(item.Spec, item.Input.C), item.Input, inputs[i]))]);
        List<string> wrong = [];
        for (int i = 0; i < cases.Length; i++)
        {
            if (Fault(cases[i].Spec, cases[i].Input, inputs[i], outputs[i]) is { } fault)
                wrong.Add($"{cases[i]}: {fault}\n{PyTorchCode.Write(Pipeline.Of(cases[i].Spec, cases[i].Input.C))}");
        }
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {cases.Length}: {string.Join('\n', wrong.Take(5))}");
    }

    [Fact]
    public void Uneven_padding_follows_the_rule_of_the_last_window()
    {
        var runs = new List<(OperatorSpec Spec, TensorShape Input)>();
        for (int size = 3; size <= 9; size++)
        {
            for (int stride = 1; stride <= 4; stride++)
            {
                foreach (Padding padding in (Padding[])[new(0, 1, 2, 2), new(2, 0, 1, 2), new(1, 2, 0, 0)])
                {
                    var average = new AvgPool2d(3) { Stride = stride, Padding = padding, CeilMode = true };
                    foreach (OperatorSpec spec in (OperatorSpec[])[
                        average, average with { CountIncludePad = false }, average with { DivisorOverride = -2 }, average with { CeilMode = false },
                        new MaxPool2d(3) { Stride = stride, Padding = padding, CeilMode = true },
                        new MaxPool2d(2) { Stride = stride, Padding = padding, CeilMode = true, Dilation = 3 },
                        new MaxPool2d(3) { Stride = stride, Padding = 2, CeilMode = true, Dilation = 2 }])
                    {
                        runs.Add((spec, new(2, 2, size, size + 1)));
                    }
                }
            }
        }
        float[][] inputs = [.. runs.Select((run, i) => new OperatorCase(run.Spec, run.Input, ValueKind.Uniform, i).MakeInput())];
        (OperatorSpec Spec, TensorShape Input, float[] X)[] valid =
            [.. runs.Select((run, i) => (run.Spec, run.Input, inputs[i])).Where(run => new ConcreteCase("", run.Spec, run.Input, run.Item3).IsValid)];
        Assert.InRange(valid.Length, 300, runs.Count);
        Tensor[] outputs = RunAll([.. valid.Select(run => (Pipeline.Of(run.Spec, 2), run.Input, run.X))]);
        for (int i = 0; i < valid.Length; i++)
            Assert.True(Fault(valid[i].Spec, valid[i].Input, valid[i].X, outputs[i]) is null, new OperatorCase(valid[i].Spec, valid[i].Input, ValueKind.Uniform, i).ToString());
    }

    [Fact]
    public void Every_preset_is_what_PyTorch_computes_stage_by_stage()
    {
        var input = new TensorShape(1, 1, 40, 53);
        float[] x = new OperatorCase(Pointwise.Relu, input, ValueKind.Pixels, 5).MakeInput();
        Pipeline[] prefixes = [.. PipelinePresets.Names.Select(PipelinePresets.Load).SelectMany(pipeline =>
            Enumerable.Range(1, pipeline.Stages.Length).Select(count => pipeline with { Stages = pipeline.Stages[..count] }))];
        Assert.Contains(prefixes, pipeline => pipeline.Stages.Length == 7);
        Tensor[] outputs = RunAll([.. prefixes.Select(pipeline => (pipeline, input, x))]);
        for (int i = 0; i < prefixes.Length; i++)
        {
            ImmutableArray<OperatorSpec> stages = prefixes[i].Stages;
            bool isFirst = stages.Length == 1;
            Assert.True(isFirst || stages.Length == prefixes[i - 1].Stages.Length + 1);
            Assert.Null(Fault(stages[^1], isFirst ? input : outputs[i - 1].Shape, isFirst ? x : outputs[i - 1].Elements.ToArray(), outputs[i]));
        }
    }

    [Fact]
    public void The_code_is_as_a_person_would_write_it() => Assert.Equal("""
        # edges: model(x) for x [N, 1, H, W], float32
        import torch
        from torch import nn

        model = nn.Sequential(
            nn.Conv2d(1, 1, (1, 3), padding="same", bias=False, padding_mode="reflect"),
            nn.ReLU(),
            nn.AvgPool2d(3, stride=2, padding=1, ceil_mode=True, count_include_pad=False),
            nn.AdaptiveAvgPool2d((None, 4)),
        )
        model[0].weight.data = torch.tensor([
            [
                [
                    [-1, 0, 0.1],
                ],
            ],
        ], dtype=torch.float32)

        """.ReplaceLineEndings("\n"), PyTorchCode.Write(new("edges", 1,
        [
            new Conv2d(new Tensor(new(1, 1, 1, 3), [-1, 0, 0.1f])) { Padding = Padding.Same, PaddingMode = PaddingMode.Reflect },
            Pointwise.Relu,
            new AvgPool2d(3) { Stride = 2, Padding = 1, CeilMode = true, CountIncludePad = false },
            new AdaptiveAvgPool2d(new AdaptiveSize(null, 4)),
        ])));

    [Fact]
    public void A_name_stays_a_comment() =>
        Assert.StartsWith("# a  print(1): model(x)", PyTorchCode.Write(Pipeline.Of(Pointwise.Relu, 1) with { Name = "a\r\nprint(1)" }), StringComparison.Ordinal);

    /// <summary>What is wrong with an output; null where it is within its bounds.</summary>
    private string? Fault(OperatorSpec spec, TensorShape input, float[] x, Tensor output)
    {
        spec = spec switch
        {
            MaxPool2d pool => pool with { ReturnIndices = false },
            AdaptiveMaxPool2d pool => pool with { ReturnIndices = false },
            FractionalMaxPool2d pool => pool with { ReturnIndices = false },
            _ => spec,
        };
        TensorShape expected = spec.OutputShape(input);
        if (output.Shape != expected)
            return $"{output.Shape} is not {expected}";
        // PyTorch divides an adaptive mean twice, by the window's rows and by its columns: a rounding more than the bound counts.
        Arithmetic arithmetic = spec is AdaptiveAvgPool2d ? ErrorBound.AnyRounding : ErrorBound.RoundToNearest;
        ComparisonReport report = _check.Compare(spec, input, x, output.Elements, [], arithmetic);
        return report.Passed ? null : $"at {report.Worst}";
    }

    /// <summary>Runs every pipeline's code in one Python.</summary>
    private static Tensor[] RunAll((Pipeline Pipeline, TensorShape Input, float[] X)[] runs)
    {
        using var folder = new TemporaryFolder();
        if (Livepool.RunProgram(Python, folder.Root, "-c", "import torch") is { ExitCode: not 0 } outcome)
        {
            Assert.Contains("ModuleNotFoundError: No module named 'torch'", outcome.Error, StringComparison.Ordinal);
            Assert.Skip($"{Python} has no PyTorch; install Debian's python3-torch");
        }
        for (int i = 0; i < runs.Length; i++)
        {
            TensorShape shape = runs[i].Input;
            File.WriteAllText(folder[$"{i}.py"], PyTorchCode.Write(runs[i].Pipeline));
            NpyArray.Write(folder[$"{i}.npy"], [shape.N, shape.C, shape.H, shape.W], runs[i].X);
        }
        outcome = Livepool.RunProgram(Python, folder.Root, "-c", Driver, $"{runs.Length}");
        Assert.True(outcome.ExitCode == 0 && outcome.Output == "done\n", outcome.ToString());
        return [.. Enumerable.Range(0, runs.Length).Select(i => NpyArray.Read(folder[$"{i}.out.npy"]).ToTensor())];
    }
}
