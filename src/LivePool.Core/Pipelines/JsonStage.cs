using System.Text.Json;
using LivePool.Core.Operators;

namespace LivePool.Core.Pipelines;

/// <summary>Reads the properties of one JSON object, says where a wrong one is, and refuses those nobody asked for.</summary>
internal sealed class JsonStage(JsonElement element, string where)
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal) { "op" };

    public string Where { get; } = where;

    public LivePoolException Error(string property, string problem) => new($"{Where}.{property} {problem}");

    public LivePoolException Error(string property, LivePoolException problem) => new($"{Where}.{property}: {problem.Message}", problem);

    public JsonElement? Find(string property)
    {
        _known.Add(property);
        return element.TryGetProperty(property, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    public int? FindInt32(string property) =>
        Find(property) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) ? number
        : throw Error(property, $"is {value.GetRawText()}; it must be a whole number");

    public long? FindInt64(string property) =>
        Find(property) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) ? number
        : throw Error(property, $"is {value.GetRawText()}; it must be a whole number");

    public bool? FindBoolean(string property) =>
        Find(property) is not { } value ? null
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
        : throw Error(property, $"is {value.GetRawText()}; it must be true or false");

    public float? FindSingle(string property) =>
        Find(property) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && float.IsFinite((float)number)
            ? (float)number
            : throw Error(property, $"is {value.GetRawText()}; it must be a number that float32 reaches");

    public Size2d? FindSize(string property)
    {
        if (Find(property) is not { } value)
            return null;
        int[] numbers = Integers(property, value);
        return numbers.Length switch
        {
            1 => numbers[0],
            2 => new Size2d(numbers[0], numbers[1]),
            _ => throw Error(property, "must be one whole number or [height, width]"),
        };
    }

    /// <summary>One number, or <c>[height, width]</c> of which one or both may be null: the input's.</summary>
    public AdaptiveSize? FindAdaptiveSize(string property)
    {
        if (Find(property) is not { } value)
            return null;
        JsonElement[] items = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];
        int?[] numbers = Array.ConvertAll(items, item => item.ValueKind == JsonValueKind.Null ? (int?)null
            : item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out int number) ? number
            : throw Error(property, $"has {item.GetRawText()}; it must be a whole number, or null to keep the input's"));
        return numbers.Length switch
        {
            1 => new AdaptiveSize(numbers[0], numbers[0]),
            2 => new AdaptiveSize(numbers[0], numbers[1]),
            _ => throw Error(property, "must be one whole number or [height, width]"),
        };
    }

    /// <summary>One number, or <c>[height, width]</c>.</summary>
    public (double Height, double Width)? FindRatio(string property)
    {
        if (Find(property) is not { } value)
            return null;
        JsonElement[] items = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];
        double[] numbers = Array.ConvertAll(items, item => item.ValueKind == JsonValueKind.Number && item.TryGetDouble(out double number)
            ? number
            : throw Error(property, $"has {item.GetRawText()}; it must be a number"));
        return numbers.Length switch
        {
            1 => (numbers[0], numbers[0]),
            2 => (numbers[0], numbers[1]),
            _ => throw Error(property, "must be one number or [height, width]"),
        };
    }

    /// <summary>A number, <c>[height, width]</c>, <c>[top, left, bottom, right]</c>, <c>"same"</c> or <c>"valid"</c>.</summary>
    public Padding FindPadding(bool isConvolution)
    {
        const string Property = "padding";
        if (Find(Property) is not { } value)
            return 0;
        if (isConvolution && value.ValueKind == JsonValueKind.String)
        {
            return value.GetString() switch
            {
                "same" => Padding.Same,
                "valid" => 0,
                string other => throw Error(Property, $"is \"{other}\"; the words are \"same\" and \"valid\""),
                null => 0,
            };
        }
        int[] numbers = Integers(Property, value);
        return numbers.Length switch
        {
            1 => numbers[0],
            2 => Padding.FromSize(new(numbers[0], numbers[1])),
            4 => new Padding(numbers[0], numbers[1], numbers[2], numbers[3]),
            _ => throw Error(Property, "must be one whole number, [height, width] or [top, left, bottom, right]"),
        };
    }

    public PaddingMode FindPaddingMode()
    {
        const string Property = "padding_mode";
        if (Find(Property) is not { } value)
            return PaddingMode.Zeros;
        return value.ValueKind == JsonValueKind.String ? value.GetString() switch
        {
            "zeros" => PaddingMode.Zeros,
            "reflect" => PaddingMode.Reflect,
            "replicate" => PaddingMode.Replicate,
            "circular" => PaddingMode.Circular,
            _ => throw Unknown(),
        } : throw Unknown();

        LivePoolException Unknown() =>
            Error(Property, $"is {value.GetRawText()}; it must be \"zeros\", \"reflect\", \"replicate\" or \"circular\"");
    }

    /// <summary>The shader that <c>"shader"</c> names, with the values of <c>"params"</c>; null where none is named.</summary>
    public StageShader? FindShader(string directory, Func<string, StageShader>? load)
    {
        JsonElement? settings = Find("params");
        if (Find("shader") is not { } path)
            return settings is null ? null : throw Error("params", "are of a shader, and none is named; name it by \"shader\", or leave them out");
        if (path.ValueKind != JsonValueKind.String || path.GetString() is not { Length: > 0 } file)
            throw Error("shader", $"is {path.GetRawText()}; it must be the path of a file");
        if (load is null)
            throw Error("shader", "is not taken here; leave it out");
        StageShader shader;
        try
        {
            shader = load(Path.GetFullPath(file, Path.GetFullPath(directory)));
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw Error("shader", $"is {path.GetRawText()}; it must be the path of a file");
        }
        catch (LivePoolException e)
        {
            throw Error("shader", e);
        }
        return settings is { } values ? WithValues(shader, values) : shader;
    }

    private StageShader WithValues(StageShader shader, JsonElement values)
    {
        if (values.ValueKind != JsonValueKind.Object)
            throw Error("params", "must be an object of names and values");
        foreach (JsonProperty setting in values.EnumerateObject())
        {
            string value = setting.Value.ValueKind switch
            {
                JsonValueKind.String => setting.Value.GetString()!,
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => setting.Value.GetRawText(),
                _ => throw Error($"params.{setting.Name}", "must be a number, true, false or text"),
            };
            try
            {
                shader = shader.WithValue(setting.Name, value);
            }
            catch (LivePoolException e)
            {
                throw Error("params", e);
            }
        }
        return shader;
    }

    public void RefuseUnknownProperties()
    {
        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (!_known.Contains(property.Name))
            {
                string known = string.Join(", ", _known.Where(name => name is not ("op" or "shader" or "params")).Order(StringComparer.Ordinal));
                string shaders = element.TryGetProperty("shader", out _) ? "; the shader's own stand in \"params\"" : "";
                throw Error(property.Name, $"is not a parameter here; {(known.Length == 0 ? "there are none" : $"known are {known}")}{shaders}");
            }
        }
    }

    private int[] Integers(string property, JsonElement value)
    {
        JsonElement[] items = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];
        return Array.ConvertAll(items, item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out int number)
            ? number
            : throw Error(property, $"has {item.GetRawText()}; it must be a whole number"));
    }
}
