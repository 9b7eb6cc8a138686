using System.Text.Json;
using LivePool.Core;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;

namespace LivePool.Verification;

/// <summary>
/// A case as JSON: <c>{"stage": the operator as in a pipeline, "input": {"shape": [N, C, H, W], "data": little-endian float32
/// in base64}}</c>, so that every bit of it is run again.
/// </summary>
public static class CaseFile
{
    private const int MaximumBytes = 512 << 20;

    private static readonly JsonDocumentOptions _options = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <summary>Writes a case.</summary>
    /// <exception cref="LivePoolException">The file cannot be written.</exception>
    public static void Write(string path, ConcreteCase item)
    {
        try
        {
            using FileStream stream = File.Create(path);
            using var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = false });
            writer.WriteStartObject();
            writer.WriteString("origin", item.Origin);
            writer.WritePropertyName("stage");
            PipelineJson.WriteStage(writer, item.Spec);
            writer.WriteStartObject("input");
            writer.WriteStartArray("shape");
            foreach (int length in (ReadOnlySpan<int>)[item.Input.N, item.Input.C, item.Input.H, item.Input.W])
                writer.WriteNumberValue(length);
            writer.WriteEndArray();
            byte[] bytes = new byte[sizeof(float) * item.X.Length];
            for (int i = 0; i < item.X.Length; i++)
                System.Buffers.Binary.BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(sizeof(float) * i), item.X[i]);
            writer.WriteBase64String("data", bytes);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LivePoolException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Reads a case.</summary>
    /// <param name="path">The file.</param>
    /// <param name="loadShader">Loads the shader that the stage names, by its full path; null where none is taken.</param>
    /// <exception cref="LivePoolException">What is wrong with the file.</exception>
    public static ConcreteCase Read(string path, Func<string, StageShader>? loadShader = null)
    {
        byte[] json = RegularFile.ReadAllBytes(path, MaximumBytes);
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, _options);
            return Read(document.RootElement, path, loadShader);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new LivePoolException($"{path}: is not a case that verify wrote: {e.Message}", e);
        }
        catch (LivePoolException e)
        {
            throw new LivePoolException($"{path}: {e.Message}", e);
        }
    }

    private static ConcreteCase Read(JsonElement root, string path, Func<string, StageShader>? loadShader)
    {
        JsonElement input = root.GetProperty("input");
        int[] lengths = [.. input.GetProperty("shape").EnumerateArray().Select(item => item.GetInt32())];
        if (lengths.Length != 4)
            throw new LivePoolException($"input.shape has {lengths.Length} numbers; it must have 4, [N, C, H, W]");
        TensorShape shape = new TensorShape(lengths[0], lengths[1], lengths[2], lengths[3]).Validated();
        byte[] bytes = input.GetProperty("data").GetBytesFromBase64();
        if (bytes.Length != (long)sizeof(float) * shape.Count)
            throw new LivePoolException($"input.data has {bytes.Length} bytes; the shape {shape} needs {(long)sizeof(float) * shape.Count}");
        float[] x = new float[shape.Count];
        for (int i = 0; i < x.Length; i++)
            x[i] = System.Buffers.Binary.BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(sizeof(float) * i));
        string directory = Path.GetDirectoryName(Path.GetFullPath(path)) ?? ".";
        OperatorSpec spec = PipelineJson.ReadStage(root.GetProperty("stage"), "stage", shape.C, directory, loadShader);
        spec.OutputShape(shape);
        return new(path, spec, shape, x);
    }
}
