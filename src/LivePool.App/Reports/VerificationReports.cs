using System.Globalization;
using System.Text.Json;
using LivePool.App.Reports.Html;
using LivePool.Core;
using LivePool.Core.Backends;
using LivePool.Verification;
using Spectre.Console;

namespace LivePool.App.Reports;

/// <summary>A verification's reports: the table on the terminal, JSON for machines, HTML for people.</summary>
internal static class VerificationReports
{
    private const int RedirectedWidth = 140;
    private const int WidthOfAll = 126;

    /// <exception cref="LivePoolException">A file's name ends in neither .json nor .html.</exception>
    public static void RequireKnown(IEnumerable<string> paths)
    {
        foreach (string path in paths)
        {
            if (Kind(path) is not (".json" or ".html"))
                throw new LivePoolException($"--report {path}: the name must end in .html or .json");
        }
    }

    /// <summary>Tries the files before the cases are run, so that no result is lost over a name.</summary>
    /// <exception cref="LivePoolException">One cannot be written.</exception>
    public static void RequireWritable(IEnumerable<string> paths)
    {
        foreach (string path in paths)
        {
            try
            {
                using FileStream _ = new(path, FileMode.OpenOrCreate, FileAccess.Write);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
            {
                throw new LivePoolException($"--report {path}: {e.Message}", e);
            }
        }
    }

    private static string Kind(string path) => Path.GetExtension(path).ToLowerInvariant();

    /// <summary>Writes the report that the file's name asks for.</summary>
    public static void Write(string path, VerificationFacts facts)
    {
        try
        {
            using FileStream stream = File.Create(path);
            if (Kind(path) is ".html")
                HtmlReport.Write(stream, facts);
            else
                WriteJson(stream, facts);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LivePoolException($"{path}: {e.Message}", e);
        }
        Console.Out.WriteLine($"wrote {path}");
    }

    private static void WriteJson(Stream stream, VerificationFacts facts)
    {
        using var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        writer.WriteString("livepool", Versions.Program);
        facts.Chosen.Write(writer);
        VerificationJson.Write(writer, facts.Plan, facts.Run, facts.Verifier.Arithmetic);
        writer.WriteEndObject();
    }

    public static void WriteTable(IAnsiConsole console, VerificationFacts facts)
    {
        (VerificationPlan plan, VerificationRun run, ChosenBackend chosen) = (facts.Plan, facts.Run, facts.Chosen);
        Arithmetic arithmetic = facts.Verifier.Arithmetic;
        bool isLoose = arithmetic.Unit > ErrorBound.RoundToNearest;
        Table table = new Table().Border(TableBorder.Simple)
            .AddColumn(new TableColumn("operator").NoWrap())
            .AddColumn(new TableColumn("cases").RightAligned().NoWrap())
            .AddColumn(new TableColumn("failed").RightAligned().NoWrap())
            .AddColumn(new TableColumn("elements").RightAligned().NoWrap())
            .AddColumn(new TableColumn("worst/bound").RightAligned().NoWrap());
        // A file or pipe has no width; 80 columns would break every row.
        if (Console.IsOutputRedirected)
            console.Profile.Width = RedirectedWidth;
        // A narrow terminal has no room for what the reports have too.
        bool isNarrow = console.Profile.Width < WidthOfAll;
        if (isLoose && !isNarrow)
            table.AddColumn(new TableColumn("of 2^-24's").RightAligned().NoWrap());
        table.AddColumn(new TableColumn("ULPs").RightAligned().NoWrap());
        if (!isNarrow)
            table.AddColumn(new TableColumn("where").NoWrap());
        foreach (OperatorSummary summary in run.Operators)
        {
            var cells = new List<string>
            {
                summary.Name, $"{summary.Cases}", summary.Failed == 0 ? "0" : $"[red]{summary.Failed}[/]",
                Numbers.Count(summary.Elements), summary.HasOnlyWrongIndices ? "[red]index[/]" : Share(summary.WorstShare),
            };
            if (isLoose && !isNarrow)
                cells.Add(Share(summary.WorstTightShare));
            cells.Add(Numbers.Ulps(summary.WorstUlps));
            if (!isNarrow)
                cells.Add(Markup.Escape(Where(summary.Worst)));
            table.AddRow([.. cells]);
        }
        console.Write(table);
        DeviceInfo device = chosen.Backend.Device;
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{chosen.Backend.Name}: {device.Renderer}; {run.TableCases} cases of the table and {run.RandomCases} random ones of seed {plan.Seed} in " +
            $"{run.Elapsed.TotalSeconds:F1} s; unit 2^{Math.Log2(arithmetic.Unit)}, subnormals {(arithmetic.FlushesSubnormals ? "flushed" : "kept")}" +
            $"{(run.EndedEarly ? "; ended by the budget" : "")}"));
        Console.Out.WriteLine(run.Passed ? "all equal or within their bounds"
            : run.Failures.Count == 0 ? "no case was run"
            : $"{run.Failures.Count} {(run.Failures.Count == 1 ? "operator" : "operators")} FAILED");
    }

    private static string Share(double share) => double.IsInfinity(share) ? $"[red]{Numbers.Share(share)}[/]" : Numbers.Share(share);

    /// <summary>Which element is the worst, or which index is wrong, and of which case.</summary>
    public static string Where(CaseResult? worst) =>
        worst?.Report?.Worst is { } element ? $"[{element.N}, {element.C}, {element.H}, {element.W}], {worst.Case.Origin}"
        : worst?.Report?.FirstWrongIndex is { } index ? $"index [{index.N}, {index.C}, {index.H}, {index.W}], {worst.Case.Origin}"
        : worst?.Case.Origin ?? "";
}
