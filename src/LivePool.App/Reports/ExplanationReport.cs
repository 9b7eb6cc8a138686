using System.Globalization;
using LivePool.Verification.Explanations;
using Spectre.Console;

namespace LivePool.App.Reports;

/// <summary>An explanation for people: a table of the taps, then the steps to the result, then how exact it is.</summary>
/// <param name="explanation">What is explained.</param>
/// <param name="verdict">How the backend's value compares.</param>
/// <param name="backend">The backend's name.</param>
internal sealed class ExplanationReport(Explanation explanation, ElementVerdict verdict, string backend)
{
    /// <summary>Up to here every tap is shown.</summary>
    public const int MostTaps = 400;

    /// <summary>Of more taps, how many are shown of the first, of the last and of the largest.</summary>
    private const int SomeTaps = 20;

    private static readonly Style _plain = Style.Plain;
    private static readonly Style _winner = new(Color.Green, decoration: Decoration.Bold);
    private static readonly Style _outside = new(Color.Grey);
    private static readonly Style _wrong = new(Color.Red, decoration: Decoration.Bold);

    /// <summary>A line of the taps' table: a tap, or the bias, or what is left out.</summary>
    private readonly record struct Line(Tap? Tap, double? Sum, string Note, Style Style);

    private readonly double[] _sums = RunningSums(explanation);

    public void Write(IAnsiConsole console, bool all)
    {
        // A row that the terminal breaks is better than one with its numbers cut off.
        console.Profile.Width = int.MaxValue / 2;
        foreach (string line in explanation.Window)
            Console.Out.WriteLine(line);
        int count = explanation.Taps.Count;
        if (all || count <= MostTaps)
        {
            WriteTaps(console, [.. Bias(), .. Lines(Enumerable.Range(0, count))]);
        }
        else
        {
            var gap = new Line(null, null, $"… {Separated(count - 2 * SomeTaps)} taps left out", _plain);
            WriteTaps(console,
                [.. Bias(), .. Lines(Enumerable.Range(0, SomeTaps)), gap, .. Lines(Enumerable.Range(count - SomeTaps, SomeTaps))]);
            Console.Out.WriteLine($"the {SomeTaps} largest of all {Separated(count)}; --all shows every tap");
            WriteTaps(console, [.. Lines(Largest())]);
        }
        WriteSteps(console);
    }

    private static double[] RunningSums(Explanation explanation)
    {
        double[] sums = new double[explanation.Taps.Count];
        double sum = explanation.Bias ?? 0;
        for (int i = 0; i < sums.Length; i++)
            sums[i] = sum += explanation.Taps[i].Product ?? 0;
        return sums;
    }

    /// <summary>The taps that matter most: those of the largest products, or the greatest values; NaN before all.</summary>
    private int[] Largest()
    {
        var smallestFirst = new PriorityQueue<int, (double Size, int Before)>();
        for (int i = 0; i < explanation.Taps.Count; i++)
        {
            Tap tap = explanation.Taps[i];
            double? size = explanation.IsSum ? Math.Abs(tap.Product ?? 0) : tap.X;
            // Among equals the first, but of NaNs the last: as a maximum is chosen.
            (double, int) rank = size is double.NaN ? (double.PositiveInfinity, i) : (size ?? double.NegativeInfinity, -1 - i);
            smallestFirst.Enqueue(i, rank);
            if (smallestFirst.Count > SomeTaps)
                smallestFirst.Dequeue();
        }
        int[] largest = new int[smallestFirst.Count];
        for (int i = largest.Length - 1; i >= 0; i--)
            largest[i] = smallestFirst.Dequeue();
        return largest;
    }

    /// <summary>The bias, where the running sum starts.</summary>
    private IEnumerable<Line> Bias() => explanation.Bias is null ? [] : [new(null, explanation.Bias, "bias", _plain)];

    private IEnumerable<Line> Lines(IEnumerable<int> taps) => taps.Select(i => new Line(
        explanation.Taps[i], explanation.IsSum ? _sums[i] : null, explanation.Taps[i].Note,
        i == explanation.Winner ? _winner : explanation.Taps[i].IsInside ? _plain : _outside));

