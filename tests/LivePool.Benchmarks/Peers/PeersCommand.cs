using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using LivePool.Benchmarks.Cases;
using LivePool.Benchmarks.Contenders;
using LivePool.Core;
using Spectre.Console;

namespace LivePool.Benchmarks.Peers;

/// <summary><c>-- peers [--json FILE]</c>: ours beside ONNX Runtime and OpenCV, in less than a minute.</summary>
internal static class PeersCommand
{
    public const string Name = "peers";

    // 1 where results disagree, 2 on bad usage, 3 where a library is not there, as livepool has it.
    private const int Disagreement = 1;
    private const int BadUsage = 2;
    private const int Unavailable = 3;
    private const int RedirectedWidth = 170;

    public static int Run(string[] arguments)
    {
        var json = new Option<string?>("--json") { Description = "Also write the rows here.", HelpName = "FILE" };
        var only = new Option<string?>("--case") { Description = "Only the cases whose names contain this.", HelpName = "TEXT" };
        var command = new Command(Name, "Times ours, ONNX Runtime and OpenCV in turn, after checking that they agree.") { json, only };
        command.SetAction(result => Run(result.GetValue(json), result.GetValue(only) ?? ""));
        var root = new RootCommand("LivePool's benchmarks.") { command };
        ParseResult parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
            return Complain(parsed.Errors[0].Message, BadUsage);
        try
        {
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (DisagreementException e)
        {
            return Complain(e.Message, Disagreement);
        }
        catch (BackendUnavailableException e)
        {
            return Complain(e.Message, Unavailable);
        }
        catch (Exception e) when (e is LivePoolException or IOException or UnauthorizedAccessException)
        {
            return Complain(e.Message, BadUsage);
        }
    }

    private static int Complain(string message, int exitCode)
    {
        Console.Error.WriteLine($"benchmarks: {message}");
        return exitCode;
    }

    private static int Run(string? json, string only)
    {
        long start = Stopwatch.GetTimestamp();
        OpenCvContender.Load();
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = RedirectedWidth;
        // Tried before a minute is spent.
        using FileStream? stream = json is null ? null : File.Create(json);
        BenchmarkCase[] cases = [.. BenchmarkCases.All.Where(item => item.Name.Contains(only, StringComparison.OrdinalIgnoreCase))];
        if (cases.Length == 0)
            throw new LivePoolException($"--case {only}: there is no such case; there are {string.Join(", ", BenchmarkCases.All.Select(item => item.Name))}");
        using var run = new PeerRun(cases);
        var rows = new List<PeerRow>();
        foreach (BenchmarkCase item in cases)
            rows.AddRange(run.Run(item));
        IReadOnlyList<SizeRow> sizes = only.Length == 0 ? run.RunSizes(BenchmarkCases.Sizes) : [];

        Console.Out.WriteLine($"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, " +
            $"{Environment.ProcessorCount} processors, {RuntimeInformation.FrameworkDescription}");
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{run.VectorBits}-bit vectors, FMA peak {run.FmaGflops[0]:F1} GFLOP/s on 1 thread, {run.FmaGflops[1]:F1} on 2; " +
            $"copy {run.CopyGigabytes[0]:F1} GB/s on 1 thread, {run.CopyGigabytes[1]:F1} on 2 ({PeerRun.PlaneBytes} bytes read, as many written)"));
        Console.Out.WriteLine("medians of at least 15 interleaved rounds; results agree; the others on 1 thread, from float but for the 8-bit case; " +
            "shares of a copy of the same sizes; CPUs: processors that ours got, fewer than its threads where others took them");
        PeerReport.WriteTable(AnsiConsole.Console, rows);
        if (sizes.Count > 0)
            PeerReport.WriteSizes(AnsiConsole.Console, sizes);
        if (stream is not null)
            PeerReport.WriteJson(stream, rows, sizes);
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s"));
        return 0;
    }
}
