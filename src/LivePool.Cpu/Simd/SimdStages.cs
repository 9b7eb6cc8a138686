using LivePool.Core.Operators;
using LivePool.Core.Tensors;

namespace LivePool.Cpu.Simd;

/// <summary>Picks the kernel of an operator for one vector width.</summary>
internal static class SimdStages
{
    public static SimdStage Create<TVector>(OperatorSpec spec, TensorShape input, WorkerPool pool)
        where TVector : struct, IVector<TVector> => spec switch
        {
            Conv2d conv => CreateConv<TVector>(conv, [], input, pool),
            ConvTranspose2d conv => new SimdConvTranspose2d<TVector>(conv, conv.Bind(input), pool),
            MaxPool2d { ReturnIndices: true } max => new SimdMaxPool2dWithIndices<TVector>(max.Bind(input), pool),
            MaxPool2d max => CreateWindowPool<TVector, MaxReducer>(max.Bind(input), pool),
            AvgPool2d average => CreateWindowPool<TVector, SumReducer>(average.Bind(input), pool),
            LpPool2d { NormType: 1 } lp => new SimdLpPool2d<TVector, SumReducer>(lp.Bind(input), pool, raises: false),
            LpPool2d { NormType: 2 } lp => new SimdLpPool2d<TVector, SquareSumReducer>(lp.Bind(input), pool, raises: false),
            LpPool2d lp => new SimdLpPool2d<TVector, SumReducer>(lp.Bind(input), pool, raises: true),
            IntervalPool2d { ReturnsIndices: true } interval =>
                new SimdIntervalPool2dWithIndices<TVector>(interval.Bind(input), interval.Intervals(input), pool),
            IntervalPool2d { IsMaximum: true } interval =>
                new SimdIntervalPool2d<TVector, MaxReducer>(interval.Bind(input), interval.Intervals(input), pool),
            IntervalPool2d interval =>
                new SimdIntervalPool2d<TVector, SumReducer>(interval.Bind(input), interval.Intervals(input), pool),
            MaxUnpool2d unpool => new SimdMaxUnpool2d(unpool, unpool.Bind(input), pool),
            Pointwise pointwise => CreatePointwise<TVector>(pointwise.Function, pointwise.Bind(input), pool),
            FreeStage free => throw free.Refusal("simd"),
            _ => throw new NotSupportedException($"SIMD has no {spec.Name}"),
        };

    /// <summary>A convolution and what follows it in the same pass.</summary>
    public static SimdStage CreateConv<TVector>(Conv2d conv, ReadOnlySpan<OperatorSpec> tail, TensorShape input, WorkerPool pool)
        where TVector : struct, IVector<TVector>
    {
        SimdConv2d<TVector> whole = Create<TVector>(conv, tail, input, pool, mayFactor: true);
        int split = whole.TakesIntegers ? 0 : ByteConv2d.SplitChannel(conv, input);
        if (split == 0)
            return whole;
        // In two passes only where the whole is, so that bytes come to float32's bits.
        SimdConv2d<TVector> first = Create<TVector>(WithChannels(conv, ..split), tail, input, pool, whole.IsFactored);
        SimdConv2d<TVector> second = Create<TVector>(WithChannels(conv, split..), tail, input, pool, whole.IsFactored);
        if (first.TakesIntegers || second.TakesIntegers)
            return new SplitByteConv2d<TVector>(whole, first, second);
        first.Dispose();
        second.Dispose();
        return whole;
    }

    private static Conv2d WithChannels(Conv2d conv, Range channels)
    {
        TensorShape shape = conv.Weight.Shape;
        (int start, int count) = channels.GetOffsetAndLength(shape.N);
        int taps = shape.Count / shape.N;
        return conv with
        {
            Weight = new(shape with { N = count }, conv.Weight.Elements.Slice(start * taps, count * taps).ToArray()),
            Bias = conv.Bias is null ? null : new(new(1, count, 1, 1), conv.Bias.Elements.Slice(start, count).ToArray()),
        };
    }

    private static SimdConv2d<TVector> Create<TVector>(
        Conv2d conv, ReadOnlySpan<OperatorSpec> tail, TensorShape input, WorkerPool pool, bool mayFactor)
        where TVector : struct, IVector<TVector> => new(
            conv, conv.Bind(input),
            ConvTail.Create(tail, conv.OutputShape(input), (spec, shape) => Create<TVector>(spec, shape, pool)), pool, mayFactor);

    private static SimdStage CreateWindowPool<TVector, TReducer>(in Pool2dParameters p, WorkerPool pool)
        where TVector : struct, IVector<TVector>
        where TReducer : struct, IReducer =>
        SlidingWindows<TVector, TReducer>.Fits(p)
            ? new SimdSlidingPool<TVector, TReducer>(p, pool)
            : new SimdWindowPool<TVector, TReducer>(p, pool);

    private static SimdStage CreatePointwise<TVector>(PointwiseFunction function, PointwiseParameters p, WorkerPool pool)
        where TVector : struct, IVector<TVector> => function switch
        {
            PointwiseFunction.Relu => new SimdPointwise<TVector, ReluFunction>(p, pool),
            PointwiseFunction.LeakyRelu => new SimdPointwise<TVector, LeakyReluFunction>(p, pool),
            PointwiseFunction.Abs => new SimdPointwise<TVector, AbsFunction>(p, pool),
            PointwiseFunction.Sigmoid => new SimdPointwise<TVector, SigmoidFunction>(p, pool),
            PointwiseFunction.Tanh => new SimdPointwise<TVector, TanhFunction>(p, pool),
            PointwiseFunction.Clamp => new SimdPointwise<TVector, ClampFunction>(p, pool),
            PointwiseFunction.ScaleOffset => new SimdPointwise<TVector, ScaleOffsetFunction>(p, pool),
            PointwiseFunction.Normalize => new SimdNormalize<TVector>(p, pool),
            _ => throw new NotSupportedException($"SIMD has no pointwise function {function}"),
        };
}
