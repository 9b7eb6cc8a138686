using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Cpu.Reference;
using LivePool.Cpu.Simd;

namespace LivePool.Cpu.Tests.Simd;

/// <summary>Bytes under small whole weights are summed in 16 bits, and come to the exact result.</summary>
public sealed class ByteConv2dTests
{
    private static readonly OperatorSpec[][] _tails =
    [
        [],
        [Pointwise.Relu],
        [Pointwise.Abs],
        [new MaxPool2d(2)],
        [new AvgPool2d(2)],
        [Pointwise.Relu, new MaxPool2d(2)],
        [Pointwise.Abs, new AvgPool2d(2)],
    ];

    /// <summary>Kernels of every parity, several channels, groups, all padding modes; some pictures are narrower than a tile.</summary>
    private static IEnumerable<(Conv2d Conv, TensorShape Input)> Convolutions()
    {
        foreach (int width in (int[])[31, 64, 129, 257, 1027])
        {
            yield return (Conv(1, 1, 3, 3, 128), new(1, 1, 19, width + 2));
            yield return (Conv(2, 3, 2, 5, 128), new(2, 3, 24, width + 4));
            yield return (Conv(3, 1, 5, 4, 120) with { Bias = Bias(3) }, new(1, 1, 75, width + 3));
            yield return (Conv(4, 1, 1, 1, 128) with { Groups = 2 }, new(1, 2, 6, width));
            yield return (Conv(1, 1, 4, 2, 128), new(1, 1, 4, width + 1));
            // The first channels, or the last, in integers and the others not.
            yield return (WithFractions(Conv(3, 2, 3, 3, 60) with { Bias = Bias(3) }, 2), new(1, 2, 17, width + 2));
            yield return (WithFractions(Conv(4, 1, 3, 3, 60), 0), new(1, 1, 17, width + 2));
            foreach (PaddingMode mode in Enum.GetValues<PaddingMode>())
                yield return (Conv(1, 2, 5, 3, 128) with { Padding = new Padding(3, 2, 2, 1), PaddingMode = mode }, new(1, 2, 18, width));
        }
    }

    /// <summary>Whole weights whose magnitudes come to no more than <paramref name="sum"/> for each output channel.</summary>
    private static Conv2d Conv(int outChannels, int inChannels, int height, int width, int sum)
    {
        TensorShape shape = new(outChannels, inChannels, height, width);
        var random = new Random(shape.Count);
        float[] weight = new float[shape.Count];
        int taps = shape.Count / outChannels;
        for (int co = 0; co < outChannels; co++)
        {
            for (int left = sum; left > 0;)
            {
                int step = Math.Min(left, random.Next(1, 20));
                int tap = co * taps + random.Next(taps);
                // A weight's sign stays, so that the magnitudes add up.
                weight[tap] += weight[tap] < 0 || (weight[tap] == 0 && random.Next(2) == 0) ? -step : step;
                left -= step;
            }
        }
        return new(new(shape, Array.ConvertAll(weight, w => Math.Min(w, sbyte.MaxValue))));
    }

    /// <summary>Halves in one channel's weights: exact in any order, and not whole.</summary>
    private static Conv2d WithFractions(Conv2d conv, int channel)
    {
        int taps = conv.Weight.Elements.Length / conv.Weight.Shape.N;
        foreach (ref float weight in conv.Weight.Elements.Slice(channel * taps, taps))
            weight += 0.5f;
        return conv;
    }

    private static Tensor Bias(int channels) => new(new(1, channels, 1, 1), [.. Enumerable.Range(0, channels).Select(i => 1000f - 900 * i)]);

    private sealed record Case(Pipeline Pipeline, TensorShape Input, byte[] Bytes, float[] Expected);

    private static readonly Lazy<Case[]> _cases = new(() => [.. MakeCases()]);

