using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using LivePool.Core.Operators;
using LivePool.Core.Tensors;

namespace LivePool.Core.Pipelines;

/// <summary>Writes one stage as <see cref="PipelineJson.ReadStage"/> reads it. Defaults are left out.</summary>
internal static partial class StageJsonWriter
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
            case ConvTranspose2d conv:
                Write(writer, conv);
                break;
            case LpPool2d pool:
                writer.WriteNumber("norm_type", pool.NormType);
                WriteWindow(writer, pool.KernelSize, pool.Stride, 0, 1, pool.CeilMode);
                break;
            case AdaptivePool2d pool:
                WriteAdaptiveSize(writer, pool.OutputSize);
                if (pool.ReturnsIndices)
                    writer.WriteBoolean("return_indices", true);
                break;
            case FractionalMaxPool2d pool:
                Write(writer, pool);
                break;
            case MaxUnpool2d unpool:
                Write(writer, unpool);
                break;
            case Pointwise pointwise:
                Write(writer, pointwise);
                break;
            case FreeStage:
                break;
            default:
                throw new NotSupportedException($"{spec.Name} cannot be written as JSON");
        }
        if (spec.Shader is { } shader)
            Write(writer, shader);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, StageShader shader)
    {
        writer.WriteString("shader", shader.FullPath);
        if (shader.Settings.Count == 0)
            return;
        writer.WriteStartObject("params");
        foreach ((string name, string value) in shader.Settings)
        {
            writer.WritePropertyName(name);
            // A choice's word may look like a number and be none of JSON's, such as 007.
            if (value is "true" or "false" || Number().IsMatch(value))
                writer.WriteRawValue(value);
            else
                writer.WriteStringValue(value);
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
        WriteWeights(writer, conv.Weight, conv.Bias);
    }

    private static void Write(Utf8JsonWriter writer, ConvTranspose2d conv)
    {
        WriteSize(writer, "stride", conv.Stride, 1);
        WritePadding(writer, conv.Padding);
        WriteSize(writer, "output_padding", conv.OutputPadding, 0);
        WriteSize(writer, "dilation", conv.Dilation, 1);
        if (conv.Groups != 1)
            writer.WriteNumber("groups", conv.Groups);
        WriteWeights(writer, conv.Weight, conv.Bias);
    }

    private static void WriteWeights(Utf8JsonWriter writer, Tensor weight, Tensor? bias)
    {
        writer.WritePropertyName("weight");
        WriteNumbers<float>(writer, weight.Elements, Lengths(weight.Shape));
        if (bias is null)
        {
            writer.WriteBoolean("bias", false);
            return;
        }
        writer.WritePropertyName("bias");
        WriteNumbers<float>(writer, bias.Elements, [bias.Shape.Count]);
    }

    private static int[] Lengths(TensorShape shape) => [shape.N, shape.C, shape.H, shape.W];

    private static void Write(Utf8JsonWriter writer, FractionalMaxPool2d pool)
    {
        WriteSize(writer, "kernel_size", pool.KernelSize, null);
        if (pool.OutputSize is { } size)
            WriteSize(writer, "output_size", size, null);
        if (pool.OutputRatio is { } ratio)
        {
            writer.WriteStartArray("output_ratio");
            writer.WriteNumberValue(ratio.Height);
            writer.WriteNumberValue(ratio.Width);
            writer.WriteEndArray();
        }
        if (pool.Samples is { } samples)
        {
            writer.WritePropertyName("samples");
            WriteNumbers<float>(writer, samples.Elements, [samples.Shape.C, samples.Shape.H, samples.Shape.W]);
        }
        else if (pool.Seed != 0)
        {
            writer.WriteNumber("seed", pool.Seed);
        }
        if (pool.ReturnIndices)
            writer.WriteBoolean("return_indices", true);
    }

    private static void Write(Utf8JsonWriter writer, MaxUnpool2d unpool)
    {
        WriteSize(writer, "kernel_size", unpool.KernelSize, null);
        if (unpool.Stride is { } stride)
            WriteSize(writer, "stride", stride, unpool.KernelSize);
        WriteSize(writer, "padding", unpool.Padding, 0);
        if (unpool.OutputSize is { } size)
            WriteSize(writer, "output_size", size, null);
        writer.WritePropertyName("indices");
        WriteNumbers(writer, unpool.Indices.Elements, Lengths(unpool.Indices.Shape));
    }

    private static void WriteAdaptiveSize(Utf8JsonWriter writer, AdaptiveSize size)
    {
        writer.WriteStartArray("output_size");
        foreach (int? length in (ReadOnlySpan<int?>)[size.Height, size.Width])
        {
            if (length is { } given)
                writer.WriteNumberValue(given);
            else
                writer.WriteNullValue();
        }
        writer.WriteEndArray();
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
        writer.WritePropertyName(property);
        WriteNumbers(writer, numbers, [numbers.Length]);
    }

    /// <summary>Numbers in nested arrays. The innermost stay on one line where the rest is indented, which the writer does not do.</summary>
    private static void WriteNumbers<T>(Utf8JsonWriter writer, ReadOnlySpan<T> numbers, ReadOnlySpan<int> lengths)
    {
        var text = new StringBuilder();
        Append(text, numbers, lengths, writer.Options.Indented ? writer.CurrentDepth * writer.Options.IndentSize : null);
        writer.WriteRawValue(text.ToString(), skipInputValidation: true);
    }

    /// <param name="text">What to append to.</param>
    /// <param name="numbers">The numbers.</param>
    /// <param name="lengths">How many arrays or numbers there are at each level.</param>
    /// <param name="indent">The spaces before the line that the array began on; null for all on one line.</param>
    private static void Append<T>(StringBuilder text, ReadOnlySpan<T> numbers, ReadOnlySpan<int> lengths, int? indent)
    {
        text.Append('[');
        bool isRow = lengths.Length == 1;
        int part = numbers.Length / lengths[0];
        for (int i = 0; i < lengths[0]; i++)
        {
            text.Append(i == 0 ? "" : isRow && indent is not null ? ", " : ",");
            if (isRow)
            {
                text.Append(Text(numbers[i]));
                continue;
            }
            Break(indent + 2);
            Append(text, numbers.Slice(i * part, part), lengths[1..], indent + 2);
        }
        if (!isRow)
            Break(indent);
        text.Append(']');

        void Break(int? spaces)
        {
            if (spaces is { } count)
                text.Append('\n').Append(' ', count);
        }
    }

    [GeneratedRegex(@"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?\z")]
    private static partial Regex Number();

    private static string Text<T>(T number) => number switch
    {
        float.NaN => "\"nan\"",
        float.PositiveInfinity => "\"inf\"",
        float.NegativeInfinity => "\"-inf\"",
        float single => single.ToString("R", CultureInfo.InvariantCulture),
        _ => string.Create(CultureInfo.InvariantCulture, $"{number}"),
    };
}
