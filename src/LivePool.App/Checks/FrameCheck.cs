using LivePool.Core.Operators;
using LivePool.Core.Tensors;
using LivePool.Cpu.Reference;
using LivePool.Verification;

namespace LivePool.App.Checks;

/// <summary>Compares each stage of a run with the exact result for the input that the stage was given.</summary>
internal sealed class FrameCheck(Arithmetic arithmetic)
{
    private readonly OperatorCheck _check = new(new ReferenceOperators());

    /// <summary>A report for each stage.</summary>
    public ComparisonReport[] Check(StageSnapshot snapshot)
    {
        var reports = new ComparisonReport[snapshot.Shapes.Count];
        for (int i = 0; i < reports.Length; i++)
            reports[i] = Check(snapshot, i);
        return reports;
    }

    /// <summary>The report for one stage.</summary>
    /// <param name="snapshot">The run.</param>
    /// <param name="stage">The stage.</param>
    /// <param name="shares">Where to write the errors as shares of their bounds; empty where that is not asked for.</param>
    public ComparisonReport Check(StageSnapshot snapshot, int stage, Span<float> shares = default)
    {
        if (snapshot.Pipeline.Stages[stage] is FreeStage free)
            return ComparisonReport.Unknown(free.Title, snapshot.Shapes[stage]);
        (TensorShape shape, float[] x) = snapshot.InputOf(stage);
        return _check.Compare(
            snapshot.Pipeline.Stages[stage], shape, x, snapshot.Output(stage), snapshot.Indices(stage), arithmetic, shares);
    }

    /// <summary>A stage with the input that it was given, to be saved and run again.</summary>
    public static ConcreteCase CaseOf(StageSnapshot snapshot, int stage, string origin)
    {
        (TensorShape shape, float[] x) = snapshot.InputOf(stage);
        return new(origin, snapshot.Pipeline.Stages[stage], shape, [.. x]);
    }
}
