using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Testing.Torch;

namespace LivePool.Core.Tests.Pipelines;

public sealed class PyTorchInitializerTests
{
    public static TheoryData<int> Layers => [.. Enumerable.Range(0, Fixtures.InitialisedLayers.Count)];

    [Theory]
    [MemberData(nameof(Layers))]
    public void Draws_what_PyTorch_draws_bit_for_bit(int index)
    {
        InitialisedLayer layer = Fixtures.InitialisedLayers[index];
        int fanIn = layer.WeightShape.C * layer.KernelSize * layer.KernelSize;
        var initializer = new PyTorchInitializer(layer.Seed);

        Tensor weight = initializer.Uniform(layer.WeightShape, fanIn);

        AssertPyTorchs(layer, weight, layer.Bias is null ? null : initializer.UniformBias(layer.OutChannels, fanIn));
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void A_pipeline_draws_what_PyTorch_draws(int index)
    {
        InitialisedLayer layer = Fixtures.InitialisedLayers[index];
        string json = $$"""
            {"op":"{{(layer.IsTransposed ? "conv_transpose2d" : "conv2d")}}","weight":{"init":"pytorch","seed":{{layer.Seed}}},
            "out_channels":{{layer.OutChannels}},"kernel_size":{{layer.KernelSize}},"groups":{{layer.Groups}},
            "bias":{{(layer.Bias is null ? "false" : "true")}}}
            """;
        using JsonDocument document = JsonDocument.Parse(json);

        (Tensor weight, Tensor? bias) = PipelineJson.ReadStage(document.RootElement, "stage", layer.InChannels, ".") switch
        {
            Conv2d conv => (conv.Weight, conv.Bias),
            ConvTranspose2d conv => (conv.Weight, conv.Bias),
            OperatorSpec other => throw new InvalidOperationException(other.Name),
        };

        AssertPyTorchs(layer, weight, bias);
    }

    private static void AssertPyTorchs(InitialisedLayer layer, Tensor weight, Tensor? bias)
    {
        Assert.Equal(layer.WeightShape, weight.Shape);
        Span<float> elements = weight.Elements;
        AssertSameBits(layer.FirstWeights, elements[..layer.FirstWeights.Length]);
        AssertSameBits(layer.LastWeights, elements[^layer.LastWeights.Length..]);
        Assert.Equal(layer.WeightSha256, Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(elements))));
        Assert.Equal(layer.Bias is null, bias is null);
        if (bias is not null)
            AssertSameBits(layer.Bias, bias.Elements);
    }

    [Fact]
    public void Edge24_is_the_photographs_weight()
    {
        byte[] json = [.. """{"stages":[{"op":"conv2d","weight":"edge24","out_channels":2,"kernel_size":5,"bias":false}]}"""u8];
        var conv = (Conv2d)PipelineJson.Parse(json, "edge24", ".").Stages[0];

        AssertSameBits(Fixtures.PhotoWeight.Elements, conv.Weight.Elements);
    }

    private static void AssertSameBits(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual) =>
        Assert.Equal(MemoryMarshal.Cast<float, uint>(expected).ToArray(), MemoryMarshal.Cast<float, uint>(actual).ToArray());
}
