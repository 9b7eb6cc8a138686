using System.Diagnostics;
using LivePool.Core;

namespace LivePool.Verification;

/// <summary>What to verify.</summary>
/// <param name="Seed">The seed of the random cases.</param>
/// <param name="RandomCases">How many random cases follow the table; null for as many as the budget allows.</param>
/// <param name="Operators">The operators, of <see cref="CaseGenerator.OperatorNames"/>; empty for all.</param>
/// <param name="Budget">When to stop; null for when all are done.</param>
public sealed record VerificationPlan(int Seed, int? RandomCases, IReadOnlyCollection<string> Operators, TimeSpan? Budget);

/// <summary>The case table, then random cases, on one backend.</summary>
public sealed class VerificationRun
{
    private static readonly TimeSpan _shrinkTime = TimeSpan.FromSeconds(20);

    private readonly VerificationPlan _plan;
    private readonly Verifier _verifier;
    private readonly CaseGenerator _generator;
    private readonly List<OperatorCase> _table;
    private readonly Dictionary<string, OperatorSummary> _summaries = [];
    private readonly List<CaseResult> _shrunk = [];
    private volatile bool _isStopped;

    /// <exception cref="LivePoolException">There is no operator of a name in the plan.</exception>
    public VerificationRun(VerificationPlan plan, Verifier verifier)
    {
        _plan = plan;
        _verifier = verifier;
        _generator = new(plan.Seed, plan.Operators);
        _table = [.. OperatorCases.All.Where(item => plan.Operators.Count == 0 || plan.Operators.Contains(item.Spec.Name))];
    }

    /// <summary>Cases in all; null where only the budget ends them.</summary>
    public int? Total => _plan.RandomCases is { } random ? _table.Count + random : null;

    /// <summary>Cases of the table that were run.</summary>
    public int TableCases { get; private set; }

    /// <summary>Random cases that were run.</summary>
    public int RandomCases { get; private set; }

    /// <summary>How long it took.</summary>
    public TimeSpan Elapsed { get; private set; }

    /// <summary>Whether the budget, or <see cref="Stop"/>, ended it before the cases did.</summary>
    public bool EndedEarly { get; private set; }

    /// <summary>What came of each operator, in the order of the names.</summary>
    public IReadOnlyList<OperatorSummary> Operators =>
        [.. CaseGenerator.OperatorNames.Where(_summaries.ContainsKey).Select(name => _summaries[name])];

    /// <summary>The first failing case of each operator, made as small as it still fails.</summary>
    public IReadOnlyList<CaseResult> Failures => _shrunk;

    /// <summary>Whether every case passed, and there was one.</summary>
    public bool Passed => _shrunk.Count == 0 && TableCases + RandomCases > 0;

    /// <summary>Runs all cases and shrinks the failures.</summary>
    /// <param name="advance">Called after each case.</param>
    public void Run(Action advance)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < _table.Count && !IsOver(start); i++, advance())
        {
            Add(_verifier.Run(ConcreteCase.Of(_table[i], $"table {_table[i].Seed}")));
            TableCases++;
        }
        for (int i = 0; i < (_plan.RandomCases ?? int.MaxValue) && !IsOver(start); i++, advance())
        {
            Add(_verifier.Run(ConcreteCase.Of(_generator.Create(i), $"random {i}")));
            RandomCases++;
        }
        EndedEarly = TableCases < _table.Count || (Total is { } total && TableCases + RandomCases < total);
        foreach (OperatorSummary summary in Operators)
        {
            if (summary.FirstFailure is { } failure)
                _shrunk.Add(_verifier.Shrink(failure, DateTime.UtcNow + _shrinkTime));
        }
        Elapsed = Stopwatch.GetElapsedTime(start);
    }

    /// <summary>Ends the run before its next case; what was found until then is reported. Any thread may call it.</summary>
    public void Stop() => _isStopped = true;

    private bool IsOver(long start) => _isStopped || _plan.Budget is { } budget && Stopwatch.GetElapsedTime(start) >= budget;

    private void Add(CaseResult result)
    {
        string name = result.Case.Spec.Name;
        if (!_summaries.TryGetValue(name, out OperatorSummary? summary))
            _summaries.Add(name, summary = new(name));
        summary.Add(result);
    }
}
