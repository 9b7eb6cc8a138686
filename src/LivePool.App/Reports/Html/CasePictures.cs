using System.Text.Json;
using LivePool.Core.Operators;
using LivePool.Core.Tensors;
using LivePool.Verification;

namespace LivePool.App.Reports.Html;

/// <summary>The planes of a case around one element, as the page's script draws them.</summary>
internal sealed class CasePictures
{
    private readonly CaseEvidence _evidence;
    private readonly InputWindows? _windows;
    private readonly int _row;
    private readonly int _column;

    /// <param name="evidence">The case.</param>
    /// <param name="n">The element's batch.</param>
    /// <param name="c">The element's channel.</param>
    /// <param name="row">The element's row.</param>
    /// <param name="column">The element's column.</param>
    public CasePictures(CaseEvidence evidence, int n, int c, int row, int column)
    {
        _evidence = evidence;
        (_row, _column) = (row, column);
        TensorShape input = evidence.Case.Input;
        TensorShape output = evidence.Shape;
        Output = Crop.Around(output, n, c, row, column);
        (int first, ChannelsRead) = Channels(evidence.Case.Spec, c);
        _windows = InputWindows.Of(evidence.Case.Spec, input, output, n * output.C + c);
        Input = _windows is null
            ? Crop.Around(input, n, first, (int)((long)row * input.H / output.H), (int)((long)column * input.W / output.W))
            : Crop.Around(input, n, first, Middle(_windows.Rows[row]), Middle(_windows.Columns[column]));
    }

    /// <summary>What is shown of the input.</summary>
    public Crop Input { get; }

    /// <summary>What is shown of the output.</summary>
    public Crop Output { get; }

    /// <summary>How many channels of the input the element is made of; the first of them is shown.</summary>
    public int ChannelsRead { get; }

    /// <summary>What the run for this page gave at the element.</summary>
    public float Got => _evidence.Got[((Output.N * Output.Shape.C + Output.C) * Output.Shape.H + _row) * Output.Shape.W + _column];

    /// <summary>Writes the planes as an object.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        WriteIntegers(writer, "element", Output.N, Output.C, _row, _column);
        writer.WriteStartObject("input");
        WritePlace(writer, Input);
        WriteNumbers(writer, "value", Input.Elements(_evidence.Case.X));
        writer.WriteEndObject();
        writer.WriteStartObject("output");
        WritePlace(writer, Output);
        WriteNumbers(writer, "exact", Output.Elements(_evidence.Exact));
        WriteNumbers(writer, "got", Output.Elements(_evidence.Got));
        WriteNumbers(writer, "bound", Output.Elements(_evidence.Bound), "G4");
        WriteNumbers(writer, "share", Output.Elements(_evidence.Share), "G3");
        writer.WriteEndObject();
        if (_windows is not null)
        {
            WriteIntervals(writer, "rows", _windows.Rows.AsSpan(Output.Top, Output.Height));
            WriteIntervals(writer, "columns", _windows.Columns.AsSpan(Output.Left, Output.Width));
        }
        WriteWrongIndices(writer);
        writer.WriteEndObject();
    }

    private static int Middle(Interval window) => (int)Math.Clamp(((long)window.First + window.End) / 2, 0, int.MaxValue);

    /// <summary>The first input channel that an output channel is made of, and how many.</summary>
    private static (int First, int Count) Channels(OperatorSpec spec, int channel)
    {
        (int groups, int outChannels, int inChannels) = spec switch
        {
            Conv2d conv => (conv.Groups, conv.Weight.Shape.N, conv.InChannels),
            ConvTranspose2d conv => (conv.Groups, conv.OutChannels, conv.Weight.Shape.N),
            _ => (0, 0, 0),
        };
        if (groups == 0)
            return (channel, 1);
        return (channel / (outChannels / groups) * (inChannels / groups), inChannels / groups);
    }

    private void WriteWrongIndices(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("wrongIndices");
        foreach (IndexComparison index in _evidence.WrongIndices)
        {
            if (!Output.Contains(index.N, index.C, index.H, index.W))
                continue;
            writer.WriteStartObject();
            WriteIntegers(writer, "at", index.N, index.C, index.H, index.W);
            writer.WriteString("got", index.Got?.ToString() ?? "none");
            writer.WriteString("exact", index.Exact?.ToString() ?? "none");
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WritePlace(Utf8JsonWriter writer, Crop crop)
    {
        WriteIntegers(writer, "plane", crop.N, crop.C);
        writer.WriteNumber("top", crop.Top);
        writer.WriteNumber("left", crop.Left);
        writer.WriteNumber("height", crop.Height);
        writer.WriteNumber("width", crop.Width);
    }

    private static void WriteIntegers(Utf8JsonWriter writer, string property, params ReadOnlySpan<int> numbers)
    {
        writer.WriteStartArray(property);
        foreach (int number in numbers)
            writer.WriteNumberValue(number);
        writer.WriteEndArray();
    }

    private static void WriteIntervals(Utf8JsonWriter writer, string property, ReadOnlySpan<Interval> intervals)
    {
        writer.WriteStartArray(property);
        foreach (Interval interval in intervals)
        {
            writer.WriteStartArray();
            writer.WriteNumberValue(interval.First);
            writer.WriteNumberValue(interval.End);
            writer.WriteEndArray();
        }
        writer.WriteEndArray();
    }

    private static void WriteNumbers(Utf8JsonWriter writer, string property, IEnumerable<float> numbers)
    {
        writer.WriteStartArray(property);
        foreach (float number in numbers)
            Numbers.Write(writer, number);
        writer.WriteEndArray();
    }

    private static void WriteNumbers(Utf8JsonWriter writer, string property, IEnumerable<double> numbers, string format = "R")
    {
        writer.WriteStartArray(property);
        foreach (double number in numbers)
            Numbers.Write(writer, number, format);
        writer.WriteEndArray();
    }
}
