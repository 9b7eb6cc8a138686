using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Spectre.Console;

namespace LivePool.Benchmarks.Peers;

/// <summary>The rows for people and for machines.</summary>
internal static class PeerReport
{
    public const double SpeedUpTarget = 1.8;
    public const double SizeTarget = 0.25;

    // A + is a +: no browser reads this.
    private static readonly JsonWriterOptions _json = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void WriteTable(IAnsiConsole console, IReadOnlyList<PeerRow> rows)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumn(new TableColumn("case").NoWrap());
        foreach (string title in (string[])["threads", "CPUs", "ours ms", "ORT ms", "ratio", "OpenCV ms", "ratio", "of FMA", "aim", "of copy", "aim", "x 1 thread"])
            table.AddColumn(new TableColumn(title).RightAligned().NoWrap());
        foreach (PeerRow row in rows)
        {
            // The aims for ratios and shares are for one thread.
            bool isOne = row.Threads == 1;
            table.AddRow(
                row.Case, $"{row.Threads}", Number(row.Processors, "F2"), Number(row.Milliseconds, "F2"),
                Number(Time(row, PeerRun.Onnx), "F2"), Against(row.Ratio(PeerRun.Onnx), isOne ? row.OnnxTarget : null),
                Number(Time(row, PeerRun.OpenCv), "F2"), Against(row.Ratio(PeerRun.OpenCv), isOne ? row.OpenCvTarget : null),
                AgainstShare(row.FmaShare, row.FmaTarget), Share(row.FmaTarget),
                AgainstShare(row.CopyShare, row.CopyTarget), Share(row.CopyTarget),
                Against(row.SpeedUp, SpeedUpTarget));
        }
        console.Write(table);
        console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"* misses its aim: on one thread a convolution and pool 10 times ONNX Runtime and 2.5 times OpenCV, 3x3x1 once, 8-bit twice, all else not slower; the shares beside; two threads {SpeedUpTarget:R} times one"));
    }

    public static void WriteSizes(IAnsiConsole console, IReadOnlyList<SizeRow> rows)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumn(new TableColumn("edge24 from bytes, 1 thread").NoWrap());
        table.AddColumn(new TableColumn("ms").RightAligned()).AddColumn(new TableColumn("ns per pixel").RightAligned());
        foreach (SizeRow row in rows)
            table.AddRow(row.Name, Number(row.Milliseconds, "F2"), Number(row.NanosecondsPerPixel, "F3"));
        console.Write(table);
        double spread = rows.Max(row => row.NanosecondsPerPixel) / rows.Min(row => row.NanosecondsPerPixel) - 1;
        console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"time per pixel within {100 * spread:F0} %; the aim is {100 * SizeTarget:F0} %{(spread > SizeTarget ? " *" : "")}"));
    }

    /// <summary>A list of one object for each row and peer; a frame size has no peer.</summary>
    public static void WriteJson(Stream stream, IReadOnlyList<PeerRow> rows, IReadOnlyList<SizeRow> sizes)
    {
        using var writer = new Utf8JsonWriter(stream, _json);
        writer.WriteStartArray();
        foreach (PeerRow row in rows)
        {
            foreach (PeerTime peer in row.Peers)
                Write(writer, row, peer);
        }
        foreach (SizeRow size in sizes)
            Write(writer, new($"edge24 {size.Name}, bytes", 1, size.Milliseconds), peer: null);
        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, PeerRow row, PeerTime? peer)
    {
        writer.WriteStartObject();
        writer.WriteString("case", row.Case);
        writer.WriteNumber("threads", row.Threads);
        Write(writer, "ours_ms", row.Milliseconds);
        writer.WriteString("peer", peer?.Name);
        Write(writer, "peer_ms", peer?.Milliseconds);
        Write(writer, "ratio", peer?.Milliseconds / row.Milliseconds);
        Write(writer, "fma_share", row.FmaShare);
        Write(writer, "copy_share", row.CopyShare);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string name, double? value)
    {
        if (value is { } number)
            writer.WriteNumber(name, Math.Round(number, 4));
        else
            writer.WriteNull(name);
    }

    private static double? Time(PeerRow row, string peer) => row.Peers.FirstOrDefault(item => item.Name == peer)?.Milliseconds;

    private static string Number(double? number, string format) => number?.ToString(format, CultureInfo.InvariantCulture) ?? "";

    private static string Share(double? share) => share is { } number ? Number(100 * number, "F0") + " %" : "";

    private static string AgainstShare(double? share, double? target) => share is null ? "" : Share(share) + Mark(share < target);

    private static string Against(double? number, double? target) => number is null ? "" : Number(number, "F2") + Mark(number < target);

    /// <summary>As wide as without the mark, so that the digits stay under each other.</summary>
    private static string Mark(bool misses) => misses ? "*" : " ";
}
