using LivePool.Verification;

namespace LivePool.App.Reports.Html;

/// <summary>
/// How many elements have which error, as SVG: a bar per bin of <see cref="ComparisonReport.Histogram"/>, on a logarithmic
/// axis, so that one element beyond its bound stays visible beside a million equal ones.
/// </summary>
internal static class HistogramChart
{
    private const double Width = 460;
    private const double Height = 226;
    private const double Left = 44;
    private const double Right = 436;
    private const double Top = 30;
    private const double Bottom = 160;
    private const int LastBin = ComparisonReport.HistogramLength - 1;
    private const int SmallestPower = -13;

    // One element is a bar of half a decade.
    private const double BelowOne = 0.5;

    public static Fragment Create(string name, IReadOnlyList<long> counts)
    {
        double decades = Math.Max(1, Math.Ceiling(Math.Log10(Math.Max(1, counts.Max()))));
        double binWidth = (Right - Left) / counts.Count;
        return Fragment.Of($"""
            <svg class="histogram" viewBox="0 0 {Width} {Height}" role="img" aria-label="{Describe(name, counts)}">
            <text class="title" x="{Left}" y="14">elements, by their error as a share of its bound</text>
            {Enumerable.Range(0, (int)decades + 1).Select(power => CountLine(power, Y(power)))}
            {Enumerable.Range(0, counts.Count).Select(Bar)}
            {Enumerable.Range(0, counts.Count).Where(bin => bin % 2 == 1 || bin == 0 || bin >= LastBin - 1).Select(Label)}
            <text class="label" x="{(Left + Right) / 2}" y="218">error / bound</text>
            </svg>
            """);

        double Y(double power) => Bottom - (Bottom - Top) * (power + BelowOne) / (decades + BelowOne);

        Fragment Bar(int bin)
        {
            if (counts[bin] == 0)
                return Fragment.Empty;
            double y = Y(Math.Log10(counts[bin]));
            return Fragment.Of($"""
                <rect class="{Class(bin)}" x="{Left + bin * binWidth + 1.5:F1}" y="{y:F1}" width="{binWidth - 3:F1}" height="{Bottom - y:F1}">
                <title>{Words(bin)}: {Numbers.Count(counts[bin])} elements</title></rect>

                """);
        }

        // The words are wider than their bins, and have a row of their own.
        Fragment Label(int bin)
        {
            double y = bin is 0 or LastBin ? Bottom + 36 : Bottom + 18;
            return Fragment.Of($"""
                <text class="label {Class(bin)}" x="{Left + (bin + 0.5) * binWidth:F1}" y="{y:F1}">{ShortWords(bin)}</text>

                """);
        }
    }

    /// <summary>The chart in words: every bin that has elements.</summary>
    private static string Describe(string name, IReadOnlyList<long> counts) =>
        $"Errors of {name}, elements by share of the bound. " + string.Join("; ", Enumerable.Range(0, counts.Count)
            .Where(bin => counts[bin] > 0).Select(bin => $"{Words(bin)}: {Numbers.Count(counts[bin])}"));

    private static Fragment CountLine(int power, double y) => Fragment.Of($"""
        <line x1="{Left}" x2="{Right}" y1="{y:F1}" y2="{y:F1}"/><text class="count" x="{Left - 6}" y="{y + 4.5:F1}">{Count(power)}</text>

        """);

    private static string Count(int power) => power switch
    {
        < 3 => $"{Math.Pow(10, power)}",
        < 6 => $"{Math.Pow(10, power - 3)}k",
        _ => $"{Math.Pow(10, power - 6)}M",
    };

    private static string Class(int bin) => bin switch { 0 => "equal", LastBin => "beyond", _ => "within" };

    private static int Power(int bin) => SmallestPower + bin - 1;

    private static string Words(int bin) => bin switch
    {
        0 => "equal, once rounded to float32",
        1 => FormattableString.Invariant($"up to 2^{Power(1)}"),
        LastBin => "beyond the bound",
        _ => FormattableString.Invariant($"2^{Power(bin - 1)} to 2^{Power(bin)}"),
    };

    private static Fragment ShortWords(int bin) => bin switch
    {
        0 => Fragment.Of($"equal"),
        LastBin => Fragment.Of($"beyond"),
        LastBin - 1 => Fragment.Of($"1"),
        _ => Fragment.Of($"2<tspan class=\"power\" dy=\"-5\">{Power(bin)}</tspan>"),
    };
}
