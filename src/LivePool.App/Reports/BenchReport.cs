using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using LivePool.App.Measuring;
using LivePool.Core;
using LivePool.Cpu.Simd;
using Spectre.Console;

namespace LivePool.App.Reports;

/// <summary>What a benchmark found, for people and for machines.</summary>
/// <param name="source">Where the frames came from.</param>
/// <param name="pipeline">The pipeline's name.</param>
/// <param name="frames">How many were timed.</param>
/// <param name="chosen">Who computed.</param>
/// <param name="run">The times.</param>
internal sealed class BenchReport(string source, string pipeline, int frames, ChosenBackend chosen, BenchRun run)
{
    private const int RedirectedWidth = 120;

    private double? FramesPerSecond => 1000 / run.Total.Median;

    public void WriteTable(IAnsiConsole console)
    {
        Console.Out.WriteLine($"{pipeline} on {source}, input {run.Input}, {frames} frames");
        Console.Out.WriteLine($"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, " +
            $"{Environment.ProcessorCount} processors, {RuntimeInformation.FrameworkDescription}");
        Console.Out.WriteLine(run.FmaGflops is null ? chosen.Describe() : string.Create(CultureInfo.InvariantCulture,
            $"{chosen.Describe()}; at most {run.FmaGflops:F1} GFLOP/s of multiply-adds, {run.CopyGigabytesPerSecond:F1} GB/s of copying {Copied}"));
        if (chosen.Backend.Device.IsSoftware)
            Console.Out.WriteLine("a processor acting as a GPU: its figures are no claim about any GPU");

        // A file or pipe has no width; 80 columns would break every row.
        if (Console.IsOutputRedirected)
            console.Profile.Width = RedirectedWidth;
        Table table = new Table().Border(TableBorder.Simple)
            .AddColumn(new TableColumn("stage").NoWrap())
            .AddColumn(new TableColumn("shape").NoWrap());
        foreach (string title in (string[])["ms", "p95", "GFLOP/s", "of peak", "GB/s", "of copy"])
            table.AddColumn(new TableColumn(title).RightAligned().NoWrap());
        foreach (StageMeasurement stage in run.Stages)
        {
            table.AddRow(
                new Text(stage.Name), new Text($"{stage.Shape}"), Cell(stage.Times.Median, "F3"), Cell(stage.Times.Percentile95, "F3"),
                Cell(stage.Gflops, "F1"), Cell(100 * stage.FmaShare, "F1", " %"),
                Cell(stage.GigabytesPerSecond, "F1"), Cell(100 * stage.CopyShare, "F1", " %"));
        }
        table.AddEmptyRow();
        table.AddRow(
            new Text("whole frame"), new Text("conversion too"), Cell(run.Total.Median, "F3"), Cell(run.Total.Percentile95, "F3"),
            new Text(""), new Text(""), new Text(""), new Text(""));
        console.Write(new TrimmedLines(table));
        if (FramesPerSecond is { } rate)
            Console.Out.WriteLine($"{Number(rate, "F1")} frames/s");
        if (run.Stages.Any(stage => stage.IsFused))
            Console.Out.WriteLine("stages joined by + are one pass");
        if (run.Stages.Any(stage => stage.FmaShare > 1))
            Console.Out.WriteLine("more than the peak: bytes under small whole weights are summed in 16 bits, two products an instruction");
    }

    private string Copied => chosen.Backend is SimdBackend ? "a frame of floats" : $"{run.CopyBytes >> 20} MiB";

    private static Text Cell(double? number, string format, string unit = "") =>
        new(number is { } value ? Number(value, format) + unit : "");

    private static string Number(double number, string format) => number.ToString(format, CultureInfo.InvariantCulture);

    /// <exception cref="LivePoolException">The file cannot be written.</exception>
    public void WriteJson(string path)
    {
        try
        {
            using FileStream stream = File.Create(path);
            using var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
            WriteJson(writer);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LivePoolException($"{path}: {e.Message}", e);
        }
    }

    private void WriteJson(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("livepool", Versions.Program);
        writer.WriteString("system", RuntimeInformation.OSDescription);
        writer.WriteNumber("processors", Environment.ProcessorCount);
        writer.WriteString("source", source);
        writer.WriteString("pipeline", pipeline);
        writer.WriteNumber("frames", frames);
        chosen.Write(writer);
        writer.WriteStartObject("peaks");
        var simd = chosen.Backend as SimdBackend;
        Numbers.WriteShort(writer, "vector_bits", simd?.VectorBits);
        Numbers.WriteShort(writer, "threads", simd?.Threads);
        Numbers.WriteShort(writer, "fma_gflops", run.FmaGflops);
        Numbers.WriteShort(writer, "copy_gb_per_s", run.CopyGigabytesPerSecond);
        if (run.FmaGflops is null)
            writer.WriteNull("copy_bytes");
        else
            writer.WriteNumber("copy_bytes", run.CopyBytes);
        writer.WriteEndObject();
        RunReport.WriteShape(writer, "input", run.Input);
        writer.WriteStartArray("stages");
        foreach (StageMeasurement stage in run.Stages)
        {
            writer.WriteStartObject();
            writer.WriteString("op", stage.Name);
            RunReport.WriteShape(writer, "shape", stage.Shape);
            Write(writer, "milliseconds", stage.Times);
            writer.WriteBoolean("fused", stage.IsFused);
            writer.WriteNumber("bytes_read", stage.BytesRead);
            writer.WriteNumber("bytes_written", stage.BytesWritten);
            Numbers.WriteShort(writer, "gflops", stage.Gflops);
            Numbers.WriteShort(writer, "fma_peak_gflops", stage.FmaPeak);
            Numbers.WriteShort(writer, "fma_share", stage.FmaShare);
            Numbers.WriteShort(writer, "gb_per_s", stage.GigabytesPerSecond);
            Numbers.WriteShort(writer, "copy_peak_gb_per_s", stage.CopyPeak);
            Numbers.WriteShort(writer, "copy_share", stage.CopyShare);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        Write(writer, "total_milliseconds", run.Total);
        Numbers.WriteShort(writer, "frames_per_second", FramesPerSecond);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string property, Times times)
    {
        writer.WriteStartObject(property);
        Numbers.WriteShort(writer, "median", times.Median);
        Numbers.WriteShort(writer, "p95", times.Percentile95);
        writer.WriteEndObject();
    }
}
