using System.CommandLine;
using System.Globalization;
using LivePool.App.Measuring;
using LivePool.App.Reports;
using LivePool.Core;
using LivePool.Core.Pipelines;
using LivePool.Frames;
using Spectre.Console;

namespace LivePool.App.Commands;

/// <summary>How long each stage takes, and how near it comes to what this machine can do.</summary>
internal sealed class BenchCommand
{
    private const int DefaultFrames = 60;

    private readonly Command _command = new("bench",
        "Times every stage, and holds it against this machine's measured peak of multiply-adds or copy bandwidth.");
    private readonly Argument<string> _source = CommonOptions.CreateSource();
    private readonly Option<int> _frames = new("--frames", "-n")
    {
        Description = $"How many frames are timed, after a few to warm up; at least {BenchRun.FewestFrames}.",
        HelpName = "N",
        DefaultValueFactory = _ => DefaultFrames,
    };
    private readonly Option<string?> _json = new("--json") { Description = "Also write the figures here.", HelpName = "FILE" };

    private BenchCommand(CommonOptions options)
    {
        _frames.Validators.Add(result =>
        {
            // The value of what is no number cannot be asked for.
            if (result.Tokens is [{ Value: var text }] &&
                !(int.TryParse(text, CultureInfo.InvariantCulture, out int number) && number >= BenchRun.FewestFrames))
                result.AddError($"--frames is '{text}'; it must be a whole number of at least {BenchRun.FewestFrames}.");
        });
        _command.Add(_source);
        _command.Add(_frames);
        _command.Add(_json);
        options.AddTo(_command);
        _command.Add(options.ConvertsOnGpu);
        _command.SetAction(parsed => Run(parsed, options));
    }

    public static Command Create(CommonOptions options) => new BenchCommand(options)._command;

    private int Run(ParseResult parsed, CommonOptions options)
    {
        Pipeline pipeline = options.LoadPipeline(parsed);
        string? json = parsed.GetValue(_json);
        if (json is not null)
            RequireWritable(json);
        using IFrameSource source = FrameSources.Open(parsed.GetValue(_source)!);
        using ChosenBackend chosen = options.ChooseBackend(parsed, pipeline);
        if (chosen.Reason is not null)
            Console.Error.WriteLine($"livepool: {chosen.Reason}");

        int frames = parsed.GetValue(_frames);
        bool convertsOnGpu = parsed.GetValue(options.ConvertsOnGpu);
        BenchRun? run = null;
        FrameProgress.Run(frames, advance => run = BenchRun.Measure(source, pipeline, chosen.Backend, convertsOnGpu, frames, advance));
        var report = new BenchReport(source.Description, pipeline.Name, frames, chosen, run!);
        report.WriteTable(AnsiConsole.Console);
        if (json is not null)
        {
            report.WriteJson(json);
            Console.Out.WriteLine($"wrote {json}");
        }
        return 0;
    }

    /// <summary>Tries the file before anything is measured.</summary>
    internal static void RequireWritable(string path)
    {
        try
        {
            using FileStream _ = new(path, FileMode.OpenOrCreate, FileAccess.Write);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new LivePoolException($"--json {path}: {e.Message}", e);
        }
    }
}
