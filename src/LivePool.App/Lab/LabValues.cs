using System.Globalization;
using System.Text.Json;
using LivePool.App.Measuring;
using LivePool.App.Reports;

namespace LivePool.App.Lab;

/// <summary>What values a shader wrote, in words and as JSON.</summary>
internal static class LabValues
{
    private const string Bars = " ▁▂▃▄▅▆▇█";
    private const int Bins = 24;

    /// <summary>Counts them.</summary>
    public static ValueStatistics Of(ReadOnlySpan<float> values) => new(values, Bins);

    /// <summary>One line for people.</summary>
    public static string Describe(ValueStatistics values) => values.Finite == 0
        ? $"{Numbers.Count(values.Count)} values: {values.NaNs} NaN, {values.Infinities} infinite"
        : string.Create(CultureInfo.InvariantCulture,
            $"{Numbers.Count(values.Count)} values: {values.NaNs} NaN, {values.Infinities} infinite, the others from {values.Least:G6} to {values.Greatest:G6}, mean {values.Mean:G4} |{Histogram(values)}|");

    private static string Histogram(ValueStatistics values)
    {
        int most = values.Most;
        // Whatever is there at all shows.
        return string.Concat(values.Histogram.ToArray().Select(count => Bars[count == 0 ? 0 : Math.Max(1, (int)((long)count * (Bars.Length - 1) / most))]));
    }

    /// <summary>Writes them as a property of an object that is open.</summary>
    public static void Write(Utf8JsonWriter writer, ValueStatistics values)
    {
        writer.WriteStartObject("values");
        writer.WriteNumber("count", values.Count);
        writer.WriteNumber("nan", values.NaNs);
        writer.WriteNumber("infinite", values.Infinities);
        foreach ((string name, double number) in (ReadOnlySpan<(string, double)>)[("least", values.Least), ("greatest", values.Greatest), ("mean", values.Mean)])
        {
            writer.WritePropertyName(name);
            Numbers.Write(writer, number, "G6");
        }
        writer.WriteStartArray("histogram");
        foreach (int count in values.Histogram)
            writer.WriteNumberValue(count);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
