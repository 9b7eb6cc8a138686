namespace LivePool.Verification;

/// <summary>What all cases of one operator came to.</summary>
/// <param name="name">The operator.</param>
public sealed class OperatorSummary(string name)
{
    private readonly long[] _histogram = new long[ComparisonReport.HistogramLength];

    /// <summary>The operator.</summary>
    public string Name { get; } = name;

    /// <summary>Cases that were run.</summary>
    public int Cases { get; private set; }

    /// <summary>Cases that failed.</summary>
    public int Failed { get; private set; }

    /// <summary>Elements that were compared.</summary>
    public long Elements { get; private set; }

    /// <summary>Elements within their bound, but beyond the usual error.</summary>
    public long Suspicious { get; private set; }

    /// <summary>The largest error as a share of its bound.</summary>
    public double WorstShare { get; private set; }

    /// <summary>The largest error as a share of the bound with unit 2^-24.</summary>
    public double WorstTightShare { get; private set; }

    /// <summary>The largest error in units in the last place; see <see cref="ComparisonReport.WorstUlps"/>.</summary>
    public double WorstUlps { get; private set; }

    /// <summary>The first failing case, or else the one with the largest share; null where all were equal.</summary>
    public CaseResult? Worst { get; private set; }

    /// <summary>The first failing case; null where none failed.</summary>
    public CaseResult? FirstFailure { get; private set; }

    /// <summary>Whether what failed were indices alone, every value being equal or within its bound.</summary>
    public bool HasOnlyWrongIndices => FirstFailure is { Report.IndexMismatches: > 0 } && WorstShare <= 1;

    /// <summary>Elements by their error's share of the bound; see <see cref="ComparisonReport.Histogram"/>.</summary>
    public IReadOnlyList<long> Histogram => _histogram;

    internal void Add(CaseResult result)
    {
        Cases++;
        if (!result.Passed)
        {
            Failed++;
            FirstFailure ??= result;
        }
        if (result.Report is not { } report)
            return;
        Elements += report.Compared;
        Suspicious += report.Suspicious;
        for (int i = 0; i < _histogram.Length; i++)
            _histogram[i] += report.Histogram[i];
        WorstTightShare = Math.Max(WorstTightShare, report.WorstTightShare);
        WorstUlps = Math.Max(WorstUlps, report.WorstUlps);
        if (report.WorstShare > WorstShare)
        {
            WorstShare = report.WorstShare;
            if (FirstFailure is null || Worst is null)
                Worst = result;
        }
        if (FirstFailure is not null)
            Worst = FirstFailure;
    }
}
