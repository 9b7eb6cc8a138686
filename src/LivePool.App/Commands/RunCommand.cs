using System.CommandLine;
using LivePool.App.Checks;
using LivePool.App.Recording;
using LivePool.App.Reports;
using LivePool.Core.Backends;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Frames;

namespace LivePool.App.Commands;

/// <param name="Source">What to read.</param>
/// <param name="Output">The folder to write to.</param>
/// <param name="Record">A video or a folder for the figures, and then no other files of each frame; null for those.</param>
/// <param name="Frames">How many frames; null for all of a finite source, one of an endless one.</param>
/// <param name="Pipeline">A preset or a file.</param>
/// <param name="Backend">Who is asked to compute.</param>
/// <param name="Threads">Threads of the SIMD backend.</param>
/// <param name="Shaders">Another folder of shaders.</param>
/// <param name="EveryFrame">Whether a video is read frame by frame instead of in its own time.</param>
/// <param name="Verify">Whether every stage of every frame is compared with the exact result.</param>
/// <param name="ConvertsOnGpu">Whether also a GPU that is a processor makes planes of frames.</param>
internal sealed record RunRequest(
    string Source, string Output, string? Record, int? Frames, string Pipeline, string Backend, int Threads, string? Shaders,
    bool EveryFrame = false, bool Verify = false, bool ConvertsOnGpu = false);

/// <summary>Headless: frames in; a figure, a PNG and a .npy per channel, and a report out.</summary>
internal static class RunCommand
{
    private const int Mismatch = 1;
    private const int FrameFailed = 2;
    private const double FramesPerSecondOfStills = 2;

    public static Command Create(CommonOptions options)
    {
        var command = new Command("run", "Runs a pipeline on a source without a window and writes what comes out.");
        Argument<string> source = CommonOptions.CreateSource();
        var output = new Option<string>("--out", "-o")
        {
            Description = "The folder for figure.png, channelN.png, channelN.npy and report.json; with several frames, a folder per frame.",
            HelpName = "DIR",
            DefaultValueFactory = _ => "out",
        };
        var frames = new Option<int?>("--frames", "-n")
        {
            Description = "How many frames; else all of a finite source, one of an endless one.",
            HelpName = "N",
        };
        frames.Validators.Add(result =>
        {
            // The value of what is no number cannot be asked for.
            if (result.Tokens is [{ Value: var text }] && !(int.TryParse(text, out int number) && number >= 1))
                result.AddError($"--frames is '{text}'; it must be a whole number of at least 1.");
        });
        command.Add(source);
        command.Add(output);
        command.Add(frames);
        var verify = new Option<bool>("--verify")
        {
            Description = "Compare every stage of every frame with the exact result, within the derived bound; exit code 1 on a mismatch.",
        };
        command.Add(verify);
        var everyFrame = new Option<bool>("--as-fast-as-possible")
        {
            Description = "Take every frame of a video, one after the other; else it plays in its own time, and the newest frame wins.",
        };
        command.Add(everyFrame);
        var record = new Option<string?>("--record")
        {
            Description = "Record each frame's figure, to a video (.mp4, .gif) through ffmpeg or as PNGs to a folder, instead of files for each frame.",
            HelpName = "DIR|FILE.mp4",
        };
        command.Add(record);
        options.AddTo(command);
        command.Add(options.ConvertsOnGpu);
        command.SetAction(parsed => Run(new(
            parsed.GetValue(source)!, parsed.GetValue(output)!, parsed.GetValue(record), parsed.GetValue(frames),
            parsed.GetValue(options.Pipeline)!, parsed.GetValue(options.Backend)!,
            parsed.GetValue(options.Threads), parsed.GetValue(options.Shaders),
            parsed.GetValue(everyFrame), parsed.GetValue(verify), parsed.GetValue(options.ConvertsOnGpu))));
        return command;
    }

    public static int Run(RunRequest request)
    {
        Pipeline pipeline = GivenPipeline.Load(request.Pipeline, request.Shaders);
        using var source = new RunFrames(request.Source, request.EveryFrame);
        using ChosenBackend chosen = ChosenBackend.Choose(request.Backend, request.Threads, request.Shaders, pipeline);
        RunWriter.CreateFolder(request.Output);

        int frames = Math.Min(request.Frames ?? (source.IsEndless ? 1 : int.MaxValue), source.Count ?? int.MaxValue);
        using var run = new PipelineRun(pipeline, chosen.Backend, request.ConvertsOnGpu)
        {
            Keep = request.Verify ? StageOutputs.All : StageOutputs.Last,
        };
        var report = new RunReport(source.Description, pipeline, chosen);
        var writer = new RunWriter(request.Output, frames > 1, chosen);
        using FrameRecorder? recorder = request.Record is { } target ? new(target, source.FramesPerSecond ?? FramesPerSecondOfStills) : null;
        RunVerification? verification = request.Verify
            ? new(chosen, CommonOptions.BackendAgain(chosen, request.Threads, request.Shaders), request.Output)
            : null;
        int failed = 0;
        FrameProgress.Run(frames, advance =>
        {
            var frame = new Frame();
            for (int i = 0; i < frames; i++, advance())
            {
                try
                {
                    if (!source.TryNext(ref frame))
                        break;
                }
                catch (FrameSourceException e) when (frames > 1 && !(e.IsSourceLost && i == 0))
                {
                    // One picture of many: say so, go on with the others if there are any, and end with the exit code for bad input.
                    Console.Error.WriteLine($"livepool: {e.Message}");
                    failed++;
                    if (e.IsSourceLost)
                        break;
                    continue;
                }
                bool newShape = run.Run(frame);
                if (newShape)
                    Console.Out.Write(ShapeLines(run.Compiled));
                report.Add(run);
                source.NoteDone(frame);
                if (recorder is null)
                    writer.Write(frame, run, i);
                else
                    writer.Record(frame, run, recorder);
                verification?.Add(run, $"{source.Description}, frame {i}");
            }
        });
        if (chosen.Reason is not null)
            Console.Error.WriteLine($"livepool: {chosen.Reason}");
        report.Write(Path.Combine(request.Output, "report.json"), source, verification);
        if (failed == frames)
            return FrameFailed;
        verification?.WriteLines();
        Console.Out.WriteLine($"{chosen.Describe()}; {(recorder is null ? $"wrote {Path.Combine(request.Output, frames > 1 ? "*" : "", "figure.png")}" : recorder.Finish())}");
        if (recorder?.Failure is { } failure)
            Console.Error.WriteLine($"livepool: {failure}");
        return verification is { Passed: false } ? Mismatch : failed > 0 || recorder?.Failure is not null ? FrameFailed : 0;
    }

    /// <summary>The shapes as PyTorch would print them, each with its number of values and what a smaller one saves.</summary>
    private static string ShapeLines(ICompiledPipeline compiled)
    {
        var lines = new StringWriter();
        TensorShape before = compiled.InputShape;
        lines.WriteLine($"input {before} {before.Count} values");
        for (int i = 0; i < compiled.Shapes.Count; i++)
        {
            TensorShape shape = compiled.Shapes[i];
            lines.WriteLine($"{compiled.Pipeline.Stages[i].Title} {shape} {ValueCount(before, shape)}");
            before = shape;
        }
        return lines.ToString();
    }

    /// <summary><c>129032 values, 4.0x fewer</c>.</summary>
    public static string ValueCount(TensorShape before, TensorShape shape) => shape.Count < before.Count
        ? $"{shape.Count} values, {(double)before.Count / shape.Count:F1}x fewer"
        : $"{shape.Count} values";
}
