using LivePool.Verification.Explanations;

namespace LivePool.App.View.Inspection;

/// <summary>The part of a stage's output that an element of a later stage depends on, its receptive field.</summary>
/// <param name="Stage">The stage, from 0; -1 for the input.</param>
/// <param name="Top">Its first row.</param>
/// <param name="Left">Its first column.</param>
/// <param name="Bottom">Its last row.</param>
/// <param name="Right">Its last column.</param>
internal readonly record struct Field(int Stage, int Top, int Left, int Bottom, int Right)
{
    /// <summary>Around the taps that stand on elements; null where none does.</summary>
    public static Field? Of(int stage, IReadOnlyList<Tap> taps)
    {
        Field? field = null;
        foreach (Tap tap in taps)
        {
            if (!tap.IsInside)
                continue;
            (int row, int column) = (tap.Row!.Value, tap.Column!.Value);
            field = field is { } known
                ? new(stage, Math.Min(known.Top, row), Math.Min(known.Left, column), Math.Max(known.Bottom, row), Math.Max(known.Right, column))
                : new(stage, row, column, row, column);
        }
        return field;
    }
}
