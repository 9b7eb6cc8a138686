using LivePool.Core;
using LivePool.Verification;

namespace LivePool.App.Reports.Html;

/// <summary>What the page tells of one operator, and the planes that its script draws.</summary>
/// <param name="Html">The section.</param>
/// <param name="Pictures">The planes of its worst case; null where all was equal or the case was refused.</param>
internal sealed record OperatorSection(Fragment Html, CasePictures? Pictures)
{
    /// <summary>The place in the page.</summary>
    public static string Id(OperatorSummary summary) => $"op-{summary.Name}";

    /// <param name="summary">The operator.</param>
    /// <param name="facts">The verification.</param>
    /// <param name="isOpen">Whether a passed operator shows more than its name.</param>
    public static OperatorSection Create(OperatorSummary summary, VerificationFacts facts, bool isOpen)
    {
        bool failed = summary.Failed > 0;
        CaseResult? result = failed
            ? facts.Run.Failures.FirstOrDefault(failure => failure.Case.Spec.Name == summary.Name) ?? summary.FirstFailure
            : summary.Worst;
        (CasePictures? pictures, string? trouble) = Examine(result, facts.Verifier);
        Fragment body = Fragment.Of($"""
            <p class="lead">{(result is null ? Equality(summary) : Lead(result, failed))} {trouble}</p>
            <div class="evidence">
            {(summary.Elements > 0 ? HistogramChart.Create(summary.Name, summary.Histogram) : Fragment.Empty)}
            {(result is null ? Fragment.Empty : Case(result, failed, facts))}
            </div>
            {(pictures is null ? Fragment.Empty : PictureRow.Create(summary.Name, pictures))}

            """);
        return new(failed ? Failed(summary, body) : Passed(summary, body, isOpen), pictures);
    }

    private static Fragment Failed(OperatorSummary summary, Fragment body) => Fragment.Of($"""
        <section class="operator failed" id="{Id(summary)}">
        <h3>
        {Icons.Cross}{summary.Name}
        <span class="note">{Numbers.Count(summary.Failed)} of {Numbers.Count(summary.Cases)} cases failed</span>
        </h3>
        {body}</section>

        """);

    private static Fragment Passed(OperatorSummary summary, Fragment body, bool isOpen) => Fragment.Of($"""
        <details class="operator passed" id="{Id(summary)}"{(isOpen ? Fragment.Of($" open=\"open\"") : Fragment.Empty)}>
        <summary><h3>
        {Icons.Check}{summary.Name}
        <span class="note">{Numbers.Count(summary.Cases)} cases, {Reach(summary)}</span>
        </h3></summary>
        {body}</details>

        """);

    private static string Reach(OperatorSummary summary) =>
        summary.WorstShare == 0 ? "equal" : $"at most {Numbers.Share(summary.WorstShare)} of the bound";

    private static string Equality(OperatorSummary summary) =>
        $"Every one of the {Numbers.Count(summary.Elements)} elements is equal to the exact result" +
        $"{(summary.Name.Contains("max_pool", StringComparison.Ordinal) ? ", and so is every index of a maximum" : "")}.";

    private static string Lead(CaseResult result, bool failed)
    {
        if (result.Refusal is { } refusal)
            return $"Refused: {refusal}.";
        ComparisonReport report = result.Report!;
        if (!result.ComesBack)
            return "A case failed, but not when it was run again: the backend does not always compute the same.";
        string element = report.Worst is { } worst && (report.Failures > 0 || !failed)
            ? $"Element {At(worst)} came out as {Numbers.Exact(worst.Got)}; exact is {Numbers.Exact(worst.Exact)}. "
            : "";
        string index = report.FirstWrongIndex is { } wrong
            ? $"The index at [{wrong.N}, {wrong.C}, {wrong.H}, {wrong.W}] came out as {Whole(wrong.Got)}; " +
                $"right is {Whole(wrong.Exact)}. "
            : "";
        string count = failed
            ? $"Beyond their bound: {Numbers.Count(report.Failures)} of {Numbers.Count(report.Compared)} elements" +
                $"{Some(report.NonFiniteMismatches, "; only one of the two NaN or infinite")}{Some(report.IndexMismatches, "; wrong indices")}."
            : $"That is {Numbers.Share(report.WorstShare)} of the error that it may have." +
                $"{(report.Worst is { } nearest && nearest.Got == (float)nearest.Exact ? " No float32 is nearer." : "")}";
        return element + index + count;

        static string Some(int count, string what) => count == 0 ? "" : $"{what}: {Numbers.Count(count)}";
    }

    private static string At(ElementComparison element) => $"[{element.N}, {element.C}, {element.H}, {element.W}]";

    private static string Whole(long? index) => index is { } whole ? $"{whole}" : "none";

    /// <summary>Runs the case once more for its planes.</summary>
    private static (CasePictures? Pictures, string? Trouble) Examine(CaseResult? result, Verifier verifier)
    {
        if (result?.Report is not { } report)
            return default;
        (int N, int C, int H, int W)? place =
            report.Worst is { } worst && (report.Failures > 0 || report.IndexMismatches == 0) ? (worst.N, worst.C, worst.H, worst.W)
            : report.FirstWrongIndex is { } index ? (index.N, index.C, index.H, index.W)
            : null;
        if (place is not { } at)
            return default;
        try
        {
            var pictures = new CasePictures(verifier.Examine(result.Case), at.N, at.C, at.H, at.W);
            bool isSame = report.Worst is not { } element || element.Got.Equals(pictures.Got) || report.Failures == 0;
            return (pictures, isSame ? null : $"Run again for the pictures below, the element came out as {Numbers.Exact(pictures.Got)}.");
        }
        catch (LivePoolException e)
        {
            return (null, $"It could not be run again for pictures: {e.Message}.");
        }
    }

    private static Fragment Case(CaseResult result, bool failed, VerificationFacts facts)
    {
        IEnumerable<(string Name, string Value)> parameters = Parameters.Of(result.Case.Spec);
        Fragment again = failed
            ? Fragment.Of($"""<p class="again">Again with <code>{facts.CaseCommand(result)}</code></p>""")
            : Fragment.Empty;
        return Fragment.Of($"""
            <div class="case">
            <div><h4>{(failed ? "The smallest case found that fails" : "The worst case")}</h4>
            <dl>
            {Row("from", result.Case.Origin)}
            {Row("input", $"{result.Case.Input}")}
            {(result.Report is { } report ? Row("output", $"{report.Shape}") : Fragment.Empty)}
            {parameters.Select(item => Row(item.Name, item.Value))}
            </dl></div>
            {(result.Report?.Worst is { } worst ? Element(worst, result.Report) : Fragment.Empty)}
            {again}
            </div>
            """);
    }

    private static Fragment Element(ElementComparison worst, ComparisonReport report) => Fragment.Of($"""
        <div><h4>Its worst element</h4>
        <dl class="element">
        {Row("at", At(worst))}
        {Row("exact", Numbers.Exact(worst.Exact))}
        {Row("got", Numbers.Exact(worst.Got))}
        {Row("error", Numbers.Short(worst.Error))}
        {Row("bound", worst.Bound == 0 ? "0: must be equal" : Numbers.Short(worst.Bound))}
        {Row("of its bound", Numbers.Share(report.WorstShare))}
        {Row("ULPs", Numbers.Ulps(worst.Ulps))}
        </dl></div>
        """);

    private static Fragment Row(string name, string value) => Fragment.Of($"<div><dt>{name}</dt><dd>{value}</dd></div>");
}
