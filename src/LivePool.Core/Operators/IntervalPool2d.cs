using System.Runtime.InteropServices;
using LivePool.Core.Tensors;

namespace LivePool.Core.Operators;

/// <summary>
/// A pool whose windows are intervals that no stride describes: adaptive pools, whose windows follow from the two sizes,
/// and fractional ones, whose windows are drawn. Every window lies inside the input.
/// </summary>
public abstract record IntervalPool2d : OperatorSpec
{
    /// <summary>Whether a window becomes its maximum, by <see cref="MaxPool2d"/>'s rule, rather than its mean.</summary>
    public abstract bool IsMaximum { get; }

    /// <summary>The windows over an input of that shape.</summary>
    public abstract PoolIntervals Intervals(TensorShape input);

    /// <summary>The numbers that a backend consumes.</summary>
    public IntervalPool2dParameters Bind(TensorShape input)
    {
        TensorShape output = OutputShape(input);
        return new()
        {
            Planes = input.Planes,
            InputHeight = input.H,
            InputWidth = input.W,
            OutputHeight = output.H,
            OutputWidth = output.W,
            IntervalsPerPlane = Intervals(input).IsPerPlane ? 1 : 0,
        };
    }
}

/// <summary>
/// The windows of an <see cref="IntervalPool2d"/>: a first and an end row for each output row, likewise for columns. The
/// same for all planes, or one set per plane.
/// </summary>
/// <param name="Rows"><c>[planes or 1, outH, 2]</c>: first row, and the row after the last.</param>
/// <param name="Columns"><c>[planes or 1, outW, 2]</c>: first column, and the column after the last.</param>
/// <param name="IsPerPlane">Whether each plane has windows of its own.</param>
public sealed record PoolIntervals(int[] Rows, int[] Columns, bool IsPerPlane)
{
    /// <summary>The elements of the largest window.</summary>
    public int LargestArea => Longest(Rows) * Longest(Columns);

    private static int Longest(int[] pairs)
    {
        int longest = 0;
        for (int i = 0; i < pairs.Length; i += 2)
            longest = Math.Max(longest, pairs[i + 1] - pairs[i]);
        return longest;
    }
}

/// <summary>What an <see cref="IntervalPool2d"/> tells a backend. Every field is also a member of the shader's uniform block.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct IntervalPool2dParameters
{
#pragma warning disable CS1591 // the names say it
    public int Planes;
    public int InputHeight;
    public int InputWidth;
    public int OutputHeight;
    public int OutputWidth;
    public int IntervalsPerPlane;
#pragma warning restore CS1591
}
