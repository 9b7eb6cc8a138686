using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using LivePool.Core.Operators;
using LivePool.Core.Tensors;

namespace LivePool.Core.Pipelines;

/// <summary>
/// Reads pipelines from JSON with PyTorch's names, such as
/// <c>{"stages":[{"op":"conv2d","weight":"edge24","out_channels":2},{"op":"max_pool2d","kernel_size":2}]}</c>.
/// The schema is <c>pipeline.schema.json</c> beside this file.
/// </summary>
public static class PipelineJson
{
    private const int MaximumFileBytes = 16 << 20;
    private const int MaximumStages = 1000;

    /// <summary>What the text may have beyond plain JSON, and how deep it may be.</summary>
    public static JsonDocumentOptions DocumentOptions { get; } = new()
    {
        AllowDuplicateProperties = false,
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
        MaxDepth = 16,
    };

    private const string FreeOperator = "shader";

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>The operators that a stage's <c>op</c> may name.</summary>
    public static IReadOnlyList<string> OperatorNames { get; } =
    [
        "conv2d", "conv_transpose2d", "max_pool2d", "avg_pool2d", "lp_pool2d", "adaptive_avg_pool2d", "adaptive_max_pool2d",
        "global_avg_pool2d", "global_max_pool2d", "fractional_max_pool2d", "max_unpool2d", "relu", "leaky_relu", "abs", "sigmoid", "tanh", "clamp", "scale_offset", "normalize",
    ];

