using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Cpu.Reference;
using LivePool.Cpu.Simd;
using LivePool.Verification;

namespace LivePool.Cpu.Tests.Simd;

/// <summary>Convolutions whose kernels are a column times a row keep the bound, and the NaNs and infinities, of one sum.</summary>
public sealed class SeparableConvTests
{
    private static readonly OperatorCheck _check = new(new ReferenceOperators());

    /// <summary>Columns and rows of numbers from <paramref name="draw"/>, other ones for each channel.</summary>
    private static Conv2d Conv(int outChannels, int height, int width, Func<float> draw)
    {
        var weight = new Tensor(new(outChannels, 1, height, width));
        for (int co = 0; co < outChannels; co++)
        {
            float[] column = [.. Enumerable.Range(0, height).Select(_ => draw())];
            float[] row = [.. Enumerable.Range(0, width).Select(_ => draw())];
            for (int i = 0; i < height * width; i++)
                weight.Plane(co, 0)[i] = column[i / width] * row[i % width];
        }
        var bias = new Tensor(new(1, outChannels, 1, 1));
        foreach (ref float element in bias.Elements)
            element = draw();
        return new(weight, bias);
    }

    private static Conv2d Uniform(int outChannels, int height, int width, int seed = 1)
    {
        var random = new Random(seed);
        return Conv(outChannels, height, width, () => random.NextSingle() * 2 - 1);
    }

    private static Conv2d Whole(int outChannels, int height, int width, int seed = 1)
    {
        var random = new Random(seed);
        return Conv(outChannels, height, width, () => 3 * random.Next(-4, 5));
    }

    /// <summary>Finite numbers of every size, subnormal ones and the largest included.</summary>
    private static float[] Wild(TensorShape shape, int seed)
    {
        var random = new Random(seed);
        float[] x = new float[shape.Count];
        // Most of one size, or every sum would be its largest term.
        int exponent = random.Next(-149, 128);
        foreach (ref float value in x.AsSpan())
            value = MathF.ScaleB(random.NextSingle() * 2 - 1, random.Next(4) == 0 ? random.Next(-149, 128) : exponent);
        return x;
    }

    private static void Check(SimdBackend backend, Conv2d spec, TensorShape input, float[] x, string name, List<string> failures)
    {
        using var compiled = (SimdCompiledPipeline)backend.Compile(Pipeline.Of(spec, input.C), input);
        foreach (NativeBuffer<float> buffer in compiled.OutputBuffers)
            buffer.Poison();
        compiled.Run(x);
        ComparisonReport report = _check.Compare(spec, input, x, compiled.Output(0), [], ErrorBound.RoundToNearest);
        if (!report.Passed)
            failures.Add($"{name}: {new OperatorCase(spec, input, ValueKind.Uniform, 0)}: {report}");
        if (!compiled.OutputBuffers.All(buffer => buffer.RedZonesAreIntact))
            failures.Add($"{name} {input}: wrote outside its output");
    }

    [Fact]
    public void Two_passes_are_taken_where_they_pay()
    {
        Assert.True(IsSeparable(Uniform(1, 7, 7)));
        Assert.True(IsSeparable(Uniform(3, 6, 6)));
        Assert.True(IsSeparable(Uniform(2, 5, 9)));
        Assert.True(IsSeparable(Uniform(2, 7, 7) with { Dilation = 2, Padding = 3 }));
        Assert.True(IsSeparable(Uniform(6, 7, 7) with { Groups = 3 }, channels: 3));
        Assert.False(IsSeparable(Uniform(1, 5, 5)));
        Assert.False(IsSeparable(Uniform(1, 1, 49)));
        Assert.False(IsSeparable(Uniform(1, 7, 7) with { Stride = new(2, 1) }));
        Assert.False(IsSeparable(Uniform(1, 7, 7) with { Stride = new(1, 2) }));

        Conv2d last = Uniform(2, 7, 7);
        last.Weight.Elements[^1] *= 2;
        Assert.False(IsSeparable(last));

        static bool IsSeparable(Conv2d spec, int channels = 1)
        {
            using var rows = SeparableRows<ScalarF>.TryCreate(spec, spec.Bind(new(1, channels, 40, 60)), 60);
            return rows is not null;
        }
    }

    private static IEnumerable<(Conv2d Spec, TensorShape Input)> Shapes(int width)
    {
        yield return (Uniform(1, 7, 7, width), new(1, 1, 13, width + 6));
        yield return (Uniform(2, 6, 6, width), new(1, 1, 12, width + 5));
        yield return (Uniform(3, 5, 9, width) with { Dilation = new(2, 3) }, new(1, 1, 17, width + 24));
        yield return (Uniform(6, 9, 5, width) with { Groups = 3, Padding = 2 }, new(2, 3, 9, width));
        yield return (Whole(2, 7, 7, width) with { Padding = new(3, 1, 2, 3) }, new(1, 1, 6, width + 2));
    }

