using System.Text.Json;
using LivePool.Core.Operators;
using LivePool.Core.Tensors;

namespace LivePool.Core.Pipelines;

/// <summary>Writes one stage as <see cref="PipelineJson.ReadStage"/> reads it. Defaults are left out.</summary>
internal static class StageJsonWriter
{
    public static void Write(Utf8JsonWriter writer, OperatorSpec spec)
    {
        writer.WriteStartObject();
        writer.WriteString("op", spec.Name);
        switch (spec)
        {
            case Conv2d conv:
                Write(writer, conv);
                break;
            case MaxPool2d pool:
                WriteWindow(writer, pool.KernelSize, pool.Stride, pool.Padding, pool.Dilation, pool.CeilMode);
                if (pool.ReturnIndices)
                    writer.WriteBoolean("return_indices", true);
                break;
            case AvgPool2d pool:
                WriteWindow(writer, pool.KernelSize, pool.Stride, pool.Padding, 1, pool.CeilMode);
                if (!pool.CountIncludePad)
                    writer.WriteBoolean("count_include_pad", false);
                if (pool.DivisorOverride is { } divisor)
                    writer.WriteNumber("divisor_override", divisor);
                break;
            case Pointwise pointwise:
                Write(writer, pointwise);
                break;
            default:
                throw new NotSupportedException($"{spec.Name} cannot be written as JSON");
        }
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, Conv2d conv)
    {
        WriteSize(writer, "stride", conv.Stride, 1);
        WritePadding(writer, conv.Padding);
        WriteSize(writer, "dilation", conv.Dilation, 1);
        if (conv.Groups != 1)
            writer.WriteNumber("groups", conv.Groups);
        if (conv.PaddingMode != PaddingMode.Zeros)
            writer.WriteString("padding_mode", conv.PaddingMode.ToString().ToLowerInvariant());
        writer.WritePropertyName("weight");
        TensorShape shape = conv.Weight.Shape;
        WriteNumbers(writer, conv.Weight.Elements, [shape.N, shape.C, shape.H, shape.W]);
        if (conv.Bias is null)
        {
            writer.WriteBoolean("bias", false);
            return;
        }
        writer.WritePropertyName("bias");
        WriteNumbers(writer, conv.Bias.Elements, [conv.Bias.Shape.Count]);
    }

    private static void Write(Utf8JsonWriter writer, Pointwise pointwise)
    {
        (string? a, string? b) = pointwise.Function switch
        {
            PointwiseFunction.LeakyRelu => ("negative_slope", null),
            PointwiseFunction.Clamp => ("min", "max"),
            PointwiseFunction.ScaleOffset => ("scale", "offset"),
            _ => ((string?)null, (string?)null),
        };
        if (a is not null && float.IsFinite(pointwise.A))
            writer.WriteNumber(a, pointwise.A);
        if (b is not null && float.IsFinite(pointwise.B))
            writer.WriteNumber(b, pointwise.B);
    }

    private static void WriteWindow(
        Utf8JsonWriter writer, Size2d kernel, Size2d? stride, Padding padding, Size2d dilation, bool ceilMode)
    {
        WriteSize(writer, "kernel_size", kernel, null);
        if (stride is { } given)
            WriteSize(writer, "stride", given, kernel);
        WritePadding(writer, padding);
        WriteSize(writer, "dilation", dilation, 1);
        if (ceilMode)
            writer.WriteBoolean("ceil_mode", true);
    }

    private static void WriteSize(Utf8JsonWriter writer, string property, Size2d size, Size2d? standard)
    {
        if (size == standard)
            return;
        if (size.Height == size.Width)
            writer.WriteNumber(property, size.Height);
        else
            WriteIntegers(writer, property, [size.Height, size.Width]);
    }

    private static void WritePadding(Utf8JsonWriter writer, Padding padding)
    {
        if (padding.IsSame)
            writer.WriteString("padding", "same");
        else if (!padding.IsSymmetric)
            WriteIntegers(writer, "padding", [padding.Top, padding.Left, padding.Bottom, padding.Right]);
        else if (padding.Top != padding.Left)
            WriteIntegers(writer, "padding", [padding.Top, padding.Left]);
        else if (padding.Top != 0)
            writer.WriteNumber("padding", padding.Top);
    }

    private static void WriteIntegers(Utf8JsonWriter writer, string property, ReadOnlySpan<int> numbers)
    {
        writer.WriteStartArray(property);
        foreach (int number in numbers)
            writer.WriteNumberValue(number);
        writer.WriteEndArray();
    }

    private static void WriteNumbers(Utf8JsonWriter writer, ReadOnlySpan<float> numbers, ReadOnlySpan<int> lengths)
    {
        writer.WriteStartArray();
        int part = numbers.Length / lengths[0];
        for (int i = 0; i < lengths[0]; i++)
        {
            if (lengths.Length > 1)
                WriteNumbers(writer, numbers.Slice(i * part, part), lengths[1..]);
            else if (float.IsFinite(numbers[i]))
                writer.WriteNumberValue(numbers[i]);
            else
                writer.WriteStringValue(float.IsNaN(numbers[i]) ? "nan" : numbers[i] > 0 ? "inf" : "-inf");
        }
        writer.WriteEndArray();
    }
}