    private static IEnumerable<Case> MakeCases()
    {
        using var reference = new ReferenceBackend();
        foreach ((Conv2d conv, TensorShape input) in Convolutions())
        {
            TensorShape sums = conv.OutputShape(input);
            foreach (byte[] bytes in Frames(input.Count))
            {
                foreach (OperatorSpec[] tail in _tails)
                {
                    if (tail.Length > 0 && tail[^1] is not Pointwise && (sums.H < 2 || sums.W < 2))
                        continue;
                    var pipeline = new Pipeline("bytes", input.C, [conv, .. tail]);
                    using ICompiledPipeline compiled = reference.Compile(pipeline, input);
                    compiled.Run(bytes);
                    yield return new(pipeline, input, bytes, compiled.Output(tail.Length).ToArray());
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(VectorWidths.Data), MemberType = typeof(VectorWidths))]
    public void Whole_weights_over_bytes_are_exact(int vectorBits)
    {
        using var backend = new SimdBackend(2, vectorBits);
        var failures = new List<string>();
        foreach (Case item in _cases.Value)
        {
            using var fused = (SimdCompiledPipeline)backend.Compile(item.Pipeline, item.Input, StageOutputs.Last);
            foreach (NativeBuffer<float> output in fused.OutputBuffers)
                output.Poison();
            fused.Run(item.Bytes);
            string what = $"{string.Join(", ", item.Pipeline.Stages.Select(stage => stage.Name))} of {item.Input}, {((Conv2d)item.Pipeline.Stages[0]).Weight.Shape}";
            if (!fused.Output(item.Pipeline.Stages.Length - 1).SequenceEqual(item.Expected))
                failures.Add(what);
            if (!fused.OutputBuffers.All(buffer => buffer.RedZonesAreIntact))
                failures.Add($"written beyond: {what}");
        }
        Running.AssertNone(failures);
    }

    /// <summary>Noise, and what drives sums to their limits.</summary>
    private static IEnumerable<byte[]> Frames(int count)
    {
        byte[] noise = new byte[count];
        new Random(count).NextBytes(noise);
        yield return noise;
        yield return [.. Enumerable.Repeat(byte.MaxValue, count)];
    }

    [Theory]
    [InlineData(128)]
    [InlineData(256)]
    [InlineData(512)]
    public void Small_whole_weights_over_a_wide_row_are_summed_in_integers(int vectorBits)
    {
        // A processor without such vectors takes narrower ones, and float32 where it has none.
        bool hasVectors = SimdBackend.WidestVectorBits >= 128;
        Assert.Equal(hasVectors, IsInIntegers(Conv(2, 1, 3, 3, 128), vectorBits));
        Assert.Equal(hasVectors, IsInIntegers(Conv(1, 2, 5, 5, 128) with { Padding = 2 }, vectorBits, new AvgPool2d(2)));
        Assert.Equal(hasVectors, IsInIntegers(Kernel(-128), vectorBits));
        Assert.Equal(hasVectors, IsInIntegers(Kernel(127, -128), vectorBits));
        Assert.Equal(hasVectors, IsInIntegers(Kernel(1, 127), vectorBits));
        Assert.Equal(hasVectors, IsInIntegers(Kernel(100) with { Bias = new(new(1, 1, 1, 1), [7267]) }, vectorBits));
    }

    [Fact]
    public void What_may_leave_16_bits_stays_in_float32()
    {
        Assert.False(IsInIntegers(Kernel(128)));
        Assert.False(IsInIntegers(Kernel(-129)));
        Assert.False(IsInIntegers(Kernel(127, 2)));
        Assert.False(IsInIntegers(Kernel(-127, -2)));
        Assert.False(IsInIntegers(Kernel(0.5f)));
        Assert.False(IsInIntegers(Kernel(float.NaN)));
        Assert.False(IsInIntegers(Kernel(float.PositiveInfinity)));
        Assert.False(IsInIntegers(Kernel(100) with { Bias = new(new(1, 1, 1, 1), [7268]) }));
        Assert.False(IsInIntegers(Kernel(-100) with { Bias = new(new(1, 1, 1, 1), [-7268]) }));
        Assert.False(IsInIntegers(Kernel(1) with { Bias = new(new(1, 1, 1, 1), [0.25f]) }));
        Assert.False(IsInIntegers(Kernel(1) with { Bias = new(new(1, 1, 1, 1), [-0f]) }));
        Assert.False(IsInIntegers(Kernel(1, 1) with { Stride = 2 }));
        Assert.False(IsInIntegers(Kernel(1, 1) with { Dilation = 2 }));
        Assert.False(IsInIntegers(Kernel(1, 1), 512, new MaxPool2d(3)));
        Assert.False(IsInIntegers(Kernel(1, 1), 32));
    }

    /// <summary>A half that is separable where the whole is not is not factored, because its float32 sums are not.</summary>
    [Theory]
    [MemberData(nameof(VectorWidths.Data), MemberType = typeof(VectorWidths))]
    public void Halves_come_to_the_bits_of_the_whole(int vectorBits)
    {
        TensorShape shape = new(2, 1, 7, 7);
        var weight = new Tensor(shape);
        for (int i = 0; i < 49; i++)
        {
            weight.Elements[i] = i == 24 ? 48 : -1;
            weight.Elements[49 + i] = MathF.Exp(-0.13f * (i / 7 - 3) * (i / 7 - 3)) * MathF.Exp(-0.13f * (i % 7 - 3) * (i % 7 - 3)) * 0.1f;
        }
        var input = new TensorShape(1, 1, 30, 301);
        byte[] bytes = Frames(input.Count).First();
        using var backend = new SimdBackend(1, vectorBits);
        using ICompiledPipeline compiled = backend.Compile(Pipeline.Of(new Conv2d(weight), 1), input);
        compiled.Run(Array.ConvertAll(bytes, value => (float)value));
        int[] fromSingles = Running.Bits(compiled.Output(0));
        compiled.Run(bytes);
        Assert.Equal(fromSingles, Running.Bits(compiled.Output(0)));
    }

    [Fact]
    public void Channels_that_are_summed_in_integers_are_split_off_at_one_place()
    {
        Assert.Equal(2, Split(1, 2, 0.5f));
        Assert.Equal(1, Split(0.5f, 1));
        Assert.Equal(3, Split(0.5f, 200, -0.25f, 3, 3));
        Assert.Equal(0, Split(1, 2));
        Assert.Equal(0, Split(0.5f, 0.25f));
        Assert.Equal(0, Split(1, 0.5f, 1));
        Assert.Equal(0, Split(1));
        Assert.Equal(0, ByteConv2d.SplitChannel(OneTap(1, 0.5f), new(2, 1, 9, 9)));
        Assert.Equal(0, ByteConv2d.SplitChannel(OneTap(1, 0.5f) with { Groups = 2 }, new(1, 2, 9, 9)));
    }

    private static int Split(params float[] weights) => ByteConv2d.SplitChannel(OneTap(weights), new(1, 1, 9, 9));

    private static Conv2d OneTap(params float[] weights) => new(new(new(weights.Length, 1, 1, 1), weights));

    private static Conv2d Kernel(params float[] weights) => new(new(new(1, 1, 1, weights.Length), weights));

    private static bool IsInIntegers(Conv2d conv, int vectorBits = 512, params OperatorSpec[] tail)
    {
        var input = new TensorShape(1, conv.Weight.Shape.C, 40, 300);
        using var pool = new WorkerPool(1);
        using ConvTail what = ConvTail.Create(tail, conv.OutputShape(input), (spec, shape) => SimdStages.Create<Vector128F>(spec, shape, pool));
        using ByteConv2d? bytes = ByteConv2d.TryCreate(conv, conv.Bind(input), what, pool, vectorBits);
        return bytes is not null;
    }
}
