using System.Globalization;
using System.Text.Json;
using LivePool.App.Reports;

namespace LivePool.App.Lab;

/// <summary>What values a shader wrote: counts of what is no number, the range, and a small histogram of the rest.</summary>
internal sealed class LabValues
{
    private const string Bars = " ▁▂▃▄▅▆▇█";
    private const int Bins = 24;

    private readonly int[] _histogram = new int[Bins];

    public LabValues(ReadOnlySpan<float> values)
    {
        Count = values.Length;
        double sum = 0;
        foreach (float value in values)
        {
            if (float.IsNaN(value))
                NaNs++;
            else if (float.IsInfinity(value))
                Infinities++;
            else
                (Least, Greatest, sum) = (Math.Min(Least, value), Math.Max(Greatest, value), sum + value);
        }
        Mean = sum / Finite;
        double range = (double)Greatest - Least;
        foreach (float value in values)
        {
            if (float.IsFinite(value))
                _histogram[range > 0 ? Math.Min(Bins - 1, (int)(Bins * (((double)value - Least) / range))) : 0]++;
        }
    }

    public int Count { get; }

    public int NaNs { get; }

    public int Infinities { get; }

    /// <summary>The least finite value; infinite where there is none.</summary>
    public float Least { get; } = float.PositiveInfinity;

    /// <summary>The greatest finite value; minus infinity where there is none.</summary>
    public float Greatest { get; } = float.NegativeInfinity;

    /// <summary>Of the finite values.</summary>
    public double Mean { get; }

    private int Finite => Count - NaNs - Infinities;

    /// <summary>One line for people.</summary>
    public string Describe() => Finite == 0
        ? $"{Numbers.Count(Count)} values: {NaNs} NaN, {Infinities} infinite"
        : string.Create(CultureInfo.InvariantCulture,
            $"{Numbers.Count(Count)} values: {NaNs} NaN, {Infinities} infinite, the others from {Least:G6} to {Greatest:G6}, mean {Mean:G4} |{Histogram}|");

    private string Histogram
    {
        get
        {
            int most = _histogram.Max();
            // Whatever is there at all shows.
            return string.Concat(_histogram.Select(count => Bars[count == 0 ? 0 : Math.Max(1, (int)((long)count * (Bars.Length - 1) / most))]));
        }
    }

    /// <summary>Writes them as a property of an object that is open.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("values");
        writer.WriteNumber("count", Count);
        writer.WriteNumber("nan", NaNs);
        writer.WriteNumber("infinite", Infinities);
        foreach ((string name, double number) in (ReadOnlySpan<(string, double)>)[("least", Least), ("greatest", Greatest), ("mean", Mean)])
        {
            writer.WritePropertyName(name);
            Numbers.Write(writer, number, "G6");
        }
        writer.WriteStartArray("histogram");
        foreach (int count in _histogram)
            writer.WriteNumberValue(count);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