    /// <summary>Reads a pipeline from a file; paths in it are relative to the file's folder.</summary>
    /// <param name="path">The file.</param>
    /// <param name="loadShader">Loads the shader that a stage names, by its full path; null where none is taken.</param>
    /// <exception cref="LivePoolException">What is wrong and where in the file.</exception>
    public static Pipeline ReadFile(string path, Func<string, StageShader>? loadShader = null)
    {
        byte[] json = RegularFile.ReadAllBytes(path, MaximumFileBytes);
        try
        {
            string directory = Path.GetDirectoryName(Path.GetFullPath(path)) ?? ".";
            return Parse(json, Path.GetFileNameWithoutExtension(path), directory, loadShader);
        }
        catch (LivePoolException e)
        {
            throw new LivePoolException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Reads a pipeline.</summary>
    /// <param name="json">UTF-8 text.</param>
    /// <param name="name">Its name where the text gives none.</param>
    /// <param name="directory">The folder that paths are relative to.</param>
    /// <param name="loadShader">Loads the shader that a stage names, by its full path; null where none is taken.</param>
    /// <exception cref="LivePoolException">What is wrong and where in the text.</exception>
    public static Pipeline Parse(ReadOnlyMemory<byte> json, string name, string directory, Func<string, StageShader>? loadShader = null)
    {
        try
        {
            if (json.Span.StartsWith(ByteOrderMark))
                json = json[ByteOrderMark.Length..];
            using JsonDocument document = JsonDocument.Parse(json, DocumentOptions);
            return Read(document.RootElement, name, directory, loadShader);
        }
        catch (InvalidOperationException e)
        {
            // Text with half a surrogate pair is JSON, but no string.
            throw new LivePoolException("a text has half of a surrogate pair; write it in UTF-8", e);
        }
        catch (JsonException e)
        {
            throw new LivePoolException($"not valid JSON at line {e.LineNumber + 1}: {e.Message.Split(". ")[0].TrimEnd('.')}", e);
        }
    }

    private static Pipeline Read(JsonElement root, string name, string directory, Func<string, StageShader>? loadShader)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw new LivePoolException("a pipeline is an object with \"stages\"");
        var reader = new JsonStage(root, "pipeline");
        reader.Find("$schema");
        if (reader.Find("name") is { } named)
            name = named.ValueKind == JsonValueKind.String ? named.GetString()! : throw reader.Error("name", "must be text");
        int? channels = reader.FindInt32("in_channels");
        if (channels < 1)
            throw reader.Error("in_channels", $"is {channels}; must be at least 1");
        if (reader.Find("stages") is not { ValueKind: JsonValueKind.Array } stages || stages.GetArrayLength() == 0)
            throw reader.Error("stages", "must be an array of at least one stage");
        if (stages.GetArrayLength() > MaximumStages)
            throw reader.Error("stages", $"has {stages.GetArrayLength()} stages; at most {MaximumStages} are taken");
        reader.RefuseUnknownProperties();

        int? inputChannels = channels;
        var specs = ImmutableArray.CreateBuilder<OperatorSpec>();
        foreach (JsonElement stage in stages.EnumerateArray())
        {
            OperatorSpec spec = ReadStage(stage, $"stages[{specs.Count}]", channels, directory, loadShader);
            (int takes, int gives) = spec switch
            {
                Conv2d convolution => (convolution.InChannels, convolution.Weight.Shape.N),
                ConvTranspose2d convolution => (convolution.Weight.Shape.N, convolution.OutChannels),
                FreeStage { Shader.InputChannels: { } taken } => (taken, taken),
                _ => (0, 0),
            };
            if (takes != 0)
            {
                inputChannels ??= takes;
                channels = gives;
            }
            specs.Add(spec);
        }
        return new(name, inputChannels ?? 1, specs.DrainToImmutable());
    }

    /// <summary>Reads one stage.</summary>
    /// <param name="stage">The JSON object.</param>
    /// <param name="where">What to call it in messages, such as <c>stages[0]</c>.</param>
    /// <param name="inChannels">Channels that come in, or null where that is for the stage to say.</param>
    /// <param name="directory">The folder that paths are relative to.</param>
    /// <param name="loadShader">Loads the shader that the stage names, by its full path; null where none is taken.</param>
    /// <exception cref="LivePoolException">What is wrong and where.</exception>
    public static OperatorSpec ReadStage(
        JsonElement stage, string where, int? inChannels, string directory, Func<string, StageShader>? loadShader = null)
    {
        if (stage.ValueKind != JsonValueKind.Object || !stage.TryGetProperty("op", out JsonElement op) ||
            op.ValueKind != JsonValueKind.String)
        {
            throw new LivePoolException($"{where} must be an object with \"op\"");
        }
        var reader = new JsonStage(stage, where);
        StageShader? shader = reader.FindShader(directory, loadShader);
        OperatorSpec spec = op.GetString() switch
        {
            FreeOperator => ReadFree(reader, shader),
            "conv2d" => ReadConv2d(reader, inChannels, directory),
            "max_pool2d" => new MaxPool2d(RequireKernelSize(reader))
            {
                Stride = reader.FindSize("stride"),
                Padding = reader.FindPadding(isConvolution: false),
                Dilation = reader.FindSize("dilation") ?? 1,
                CeilMode = reader.FindBoolean("ceil_mode") ?? false,
                ReturnIndices = reader.FindBoolean("return_indices") ?? false,
            },
            "avg_pool2d" => new AvgPool2d(RequireKernelSize(reader))
            {
                Stride = reader.FindSize("stride"),
                Padding = reader.FindPadding(isConvolution: false),
                CeilMode = reader.FindBoolean("ceil_mode") ?? false,
                CountIncludePad = reader.FindBoolean("count_include_pad") ?? true,
                DivisorOverride = reader.FindInt32("divisor_override"),
            },
            "conv_transpose2d" => ReadConvTranspose2d(reader, inChannels, directory),
            "lp_pool2d" => new LpPool2d(
                reader.FindSingle("norm_type") ?? throw reader.Error("norm_type", "is missing"), RequireKernelSize(reader))
            {
                Stride = reader.FindSize("stride"),
                CeilMode = reader.FindBoolean("ceil_mode") ?? false,
            },
            "adaptive_avg_pool2d" => new AdaptiveAvgPool2d(RequireAdaptiveSize(reader)),
            "adaptive_max_pool2d" => new AdaptiveMaxPool2d(RequireAdaptiveSize(reader))
            {
                ReturnIndices = reader.FindBoolean("return_indices") ?? false,
            },
            "global_avg_pool2d" => new AdaptiveAvgPool2d(1),
            "global_max_pool2d" => new AdaptiveMaxPool2d(1) { ReturnIndices = reader.FindBoolean("return_indices") ?? false },
            "fractional_max_pool2d" => new FractionalMaxPool2d(RequireKernelSize(reader))
            {
                OutputSize = reader.FindSize("output_size"),
                OutputRatio = reader.FindRatio("output_ratio"),
                Samples = ArrayReader.FindSamples(reader, directory),
                Seed = reader.FindInt64("seed") ?? 0,
                ReturnIndices = reader.FindBoolean("return_indices") ?? false,
            },
            "max_unpool2d" => new MaxUnpool2d(ArrayReader.RequireIndices(reader, directory), RequireKernelSize(reader))
            {
                Stride = reader.FindSize("stride"),
                Padding = reader.FindSize("padding") ?? 0,
                OutputSize = reader.FindSize("output_size"),
            },
            "relu" => Pointwise.Relu,
            "leaky_relu" => Pointwise.LeakyRelu(reader.FindSingle("negative_slope") ?? 0.01f),
            "abs" => Pointwise.Abs,
            "sigmoid" => Pointwise.Sigmoid,
            "tanh" => Pointwise.Tanh,
            "clamp" => Pointwise.Clamp(
                reader.FindSingle("min") ?? float.NegativeInfinity, reader.FindSingle("max") ?? float.PositiveInfinity),
            "scale_offset" => Pointwise.ScaleOffset(reader.FindSingle("scale") ?? 1, reader.FindSingle("offset") ?? 0),
            "normalize" => Pointwise.Normalize,
            string other => throw reader.Error("op", $"is \"{other}\"; known are {string.Join(", ", OperatorNames)}, {FreeOperator}"),
            null => throw reader.Error("op", "must be text"),
        };
        reader.RefuseUnknownProperties();
        if (shader is null || spec is FreeStage)
            return spec;
        return shader.Claim == spec.Name
            ? spec with { Shader = shader }
            : throw reader.Error("shader", $"{(shader.Claim is { } claimed ? $"claims to be {claimed}" : "claims to be no operator")}, " +
                $"and the stage is {spec.Name}; write // @op {spec.Name} if it is that");
    }

    private static FreeStage ReadFree(JsonStage reader, StageShader? shader)
    {
        if (shader is null)
            throw reader.Error("shader", "is missing; write the path of a shader");
        try
        {
            return new(shader);
        }
        catch (LivePoolException e)
        {
            throw reader.Error("shader", e);
        }
    }

    private static Size2d RequireKernelSize(JsonStage reader) =>
        reader.FindSize("kernel_size") ?? throw reader.Error("kernel_size", "is missing");

    private static AdaptiveSize RequireAdaptiveSize(JsonStage reader) =>
        reader.FindAdaptiveSize("output_size") ?? throw reader.Error("output_size", "is missing");

    private static Conv2d ReadConv2d(JsonStage reader, int? inChannels, string directory)
    {
        (Tensor weight, Tensor? bias, int groups) = ReadWeights(reader, inChannels, isTransposed: false, directory);
        return new(weight, bias)
        {
            Stride = reader.FindSize("stride") ?? 1,
            Padding = reader.FindPadding(isConvolution: true),
            Dilation = reader.FindSize("dilation") ?? 1,
            Groups = groups,
            PaddingMode = reader.FindPaddingMode(),
        };
    }

    private static ConvTranspose2d ReadConvTranspose2d(JsonStage reader, int? inChannels, string directory)
    {
        (Tensor weight, Tensor? bias, int groups) = ReadWeights(reader, inChannels, isTransposed: true, directory);
        return new(weight, bias)
        {
            Stride = reader.FindSize("stride") ?? 1,
            Padding = reader.FindPadding(isConvolution: false),
            OutputPadding = reader.FindSize("output_padding") ?? 0,
            Dilation = reader.FindSize("dilation") ?? 1,
            Groups = groups,
        };
    }

    private static (Tensor Weight, Tensor? Bias, int Groups) ReadWeights(
        JsonStage reader, int? inChannels, bool isTransposed, string directory)
    {
        int groups = reader.FindInt32("groups") ?? 1;
        if (groups < 1)
            throw reader.Error("groups", $"is {groups}; must be at least 1");
        int? stated = reader.FindInt32("in_channels");
        if (stated is { } and < 1)
            throw reader.Error("in_channels", $"is {stated}; must be at least 1");
        if (stated is { } && inChannels is { } && stated != inChannels)
            throw reader.Error("in_channels", $"is {stated}, but {inChannels} channels come in");

        (Tensor weight, Tensor? bias) = WeightReader.Read(reader, stated ?? inChannels, groups, isTransposed, directory);
        return (weight, bias, groups);
    }

    /// <summary>Writes one stage, its weights, samples and indices inline, as <see cref="ReadStage"/> reads it.</summary>
    public static void WriteStage(Utf8JsonWriter writer, OperatorSpec spec) => StageJsonWriter.Write(writer, spec);

    /// <summary>A pipeline as text with its weights inline, which <see cref="Parse"/> reads back as the same pipeline.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="isIndented">Whether it is for people, a kernel's rows a line each; else it is as short as can be.</param>
    public static string Write(Pipeline pipeline, bool isIndented = true)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = isIndented, NewLine = "\n" }))
            Write(writer, pipeline);
        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    /// <summary>Writes a pipeline with its weights inline, so that reading it back needs no other file.</summary>
    public static void Write(Utf8JsonWriter writer, Pipeline pipeline)
    {
        writer.WriteStartObject();
        writer.WriteString("name", pipeline.Name);
        writer.WriteNumber("in_channels", pipeline.Channels);
        writer.WriteStartArray("stages");
        foreach (OperatorSpec stage in pipeline.Stages)
            StageJsonWriter.Write(writer, stage);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
