using System.CommandLine;
using System.Globalization;
using LivePool.App.Reports;
using LivePool.Core;
using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Cpu.Reference;
using LivePool.Frames;
using LivePool.Verification;
using LivePool.Verification.Explanations;
using Spectre.Console;

namespace LivePool.App.Commands;

/// <summary>How one output element of one stage comes about: every tap, and every step after them.</summary>
internal sealed class ExplainCommand
{
    private const int Mismatch = 1;

    private readonly Command _command = new("explain", "Shows every tap of one output element, what follows from them, and how exact it is.");
    private readonly Argument<string> _source = CommonOptions.CreateSource();
    private readonly Option<int> _x = CreatePosition("--x", "The element's column in the stage's output.");
    private readonly Option<int> _y = CreatePosition("--y", "The element's row in the stage's output.");
    private readonly Option<int> _channel = CreatePosition("--channel", "The element's channel.", required: false);
    private readonly Option<string?> _stage = new("--stage")
    {
        Description = "The stage's number, from 1, or its operator; else the last.",
        HelpName = "N|NAME",
    };
    private readonly Option<int> _frame = CreatePosition("--frame", "Which of the source's frames, from 0.", required: false);
    private readonly Option<bool> _all = new("--all")
    {
        Description = $"Show every tap, even of more than {ExplanationReport.MostTaps}.",
    };

    private ExplainCommand(CommonOptions options)
    {
        _command.Add(_source);
        foreach (Option option in (Option[])[_x, _y, _stage, _channel, _frame, _all])
            _command.Add(option);
        options.AddTo(_command);
        _command.SetAction(parsed => Run(parsed, options));
    }

    public static Command Create(CommonOptions options) => new ExplainCommand(options)._command;

    private static Option<int> CreatePosition(string name, string description, bool required = true)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "N", Required = required };
        option.Validators.Add(result =>
        {
            // The value of what is no number cannot be asked for.
            if (result.Tokens is [{ Value: var text }] && !int.TryParse(text, CultureInfo.InvariantCulture, out _))
                result.AddError($"{name} is '{text}'; it must be a whole number.");
        });
        return option;
    }

    private int Run(ParseResult parsed, CommonOptions options)
    {
        Pipeline pipeline = options.LoadPipeline(parsed);
        int stage = FindStage(pipeline, parsed.GetValue(_stage));
        if (pipeline.Stages[stage] is FreeStage { Shader: { } shader })
            throw new LivePoolException($"stage {stage + 1}, {shader.Name}, claims to be no operator, and nothing says how its values come about; see livepool lab {shader.Name} --pixel X,Y");
        using IFrameSource source = FrameSources.Open(parsed.GetValue(_source)!);
        Frame frame = ReadFrame(source, parsed.GetValue(_frame));
        using ChosenBackend chosen = options.ChooseBackend(parsed, pipeline);
        using var run = new PipelineRun(pipeline, chosen.Backend);
        run.Run(frame);

        TensorShape input = stage == 0 ? run.Compiled.InputShape : run.Compiled.Shapes[stage - 1];
        TensorShape output = run.Compiled.Shapes[stage];
        string name = $"{pipeline.Stages[stage].Name} {output}";
        var at = new ElementPlace(0,
            RequireRange("--channel", parsed.GetValue(_channel), name, "channel", output.C),
            RequireRange("--y", parsed.GetValue(_y), name, "row", output.H),
            RequireRange("--x", parsed.GetValue(_x), name, "column", output.W));

        float[] x = new float[input.Count];
        if (stage == 0)
            ((FrameView)run.Input).CopyTo(x);
        else
            run.Compiled.Output(stage - 1).CopyTo(x);
        Explanation explanation = Explainer.Explain(pipeline.Stages[stage], input, x, at);

        int position = (at.C * output.H + at.H) * output.W + at.W;
        ReadOnlySpan<long> indices = run.Compiled.Indices(stage);
        var verdict = ElementVerdict.Of(explanation, new ReferenceOperators(), Arithmetic.Of(chosen.Backend),
            run.Compiled.Output(stage)[position], position < indices.Length ? indices[position] : null);

        if (chosen.Reason is not null)
            Console.Error.WriteLine($"livepool: {chosen.Reason}");
        var report = new ExplanationReport(explanation, verdict, chosen.Backend.Name);
        Console.Out.WriteLine($"{name}, channel {at.C}, row {at.H}, column {at.W}");
        Console.Out.WriteLine($"stage {stage + 1} of {pipeline.Stages.Length} of {pipeline.Name} on {frame.Origin}, input {input}");
        report.Write(AnsiConsole.Console, parsed.GetValue(_all));
        Console.Out.WriteLine(chosen.Describe());
        return verdict.Passed ? 0 : Mismatch;
    }

    private static int FindStage(Pipeline pipeline, string? text)
    {
        int count = pipeline.Stages.Length;
        if (text is null)
            return count - 1;
        int[] found = int.TryParse(text, CultureInfo.InvariantCulture, out int number)
            ? [.. Enumerable.Range(0, count).Where(i => i + 1 == number)]
            : [.. Enumerable.Range(0, count).Where(i => pipeline.Stages[i].Name == text)];
        return found switch
        {
            [int stage] => stage,
            [] => throw new LivePoolException($"--stage {text}: {pipeline.Name} has no such stage; it has " +
                    string.Join(", ", pipeline.Stages.Select((stage, i) => $"{i + 1} {stage.Name}"))),
            _ => throw new LivePoolException($"--stage {text}: {pipeline.Name} has {found.Length} of that name; " +
                $"give a number: {string.Join(", ", found.Select(i => i + 1))}"),
        };
    }

    private static int RequireRange(string option, int value, string name, string what, int count) =>
        value >= 0 && value < count
            ? value
            : throw new LivePoolException($"{option} is {value}; {name} has {what}s 0 to {count - 1}");

    /// <summary>Reads up to a frame; of those before it, what cannot be read is passed over.</summary>
    private static Frame ReadFrame(IFrameSource source, int number)
    {
        if (number < 0 || number >= source.FrameCount)
            throw new LivePoolException($"--frame is {number}; {source.Description} has frames 0 to {source.FrameCount - 1}");
        var frame = new Frame();
        for (int i = 0; i <= number; i++)
        {
            try
            {
                if (!source.TryRead(frame))
                    throw new LivePoolException($"--frame is {number}; {source.Description} ended after {i}");
            }
            catch (FrameSourceException) when (i < number)
            {
            }
        }
        return frame;
    }
}
