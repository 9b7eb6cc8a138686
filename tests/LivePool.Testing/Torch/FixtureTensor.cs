using System.Runtime.InteropServices;
using System.Text.Json;
using LivePool.Core.Tensors;

namespace LivePool.Testing.Torch;

/// <summary>A tensor from a fixture.</summary>
/// <param name="Shape">Its shape; one dimension is channels, as for a bias.</param>
/// <param name="Doubles">Its elements; float32 values are exact in double.</param>
/// <param name="IsExact">
/// Whether the elements are float32, to be met exactly; otherwise they are the exact result in float64.
/// </param>
public sealed record FixtureTensor(TensorShape Shape, double[] Doubles, bool IsExact)
{
    /// <summary>The elements as float32, rounded unless <see cref="IsExact"/>.</summary>
    public float[] Singles => Array.ConvertAll(Doubles, value => (float)value);

    /// <summary>A tensor of <see cref="Singles"/>.</summary>
    public Tensor ToTensor() => new(Shape, Singles);

    internal static FixtureTensor Read(JsonElement element)
    {
        bool isExact = element.TryGetProperty("data", out JsonElement data);
        double[] doubles = isExact
            ? Array.ConvertAll(Decode<float>(data), value => (double)value)
            : Decode<double>(element.GetProperty("data64"));
        return new(ReadShape(element.GetProperty("shape")), doubles, isExact);
    }

    internal static FixtureTensor? ReadOptional(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement element) ? Read(element) : null;

    internal static TensorShape ReadShape(JsonElement element)
    {
        int[] lengths = [.. element.EnumerateArray().Select(item => item.GetInt32())];
        return lengths.Length switch
        {
            1 => new(1, lengths[0], 1, 1),
            4 => new(lengths[0], lengths[1], lengths[2], lengths[3]),
            _ => throw new InvalidDataException($"a fixture's shape has {lengths.Length} dimensions"),
        };
    }

    internal static T[] Decode<T>(JsonElement base64) where T : unmanaged
    {
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("fixtures are little-endian");
        return MemoryMarshal.Cast<byte, T>(base64.GetBytesFromBase64()).ToArray();
    }
}
