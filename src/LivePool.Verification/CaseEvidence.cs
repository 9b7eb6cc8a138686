using LivePool.Core.Tensors;

namespace LivePool.Verification;

/// <summary>Every number of a case that was run.</summary>
/// <param name="Case">What was run.</param>
/// <param name="Shape">The output's shape.</param>
/// <param name="Exact">The exact output.</param>
/// <param name="Got">The backend's output.</param>
/// <param name="Bound">How far apart each element's two may be.</param>
/// <param name="Share">Each element's error as a share of its bound; see <see cref="ElementJudgement.Share"/>.</param>
/// <param name="WrongIndices">The winners' indices that are wrong, missing or not asked for.</param>
public sealed record CaseEvidence(
    ConcreteCase Case, TensorShape Shape, double[] Exact, float[] Got, double[] Bound, double[] Share,
    IReadOnlyList<IndexComparison> WrongIndices);
