using LivePool.Core.Operators;
using LivePool.Core.Tensors;
using LivePool.Verification.Explanations;

namespace LivePool.App.View.Inspection;

/// <summary>The other way round from <see cref="Field"/>: the part of a stage's output that an input's part reaches.</summary>
internal static class Reach
{
    /// <summary>
    /// The bounding rectangle of the output elements whose windows have a tap on an element of a rectangle of the input. A
    /// tap on reflected, repeated or wrapped padding reads the element that stands there.
    /// </summary>
    /// <param name="spec">The operator.</param>
    /// <param name="input">Its input's shape.</param>
    /// <param name="output">Its output's shape.</param>
    /// <param name="from">A rectangle inside the input, of all its channels.</param>
    /// <returns>The rectangle in the stage after <paramref name="from"/>'s; null where no window sees it.</returns>
    public static Field? Of(OperatorSpec spec, TensorShape input, TensorShape output, Field from)
    {
        var rows = new Span(from.Top, from.Bottom);
        var columns = new Span(from.Left, from.Right);
        (Span? Rows, Span? Columns) reached;
        switch (spec)
        {
            case Conv2d conv:
                Conv2dParameters c = conv.Bind(input);
                reached = (
                    Seen(rows, output.H, c.KernelHeight, c.StrideHeight, c.DilationHeight, c.PaddingTop, row => Explainer.PaddingSource(conv.PaddingMode, row, input.H)),
                    Seen(columns, output.W, c.KernelWidth, c.StrideWidth, c.DilationWidth, c.PaddingLeft, column => Explainer.PaddingSource(conv.PaddingMode, column, input.W)));
                break;
            case ConvTranspose2d conv:
                ConvTranspose2dParameters t = conv.Bind(input);
                reached = (
                    Landed(rows, output.H, t.KernelHeight, t.StrideHeight, t.DilationHeight, t.PaddingTop),
                    Landed(columns, output.W, t.KernelWidth, t.StrideWidth, t.DilationWidth, t.PaddingLeft));
                break;
            case MaxPool2d pool:
                reached = Pooled(pool.Bind(input));
                break;
            case AvgPool2d pool:
                reached = Pooled(pool.Bind(input));
                break;
            case LpPool2d pool:
                LpPool2dParameters l = pool.Bind(input);
                reached = (
                    Seen(rows, output.H, l.KernelHeight, l.StrideHeight, 1, 0, Itself),
                    Seen(columns, output.W, l.KernelWidth, l.StrideWidth, 1, 0, Itself));
                break;
            case IntervalPool2d pool:
                return OfIntervals(pool.Intervals(input), input, output, from);
            case MaxUnpool2d unpool:
                return OfIndices(unpool.Indices.Elements, input, output, from);
            case Pointwise { Function: PointwiseFunction.Normalize }:
                // Any element may be the plane's minimum or maximum.
                reached = (new(0, output.H - 1), new(0, output.W - 1));
                break;
            case Pointwise:
                reached = (rows, columns);
                break;
            case FreeStage:
                // Nobody knows but the shader.
                return null;
            default:
                throw new NotSupportedException($"it is not known what {spec.Name} reaches");
        }
        return reached is ({ } y, { } x) ? new(from.Stage + 1, y.First, x.First, y.Last, x.Last) : null;

        (Span?, Span?) Pooled(Pool2dParameters p) => (
            Seen(rows, output.H, p.KernelHeight, p.StrideHeight, p.DilationHeight, p.PaddingTop, Itself),
            Seen(columns, output.W, p.KernelWidth, p.StrideWidth, p.DilationWidth, p.PaddingLeft, Itself));
    }

    /// <summary>From the first to the last, both of them.</summary>
    private readonly record struct Span(int First, int Last)
    {
        public bool Contains(int position) => position >= First && position <= Last;

        public static Span Add(Span? span, int position) => span is { } known
            ? new(Math.Min(known.First, position), Math.Max(known.Last, position))
            : new(position, position);
    }

    /// <summary>The windows of an axis of which a tap reads one of the positions.</summary>
    private static Span? Seen(Span positions, int windows, int kernel, int stride, int dilation, int padding, Func<int, int> source)
    {
        Span? seen = null;
        for (int window = 0; window < windows; window++)
        {
            for (int k = 0; k < kernel; k++)
            {
                if (!positions.Contains(source(window * stride + k * dilation - padding)))
                    continue;
                seen = Span.Add(seen, window);
                break;
            }
        }
        return seen;
    }

    /// <summary>Padding that reads nothing, and what lies beyond it, is no position.</summary>
    private static int Itself(int position) => position;

    /// <summary>The outputs of an axis that the positions' kernels land on.</summary>
    private static Span? Landed(Span positions, int outputs, int kernel, int stride, int dilation, int padding)
    {
        Span? landed = null;
        for (int position = positions.First; position <= positions.Last; position++)
        {
            for (int k = 0; k < kernel; k++)
            {
                int place = position * stride + k * dilation - padding;
                if (place >= 0 && place < outputs)
                    landed = Span.Add(landed, place);
            }
        }
        return landed;
    }

    private static Field? OfIntervals(PoolIntervals intervals, TensorShape input, TensorShape output, Field from)
    {
        Field? reached = null;
        for (int plane = 0; plane < (intervals.IsPerPlane ? input.Planes : 1); plane++)
        {
            Span? rows = Overlapping(intervals.Rows.AsSpan(2 * plane * output.H, 2 * output.H), from.Top, from.Bottom);
            Span? columns = Overlapping(intervals.Columns.AsSpan(2 * plane * output.W, 2 * output.W), from.Left, from.Right);
            if (rows is { } y && columns is { } x)
                reached = Around(reached, new(from.Stage + 1, y.First, x.First, y.Last, x.Last));
        }
        return reached;
    }

    /// <param name="pairs">The first position of each window, and the one after its last.</param>
    /// <param name="first">The first position that is looked for.</param>
    /// <param name="last">The last one.</param>
    private static Span? Overlapping(ReadOnlySpan<int> pairs, int first, int last)
    {
        Span? windows = null;
        for (int i = 0; i < pairs.Length / 2; i++)
        {
            if (pairs[2 * i] <= last && pairs[2 * i + 1] > first)
                windows = Span.Add(windows, i);
        }
        return windows;
    }

    private static Field? OfIndices(ReadOnlySpan<long> indices, TensorShape input, TensorShape output, Field from)
    {
        Field? reached = null;
        for (int plane = 0; plane < input.Planes; plane++)
        {
            for (int row = from.Top; row <= from.Bottom; row++)
            {
                foreach (long index in indices.Slice((plane * input.H + row) * input.W + from.Left, from.Right - from.Left + 1))
                {
                    (int y, int x) = Math.DivRem((int)index, output.W);
                    reached = Around(reached, new(from.Stage + 1, y, x, y, x));
                }
            }
        }
        return reached;
    }

    private static Field Around(Field? first, Field second) => first is { } known
        ? new(second.Stage, Math.Min(known.Top, second.Top), Math.Min(known.Left, second.Left),
            Math.Max(known.Bottom, second.Bottom), Math.Max(known.Right, second.Right))
        : second;
}
