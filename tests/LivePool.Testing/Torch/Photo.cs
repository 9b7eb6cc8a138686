using System.Text.Json;
using LivePool.Core.Tensors;

namespace LivePool.Testing.Torch;

/// <summary>The seed's pipeline on a photograph, by PyTorch.</summary>
/// <param name="File">Its name among the <see cref="SharedImages"/>.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="IsBitwise">Whether the grey bytes must be the same: false for JPEG, whose decoders differ.</param>
/// <param name="GreySha256">SHA-256 of Pillow's grey bytes, row-major.</param>
/// <param name="Stages">conv2d, then max_pool2d and avg_pool2d, both of the convolution.</param>
public sealed record Photo(
    string File, int Width, int Height, bool IsBitwise, string GreySha256, IReadOnlyList<PhotoStage> Stages)
{
    internal static Photo Read(JsonElement element) => new(
        element.GetProperty("file").GetString()!,
        element.GetProperty("width").GetInt32(),
        element.GetProperty("height").GetInt32(),
        element.GetProperty("bitwise").GetBoolean(),
        element.GetProperty("grey_sha256").GetString()!,
        [.. element.GetProperty("stages").EnumerateArray().Select(PhotoStage.Read)]);
}

/// <summary>One stage's output, sampled.</summary>
/// <param name="Stage">The stage as in a pipeline's JSON, without weights.</param>
/// <param name="Shape"><c>[1, 2, H, W]</c>.</param>
/// <param name="Channel0Sha256">
/// SHA-256 of channel 0's little-endian float32 bytes with +0 for -0; exact in every backend.
/// </param>
/// <param name="Positions">Sampled positions within a plane, <c>ih*W + iw</c>.</param>
/// <param name="Channels">The exact values at <paramref name="Positions"/>, for each channel.</param>
public sealed record PhotoStage(
    JsonElement Stage, TensorShape Shape, string Channel0Sha256, long[] Positions, IReadOnlyList<double[]> Channels)
{
    internal static PhotoStage Read(JsonElement element) => new(
        element.GetProperty("stage").Clone(),
        FixtureTensor.ReadShape(element.GetProperty("shape")),
        element.GetProperty("channel0_sha256").GetString()!,
        FixtureTensor.Decode<long>(element.GetProperty("positions")),
        [.. element.GetProperty("channels64").EnumerateArray().Select(FixtureTensor.Decode<double>)]);
}
