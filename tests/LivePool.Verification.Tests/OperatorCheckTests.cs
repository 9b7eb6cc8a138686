using CsCheck;
using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Cpu.Reference;

namespace LivePool.Verification.Tests;

/// <summary>The check finds each planted fault where it is, and raises no alarm over correct arithmetic.</summary>
public sealed class OperatorCheckTests
{
    private static readonly TensorShape _input = new(2, 3, 6, 7);

    private static ComparisonReport Check(
        OperatorSpec spec, TensorShape input, float[] x, float[] got, long[]? indices = null) =>
        new OperatorCheck(new ReferenceOperators()).Compare(spec, input, x, got, indices, ErrorBound.RoundToNearest);

    private static float[] Input(TensorShape shape, ValueKind kind = ValueKind.Uniform, int seed = 5) =>
        new OperatorCase(Pointwise.Abs, shape, kind, seed).MakeInput();

    private static (float[] Output, long[] Indices) Compute(OperatorSpec spec, TensorShape input, float[] x)
    {
        using var backend = new ReferenceBackend();
        using ICompiledPipeline compiled = backend.Compile(Pipeline.Of(spec, input.C), input);
        compiled.Run(x);
        return (compiled.Output(0).ToArray(), compiled.Indices(0).ToArray());
    }

    private static Conv2d Conv(int outChannels, int inChannels, int size, int seed = 3) => new(
        new Tensor(new(outChannels, inChannels, size, size), Input(new(outChannels, inChannels, size, size), seed: seed)));

    public static TheoryData<string> Operators => ["conv2d", "max_pool2d", "avg_pool2d", "relu", "scale_offset", "sigmoid"];

    private static OperatorSpec Create(string name) => name switch
    {
        "conv2d" => Conv(2, 3, 3),
        "max_pool2d" => new MaxPool2d(2),
        "avg_pool2d" => new AvgPool2d(2) { Padding = 1 },
        "relu" => Pointwise.Relu,
        "sigmoid" => Pointwise.Sigmoid,
        _ => Pointwise.ScaleOffset(3, -1),
    };

    [Theory]
    [MemberData(nameof(Operators))]
    public void One_wrong_element_is_found_where_it_is(string name)
    {
        OperatorSpec spec = Create(name);
        float[] x = Input(_input);
        (float[] y, _) = Compute(spec, _input, x);
        TensorShape shape = spec.OutputShape(_input);
        Assert.True(Check(spec, _input, x, y).Passed);
        foreach (int position in (int[])[0, 1, shape.W, shape.PlaneSize, shape.PlaneSize * shape.C, shape.Count / 2 + 1, shape.Count - 1])
        {
            float[] wrong = [.. y];
            wrong[position] += 1e-4f;

            ComparisonReport report = Check(spec, _input, x, wrong);

            Assert.Equal((false, 1, 0, 0), (report.Passed, report.Failures, report.NonFiniteMismatches, report.IndexMismatches));
            ElementComparison worst = report.Worst!.Value;
            Assert.Equal(position, ((worst.N * shape.C + worst.C) * shape.H + worst.H) * shape.W + worst.W);
            Assert.InRange(worst.H, 0, shape.H - 1);
            Assert.InRange(worst.W, 0, shape.W - 1);
            Assert.Equal(wrong[position], worst.Got);
            Assert.True(report.WorstShare > 1);
        }
    }

    [Theory]
    [InlineData(float.NaN, 1f)]
    [InlineData(1f, float.NaN)]
    [InlineData(float.PositiveInfinity, float.NegativeInfinity)]
    [InlineData(float.PositiveInfinity, float.MaxValue)]
    [InlineData(float.NegativeInfinity, float.NaN)]
    [InlineData(1f, float.PositiveInfinity)]
    public void What_is_not_finite_is_close_to_nothing_else(float expected, float got)
    {
        foreach (OperatorSpec spec in (OperatorSpec[])[
            new MaxPool2d(1), new AvgPool2d(1), new Conv2d(new Tensor(new(1, 1, 1, 1), [1])), Pointwise.LeakyRelu(1)])
        {
            ComparisonReport report = Check(spec, new(1, 1, 1, 2), [0, expected], [0, got]);
            Assert.False(report.Passed, spec.Name);
            Assert.Equal((1, 1, 1), (report.Failures, report.NonFiniteMismatches, report.Worst!.Value.W));
        }
    }

