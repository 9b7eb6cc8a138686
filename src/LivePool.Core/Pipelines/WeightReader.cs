using System.Text.Json;
using LivePool.Core.Npy;
using LivePool.Core.Operators;
using LivePool.Core.Tensors;

namespace LivePool.Core.Pipelines;

/// <summary>
/// A convolution's weight and bias from JSON. <c>weight</c> is a preset's name or <c>{"preset": NAME, "seed": N}</c>,
/// <c>{"init": "pytorch", "seed": N}</c>, a .npy path, or numbers in arrays. A preset fills the first output channels;
/// the others keep PyTorch's default initialisation with the seed, 0 if none is given. A transposed convolution's weight
/// is <c>[in, out/groups, kH, kW]</c>.
/// </summary>
internal static class WeightReader
{
    public static (Tensor Weight, Tensor? Bias) Read(
        JsonStage stage, int? inChannels, int groups, bool isTransposed, string directory)
    {
        int? outChannels = stage.FindInt32("out_channels");
        Size2d? kernelSize = stage.FindSize("kernel_size");
        JsonElement source = stage.Find("weight") ??
            throw stage.Error("weight", "is missing; give a preset's name, {\"init\":\"pytorch\"}, a .npy file or numbers");

        PyTorchInitializer? initializer = null;
        Tensor weight;
        if (source.ValueKind == JsonValueKind.String && source.GetString()!.EndsWith(".npy", StringComparison.OrdinalIgnoreCase))
        {
            NpyArray array = NpyArray.Read(Path.Combine(directory, source.GetString()!));
            if (array.Dimensions.Count is not (2 or 4))
                throw stage.Error("weight", $"has {array.Dimensions.Count} dimensions; it must have 4, {Layout(isTransposed)}, or 2");
            weight = array.ToTensor();
        }
        else if (source.ValueKind == JsonValueKind.Array)
        {
            weight = ReadInline(stage, source, isTransposed);
        }
        else
        {
            (string? preset, long seed) = ReadRecipe(stage, source);
            IReadOnlyList<float[,]>? kernels = preset is null ? null : KernelPresets.Find(preset) ??
                throw stage.Error("weight", $"is \"{preset}\"; presets are {string.Join(", ", KernelPresets.Names)}");
            Size2d size = kernelSize ?? (kernels is null
                ? throw stage.Error("kernel_size", "is missing")
                : new(kernels[0].GetLength(0), kernels[0].GetLength(1)));
            int count = outChannels ?? kernels?.Count ?? throw stage.Error("out_channels", "is missing");
            int channels = inChannels ?? groups;
            RequireSizes(stage, count, size, channels, groups);
            if (isTransposed && count % groups != 0)
                throw stage.Error("out_channels", $"is {count}, which groups {groups} does not divide");
            (int first, int second) = isTransposed ? (channels, count / groups) : (count, channels / groups);
            RequireCount(stage, (UInt128)first * (UInt128)second * (UInt128)size.Height * (UInt128)size.Width);
            initializer = new(seed);
            weight = initializer.Uniform(
                new TensorShape(first, second, size.Height, size.Width).Validated(),
                checked(second * size.Height * size.Width));
            if (kernels is not null)
                ApplyPreset(stage, preset!, kernels, weight, count, isTransposed ? first / groups : 0);
        }

        int actual = isTransposed ? OutChannels(stage, weight, groups) : weight.Shape.N;
        RequireStated(stage, "out_channels", outChannels, actual);
        if (kernelSize is { } stated && stated != new Size2d(weight.Shape.H, weight.Shape.W))
            throw stage.Error("kernel_size", $"is {stated}, but the weight has {weight.Shape.H}x{weight.Shape.W}");
        return (weight, ReadBias(stage, source, weight, actual, initializer, directory));
    }

    private static int OutChannels(JsonStage stage, Tensor weight, int groups) =>
        (long)weight.Shape.C * groups is var channels && channels <= int.MaxValue
            ? (int)channels
            : throw stage.Error("groups", $"is {groups}; with a weight of shape {weight.Shape} that is {channels} output channels");

