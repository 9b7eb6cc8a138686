using System.Text.Json;
using LivePool.Core.Npy;
using LivePool.Core.Tensors;

namespace LivePool.Core.Pipelines;

/// <summary>
/// A stage's samples and indices from JSON: a .npy file, or numbers in arrays. Dimensions that are left out in front are 1.
/// </summary>
internal static class ArrayReader
{
    /// <summary>PyTorch's <c>_random_samples</c> <c>[N, C, 2]</c> as <c>[1, N, C, 2]</c>; null where none are given.</summary>
    public static Tensor? FindSamples(JsonStage stage, string directory)
    {
        const string Property = "samples";
        if (stage.Find(Property) is not { } source)
            return null;
        if (source.ValueKind == JsonValueKind.String)
            return NpyArray.Read(Path.Combine(directory, source.GetString()!)).ToTensor();
        (TensorShape shape, List<JsonElement> items) = Flatten(stage, Property, source);
        return new(shape, [.. items.Select(item =>
            item.ValueKind == JsonValueKind.Number && item.TryGetSingle(out float number) && float.IsFinite(number)
                ? number
                : throw stage.Error(Property, $"has {item.GetRawText()}; it must be numbers"))]);
    }

    /// <summary>The indices <c>[N, C, H, W]</c> of a max pool.</summary>
    public static IndexTensor RequireIndices(JsonStage stage, string directory)
    {
        const string Property = "indices";
        JsonElement source = stage.Find(Property) ??
            throw stage.Error(Property, "is missing; give the .npy file that max_pool2d wrote, or numbers");
        if (source.ValueKind == JsonValueKind.String)
        {
            string path = Path.Combine(directory, source.GetString()!);
            NpyArray array = NpyArray.Read(path);
            try
            {
                return new(array.Shape, array.ToInt64());
            }
            catch (LivePoolException e)
            {
                throw new LivePoolException($"{path}: {e.Message}", e);
            }
        }
        (TensorShape shape, List<JsonElement> items) = Flatten(stage, Property, source);
        return new(shape, [.. items.Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out long number)
            ? number
            : throw stage.Error(Property, $"has {item.GetRawText()}; it must be whole numbers"))]);
    }

    private static (TensorShape Shape, List<JsonElement> Items) Flatten(JsonStage stage, string property, JsonElement source)
    {
        Span<int> lengths = stackalloc int[4];
        int depth = 0;
        for (JsonElement level = source; level.ValueKind == JsonValueKind.Array; level = level[0])
        {
            if (depth == lengths.Length || level.GetArrayLength() == 0)
                throw stage.Error(property, "must be 1 to 4 levels of arrays, none of them empty");
            lengths[depth++] = level.GetArrayLength();
        }
        if (depth == 0)
            throw stage.Error(property, "must be a .npy file or numbers in arrays");
        var items = new List<JsonElement>();
        Add(stage, property, source, lengths[..depth], items);
        Span<int> four = [1, 1, 1, 1];
        lengths[..depth].CopyTo(four[(4 - depth)..]);
        return (new(four[0], four[1], four[2], four[3]), items);
    }

    private static void Add(JsonStage stage, string property, JsonElement level, ReadOnlySpan<int> lengths, List<JsonElement> items)
    {
        if (lengths.IsEmpty)
        {
            items.Add(level);
            return;
        }
        if (level.ValueKind != JsonValueKind.Array || level.GetArrayLength() != lengths[0])
            throw stage.Error(property, "has rows of different lengths");
        foreach (JsonElement item in level.EnumerateArray())
            Add(stage, property, item, lengths[1..], items);
    }
}
