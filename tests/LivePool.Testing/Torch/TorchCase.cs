using System.Text.Json;
using System.Text.Json.Nodes;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;

namespace LivePool.Testing.Torch;

/// <summary>An operator that PyTorch has computed.</summary>
/// <param name="Name">Unique among the cases.</param>
/// <param name="Stage">The stage as in a pipeline's JSON, without weights.</param>
/// <param name="Input">float32.</param>
/// <param name="Weight">float32; only for a convolution, transposed or not.</param>
/// <param name="Bias">float32, or null for none.</param>
/// <param name="Output">Exact float32 for selections and copies, the exact result in float64 for the others.</param>
/// <param name="Indices">The winners of a max pool that returns them.</param>
public sealed record TorchCase(
    string Name, JsonElement Stage, FixtureTensor Input, FixtureTensor? Weight, FixtureTensor? Bias, FixtureTensor Output,
    long[]? Indices)
{
    /// <summary>The operator, read by <see cref="PipelineJson"/>, with the fixture's own weights.</summary>
    public OperatorSpec CreateSpec() => CreateSpec(Stage, Weight?.ToTensor(), Bias?.ToTensor());

    /// <inheritdoc/>
    public override string ToString() => Name;

    internal static TorchCase Read(JsonElement element) => new(
        element.GetProperty("name").GetString()!,
        element.GetProperty("stage").Clone(),
        FixtureTensor.Read(element.GetProperty("input")),
        FixtureTensor.ReadOptional(element, "weight"),
        FixtureTensor.ReadOptional(element, "bias"),
        FixtureTensor.Read(element.GetProperty("output")),
        element.TryGetProperty("indices", out JsonElement indices)
            ? FixtureTensor.Decode<long>(indices.GetProperty("data"))
            : null);

    internal static OperatorSpec CreateSpec(JsonElement stage, Tensor? weight, Tensor? bias)
    {
        if (weight is null)
            return PipelineJson.ReadStage(stage, "stage", null, Repository.Root);
        // The reader asks for a weight; drawn ones of the same shape stand in, so that ours keep every bit.
        JsonObject drawn = JsonObject.Create(stage)!;
        drawn["weight"] = new JsonObject { ["init"] = "pytorch" };
        int groups = drawn["groups"]?.GetValue<int>() ?? 1;
        bool isTransposed = drawn["op"]!.GetValue<string>() == "conv_transpose2d";
        int inChannels = isTransposed ? weight.Shape.N : weight.Shape.C * groups;
        using JsonDocument document = JsonDocument.Parse(drawn.ToJsonString());
        return PipelineJson.ReadStage(document.RootElement, "stage", inChannels, Repository.Root) switch
        {
            Conv2d conv => conv with { Weight = weight, Bias = bias },
            ConvTranspose2d conv => conv with { Weight = weight, Bias = bias },
            OperatorSpec other => throw new InvalidDataException($"{other.Name} has no weight"),
        };
    }
}

/// <summary>An operator that PyTorch has refused, and LivePool must refuse.</summary>
/// <param name="Name">Unique among the refusals.</param>
/// <param name="Stage">The stage as in a pipeline's JSON, without weights.</param>
/// <param name="InputShape"><c>[N, C, H, W]</c>.</param>
/// <param name="WeightShape">
/// <c>[Cout, Cin/groups, kH, kW]</c>, transposed <c>[Cin, Cout/groups, kH, kW]</c>; only for a convolution.
/// </param>
/// <param name="BiasShape"><c>[1, Cout, 1, 1]</c>, or null for none.</param>
/// <param name="Error">PyTorch's message.</param>
public sealed record TorchRefusal(
    string Name, JsonElement Stage, TensorShape InputShape, TensorShape? WeightShape, TensorShape? BiasShape, string Error)
{
    /// <summary>The operator with weights of 0; reading it may already be refused.</summary>
    public OperatorSpec CreateSpec() => TorchCase.CreateSpec(Stage, Zeros(WeightShape), Zeros(BiasShape));

    private static Tensor? Zeros(TensorShape? shape) => shape is { } given ? new Tensor(given) : null;

    /// <inheritdoc/>
    public override string ToString() => Name;

    internal static TorchRefusal Read(JsonElement element) => new(
        element.GetProperty("name").GetString()!,
        element.GetProperty("stage").Clone(),
        FixtureTensor.ReadShape(element.GetProperty("input_shape")),
        element.TryGetProperty("weight_shape", out JsonElement weight) ? FixtureTensor.ReadShape(weight) : null,
        element.TryGetProperty("bias_shape", out JsonElement bias) ? FixtureTensor.ReadShape(bias) : null,
        element.GetProperty("error").GetString()!);
}
