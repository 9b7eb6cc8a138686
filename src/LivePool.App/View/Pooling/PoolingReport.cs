using System.Collections.Immutable;
using LivePool.Core.Pipelines;

namespace LivePool.App.View.Pooling;

/// <summary>One stage's row of "what pooling does". Numbers are of all planes together; NaN where there is none.</summary>
/// <param name="Name">The operator's.</param>
/// <param name="IsPool">Whether it is a pool.</param>
/// <param name="Values">Elements of its output.</param>
/// <param name="MultiplyAdds">A convolution's multiplications, each with an addition; padding counts. 0 for other operators.</param>
/// <param name="ValuesWithoutPools">
/// The same elements if the pools before it were not there; -1 where the pipeline cannot do without them.
/// </param>
/// <param name="MultiplyAddsWithoutPools">The same multiplications if the pools before it were not there; NaN likewise.</param>
/// <param name="SharpnessBefore">
/// The gradient energy per input pixel of the stage's input: the mean of <c>((x[r, c+1] - x[r, c]) / sx)^2</c> plus the mean
/// of <c>((x[r+1, c] - x[r, c]) / sy)^2</c>, where sx and sy are how many pixels of the frame one step is: the strides so far,
/// or the sizes' ratio where there is no stride.
/// </param>
/// <param name="SharpnessAfter">The same of the stage's output.</param>
/// <param name="ShiftChange">
/// How much the output y changes when the frame is moved: <c>RMS(moved - y) / RMS(y - mean(y))</c>, the mean of each plane by
/// itself. 0 where nothing changes, infinite where a flat picture does.
/// </param>
/// <param name="NoiseBefore">What noise in the frame makes of the stage's input: <c>RMS(noisy - x)</c>.</param>
/// <param name="NoiseAfter">What it makes of the stage's output: <c>RMS(noisy - y)</c>.</param>
/// <param name="NoiseAfterMax">The same if the pool took the maximum of its windows; NaN for other operators.</param>
/// <param name="NoiseAfterAverage">
/// The same if the pool took the mean of its windows' elements; NaN for other operators, and for windows that no mean has:
/// dilated and fractional ones.
/// </param>
internal sealed record StageFacts(
    string Name, bool IsPool, long Values, double MultiplyAdds, long ValuesWithoutPools, double MultiplyAddsWithoutPools,
    double SharpnessBefore, double SharpnessAfter, double ShiftChange, double NoiseBefore, double NoiseAfter, double NoiseAfterMax,
    double NoiseAfterAverage);

/// <summary>What pooling does to one frame, measured.</summary>
/// <param name="Stages">A row for each stage.</param>
/// <param name="ShiftInput">How much the frame itself changes when it is moved, as <see cref="StageFacts.ShiftChange"/> has it.</param>
/// <param name="Shift">By how many pixels it was moved: to the right, and down.</param>
/// <param name="NoiseSigma">The standard deviation of the noise that was added, in grey levels.</param>
internal sealed record PoolingReport(ImmutableArray<StageFacts> Stages, double ShiftInput, (int X, int Y) Shift, double NoiseSigma)
{
    /// <summary>What was measured.</summary>
    public Pipeline? Pipeline { get; init; }
}
