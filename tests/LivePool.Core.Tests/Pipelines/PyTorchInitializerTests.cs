using System.Runtime.InteropServices;
using System.Security.Cryptography;
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
        int channels = layer.InChannels / layer.Groups;
        int fanIn = channels * layer.KernelSize * layer.KernelSize;
        var initializer = new PyTorchInitializer(layer.Seed);

        Span<float> weight = initializer
            .Uniform(new TensorShape(layer.OutChannels, channels, layer.KernelSize, layer.KernelSize), fanIn).Elements;

        AssertSameBits(layer.FirstWeights, weight[..layer.FirstWeights.Length]);
        AssertSameBits(layer.LastWeights, weight[^layer.LastWeights.Length..]);
        Assert.Equal(layer.WeightSha256, Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(weight))));
        if (layer.Bias is not null)
            AssertSameBits(layer.Bias, initializer.UniformBias(layer.OutChannels, fanIn).Elements);
    }

    [Fact]
    public void Edge24_is_the_photographs_weight()
    {
        byte[] json = [.. """{"stages":[{"op":"conv2d","weight":"edge24","out_channels":2,"kernel_size":5,"bias":false}]}"""u8];
        var conv = (Core.Operators.Conv2d)PipelineJson.Parse(json, "edge24", ".").Stages[0];

        AssertSameBits(Fixtures.PhotoWeight.Elements, conv.Weight.Elements);
    }

    private static void AssertSameBits(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual) =>
        Assert.Equal(MemoryMarshal.Cast<float, uint>(expected).ToArray(), MemoryMarshal.Cast<float, uint>(actual).ToArray());
}
