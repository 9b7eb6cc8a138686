using System.CommandLine;
using LivePool.Core.Pipelines;
using LivePool.Shaders;

namespace LivePool.App.Commands;

/// <summary>The options that several commands share.</summary>
internal sealed class CommonOptions
{
    public Option<string> Pipeline { get; } = new("--pipeline", "-p")
    {
        Description = $"A preset ({string.Join(", ", PipelinePresets.Names)}) a JSON file, or the JSON itself.",
        HelpName = "NAME|FILE.json|JSON",
        DefaultValueFactory = _ => PipelinePresets.Default,
    };

    public Option<string> Backend { get; } = CreateBackend();

    public Option<int> Threads { get; } = CreateThreads();

    /// <summary>For those commands that run sources.</summary>
    public Option<bool> ConvertsOnGpu { get; } = new("--convert-on-gpu")
    {
        Description = "Let --backend gpu make grey or red, green and blue of frames also where it runs on the processor, where SIMD is faster; a hardware GPU does so anyway.",
    };

    public Option<string?> Shaders { get; } = new("--shaders")
    {
        Description = "Another folder of shaders; LIVEPOOL_SHADERS does the same.",
        HelpName = "DIR",
    };

    private static Option<string> CreateBackend()
    {
        var option = new Option<string>("--backend", "-b")
        {
            Description = "Who computes. auto takes a hardware GPU, else SIMD, and says why.",
            DefaultValueFactory = _ => BackendNames.Auto,
        };
        option.AcceptOnlyFromAmong(BackendNames.Auto, BackendNames.Gpu, BackendNames.Simd, BackendNames.Reference);
        return option;
    }

    private static Option<int> CreateThreads()
    {
        var option = new Option<int>("--threads")
        {
            Description = "Threads of the SIMD backend; 0 is one per processor.",
            HelpName = "N",
        };
        option.Validators.Add(result =>
        {
            // The value of what is no number cannot be asked for.
            if (result.Tokens is [{ Value: var text }] && !(int.TryParse(text, out int threads) && threads is >= 0 and <= 1024))
                result.AddError($"--threads is '{text}'; it must be a whole number from 0 to 1024.");
        });
        return option;
    }

    public static Argument<string> CreateSource()
    {
        var argument = new Argument<string>("SOURCE")
        {
            Description = "An image file, a folder, a glob, a video, an address such as rtsp://, camera:0, or scene:grass.",
            DefaultValueFactory = _ => DefaultCommand.Scene,
        };
        argument.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: ['-', ..] and var text }])
                result.AddError($"There is no option {text}; a file of that name is ./{text}.");
        });
        return argument;
    }

    public void AddTo(Command command, bool withPipeline = true)
    {
        if (withPipeline)
            command.Add(Pipeline);
        command.Add(Backend);
        command.Add(Threads);
        command.Add(Shaders);
    }

    /// <summary>The pipeline that was given, or the default one.</summary>
    public Pipeline LoadPipeline(ParseResult parsed) => GivenPipeline.Load(parsed.GetValue(Pipeline)!, parsed.GetValue(Shaders));

    /// <param name="parsed">The command line.</param>
    /// <param name="pipeline">What it is to run; null for anything.</param>
    /// <param name="isChecked">Whether the GPU's every call, and the memory around its buffers, is to be checked.</param>
    public ChosenBackend ChooseBackend(ParseResult parsed, Pipeline? pipeline = null, bool isChecked = false) =>
        ChosenBackend.Choose(parsed.GetValue(Backend)!, parsed.GetValue(Threads), parsed.GetValue(Shaders), pipeline, isChecked);

    /// <summary>The options that choose the same backend again, whatever <c>auto</c> and the environment then say.</summary>
    public IReadOnlyList<string> BackendAgain(ParseResult parsed, ChosenBackend chosen) =>
        BackendAgain(chosen, parsed.GetValue(Threads), parsed.GetValue(Shaders));

    /// <summary>The same from the options' values.</summary>
    public static IReadOnlyList<string> BackendAgain(ChosenBackend chosen, int threads, string? shaders)
    {
        var words = new List<string> { "--backend", chosen.Backend.Name };
        if (threads > 0 && chosen.Backend.Name == BackendNames.Simd)
            words.AddRange(["--threads", $"{threads}"]);
        string? folder = string.IsNullOrEmpty(shaders) ? Environment.GetEnvironmentVariable(ShaderFolder.Variable) : shaders;
        if (!string.IsNullOrEmpty(folder) && chosen.Backend.Name == BackendNames.Gpu)
            words.AddRange(["--shaders", folder]);
        return words;
    }
}
