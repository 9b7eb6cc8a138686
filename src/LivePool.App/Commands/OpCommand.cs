using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using LivePool.Core;
using LivePool.Core.Backends;
using LivePool.Core.Npy;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;

namespace LivePool.App.Commands;

/// <summary>
/// One operator on .npy files. The options become the JSON of a pipeline's stage, so that their meaning, their checks
/// and their messages are the pipeline's.
/// </summary>
internal sealed class OpCommand
{
    private const string Unpool = "max_unpool2d";
    private readonly Command _command = new("op", "Runs one operator on .npy files.");
    private readonly List<Action<ParseResult, JsonObject>> _parameters = [];
    private readonly Argument<string> _name = new("NAME")
    {
        Description = $"The operator: {string.Join(", ", PipelineJson.OperatorNames)}.",
    };
    private readonly Option<string> _input = new("--input")
    {
        Description = "Input, 2 to 4 dimensions: [H, W], [C, H, W] or [N, C, H, W].",
        HelpName = "x.npy",
        Required = true,
    };
    private readonly Option<string> _output = new("--output")
    {
        Description = "Output, float32, as many dimensions as the input.",
        HelpName = "y.npy",
        Required = true,
    };
    private readonly Option<string?> _indices = new("--indices")
    {
        Description = "Max pools: where each maximum was, int64, written. max_unpool2d: read.",
        HelpName = "i.npy",
    };

    private OpCommand(CommonOptions options)
    {
        _command.Add(_name);
        _command.Add(_input);
        _command.Add(_output);
        AddText("--weight", "weight", "conv2d: [Cout, Cin/groups, kH, kW], conv_transpose2d: [Cin, Cout/groups, kH, kW], or a kernel preset's name.", "w.npy|NAME");
        AddText("--bias", "bias", "conv2d and conv_transpose2d: Cout values.", "b.npy");
        _command.Add(_indices);
        AddIntegers("--kernel-size", "kernel_size", "Window size.");
        AddIntegers("--stride", "stride", "Step between windows; a pool's default is its kernel size.");
        AddPadding();
        AddIntegers("--dilation", "dilation", "Step between taps.");
        AddIntegers("--groups", "groups", "Groups of channels.", "N");
        AddText("--padding-mode", "padding_mode", "zeros, reflect, replicate or circular.", "MODE");
        AddFlag("--ceil-mode", "ceil_mode", true, "A last, partial window counts.");
        AddFlag("--no-count-include-pad", "count_include_pad", false, "Padded zeros do not count in the divisor.");
        AddIntegers("--divisor-override", "divisor_override", "Divisor instead of the area.", "N");
        AddNumber("--norm-type", "norm_type", "lp_pool2d: the p of the norm.", "P");
        AddIntegers("--output-size", "output_size", "Adaptive and fractional pools, max_unpool2d: output size; for adaptive ones none keeps the input's.", "N|H,W");
        AddIntegers("--output-padding", "output_padding", "conv_transpose2d: rows and columns added below and to the right.");
        AddNumbers("--output-ratio", "output_ratio", "fractional_max_pool2d: output size as a part of the input's.");
        AddText("--samples", "samples", "fractional_max_pool2d: PyTorch's _random_samples, [N, C, 2].", "s.npy");
        AddIntegers("--seed", "seed", "fractional_max_pool2d: the seed of torch.manual_seed.", "N");
        AddNumber("--negative-slope", "negative_slope", "leaky_relu: slope below 0.");
        AddNumber("--min", "min", "clamp: least value.");
        AddNumber("--max", "max", "clamp: greatest value.");
        AddNumber("--scale", "scale", "scale_offset: factor.");
        AddNumber("--offset", "offset", "scale_offset: what is added.");
        options.AddTo(_command, withPipeline: false);
        _command.SetAction(parsed => Run(parsed, options));
    }

    public static Command Create(CommonOptions options) => new OpCommand(options)._command;