    private static string Layout(bool isTransposed) => isTransposed ? "[in, out/groups, kH, kW]" : "[out, in/groups, kH, kW]";

    private static (string? Preset, long Seed) ReadRecipe(JsonStage stage, JsonElement source)
    {
        if (source.ValueKind == JsonValueKind.String)
            return (source.GetString(), 0);
        if (source.ValueKind != JsonValueKind.Object)
            throw stage.Error("weight", "must be a preset's name, {\"init\":\"pytorch\"}, a .npy file or numbers");
        var recipe = new JsonStage(source, $"{stage.Where}.weight");
        JsonElement? preset = recipe.Find("preset");
        JsonElement? init = recipe.Find("init");
        JsonElement? seedElement = recipe.Find("seed");
        recipe.RefuseUnknownProperties();
        long seed = 0;
        if (seedElement is { } given && !(given.ValueKind == JsonValueKind.Number && given.TryGetInt64(out seed)))
            throw recipe.Error("seed", $"is {given.GetRawText()}; it must be a whole number");
        if (preset is { ValueKind: JsonValueKind.String } name && init is null)
            return (name.GetString(), seed);
        if (preset is null && init is { ValueKind: JsonValueKind.String } way && way.GetString() == "pytorch")
            return (null, seed);
        throw stage.Error("weight", "must have either \"preset\": a name, or \"init\": \"pytorch\"");
    }

    private static void RequireSizes(JsonStage stage, int outChannels, Size2d size, int inChannels, int groups)
    {
        if (outChannels < 1)
            throw stage.Error("out_channels", $"is {outChannels}; must be at least 1");
        if (size.Height < 1 || size.Width < 1)
            throw stage.Error("kernel_size", $"is {size}; must be at least 1");
        if (inChannels % groups != 0)
            throw stage.Error("groups", $"is {groups}, which does not divide the {inChannels} channels that come in");
    }

    /// <summary>Numbers that are drawn take time, before it is known whether the stage fits its input.</summary>
    private static void RequireCount(JsonStage stage, UInt128 weights)
    {
        const int Maximum = 1 << 26;
        if (weights > Maximum)
            throw stage.Error("out_channels", $"and the kernel ask for {weights} weights; at most {Maximum} are made up; give a .npy file");
    }

    private static void RequireStated(JsonStage stage, string property, int? stated, int actual)
    {
        if (stated is { } && stated != actual)
            throw stage.Error(property, $"is {stated}, but the weight has {actual}");
    }

    /// <param name="stage">For messages.</param>
    /// <param name="name">The preset.</param>
    /// <param name="kernels">One for each of the first output channels.</param>
    /// <param name="weight">What to write into.</param>
    /// <param name="outChannels">Output channels.</param>
    /// <param name="inputsPerGroup">Input channels of a group where the weight is a transposed convolution's; else 0.</param>
    private static void ApplyPreset(
        JsonStage stage, string name, IReadOnlyList<float[,]> kernels, Tensor weight, int outChannels, int inputsPerGroup)
    {
        (int height, int width) = (kernels[0].GetLength(0), kernels[0].GetLength(1));
        if (weight.Shape.H != height || weight.Shape.W != width)
            throw stage.Error("kernel_size", $"is {weight.Shape.H}x{weight.Shape.W}, but preset {name} is {height}x{width}");
        if (outChannels < kernels.Count)
            throw stage.Error("out_channels", $"is {outChannels}, but preset {name} has {kernels.Count} kernels");
        for (int n = 0; n < weight.Shape.N; n++)
        {
            for (int c = 0; c < weight.Shape.C; c++)
            {
                int outChannel = inputsPerGroup == 0 ? n : n / inputsPerGroup * weight.Shape.C + c;
                if (outChannel >= kernels.Count)
                    continue;
                Span<float> plane = weight.Plane(n, c);
                for (int i = 0; i < plane.Length; i++)
                    plane[i] = kernels[outChannel][i / width, i % width];
            }
        }
    }

