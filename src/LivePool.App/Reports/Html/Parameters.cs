using System.Text.Json;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;

namespace LivePool.App.Reports.Html;

/// <summary>An operator's parameters in the names and notation of a pipeline's JSON; defaults are left out.</summary>
internal static class Parameters
{
    private const int MostNumbers = 12;

    public static IEnumerable<(string Name, string Value)> Of(OperatorSpec spec)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
            PipelineJson.WriteStage(writer, spec);
        using JsonDocument stage = JsonDocument.Parse(stream.GetBuffer().AsMemory(0, (int)stream.Length));
        return [.. stage.RootElement.EnumerateObject().Where(item => item.Name != "op").Select(item => (item.Name, Text(item.Value)))];
    }

    /// <summary>The value as JSON, or only the shape of what has many numbers.</summary>
    private static string Text(JsonElement value)
    {
        var shape = new List<int>();
        for (JsonElement inner = value; inner.ValueKind == JsonValueKind.Array && inner.GetArrayLength() > 0; inner = inner[0])
            shape.Add(inner.GetArrayLength());
        int numbers = shape.Aggregate(1, (product, length) => product * length);
        return numbers > MostNumbers ? $"[{string.Join(", ", shape)}], {Numbers.Count(numbers)} numbers"
            : value.ValueKind == JsonValueKind.String ? value.GetString()!
            : value.GetRawText().Replace(",", ", ", StringComparison.Ordinal);
    }
}
