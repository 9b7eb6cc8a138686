using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Cpu.Simd;
using LivePool.Verification;

namespace LivePool.Cpu.Tests.Simd;

/// <summary>
/// Stages that are fused come to the very values that they come to apart, whatever the width, the bands, the tiles and the
/// threads: so what verifies the one verifies the other.
/// </summary>
public sealed class FusionTests
{
    private static readonly OperatorSpec[][] _tails =
    [
        [],
        [Pointwise.Relu],
        [Pointwise.Abs],
        [Pointwise.Sigmoid],
        [Pointwise.ScaleOffset(2, 1), Pointwise.Relu],
        [new MaxPool2d(2)],
        [new AvgPool2d(2)],
        [Pointwise.Relu, new MaxPool2d(2)],
        [Pointwise.Abs, new MaxPool2d(2)],
        [Pointwise.Relu, new AvgPool2d(2)],
        [Pointwise.Abs, new AvgPool2d(2)],
        [Pointwise.LeakyRelu(), new MaxPool2d(2)],
        [Pointwise.Abs, Pointwise.Tanh, new AvgPool2d(2)],
        [new MaxPool2d(2) { CeilMode = true }],
        [new AvgPool2d(2) { DivisorOverride = 3 }],
        [new MaxPool2d(3) { Stride = 2, Padding = 1 }],
        [new AvgPool2d(3) { Stride = 2, Padding = 1, CeilMode = true, CountIncludePad = false }],
        [new MaxPool2d(3) { Stride = 1, Dilation = 2 }],
        [new MaxPool2d(new(1, 5)) { Stride = new(3, 2) }],
        [new AvgPool2d(new(5, 2)) { Stride = 1 }],
    ];

    private static IEnumerable<(Conv2d Conv, TensorShape Input)> Convolutions(int width)
    {
        yield return (Conv(2, 1, 5, 5), new(1, 1, 23, width + 4));
        yield return (Conv(3, 2, 3, 3) with { Padding = 1, PaddingMode = PaddingMode.Reflect }, new(2, 2, 14, Math.Max(2, width)));
        yield return (Conv(1, 1, 2, 4) with { Stride = new(1, 2), Bias = null }, new(1, 1, 12, 2 * width + 2));
        yield return (Conv(4, 1, 3, 2) with { Groups = 2, Stride = new(2, 1) }, new(1, 2, 19, width + 1));
        yield return (Conv(2, 2, 3, 3) with { Dilation = new(2, 3), Stride = new(3, 3), Padding = 2 }, new(1, 2, 30, 3 * width + 3));
        yield return (Separable(1, 7, 7), new(1, 1, 21, width + 6));
        yield return (Separable(6, 6, 9) with { Groups = 2, Dilation = new(2, 1), Padding = new(1, 4, 4, 4), PaddingMode = PaddingMode.Replicate },
            new(1, 2, 16, width));
    }

    /// <summary>Kernels that are a column times a row, which are summed in two passes.</summary>
    private static Conv2d Separable(int outChannels, int height, int width)
    {
        Conv2d conv = Conv(outChannels, 1, height, width);
        float[] row = Running.Values(new(1, 1, 1, width), ValueKind.Uniform, 2);
        for (int co = 0; co < outChannels; co++)
        {
            Span<float> kernel = conv.Weight.Plane(co, 0);
            for (int i = kernel.Length - 1; i >= 0; i--)
                kernel[i] = kernel[i / width] * row[i % width];
        }
        return conv;
    }

    private static Conv2d Conv(int outChannels, int inChannels, int height, int width)
    {
        TensorShape shape = new(outChannels, inChannels, height, width);
        return new(new(shape, Running.Values(shape, ValueKind.Uniform)), new(new(1, outChannels, 1, 1)));
    }

    [Theory]
    [MemberData(nameof(VectorWidths.Data), MemberType = typeof(VectorWidths))]
    public void Fused_stages_come_to_the_same_bits(int vectorBits)
    {
        using var backend = new SimdBackend(1, vectorBits);
        var failures = new List<string>();
        foreach (int width in (int[])[2, 3, 5, 15, 16, 17, 31, 32, 33, 47, 64, 65, 130])
        {
            foreach ((Conv2d conv, TensorShape input) in Convolutions(width))
            {
                foreach (OperatorSpec[] tail in _tails)
                    Check(backend, new("fused", input.C, [conv, .. tail]), input, failures);
            }
        }
        Running.AssertNone(failures);
    }

