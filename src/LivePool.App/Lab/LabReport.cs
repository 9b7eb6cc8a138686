using System.Globalization;
using System.Text.Json;
using LivePool.App.Measuring;
using LivePool.App.Reports;
using LivePool.Core.Tensors;
using Spectre.Console;

namespace LivePool.App.Lab;

/// <summary>The times of one contender at one size.</summary>
/// <param name="Name">The built-in kernel, or a file.</param>
/// <param name="Size">The size's name.</param>
/// <param name="Input">The shape that it ran on.</param>
/// <param name="Times">How long it took.</param>
internal sealed record LabTiming(string Name, string Size, TensorShape Input, Times Times);

/// <summary>Writes times, for people and for machines.</summary>
internal static class LabReport
{
    private const int RedirectedWidth = 140;

    /// <summary>A row for each contender, columns for each size; ratios are to the first one's median.</summary>
    public static void WriteTimes(IReadOnlyList<LabTiming> timings)
    {
        IAnsiConsole console = AnsiConsole.Console;
        if (Console.IsOutputRedirected)
            console.Profile.Width = RedirectedWidth;
        string[] sizes = [.. timings.Select(timing => timing.Size).Distinct()];
        string[] names = [.. timings.Select(timing => timing.Name).Distinct()];
        Table table = new Table().Border(TableBorder.Simple).AddColumn(new TableColumn("time").NoWrap());
        foreach (string size in sizes)
        {
            foreach (string title in (string[])[$"{size} ms", "p95", "ratio"])
                table.AddColumn(new TableColumn(title).RightAligned().NoWrap());
        }
        foreach (string name in names)
        {
            var cells = new List<Text> { new(name) };
            foreach (string size in sizes)
            {
                LabTiming[] ofSize = [.. timings.Where(timing => timing.Size == size)];
                Times times = ofSize.First(timing => timing.Name == name).Times;
                cells.AddRange([
                    new(Number(times.Median, "F3")), new(Number(times.Percentile95, "F3")),
                    new(Ratio(ofSize, times) is { } ratio ? Number(ratio, "F2") + "x" : "")]);
            }
            table.AddRow(cells);
        }
        console.Write(new TrimmedLines(table));
    }

    /// <summary>Writes them as a property of an object that is open.</summary>
    public static void WriteTimes(Utf8JsonWriter writer, IReadOnlyList<LabTiming> timings)
    {
        writer.WriteStartArray("times");
        foreach (LabTiming timing in timings)
        {
            writer.WriteStartObject();
            writer.WriteString("name", timing.Name);
            writer.WriteString("size", timing.Size);
            RunReport.WriteShape(writer, "input", timing.Input);
            Numbers.WriteShort(writer, "median_ms", timing.Times.Median);
            Numbers.WriteShort(writer, "p95_ms", timing.Times.Percentile95);
            Numbers.WriteShort(writer, "ratio", Ratio([.. timings.Where(other => other.Size == timing.Size)], timing.Times));
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static double? Ratio(LabTiming[] ofSize, Times times) =>
        ofSize[0].Times.Median is > 0 and var first ? times.Median / first : null;

    private static string Number(double? number, string format) => number?.ToString(format, CultureInfo.InvariantCulture) ?? "none";
}