    [Theory]
    [InlineData(float.NaN, float.NaN)]
    [InlineData(float.NegativeInfinity, float.NegativeInfinity)]
    public void Zeros_NaNs_and_the_same_infinity_are_equal(float expected, float got)
    {
        foreach (OperatorSpec spec in (OperatorSpec[])[new MaxPool2d(1), new AvgPool2d(1), Pointwise.Clamp()])
        {
            Assert.True(Check(spec, new(1, 1, 1, 1), [expected], [got]).Passed);
            Assert.True(Check(spec, new(1, 1, 1, 2), [0f, -0f], [-0f, 0f]).Passed);
        }
    }

    [Theory]
    [InlineData(float.PositiveInfinity, 0.75f)]
    [InlineData(float.NegativeInfinity, 0.25f)]
    [InlineData(200f, 0.999f)]
    public void A_sigmoid_of_an_extreme_is_still_checked(float x, float got)
    {
        Assert.False(Check(Pointwise.Sigmoid, new(1, 1, 1, 1), [x], [got]).Passed);
        Assert.True(Check(Pointwise.Sigmoid, new(1, 1, 1, 1), [x], [x > 0 ? 1 : 0]).Passed);
    }

    [Fact]
    public void A_wrong_index_is_found_where_it_is()
    {
        var spec = new MaxPool2d(2) { ReturnIndices = true };
        float[] x = Input(_input);
        (float[] y, long[] indices) = Compute(spec, _input, x);
        Assert.True(Check(spec, _input, x, y, indices).Passed);
        long[] wrong = [.. indices];
        wrong[^1]++;

        ComparisonReport report = Check(spec, _input, x, y, wrong);

        Assert.Equal((false, 0, 1), (report.Passed, report.Failures, report.IndexMismatches));
        Assert.Equal(new IndexComparison(1, 2, 2, 2, wrong[^1], indices[^1]), report.FirstWrongIndex);
        Assert.Contains($"[1, 2, 2, 2]: got {wrong[^1]}, exact {indices[^1]}", report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Indices_that_are_missing_or_not_asked_for_are_wrong()
    {
        var spec = new MaxPool2d(2) { ReturnIndices = true };
        float[] x = Input(_input);
        (float[] y, long[] indices) = Compute(spec, _input, x);
        Assert.Equal(y.Length, Check(spec, _input, x, y).IndexMismatches);
        Assert.Equal(1, Check(spec, _input, x, y, indices[..^1]).IndexMismatches);
        Assert.Equal(y.Length, Check(spec with { ReturnIndices = false }, _input, x, y, indices).IndexMismatches);
    }

    [Fact]
    public void A_window_shifted_by_one_is_found()
    {
        foreach (OperatorSpec spec in (OperatorSpec[])[Conv(2, 3, 2), new MaxPool2d(2) { Stride = 1 }, new AvgPool2d(2) { Stride = 1 }])
        {
            float[] x = Input(_input);
            float[] shifted = [.. x[1..], 0];
            Assert.False(Check(spec, _input, x, Compute(spec, _input, shifted).Output).Passed, spec.Name);
        }
    }

    [Fact]
    public void A_wrong_divisor_is_found()
    {
        var spec = new AvgPool2d(3) { Stride = 2, Padding = 1, CeilMode = true };
        float[] x = Input(_input);
        foreach (AvgPool2d wrong in (AvgPool2d[])[spec with { CountIncludePad = false }, spec with { DivisorOverride = 9 }])
            Assert.False(Check(spec, _input, x, Compute(wrong, _input, x).Output).Passed);
    }

    [Fact]
    public void Every_stage_of_a_pipeline_is_compared_from_its_own_input()
    {
        using var backend = new ReferenceBackend();
        using ICompiledPipeline compiled = backend.Compile(PipelinePresets.Load("edge24"), new(1, 1, 20, 21));
        float[] frame = Input(new(1, 1, 20, 21), ValueKind.Pixels);
        compiled.Run(frame);
        IReadOnlyList<ComparisonReport> reports =
            new OperatorCheck(new ReferenceOperators()).Compare(compiled, frame, ErrorBound.RoundToNearest);
        Assert.Equal(["conv2d", "max_pool2d"], reports.Select(report => report.Operator));
        Assert.All(reports, report => Assert.True(report.Passed));
        Assert.Equal(compiled.Shapes, reports.Select(report => report.Shape));
    }

    private enum Summation
    {
        Forward,
        Reversed,
        Pairwise,
        Fused,
        BiasLast,
    }

    /// <summary>A convolution of one output, whose input is as large as its kernel: one dot product in an order of choice.</summary>
    private static float Dot(float[] w, float[] x, float bias, Summation order)
    {
        float sum = order is Summation.Pairwise or Summation.BiasLast ? 0 : bias;
        switch (order)
        {
            case Summation.Pairwise:
                return Pairwise(0, w.Length) + bias;
            case Summation.Reversed:
                for (int i = w.Length - 1; i >= 0; i--)
                    sum += w[i] * x[i];
                return sum;
            case Summation.Fused:
                for (int i = 0; i < w.Length; i++)
                    sum = MathF.FusedMultiplyAdd(w[i], x[i], sum);
                return sum;
            default:
                for (int i = 0; i < w.Length; i++)
                    sum += w[i] * x[i];
                return order == Summation.BiasLast ? sum + bias : sum;
        }

        float Pairwise(int start, int count) => count == 1 ? w[start] * x[start]
            : Pairwise(start, count / 2) + Pairwise(start + count / 2, count - count / 2);
    }

    private static Gen<(int Channels, int Size, int Seed)> Sizes { get; } =
        Gen.Select(Gen.Int[1, 12], Gen.Int[1, 9], Gen.Int[1, 1_000_000]);

    private static (Conv2d Spec, TensorShape Input, float[] Weight, float[] X, float Bias) DotProduct(int channels, int size, int seed)
    {
        var shape = new TensorShape(1, channels, size, size);
        float[] weight = Input(shape, seed: seed);
        float[] x = Input(shape, seed % 3 == 0 ? ValueKind.Pixels : ValueKind.Uniform, seed + 1);
        float bias = weight[0] / 2;
        return (new(new Tensor(shape, weight), new Tensor(new(1, 1, 1, 1), [bias])), shape, weight, x, bias);
    }

    [Fact]
    public void Every_order_of_float32_summation_passes() => Sizes.Sample(size =>
    {
        var (spec, input, weight, x, bias) = DotProduct(size.Channels, size.Size, size.Seed);
        foreach (Summation order in Enum.GetValues<Summation>())
        {
            ComparisonReport report = Check(spec, input, x, [Dot(weight, x, bias, order)]);
            Assert.True(report.Passed, $"{order}: {report}");
        }
    }, iter: 300, threads: 1);

    [Fact]
    public void Accumulation_in_half_precision_fails() => Gen.Int[1, 1_000_000].Sample(seed =>
    {
        // A plane of outputs, because a single one may be right by luck.
        var input = new TensorShape(1, 2, 12, 12);
        Conv2d spec = Conv(1, 2, 3, seed);
        float[] x = Input(input, seed: seed + 1);
        ReadOnlySpan<float> weight = spec.Weight.Elements;
        float[] y = new float[100];
        for (int i = 0; i < y.Length; i++)
        {
            Half sum = (Half)0;
            for (int tap = 0; tap < weight.Length; tap++)
            {
                int position = tap / 9 * 144 + (i / 10 + tap % 9 / 3) * 12 + i % 10 + tap % 3;
                sum = (Half)((float)sum + weight[tap] * x[position]);
            }
            y[i] = (float)sum;
        }
        ComparisonReport report = Check(spec, input, x, y);
        Assert.False(report.Passed);
        Assert.True(report.Failures > y.Length / 2, $"{report}");
    }, iter: 100, threads: 1);

    [Fact]
    public void An_average_in_any_order_passes() => Gen.Int[1, 1_000_000].Sample(seed =>
    {
        var input = new TensorShape(1, 1, 5, 5);
        float[] x = Input(input, seed: seed);
        float byMultiplying = x.Reverse().Aggregate(0f, (sum, value) => sum + value) * (1f / 25);
        float byParts = x.Aggregate(0f, (sum, value) => sum + value / 25);
        Assert.True(Check(new AvgPool2d(5), input, x, [byMultiplying]).Passed);
        Assert.True(Check(new AvgPool2d(5), input, x, [byParts]).Passed);
    }, iter: 200, threads: 1);

    [Fact]
    public void Overflow_of_a_partial_sum_is_no_fault()
    {
        const float Big = 3e38f;
        const float Infinity = float.PositiveInfinity;
        var row = new TensorShape(1, 1, 1, 4);
        var sum = new Conv2d(new Tensor(row, [1, 1, 1, 1]));
        var average = new AvgPool2d(new(1, 4));

        // Finite, infinite or NaN, depending on the order.
        Assert.All((float[])[0, Infinity, -Infinity, float.NaN], got => Assert.True(Check(sum, row, [Big, Big, -Big, -Big], [got]).Passed));
        // The sum before an average's division.
        Assert.True(Check(average, row, [Big, Big, Big, Big], [Infinity]).Passed);
        Assert.True(Check(average, row, [Big, Big, Big, Big], [Big]).Passed);
        // An infinite term and an overflow of the other sign.
        Assert.True(Check(sum, row, [Infinity, -Big, -Big, -Big], [float.NaN]).Passed);
        Assert.True(Check(sum, row, [Infinity, -Big, -Big, -Big], [Infinity]).Passed);
    }

    [Fact]
    public void Overflow_excuses_nothing_else()
    {
        const float Big = 3e38f;
        const float Infinity = float.PositiveInfinity;
        var row = new TensorShape(1, 1, 1, 4);
        var sum = new Conv2d(new Tensor(row, [1, 1, 1, 1]));
        Assert.False(Check(sum, row, [Infinity, -Big, -Big, -Big], [-Infinity]).Passed);
        Assert.False(Check(sum, row, [Infinity, -Big, -Big, -Big], [0]).Passed);
        Assert.False(Check(sum, row, [Infinity, 1, 1, 1], [float.NaN]).Passed);
        Assert.False(Check(sum, row, [float.NaN, Big, Big, Big], [Infinity]).Passed);
        Assert.False(Check(sum, row, [Big, -Big, 1, 1], [1e34f]).Passed);
        Assert.False(Check(new AvgPool2d(new(1, 4)), row, [Big / 8, Big / 8, Big / 8, Big / 8], [Infinity]).Passed);
    }

    [Fact]
    public void Errors_beyond_the_usual_are_counted_and_still_pass()
    {
        var input = new TensorShape(1, 1, 20, 20);
        var spec = new Conv2d(new Tensor(input, [.. Enumerable.Repeat(0.5f, 400)]));
        float[] x = [.. Enumerable.Repeat(1f, 400)];
        // 404u * 200 is allowed, 4 * 20u * 200 is usual.
        ComparisonReport report = Check(spec, input, x, [200 + 200 * 200f / (1 << 24)]);
        Assert.Equal((true, 1), (report.Passed, report.Suspicious));
        Assert.Equal(0, Check(spec, input, x, [200 + 40 * 200f / (1 << 24)]).Suspicious);
    }

    [Fact]
    public void Whole_numbers_below_2_to_the_24_must_come_out_exact()
    {
        var input = new TensorShape(1, 1, 1, 4);
        float[] x = [1e6f, 2e6f, 3e6f, 4e6f];
        foreach (OperatorSpec spec in (OperatorSpec[])[
            new Conv2d(new Tensor(input, [1, -1, 1, 1])), new ConvTranspose2d(new Tensor(new(1, 1, 1, 1), [3])) { Padding = new(0, 3, 0, 0) }])
        {
            (float[] y, _) = Compute(spec, input, x);
            Assert.True(Check(spec, input, x, y).Passed);
            Assert.Equal(1, Check(spec, input, x, [MathF.BitIncrement(y[0])]).Failures);
        }
        // Beyond, or with a fraction, the bound holds instead.
        var halves = new Conv2d(new Tensor(input, [1, -1, 1.5f, 1]));
        Assert.True(Check(halves, input, x, [MathF.BitIncrement(Compute(halves, input, x).Output[0])]).Passed);
        float[] large = [.. x.Select(value => 8 * value)];
        var sum = new Conv2d(new Tensor(input, [1, 1, 1, 1]));
        Assert.True(Check(sum, input, large, [MathF.BitIncrement(Compute(sum, input, large).Output[0])]).Passed);
    }

    [Fact]
    public void A_mean_of_whole_numbers_is_off_by_its_division_alone()
    {
        var input = new TensorShape(1, 1, 10, 10);
        float[] x = [.. Enumerable.Range(1, 100).Select(i => (float)i)];
        foreach (OperatorSpec spec in (OperatorSpec[])[new AvgPool2d(new(10, 7)), new AdaptiveAvgPool2d(1)])
        {
            (float[] y, _) = Compute(spec, input, x);
            Assert.True(Check(spec, input, x, y).Passed);
            Assert.False(Check(spec, input, x, [MathF.BitIncrement(MathF.BitIncrement(y[0]))]).Passed);
            // A hundred terms are allowed fifty times as much, were they not whole.
            float[] halves = [.. x.Select(value => value + 0.5f)];
            (float[] z, _) = Compute(spec, input, halves);
            Assert.True(Check(spec, input, halves, [MathF.BitIncrement(MathF.BitIncrement(z[0]))]).Passed);
        }
    }

    [Fact]
    public void Subnormals_may_be_taken_for_0_only_where_arithmetic_flushes()
    {
        var check = new OperatorCheck(new ReferenceOperators());
        var shape = new TensorShape(1, 1, 1, 2);
        var pool = new MaxPool2d(new(1, 2)) { ReturnIndices = true };
        float[] x = [1e-41f, 2e-41f];
        Assert.False(Compare(flushes: false).Passed);
        Assert.True(Compare(flushes: true).Passed);
        x = [1e-41f, 2e-37f];
        Assert.False(Compare(flushes: true).Passed);

        // A weight of 1e30 makes 1e-8 of a flushed 1e-41 times it.
        var conv = new Conv2d(new Tensor(new(1, 1, 1, 1), [1e30f]));
        Assert.False(check.Compare(conv, new(1, 1, 1, 1), [1e-41f], [0], [], ErrorBound.AnyRounding).Passed);
        Assert.True(check.Compare(conv, new(1, 1, 1, 1), [1e-41f], [0], [], new(ErrorBound.AnyRounding, FlushesSubnormals: true)).Passed);

        ComparisonReport Compare(bool flushes) =>
            check.Compare(pool, shape, x, [0], [0], new(ErrorBound.AnyRounding, flushes));
    }

    [Fact]
    public void Shares_of_both_units_and_the_errors_are_counted()
    {
        var spec = new Conv2d(new Tensor(new(1, 1, 1, 1), [0.5f]));
        float[] x = [1, 2, 4, 8];
        // The bound is nearly 5 * 2^-23 * 0.5, or with 2^-24 half of it; the error 2^-22, 4 ulp of 0.5.
        ComparisonReport report = new OperatorCheck(new ReferenceOperators()).Compare(
            spec, new(1, 1, 1, 4), x, [0.5f + 4 / 16777216f, 1, 2, 4], [], ErrorBound.AnyRounding);
        Assert.True(report.Passed);
        Assert.Equal(0.8, report.WorstShare, 1e-5);
        Assert.Equal(1.6, report.WorstTightShare, 1e-5);
        Assert.Equal(4, report.WorstUlps);
        Assert.Equal((3, 1, 4), (report.Histogram[0], report.Histogram[ComparisonReport.HistogramBin(report.WorstShare)], report.Histogram.Sum()));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1e-9, 1)]
    [InlineData(0.000123, 2)] // just over 2^-13
    [InlineData(0.5, 13)]
    [InlineData(0.51, 14)]
    [InlineData(1, 14)]
    [InlineData(1.0000001, 15)]
    [InlineData(double.PositiveInfinity, 15)]
    public void Histogram_bins_are_powers_of_two(double share, int bin) =>
        Assert.Equal(bin, ComparisonReport.HistogramBin(share));
}
