using System.Text.Json;
using LivePool.Core.Tensors;

namespace LivePool.Testing.Torch;

/// <summary>The default initialisation of an <c>nn.Conv2d</c> or <c>nn.ConvTranspose2d</c> after <c>torch.manual_seed(seed)</c>.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="InChannels">Input channels.</param>
/// <param name="OutChannels">Output channels.</param>
/// <param name="KernelSize">Kernel height and width.</param>
/// <param name="Groups">Groups.</param>
/// <param name="IsTransposed">Whether it is an <c>nn.ConvTranspose2d</c>, whose weight is <c>[Cin, Cout/groups, kH, kW]</c>.</param>
/// <param name="WeightSha256">SHA-256 of the weight's little-endian float32 bytes, in lower-case hexadecimal.</param>
/// <param name="FirstWeights">The first 50 values, or all of a small weight.</param>
/// <param name="LastWeights">The last 50 values, or all of a small weight.</param>
/// <param name="Bias">The bias, or null for none.</param>
public sealed record InitialisedLayer(
    long Seed, int InChannels, int OutChannels, int KernelSize, int Groups, bool IsTransposed, string WeightSha256,
    float[] FirstWeights, float[] LastWeights, float[]? Bias)
{
    /// <summary>The weight's shape.</summary>
    public TensorShape WeightShape => IsTransposed
        ? new(InChannels, OutChannels / Groups, KernelSize, KernelSize)
        : new(OutChannels, InChannels / Groups, KernelSize, KernelSize);

    internal static InitialisedLayer Read(JsonElement element)
    {
        FixtureTensor? whole = FixtureTensor.ReadOptional(element, "weight");
        return new(
            element.GetProperty("seed").GetInt64(),
            element.GetProperty("in_channels").GetInt32(),
            element.GetProperty("out_channels").GetInt32(),
            element.GetProperty("kernel_size").GetInt32(),
            element.GetProperty("groups").GetInt32(),
            element.TryGetProperty("transposed", out JsonElement transposed) && transposed.GetBoolean(),
            element.GetProperty("weight_sha256").GetString()!,
            whole?.Singles ?? FixtureTensor.Decode<float>(element.GetProperty("weight_first")),
            whole?.Singles ?? FixtureTensor.Decode<float>(element.GetProperty("weight_last")),
            FixtureTensor.ReadOptional(element, "bias")?.Singles);
    }
}
