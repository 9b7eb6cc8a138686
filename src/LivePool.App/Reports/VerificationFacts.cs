using LivePool.Verification;

namespace LivePool.App.Reports;

/// <summary>What a verification's reports tell of.</summary>
/// <param name="Plan">What was asked for.</param>
/// <param name="Run">What came of it.</param>
/// <param name="Chosen">The backend.</param>
/// <param name="Verifier">Runs a case again, for its numbers.</param>
/// <param name="BackendOptions">The options that choose the same backend again.</param>
/// <param name="CaseFolder">Where failing cases are saved.</param>
internal sealed record VerificationFacts(
    VerificationPlan Plan, VerificationRun Run, ChosenBackend Chosen, Verifier Verifier,
    IReadOnlyList<string> BackendOptions, string CaseFolder)
{
    /// <summary>When it was finished.</summary>
    public DateTimeOffset Date { get; init; } = DateTimeOffset.Now;

    /// <summary>The command that runs the same cases again, on the backend that was chosen.</summary>
    public string Command => ShellCommand.Of([
        "livepool", "verify", .. BackendOptions, "--seed", $"{Plan.Seed}", "--cases", $"{Run.RandomCases}",
        .. Plan.Operators.SelectMany(name => (string[])["--operator", name])]);

    /// <summary>Where a failing case is saved.</summary>
    public string CasePath(CaseResult failure) =>
        Path.Combine(CaseFolder, $"{failure.Case.Spec.Name}-{Chosen.Backend.Name}.case.json");

    /// <summary>The command that runs a failing case again.</summary>
    public string CaseCommand(CaseResult failure) =>
        ShellCommand.Of(["livepool", "verify", .. BackendOptions, "--case", CasePath(failure)]);
}