    private static Tensor? ReadBias(
        JsonStage stage, JsonElement source, Tensor weight, int count, PyTorchInitializer? initializer, string directory)
    {
        bool isInit = source.ValueKind == JsonValueKind.Object && source.TryGetProperty("init", out _);
        JsonElement? bias = stage.Find("bias");
        switch (bias?.ValueKind)
        {
            case null when !isInit:
            case JsonValueKind.False:
                return null;
            case null:
            case JsonValueKind.True:
                if (initializer is null)
                    throw stage.Error("bias", "is true, but the weight is given as numbers; give the bias as numbers too, or false");
                return initializer.UniformBias(count, weight.Shape.C * weight.Shape.PlaneSize);
            case JsonValueKind.String:
                float[] read = NpyArray.Read(Path.Combine(directory, bias.Value.GetString()!)).ToSingles();
                return new(new(1, RequireCount(stage, read.Length, count), 1, 1), read);
            case JsonValueKind.Array:
                float[] numbers = [.. bias.Value.EnumerateArray().Select(item => Number(stage, "bias", item))];
                return new(new(1, RequireCount(stage, numbers.Length, count), 1, 1), numbers);
            default:
                throw stage.Error("bias", "must be true, false, a .npy file or numbers");
        }
    }

    private static int RequireCount(JsonStage stage, int got, int expected) =>
        got == expected ? got : throw stage.Error("bias", $"has {got} values; out_channels is {expected}");

    private static Tensor ReadInline(JsonStage stage, JsonElement source, bool isTransposed)
    {
        Span<int> dimensions = [1, 1, 1, 1];
        int depth = 0;
        for (JsonElement level = source; level.ValueKind == JsonValueKind.Array; level = level[0], depth++)
        {
            if (depth == 4 || level.GetArrayLength() == 0)
                break;
            dimensions[depth] = level.GetArrayLength();
        }
        if (depth is not (2 or 4))
            throw stage.Error("weight", $"must be arrays of numbers: {Layout(isTransposed)}, or [kH, kW] for one kernel");
        if (depth == 2)
            (dimensions[0], dimensions[1], dimensions[2], dimensions[3]) = (1, 1, dimensions[0], dimensions[1]);
        var tensor = new Tensor(new(dimensions[0], dimensions[1], dimensions[2], dimensions[3]));
        int[] lengths = dimensions[(4 - depth)..].ToArray();
        int position = 0;
        Fill(source, 0);
        return tensor;

        void Fill(JsonElement level, int axis)
        {
            if (axis == lengths.Length)
            {
                tensor.Elements[position++] = Number(stage, "weight", level);
                return;
            }
            if (level.ValueKind != JsonValueKind.Array || level.GetArrayLength() != lengths[axis])
                throw stage.Error("weight", "has rows of different lengths");
            foreach (JsonElement item in level.EnumerateArray())
                Fill(item, axis + 1);
        }
    }

    /// <summary>A number, or the words that JSON lacks: <c>"nan"</c>, <c>"inf"</c>, <c>"-inf"</c>.</summary>
    private static float Number(JsonStage stage, string property, JsonElement item) => item.ValueKind switch
    {
        JsonValueKind.Number when item.TryGetDouble(out double number) && float.IsFinite((float)number) => (float)number,
        JsonValueKind.Number => throw stage.Error(property, $"has {item.GetRawText()}, which float32 does not reach; say \"inf\" if that is meant"),
        JsonValueKind.String when item.GetString() == "nan" => float.NaN,
        JsonValueKind.String when item.GetString() == "inf" => float.PositiveInfinity,
        JsonValueKind.String when item.GetString() == "-inf" => float.NegativeInfinity,
        _ => throw stage.Error(property, $"has {item.GetRawText()}; it must be numbers"),
    };
}
