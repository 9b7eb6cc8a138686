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
        {
            (TensorShape shape, float[] x) = snapshot.InputOf(i);
            reports[i] = _check.Compare(snapshot.Pipeline.Stages[i], shape, x, snapshot.Output(i), snapshot.Indices(i), arithmetic);
        }
        return reports;
    }

    /// <summary>A stage with the input that it was given, to be saved and run again.</summary>
    public static ConcreteCase CaseOf(StageSnapshot snapshot, int stage, string origin)
    {
        (TensorShape shape, float[] x) = snapshot.InputOf(stage);
        return new(origin, snapshot.Pipeline.Stages[stage], shape, [.. x]);
    }
}
