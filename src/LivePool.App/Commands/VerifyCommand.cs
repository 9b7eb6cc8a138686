using System.CommandLine;
using System.Globalization;
using LivePool.App.Reports;
using LivePool.Cpu.Reference;
using LivePool.Verification;
using Spectre.Console;

namespace LivePool.App.Commands;

/// <summary>Compares a backend with the exact result: the case table, then random cases; or one saved case.</summary>
internal sealed class VerifyCommand
{
    private const int Mismatch = 1;
    private const int DefaultCases = 1000;

    private readonly Command _command = new("verify",
        "Compares a backend with the exact result, in every operator, within the derived bound. Exit code 1 on any mismatch.");
    private readonly Option<int?> _cases = new("--cases")
    {
        Description = $"Random cases after the table of {OperatorCases.All.Count}; {DefaultCases}, or with --budget as many as it allows.",
        HelpName = "N",
    };
    private readonly Option<int> _seed = new("--seed")
    {
        Description = "The seed of the random cases.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };
    private readonly Option<string[]> _operators = new("--operator")
    {
        Description = $"Only this operator; may be given again: {string.Join(", ", CaseGenerator.OperatorNames)}.",
        HelpName = "NAME",
    };
    private readonly Option<double?> _budget = new("--budget") { Description = "Stop after so many seconds.", HelpName = "SECONDS" };
    private readonly Option<string[]> _reports = new("--report")
    {
        Description = "Also write a report, for people or machines; may be given again.",
        HelpName = "FILE.html|FILE.json",
    };
    private readonly Option<string> _output = new("--out", "-o")
    {
        Description = "The folder for failing cases.",
        HelpName = "DIR",
        DefaultValueFactory = _ => "out",
    };
    private readonly Option<string?> _case = new("--case") { Description = "Run only this saved case.", HelpName = "FILE.json" };

    private VerifyCommand(CommonOptions options)
    {
        RequireAtLeast(_cases, 0);
        RequireAtLeast(_budget, double.Epsilon);
        foreach (Option option in (Option[])[_cases, _seed, _operators, _budget, _reports, _output, _case])
            _command.Add(option);
        options.AddTo(_command, withPipeline: false);
        _command.SetAction(parsed => Run(parsed, options));
    }

    public static Command Create(CommonOptions options) => new VerifyCommand(options)._command;

    private static void RequireAtLeast<T>(Option<T?> option, double least) where T : struct => option.Validators.Add(result =>
    {
        // The value of what is no number cannot be asked for.
        if (result.Tokens is [{ Value: var text }] &&
            !(double.TryParse(text, CultureInfo.InvariantCulture, out double number) && number >= least && double.IsFinite(number)))
            result.AddError($"{option.Name} is '{text}'; it must be a number {(least > 0 ? "over 0" : "of at least 0")}.");
    });

    private int Run(ParseResult parsed, CommonOptions options)
    {
        double? budget = parsed.GetValue(_budget);
        var plan = new VerificationPlan(
            parsed.GetValue(_seed),
            parsed.GetValue(_cases) ?? (budget is null ? DefaultCases : null),
            [.. (parsed.GetValue(_operators) ?? []).Select(Canonical).Distinct()],
            budget is { } seconds ? TimeSpan.FromSeconds(Math.Min(seconds, 1e9)) : null);
        CaseGenerator.RequireKnown(plan.Operators);
        string[] reports = parsed.GetValue(_reports) ?? [];
        VerificationReports.RequireKnown(reports);
        ConcreteCase? saved = parsed.GetValue(_case) is { } path ? CaseFile.Read(path) : null;

        using ChosenBackend chosen = options.ChooseBackend(parsed, isChecked: true);
        if (chosen.Reason is not null)
            Console.Error.WriteLine($"livepool: {chosen.Reason}");
        var verifier = new Verifier(chosen.Backend, new ReferenceOperators());
        if (saved is not null)
            return RunSaved(saved, verifier);

        var run = new VerificationRun(plan, verifier);
        WithProgress(run);
        var facts = new VerificationFacts(
            plan, run, chosen, verifier, options.BackendAgain(parsed, chosen), parsed.GetValue(_output)!);
        VerificationReports.WriteTable(AnsiConsole.Console, facts);
        SaveFailures(facts);
        foreach (string report in reports)
            VerificationReports.Write(report, facts);
        return run.Passed ? 0 : Mismatch;
    }

    /// <summary>A global pool is an adaptive one, and is verified as such.</summary>
    private static string Canonical(string name) => name switch
    {
        "global_avg_pool2d" => "adaptive_avg_pool2d",
        "global_max_pool2d" => "adaptive_max_pool2d",
        _ => name,
    };

    private static int RunSaved(ConcreteCase saved, Verifier verifier)
    {
        CaseResult result = verifier.Run(saved);
        Console.Out.WriteLine(result.Report?.ToString() ?? $"{saved.Spec.Name} on {saved.Input}: {result.Describe()}");
        return result.Passed ? 0 : Mismatch;
    }

    private static void SaveFailures(VerificationFacts facts)
    {
        if (facts.Run.Passed)
            return;
        RunWriter.CreateFolder(facts.CaseFolder);
        foreach (CaseResult failure in facts.Run.Failures)
        {
            CaseFile.Write(facts.CasePath(failure), failure.Case);
            Console.Out.WriteLine($"{failure.Case.Spec.Name} {failure.Describe()}");
            Console.Out.WriteLine($"  input {failure.Case.Input}, from {failure.Case.Origin}; again with:");
            Console.Out.WriteLine($"  {facts.CaseCommand(failure)}");
        }
    }

    private static void WithProgress(VerificationRun run)
    {
        if (Console.IsErrorRedirected || Console.IsOutputRedirected)
        {
            run.Run(() => { });
            return;
        }
        AnsiConsole.Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn(), new SpinnerColumn())
            .Start(context =>
            {
                ProgressTask task = context.AddTask("cases", maxValue: run.Total ?? double.MaxValue);
                task.IsIndeterminate = run.Total is null;
                run.Run(() => task.Increment(1));
            });
    }
}
