using System.Runtime.InteropServices;
using LivePool.Core.Backends;
using LivePool.Verification;

namespace LivePool.App.Reports.Html;

/// <summary>The top of the page: the verdict, then what was run on what.</summary>
internal static class PageHeader
{
    /// <summary>The verdict in a few words.</summary>
    public static string Verdict(VerificationRun run) =>
        run.Passed ? "all equal or within bounds"
        : run.Failures.Count == 1 ? "1 operator failed"
        : $"{run.Failures.Count} operators failed";

    public static Fragment Create(VerificationFacts facts, IReadOnlyList<OperatorSummary> operators)
    {
        VerificationRun run = facts.Run;
        Fragment badge = run.Passed
            ? Fragment.Of($"""<p class="verdict passed">{Icons.Check}{Verdict(run)}</p>""")
            : Fragment.Of($"""<p class="verdict failed">{Icons.Cross}{Verdict(run)}</p>""");
        return Fragment.Of($"""
            <h1>{facts.Chosen.Backend.Name} <span>{facts.Chosen.Backend.Device.Renderer}</span></h1>
            {badge}
            <p class="sentence">{Numbers.Count(operators.Sum(summary => summary.Elements))} elements of
            {Numbers.Count(run.TableCases + run.RandomCases)} cases of {operators.Count} operators compared with the exact result.
            {Finding(operators)} {(run.EndedEarly ? "The budget ended the run before all cases were done." : "")}</p>
            """);
    }

    private static Fragment Finding(IReadOnlyList<OperatorSummary> operators)
    {
        OperatorSummary[] failed = [.. operators.Where(summary => summary.Failed > 0)];
        if (failed.Length > 0)
        {
            IEnumerable<Fragment> links = failed.Select((summary, i) =>
                Fragment.Of($"""{(i == 0 ? "" : ", ")}<a href="#{OperatorSection.Id(summary)}">{summary.Name}</a>"""));
            return Fragment.Of($"Wrong: {links}.");
        }
        OperatorSummary? worst = operators.MaxBy(summary => summary.WorstShare);
        return worst is null ? Fragment.Of($"No case was run.")
            : worst.WorstShare == 0 ? Fragment.Of($"Every element is equal.")
            : Fragment.Of($"""
                The largest error is {Numbers.Share(worst.WorstShare)} of <a href="#bound">its bound</a>, in
                <a href="#{OperatorSection.Id(worst)}">{worst.Name}</a>.
                """);
    }

    public static Fragment Facts(VerificationFacts facts, IReadOnlyList<OperatorSummary> operators)
    {
        (ChosenBackend chosen, VerificationRun run) = (facts.Chosen, facts.Run);
        DeviceInfo device = chosen.Backend.Device;
        string name = chosen.Requested == chosen.Backend.Name
            ? chosen.Backend.Name
            : $"{chosen.Backend.Name}, asked for: {chosen.Requested}";
        return Fragment.Of($"""
            <div class="facts">
            <section><h3>Backend</h3><dl>
            {Row("backend", name)}
            {(chosen.Reason is { } reason ? Row("because", reason) : Fragment.Empty)}
            {Row("renderer", device.Renderer)}
            {Row("vendor", device.Vendor)}
            {Row("version", device.Version)}
            {Row("software", device.IsSoftware ? "yes, a processor acts as the GPU" : "no")}
            {Row("rounding unit", Fragment.Of($"2<sup>{UnitPower(facts.Verifier.Arithmetic)}</sup>"))}
            {Row("subnormals", facts.Verifier.Arithmetic.FlushesSubnormals ? "flushed to 0" : "kept")}
            </dl></section>
            <section><h3>Machine</h3><dl>
            {Row("system", RuntimeInformation.OSDescription)}
            {Row("processors", $"{Environment.ProcessorCount}, {RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}")}
            {Row("runtime", RuntimeInformation.FrameworkDescription)}
            {Row("LivePool", Versions.Program)}
            </dl></section>
            <section><h3>Run</h3><dl>
            {Row("date", Fragment.Of($"{facts.Date.UtcDateTime:u}"))}
            {Row("seed", $"{facts.Plan.Seed}")}
            {Row("table cases", Numbers.Count(run.TableCases))}
            {Row("random cases", Numbers.Count(run.RandomCases))}
            {Row("elements", Numbers.Count(operators.Sum(summary => summary.Elements)))}
            {Row("seconds", Fragment.Of($"{run.Elapsed.TotalSeconds:F1}"))}
            </dl></section>
            </div>
            <p class="again">Again with <code>{facts.Command}</code></p>
            """);
    }

    /// <summary>The rounding unit's power of 2, with a minus sign.</summary>
    public static string UnitPower(Arithmetic arithmetic) => $"−{-(int)Math.Log2(arithmetic.Unit)}";

    private static Fragment Row(string name, string value) => Row(name, Fragment.Of($"{value}"));

    private static Fragment Row(string name, Fragment value) => Fragment.Of($"<div><dt>{name}</dt><dd>{value}</dd></div>");
}
