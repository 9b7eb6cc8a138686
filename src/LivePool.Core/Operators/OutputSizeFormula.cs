using System.Collections.Immutable;
using System.Globalization;
using LivePool.Core.Tensors;

namespace LivePool.Core.Operators;

/// <summary>
/// The rule of an operator's output size with the numbers filled in, such as
/// <c>rows: floor((512 + 0 + 0 - 1*(5-1) - 1) / 1) + 1 = 508</c>: for people, in few characters. It is written for settings
/// that are refused too, and shows what they come to.
/// </summary>
public static class OutputSizeFormula
{
    /// <summary>A longer line goes without the spaces that it can do without.</summary>
    private const int LineLength = 48;

    /// <summary>
    /// A line for rows and one for columns, or one for both where they are the same. A line that ceil mode's rule cuts by one
    /// is followed by a line that says so. The number after the last <c>=</c> is the size, whether it is valid or not; where
    /// it cannot be computed the line says why.
    /// </summary>
    /// <param name="spec">The operator, valid or not.</param>
    /// <param name="input">The input's shape.</param>
    public static ImmutableArray<string> Of(OperatorSpec spec, TensorShape input)
    {
        if (spec is Pointwise)
            return [$"as the input: {input.H}x{input.W}"];
        if (spec is FreeStage { Shader: { } shader })
            return [$"as {shader.Name} says"];
        Padding sides = default;
        if (spec is Conv2d given)
        {
            try
            {
                sides = given.Padding.Resolve(given.KernelSize, given.Dilation);
            }
            catch (LivePoolException e)
            {
                return [e.Message];
            }
        }
        string[] rows = Lines(Axis.Rows);
        string[] columns = Lines(Axis.Columns);
        return rows.SequenceEqual(columns)
            ? [.. Named("both", rows)]
            : [.. Named("rows", rows), .. Named("columns", columns)];

        string[] Lines(Axis axis) => spec switch
        {
            Conv2d conv => Window(axis, input, conv.KernelSize, conv.Stride, conv.Dilation, sides, ceilMode: false),
            MaxPool2d pool => Window(axis, input, pool.KernelSize, pool.Stride ?? pool.KernelSize, pool.Dilation, pool.Padding, pool.CeilMode),
            AvgPool2d pool => Window(axis, input, pool.KernelSize, pool.Stride ?? pool.KernelSize, 1, pool.Padding, pool.CeilMode),
            LpPool2d pool => Window(axis, input, pool.KernelSize, pool.Stride ?? pool.KernelSize, 1, 0, pool.CeilMode),
            ConvTranspose2d conv => [Transposed(axis, input, conv)],
            AdaptivePool2d pool => [Adaptive(axis, input, pool.OutputSize)],
            FractionalMaxPool2d pool => [Fractional(axis, input, pool)],
            MaxUnpool2d unpool => [Unpool(axis, input, unpool)],
            _ => throw new NotSupportedException($"there is no formula for {spec.Name}"),
        };
    }

    private enum Axis
    {
        Rows,
        Columns,
    }

    private static int Length(Axis axis, Size2d size) => axis == Axis.Rows ? size.Height : size.Width;

    private static int Length(Axis axis, TensorShape shape) => axis == Axis.Rows ? shape.H : shape.W;

    private static (int Before, int After) Sides(Axis axis, Padding padding) =>
        axis == Axis.Rows ? (padding.Top, padding.Bottom) : (padding.Left, padding.Right);

    private static IEnumerable<string> Named(string axis, string[] lines) => lines.Select((line, i) => Fit(i == 0 ? $"{axis}: {line}" : $"  {line}"));

    private static string Fit(string line) => line.Length <= LineLength ? line : line
        .Replace(" + ", "+", StringComparison.Ordinal)
        .Replace(" - ", "-", StringComparison.Ordinal)
        .Replace(" / ", "/", StringComparison.Ordinal);

    /// <summary><see cref="WindowAxis.OutputLength"/>, in numbers that no parameter overflows.</summary>
    private static string[] Window(
        Axis axis, TensorShape input, Size2d kernel, Size2d stride, Size2d dilation, Padding padding, bool ceilMode)
    {
        (Int128 length, Int128 k, Int128 s, Int128 d) = (Length(axis, input), Length(axis, kernel), Length(axis, stride), Length(axis, dilation));
        (Int128 before, Int128 after) = Sides(axis, padding);
        string formula = $"{(ceilMode ? "ceil" : "floor")}(({length} + {before} + {after} - {d}*({k}-1) - 1) / {s}) + 1";
        if (s == 0)
            return [$"{formula}: divides by 0"];
        Int128 span = length + before + after - d * (k - 1) - 1;
        Int128 output = (ceilMode ? -FloorDivide(-span, s) : FloorDivide(span, s)) + 1;
        if (!ceilMode || (output - 1) * s < length + before)
            return [$"{formula} = {output}"];
        return [$"{formula} = {output}", $"last would start {(after > 0 ? "in the padding" : "beyond the input")}: {output} - 1 = {output - 1}"];
    }

    private static Int128 FloorDivide(Int128 dividend, Int128 divisor)
    {
        (Int128 quotient, Int128 rest) = Int128.DivRem(dividend, divisor);
        return rest != 0 && rest < 0 != divisor < 0 ? quotient - 1 : quotient;
    }

    private static string Transposed(Axis axis, TensorShape input, ConvTranspose2d conv)
    {
        (Int128 length, Int128 k, Int128 s, Int128 d) =
            (Length(axis, input), Length(axis, conv.KernelSize), Length(axis, conv.Stride), Length(axis, conv.Dilation));
        (Int128 before, Int128 after) = Sides(axis, conv.Padding);
        Int128 added = Length(axis, conv.OutputPadding);
        Int128 output = (length - 1) * s - before - after + d * (k - 1) + added + 1;
        return $"({length} - 1)*{s} - {before} - {after} + {d}*({k}-1) + {added} + 1 = {output}";
    }

    private static string Adaptive(Axis axis, TensorShape input, AdaptiveSize size) =>
        (axis == Axis.Rows ? size.Height : size.Width) is { } given
            ? $"output_size = {given}"
            : $"no output_size, as the input = {Length(axis, input)}";

    private static string Fractional(Axis axis, TensorShape input, FractionalMaxPool2d pool)
    {
        if (pool.OutputSize is { } size)
            return $"output_size = {Length(axis, size)}";
        if (pool.OutputRatio is not { } ratio)
            return "neither output_size nor output_ratio is given";
        double part = axis == Axis.Rows ? ratio.Height : ratio.Width;
        int length = Length(axis, input);
        return string.Create(CultureInfo.InvariantCulture, $"floor({length} * {part:R}) = {Math.Floor(length * part):R}");
    }

    private static string Unpool(Axis axis, TensorShape input, MaxUnpool2d unpool)
    {
        (Int128 length, Int128 k, Int128 s, Int128 p) = (Length(axis, input), Length(axis, unpool.KernelSize),
            Length(axis, unpool.Stride ?? unpool.KernelSize), Length(axis, unpool.Padding));
        string standard = $"({length} - 1)*{s} - 2*{p} + {k} = {(length - 1) * s - 2 * p + k}";
        return unpool.OutputSize is { } size ? $"{standard}; output_size = {Length(axis, size)}" : standard;
    }
}
