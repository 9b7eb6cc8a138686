using System.CommandLine;
using System.Globalization;
using LivePool.App.Reports;
using LivePool.Core;
using LivePool.Core.Pipelines;
using LivePool.Cpu.Reference;
using LivePool.Verification;
using Spectre.Console;

namespace LivePool.App.Commands;

/// <summary>Compares a backend with the exact result: the case table, then random cases; or one saved case.</summary>
internal sealed class VerifyCommand
{
    private const int Mismatch = 1;
    private const int NothingRun = 2;
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
        if (parsed.GetValue(_case) is not null)
            RefuseBesideCase(parsed);
        string folder = parsed.GetValue(_output)!;
        if (folder.Length == 0 || File.Exists(folder))
            throw new LivePoolException($"--out '{folder}' is no folder; give one to write failing cases to");
        VerificationReports.RequireWritable(reports);
        ConcreteCase? saved = parsed.GetValue(_case) is { } path
            ? CaseFile.Read(path, GivenPipeline.ShaderLoader(parsed.GetValue(options.Shaders))) : null;

        using ChosenBackend chosen = options.ChooseBackend(parsed, saved is null ? null : Pipeline.Of(saved.Spec, saved.Input.C), isChecked: true);
        if (chosen.Reason is not null)
            Console.Error.WriteLine($"livepool: {chosen.Reason}");
        var verifier = new Verifier(chosen.Backend, new ReferenceOperators());
        if (saved is not null)
            return RunSaved(saved, verifier);

        var run = new VerificationRun(plan, verifier);
        // What was found until then is shown, and the cursor is there again.
        ConsoleCancelEventHandler stop = (_, cancel) =>
        {
            cancel.Cancel = true;
            run.Stop();
        };
        Console.CancelKeyPress += stop;
        WithProgress(run);
        Console.CancelKeyPress -= stop;
        var facts = new VerificationFacts(plan, run, chosen, verifier, options.BackendAgain(parsed, chosen), folder);
        VerificationReports.WriteTable(AnsiConsole.Console, facts);
        try
        {
            SaveFailures(facts);
            foreach (string report in reports)
                VerificationReports.Write(report, facts);
        }
        catch (LivePoolException e) when (run.Failures.Count > 0)
        {
            // A mismatch stays the verdict.
            Console.Error.WriteLine($"livepool: {e.Message}");
        }
        return run.Passed ? 0 : run.Failures.Count > 0 ? Mismatch : NothingRun;
    }

    private void RefuseBesideCase(ParseResult parsed)
    {
        foreach (Option option in (Option[])[_cases, _seed, _operators, _budget, _reports, _output])
        {
            if (parsed.GetResult(option) is { Implicit: false })
                throw new LivePoolException($"{option.Name} is not for --case, which runs one saved case");
        }
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
        if (result.Refusal is not null)
            throw new LivePoolException($"{saved.Spec.Name} on {saved.Input} is {result.Describe()}");
        Console.Out.WriteLine(result.Report);
        return result.Passed ? 0 : Mismatch;
    }

    private static void SaveFailures(VerificationFacts facts)
    {
        if (facts.Run.Passed)
            return;
        foreach (CaseResult failure in facts.Run.Failures)
        {
            Console.Out.WriteLine($"{failure.Case.Spec.Name} {failure.Describe()}");
            Console.Out.WriteLine($"  input {failure.Case.Input}, from {failure.Case.Origin}; again with:");
            Console.Out.WriteLine($"  {facts.CaseCommand(failure)}");
        }
        RunWriter.CreateFolder(facts.CaseFolder);
        foreach (CaseResult failure in facts.Run.Failures)
            CaseFile.Write(facts.CasePath(failure), failure.Case);
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