    [Theory]
    [MemberData(nameof(VectorWidths.Data), MemberType = typeof(VectorWidths))]
    public void Every_output_width_is_within_its_bound(int vectorBits)
    {
        using var backend = new SimdBackend(1, vectorBits);
        var failures = new List<string>();
        foreach (int width in (int[])[1, 2, 3, 7, 8, 9, 15, 16, 17, 26, 27, 31, 32, 33, 47, 63, 64, 65, 129, 513, 1100])
        {
            foreach ((Conv2d spec, TensorShape input) in Shapes(width))
            {
                Assert.Equal(width, spec.OutputShape(input).W);
                foreach (ValueKind kind in (ValueKind[])[ValueKind.Uniform, ValueKind.Pixels, ValueKind.Special, ValueKind.Huge])
                    Check(backend, spec, input, Running.Values(input, kind, width), $"{kind}", failures);
            }
        }
        Running.AssertNone(failures);
    }

    [Theory]
    [MemberData(nameof(VectorWidths.Data), MemberType = typeof(VectorWidths))]
    public void Every_padding_mode_is_within_its_bound(int vectorBits)
    {
        using var backend = new SimdBackend(1, vectorBits);
        var failures = new List<string>();
        foreach (PaddingMode mode in Enum.GetValues<PaddingMode>())
        {
            foreach (int width in (int[])[6, 20, 40, 600])
            {
                var input = new TensorShape(2, 2, 40, width);
                Conv2d spec = Uniform(4, 7, 9, width) with { Groups = 2, Padding = Padding.Same, PaddingMode = mode };
                foreach (ValueKind kind in (ValueKind[])[ValueKind.Uniform, ValueKind.Special])
                    Check(backend, spec, input, Running.Values(input, kind, width), $"{mode} {kind}", failures);
            }
        }
        Running.AssertNone(failures);
    }

    /// <summary>Rows of every size of weights times inputs of every size, overflow and underflow included.</summary>
    [Theory]
    [MemberData(nameof(VectorWidths.Data), MemberType = typeof(VectorWidths))]
    public void Numbers_of_every_size_are_within_their_bound(int vectorBits)
    {
        using var backend = new SimdBackend(1, vectorBits);
        var failures = new List<string>();
        for (int seed = 1; seed <= 150; seed++)
        {
            var random = new Random(seed);
            int exponent = random.Next(-60, 11);
            Conv2d spec = Conv(2, random.Next(6, 10), random.Next(6, 10), () => MathF.ScaleB(random.NextSingle() + 0.01f, exponent + random.Next(-3, 1)));
            var input = new TensorShape(1, 1, 12, 50);
            Check(backend, spec, input, Wild(input, seed), $"2^{exponent}, seed {seed}", failures);
        }
        Running.AssertNone(failures);
    }

    /// <summary>The largest whole numbers whose sums float32 still holds: the bound is 0.</summary>
    [Theory]
    [MemberData(nameof(VectorWidths.Data), MemberType = typeof(VectorWidths))]
    public void Whole_numbers_come_out_exact(int vectorBits)
    {
        using var backend = new SimdBackend(1, vectorBits);
        var failures = new List<string>();
        var input = new TensorShape(1, 1, 12, 45);
        for (int seed = 1; seed <= 60; seed++)
        {
            Conv2d spec = Whole(2, 7, 6, seed);
            double magnitudes = Math.Max(spec.Weight.Plane(0, 0).ToArray().Sum(Math.Abs), spec.Weight.Plane(1, 0).ToArray().Sum(Math.Abs));
            int most = magnitudes == 0 ? 1 : (int)(((1 << 24) - 12) / magnitudes);
            var random = new Random(seed);
            float[] x = [.. Enumerable.Range(0, input.Count).Select(_ => (float)(random.Next(2) == 0 ? most : random.Next(-most, most + 1)))];
            Check(backend, spec, input, x, $"seed {seed}", failures);
        }
        Running.AssertNone(failures);
    }

    /// <summary>No tap is skipped, whether its weight is 0 or not, and infinities of two taps meet as they do in one sum.</summary>
    [Fact]
    public void NaN_and_infinity_at_every_tap_come_out_as_in_one_sum()
    {
        using var backend = new SimdBackend(1);
        float[] column = [1, 0, -2, 3, 0, 1, -1];
        float[] row = [2, -1, 0, 0, 1, 3, -2];
        var weight = new Tensor(new(1, 1, 7, 7), [.. column.SelectMany(_ => row, (c, r) => c * r)]);
        var spec = new Conv2d(weight);
        var input = new TensorShape(1, 1, 7, 7);
        using ICompiledPipeline compiled = backend.Compile(Pipeline.Of(spec, 1), input);
        var failures = new List<string>();
        foreach (float special in (float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity])
        {
            for (int tap = 0; tap < 49; tap++)
            {
                for (int other = 0; other <= tap; other++)
                {
                    float[] x = new float[49];
                    (x[tap], x[other]) = (special, float.PositiveInfinity);
                    double expected = 0;
                    for (int i = 0; i < 49; i++)
                        expected += (double)weight.Elements[i] * x[i];
                    compiled.Run(x);
                    if (!((float)expected).Equals(compiled.Output(0)[0]))
                        failures.Add($"{special} at {tap}, infinity at {other}: {compiled.Output(0)[0]}, expected {expected}");
                }
            }
        }
        Running.AssertNone(failures);
    }
}