    private int Run(ParseResult parsed, CommonOptions options)
    {
        string inputPath = parsed.GetValue(_input)!;
        string? indicesPath = parsed.GetValue(_indices);
        if (indicesPath is not null && Path.GetFullPath(indicesPath) == Path.GetFullPath(parsed.GetValue(_output)!))
            throw new LivePoolException($"--output and --indices are the same file, {indicesPath}; give two");
        if (indicesPath is not null && parsed.GetValue(_name) != Unpool && Path.GetFullPath(indicesPath) == Path.GetFullPath(inputPath))
            throw new LivePoolException($"--input and --indices are the same file, {indicesPath}; indices are written, give two");
        NpyArray input = NpyArray.Read(inputPath);
        if (input.Dimensions.Count is < 2 or > 4)
            throw new LivePoolException($"{inputPath}: has {input.Dimensions.Count} dimension; 2 to 4 are taken");
        OperatorSpec spec = ReadSpec(parsed, input.Shape.C, indicesPath);

        using ChosenBackend chosen = options.ChooseBackend(parsed);
        using ICompiledPipeline compiled = chosen.Backend.Compile(Pipeline.Of(spec, input.Shape.C), input.Shape.Validated());
        compiled.Run(input.ToSingles());

        if (chosen.Reason is not null)
            Console.Error.WriteLine($"livepool: {chosen.Reason}");
        TensorShape shape = compiled.Shapes[0];
        int[] dimensions = OutputDimensions(input, shape);
        NpyArray.Write(parsed.GetValue(_output)!, dimensions, compiled.Output(0));
        if (indicesPath is not null && spec.ReturnsIndices)
            NpyArray.Write(indicesPath, dimensions, compiled.Indices(0));
        Console.Out.WriteLine($"input {input.Shape}");
        Console.Out.WriteLine($"{spec.Name} {shape}");
        Console.Out.WriteLine(chosen.Describe());
        return 0;
    }

    private OperatorSpec ReadSpec(ParseResult parsed, int channels, string? indicesPath)
    {
        string name = parsed.GetValue(_name)!;
        var stage = new JsonObject { ["op"] = name };
        foreach (Action<ParseResult, JsonObject> parameter in _parameters)
            parameter(parsed, stage);
        if (indicesPath is not null && name == Unpool)
            stage["indices"] = indicesPath;
        else if (indicesPath is not null)
            stage["return_indices"] = true;
        using JsonDocument document = JsonDocument.Parse(stage.ToJsonString());
        return PipelineJson.ReadStage(document.RootElement, name, channels, ".");
    }

    /// <summary>As many dimensions as the input has; the leading ones that are left out must be 1.</summary>
    private static int[] OutputDimensions(NpyArray input, TensorShape shape)
    {
        int count = input.Dimensions.Count;
        if (count == 2 && shape.C != 1)
            throw new LivePoolException($"the output {shape} has {shape.C} channels, which 2 dimensions cannot hold; give the input as [1, H, W]");
        int[] four = [shape.N, shape.C, shape.H, shape.W];
        return four[(4 - count)..];
    }

    private void Add<T>(Option<T> option, Action<ParseResult, JsonObject> parameter)
    {
        _command.Add(option);
        _parameters.Add(parameter);
    }

    private void AddText(string name, string parameter, string description, string help)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = help };
        Add(option, (parsed, stage) =>
        {
            if (parsed.GetValue(option) is { } text)
                stage[parameter] = text;
        });
    }

    private void AddFlag(string name, string parameter, bool value, string description)
    {
        var option = new Option<bool>(name) { Description = description };
        Add(option, (parsed, stage) =>
        {
            if (parsed.GetValue(option))
                stage[parameter] = value;
        });
    }

    private void AddNumber(string name, string parameter, string description, string help = "X")
    {
        var option = new Option<double?>(name) { Description = description, HelpName = help };
        Add(option, (parsed, stage) =>
        {
            if (parsed.GetValue(option) is { } number)
                stage[parameter] = double.IsFinite(number) ? number : throw new LivePoolException($"{name} must be a finite number");
        });
    }

    private void AddIntegers(string name, string parameter, string description, string help = "N|H,W")
    {
        var option = new Option<string?>(name) { Description = description, HelpName = help };
        Add(option, (parsed, stage) =>
        {
            if (parsed.GetValue(option) is { } text)
                stage[parameter] = Integers(name, text);
        });
    }

    private void AddNumbers(string name, string parameter, string description)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = "X|H,W" };
        Add(option, (parsed, stage) =>
        {
            if (parsed.GetValue(option) is { } text)
                stage[parameter] = List(text, part =>
                    double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
                        ? JsonValue.Create(number)
                        : throw new LivePoolException($"{name} is '{text}'; it takes numbers, such as 0.5 or 0.5,0.75"));
        });
    }

    private void AddPadding()
    {
        const string Name = "--padding";
        var option = new Option<string?>(Name)
        {
            Description = "Elements around the input; conv2d also takes same and valid.",
            HelpName = "N|H,W|TOP,LEFT,BOTTOM,RIGHT",
        };
        Add(option, (parsed, stage) =>
        {
            if (parsed.GetValue(option) is { } text)
                stage["padding"] = text is "same" or "valid" ? text : Integers(Name, text);
        });
    }

    private static JsonNode Integers(string option, string text) => List(text, part =>
        part == "none" ? null
        : long.TryParse(part, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? JsonValue.Create(number)
            : throw new LivePoolException($"{option} is '{text}'; it takes whole numbers, such as 3 or 3,5"));

    private static JsonNode List(string text, Func<string, JsonNode?> read)
    {
        JsonNode?[] items = Array.ConvertAll(text.Split(','), part => read(part.Trim()));
        return items is [{ } single] ? single : new JsonArray(items);
    }
}