    private static void Check(SimdBackend backend, Pipeline pipeline, TensorShape input, List<string> failures)
    {
        if (!Fits(pipeline, input))
            return;
        int last = pipeline.Stages.Length - 1;
        using ICompiledPipeline apart = backend.Compile(pipeline, input);
        using ICompiledPipeline fused = backend.Compile(pipeline, input, StageOutputs.Last);
        bool overlaps = last > 0 && pipeline.Stages[1] is MaxPool2d { Stride: { Height: 1, Width: 1 } } or AvgPool2d { Stride: { Height: 1, Width: 1 } };
        Assert.Equal(last > 0 && pipeline.Stages[0] is Conv2d && !overlaps, fused.IsFused(0));
        Assert.DoesNotContain(true, pipeline.Stages.Select((_, stage) => apart.IsFused(stage)));
        foreach (ValueKind kind in (ValueKind[])[ValueKind.Uniform, ValueKind.Special])
        {
            float[] x = Running.Values(input, kind);
            apart.Run(x);
            fused.Run(x);
            Compare(apart, fused, $"{kind}");
        }
        byte[] bytes = Array.ConvertAll(Running.Values(input, ValueKind.Pixels), value => (byte)value);
        apart.Run(Array.ConvertAll(bytes, value => (float)value));
        fused.Run(bytes);
        Compare(apart, fused, "bytes");

        void Compare(ICompiledPipeline expected, ICompiledPipeline actual, string what)
        {
            // NaN has no sign to compare, and neither has zero.
            ReadOnlySpan<float> left = expected.Output(last);
            ReadOnlySpan<float> right = actual.Output(last);
            for (int i = 0; i < left.Length; i++)
            {
                if (!left[i].Equals(right[i]))
                {
                    failures.Add($"{what}: {string.Join(", ", pipeline.Stages)} of {input}: element {i} of {left.Length} is {right[i]}, apart {left[i]}");
                    return;
                }
            }
        }
    }

    private static bool Fits(Pipeline pipeline, TensorShape input)
    {
        try
        {
            pipeline.Shapes(input);
            return true;
        }
        catch (Core.LivePoolException)
        {
            return false;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Many_bands_and_tiles_come_to_the_same_bits(int threads)
    {
        using var backend = new SimdBackend(threads);
        var failures = new List<string>();
        foreach (Pipeline pipeline in (Pipeline[])[
            PipelinePresets.Load("edge24"), PipelinePresets.Load("edge24-avg"), PipelinePresets.Load("cnn"),
            new("wide", 1, [Conv(1, 1, 11, 11), new MaxPool2d(3) { Stride = 1, Padding = 1 }]),
            new("plain", 1, [Conv(3, 1, 3, 3) with { Padding = 1 }]),
            new("separable", 1, [Separable(3, 7, 9), new MaxPool2d(2)]),
            new("separable, overlapping", 1, [Separable(1, 11, 11), new MaxPool2d(3) { Stride = 2, Padding = 1 }])])
        {
            Check(backend, pipeline, new(1, pipeline.Channels, 301, 1403), failures);
        }
        Running.AssertNone(failures);
    }

    [Fact]
    public void A_fused_stage_has_no_output_and_no_time()
    {
        using var backend = new SimdBackend(1);
        Pipeline pipeline = PipelinePresets.Load("edge24");
        using ICompiledPipeline compiled = backend.Compile(pipeline, new(1, 1, 20, 20), StageOutputs.Last);
        compiled.Run(new float[400]);
        Assert.True(compiled.IsFused(0));
        Assert.False(compiled.IsFused(1));
        Assert.True(double.IsNaN(compiled.StageMilliseconds[0]));
        Assert.True(compiled.StageMilliseconds[1] > 0);
        Assert.Contains("fused", Assert.Throws<InvalidOperationException>(() => compiled.Output(0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_fused_is_not()
    {
        using var backend = new SimdBackend(1);
        foreach (OperatorSpec next in (OperatorSpec[])[
            Pointwise.Normalize, new MaxPool2d(2) { ReturnIndices = true }, new AdaptiveAvgPool2d(3), new LpPool2d(2, 2),
            // Bands would compute most sums several times, or be as large as the picture.
            new MaxPool2d(3) { Stride = 1 }, new MaxPool2d(63) { Stride = 2 }, new AvgPool2d(300)])
        {
            using ICompiledPipeline compiled = backend.Compile(new("apart", 1, [Conv(2, 1, 3, 3), next]), new(1, 1, 400, 900), StageOutputs.Last);
            Assert.False(compiled.IsFused(0));
        }
    }
}
