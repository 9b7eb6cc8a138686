using System.Text.Json;
using LivePool.Core.Tensors;

namespace LivePool.Testing.Torch;

/// <summary>What PyTorch computed: tests/fixtures/torch, whose README says how.</summary>
public static class Fixtures
{
    private static readonly Lazy<JsonElement> _operators = new(() => Parse("operators.json"));
    private static readonly Lazy<JsonElement> _photos = new(() => Parse("photos.json"));
    private static readonly Lazy<IReadOnlyList<TorchCase>> _cases = new(() =>
        [.. _operators.Value.GetProperty("cases").EnumerateArray().Select(TorchCase.Read)]);
    private static readonly Lazy<IReadOnlyList<TorchRefusal>> _refusals = new(() =>
        [.. _operators.Value.GetProperty("refusals").EnumerateArray().Select(TorchRefusal.Read)]);
    private static readonly Lazy<IReadOnlyList<InitialisedLayer>> _layers = new(() =>
        [.. Parse("init.json").GetProperty("entries").EnumerateArray().Select(InitialisedLayer.Read)]);

    /// <summary>Every computed operator.</summary>
    public static IReadOnlyList<TorchCase> Cases => _cases.Value;

    /// <summary>Every refused operator.</summary>
    public static IReadOnlyList<TorchRefusal> Refusals => _refusals.Value;

    /// <summary>Every initialised layer.</summary>
    public static IReadOnlyList<InitialisedLayer> InitialisedLayers => _layers.Value;

    /// <summary>The weight of the photographs' convolution, <c>[2, 1, 5, 5]</c>.</summary>
    public static Tensor PhotoWeight => FixtureTensor.Read(_photos.Value.GetProperty("weight")).ToTensor();

    /// <summary>Every photograph.</summary>
    public static IReadOnlyList<Photo> Photos =>
        [.. _photos.Value.GetProperty("photos").EnumerateArray().Select(Photo.Read)];

    /// <summary>The computed operator of that name.</summary>
    public static TorchCase Case(string name) => Cases.Single(item => item.Name == name);

    /// <summary>The refused operator of that name.</summary>
    public static TorchRefusal Refusal(string name) => Refusals.Single(item => item.Name == name);

    private static JsonElement Parse(string name)
    {
        using JsonDocument document =
            JsonDocument.Parse(File.ReadAllBytes(Repository.PathOf("tests", "fixtures", "torch", name)));
        return document.RootElement.Clone();
    }
}