    private void WriteTaps(IAnsiConsole console, Line[] lines)
    {
        if (lines.All(line => line.Tap is null))
            return;
        var table = new Table().Border(TableBorder.Simple);
        List<string[]> columns = [];
        AddText("tap", line => line.Tap?.Kernel is { } at ? $"{at.Row},{at.Column}" : "");
        AddNumbers("channel", line => $"{line.Tap?.Channel}");
        AddNumbers("row", line => $"{line.Tap?.Row}");
        AddNumbers("column", line => $"{line.Tap?.Column}");
        AddNumbers("x", line => Number(line.Tap?.X));
        AddNumbers("w", line => Number(line.Tap?.W));
        if (explanation.ProductName is { } name)
            AddNumbers(name, line => Number(line.Tap?.Product));
        AddNumbers("sum", line => Number(line.Sum));
        AddText("", line => line.Note);
        for (int i = 0; i < lines.Length; i++)
            table.AddRow([.. columns.Select(cells => new Text(cells[i], lines[i].Style))]);
        console.Write(new TrimmedLines(table));

        void AddText(string header, Func<Line, string> cell) => Add(new(header), [.. lines.Select(cell)]);

        void AddNumbers(string header, Func<Line, string> cell) =>
            Add(new TableColumn(header).RightAligned(), DecimalColumn.Align([.. lines.Select(cell)]));

        void Add(TableColumn column, string[] cells)
        {
            // What no tap has, such as a maximum's weights, needs no column.
            if (cells.All(text => text.Length == 0))
                return;
            table.AddColumn(column.NoWrap().PadRight(0));
            columns.Add(cells);
        }
    }

    /// <summary>The steps from the taps to the result, and the result of the backend beside it.</summary>
    private void WriteSteps(IAnsiConsole console)
    {
        List<(string Name, string Value, string Reason, Style Style)> lines =
            [.. explanation.Terms.Select(term => (term.Name, Number(term.Value), term.Reason, _plain))];
        Style style = verdict.Passed ? _winner : _wrong;
        lines.Add((backend, Single(verdict.Comparison.Got), IndexText(), style));
        lines.Add(("exact", Whole(verdict.Comparison.Exact), "in double", _plain));
        if (double.IsFinite(verdict.Comparison.Error))
        {
            lines.Add(("error", Short(verdict.Comparison.Error), ShareText(), verdict.Share <= 1 ? _plain : _wrong));
            lines.Add(("bound", Short(verdict.Comparison.Bound), verdict.BoundReason, _plain));
        }
        else
        {
            lines.Add(("error", "", NonFiniteText(), verdict.Share <= 1 ? _plain : _wrong));
        }

        Grid grid = new Grid()
            .AddColumn(new GridColumn().NoWrap().PadLeft(2).PadRight(2))
            .AddColumn(new GridColumn().NoWrap().RightAligned().PadRight(2))
            .AddColumn(new GridColumn().NoWrap());
        string[] values = DecimalColumn.Align([.. lines.Select(line => line.Value)]);
        for (int i = 0; i < lines.Count; i++)
            grid.AddRow(new Text(lines[i].Name, lines[i].Style), new Text(values[i], lines[i].Style), new Text(lines[i].Reason, lines[i].Style));
        console.Write(new TrimmedLines(grid));
    }

    private string IndexText() =>
        !explanation.Spec.ReturnsIndices ? ""
        : verdict.GotIndex is not { } index ? "without an index: WRONG"
        : verdict.IndexIsRight ? $"index {index}"
        : $"index {index}: WRONG";

    private string ShareText()
    {
        if (verdict.Comparison.Error == 0)
            return "equal";
        string nearest = (float)verdict.Comparison.Exact == verdict.Comparison.Got ? "the nearest float32, " : "";
        string ulps = $"{nearest}{Short(verdict.Comparison.Ulps)} ULP";
        if (verdict.Share > 1)
            return $"{ulps}, {(double.IsFinite(verdict.Share) ? $"{Short(verdict.Share)} times" : "beyond")} the bound: WRONG";
        string tight = verdict.TightShare != verdict.Share ? $" ({Percent(verdict.TightShare)} of that with u = 2^-24)" : "";
        return $"{ulps}, {Percent(verdict.Share)} of the bound{tight}";
    }

    private string NonFiniteText() =>
        verdict.Share > 1 ? "NaN and infinities must be equal: WRONG"
        : double.IsNaN(verdict.Comparison.Exact) && float.IsNaN(verdict.Comparison.Got) ||
            verdict.Comparison.Got == verdict.Comparison.Exact ? "equal"
        : "float32 may overflow on the way there";

    private static string Percent(double share) =>
        share < 1e-6 ? "under 0.0001%"
        : share > 0.99 ? $"{100 * share:F0}%"
        : (100 * share).ToString("G2", CultureInfo.InvariantCulture) + "%";

    private static string Separated(int count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A float32 whole; any other number with nine digits, which tell float32 apart.</summary>
    private static string Number(double? value) =>
        value is not { } number ? ""
        : (float)number == number ? Whole(number)
        : Math.Abs(number) < 1e15 && number == Math.Floor(number) ? number.ToString("F0", CultureInfo.InvariantCulture)
        : number.ToString("G9", CultureInfo.InvariantCulture);

    private static string Single(float value) => value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>Every digit; a float32's where it is one.</summary>
    private static string Whole(double value) =>
        (float)value == value ? Single((float)value) : value.ToString("R", CultureInfo.InvariantCulture);

    private static string Short(double value) => value.ToString("G3", CultureInfo.InvariantCulture);
}
