using LivePool.Verification;

namespace LivePool.App.Reports.Html;

/// <summary>A row for each operator; those that failed come first.</summary>
internal static class OperatorTable
{
    public static Fragment Create(IReadOnlyList<OperatorSummary> operators, bool isLoose)
    {
        Fragment tight = isLoose ? Fragment.Of($"""<th scope="col">of 2<sup>−24</sup>’s</th>""") : Fragment.Empty;
        return Fragment.Of($"""
            <div class="scroll" tabindex="0" role="region" aria-label="Operators"><table>
            <thead><tr>
            <th scope="col">operator</th>
            <th scope="col">cases</th>
            <th scope="col">failed</th>
            <th scope="col">elements</th>
            <th scope="col" class="share">worst error / bound</th>
            {tight}
            <th scope="col">ULPs</th>
            <th scope="col">suspicious</th>
            <th scope="col" class="where">where</th>
            </tr></thead>
            <tbody>
            {operators.Select(summary => Row(summary, isLoose))}
            </tbody></table></div>
            """);
    }

    private static Fragment Row(OperatorSummary summary, bool isLoose)
    {
        bool wasRun = summary.Elements > 0;
        Fragment tight = isLoose
            ? Fragment.Of($"<td>{(wasRun ? Numbers.Share(summary.WorstTightShare) : "–")}</td>")
            : Fragment.Empty;
        string share = !wasRun ? "not run" : summary.HasOnlyWrongIndices ? "wrong index" : Numbers.Share(summary.WorstShare);
        return Fragment.Of($"""
            <tr class="{(summary.Failed > 0 ? "failed" : "passed")}">
            <th scope="row"><a href="#{OperatorSection.Id(summary)}">{summary.Name}</a></th>
            <td>{Numbers.Count(summary.Cases)}</td>
            <td class="failures">{Numbers.Count(summary.Failed)}</td>
            <td>{Numbers.Count(summary.Elements)}</td>
            <td class="share{(summary.WorstShare > 1 ? " beyond" : "")}">{Bar(summary.WorstShare)}<span>{share}</span></td>
            {tight}
            <td>{(wasRun ? Numbers.Ulps(summary.WorstUlps) : "–")}</td>
            <td>{Numbers.Count(summary.Suspicious)}</td>
            <td class="where">{VerificationReports.Where(summary.Worst ?? summary.FirstFailure)}</td>
            </tr>

            """);
    }

    private static Fragment Bar(double share) => Fragment.Of($"""
        <svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
        <rect class="room" width="100" height="8"/>
        <rect class="{(share > 1 ? "beyond" : "within")}" width="{100 * Math.Min(share, 1):F1}" height="8"/>
        </svg>
        """);
}
