using System.Runtime.InteropServices;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Cpu.Reference;
using LivePool.Verification;

namespace LivePool.Gpu.Tests;

/// <summary>The shaders' arithmetic against the exact result and against PyTorch's golden values.</summary>
public sealed class OperatorTests
{
    public static TheoryData<string> Operators => [.. OperatorCases.All.Select(c => c.Spec.Name).Distinct()];

    [Theory]
    [MemberData(nameof(Operators))]
    public void Every_case_is_within_its_bound_and_touches_nothing_else(string name)
    {
        using GpuBackend backend = Backends.CreateStrict();
        CaseRunner.Check(backend, OperatorCases.All.Where(c => c.Spec.Name == name));
    }

    [Theory]
    [MemberData(nameof(Operators))]
    public void Random_cases_are_within_their_bounds_and_touch_nothing_else(string name)
    {
        using GpuBackend backend = Backends.CreateStrict();
        var generator = new CaseGenerator(43, [name]);
        CaseRunner.Check(backend, Enumerable.Range(0, 100).Select(generator.Create));
    }

    [Theory]
    [InlineData(PaddingMode.Zeros, 3)]
    [InlineData(PaddingMode.Reflect, 2)]
    [InlineData(PaddingMode.Replicate, 3)]
    [InlineData(PaddingMode.Circular, 3)]
    public void A_batch_with_groups_dilation_stride_and_padding_is_within_its_bound(PaddingMode mode, int padding)
    {
        using GpuBackend backend = Backends.CreateStrict();
        var random = new Random(7);
        var weight = new Tensor(new(6, 2, 3, 2));
        foreach (ref float w in weight.Elements)
            w = (float)random.NextDouble() - 0.5f;
        var cases = new List<OperatorCase>();
        foreach (int width in (int[])[4, 9, 37])
        {
            foreach (int stride in (int[])[1, 2])
            {
                cases.Add(new(
                    new Conv2d(weight) { Groups = 3, Padding = padding, PaddingMode = mode, Stride = stride, Dilation = new(2, 1) },
                    new(3, 6, 5, width), ValueKind.Uniform, width));
            }
        }
        CaseRunner.Check(backend, cases);
    }

    [Fact]
    public void MaxPool_takes_the_first_maximum_and_the_last_NaN()
    {
        using GpuBackend backend = Backends.CreateStrict();
        float nan = float.NaN;
        float minus = float.NegativeInfinity;
        Assert.Equal([1, 2, 1, 0], Indices(backend,
        [
            3, 5, 5, 5,
            1, nan, nan, 9,
            minus, 0, -0f, minus,
            minus, minus, minus, minus,
        ]));

        static long[] Indices(GpuBackend backend, float[] input)
        {
            var pool = new MaxPool2d(new Size2d(1, 4)) { ReturnIndices = true };
            using GpuCompiledPipeline compiled = backend.Compile(Pipeline.Of(pool, 4), new(1, 4, 1, 4));
            compiled.Run(input);
            return compiled.Indices(0).ToArray();
        }
    }

    [Fact]
    public void MaxPool_of_a_window_without_a_tap_is_minus_infinity_with_PyTorch_s_index()
    {
        using GpuBackend backend = Backends.CreateStrict();
        var pool = new MaxPool2d(2) { Stride = 1, Dilation = 5, Padding = 3, ReturnIndices = true };
        using GpuCompiledPipeline compiled = backend.Compile(Pipeline.Of(pool, 1), new(1, 1, 1, 1));
        compiled.Run(new float[] { 42f });
        Assert.Equal([float.NegativeInfinity, float.NegativeInfinity], compiled.Output(0)[..2].ToArray());
        // Windows start at -3 and -2; the first tap in phase is at 2 and 3; width 1.
        Assert.Equal([4L, 5L], compiled.Indices(0)[..2].ToArray());
    }

    [Fact]
    public void AvgPool_has_PyTorch_s_golden_values()
    {
        using GpuBackend backend = Backends.CreateStrict();
        Assert.Equal([4f, 7, 9.5f, 25, 28, 30.5f, 42.5f, 45.5f, 48],
            Backends.Run(backend, new AvgPool2d(2) { Stride = 3, CeilMode = true }, new(1, 1, 7, 7), Backends.Ramp(49)));
        Assert.Equal([1.5555556f, 3.3333333f, 2, 6.3333335f, 11, 6, 4.5f, 7.5f, 4],
            Backends.Run(backend, new AvgPool2d(3) { Stride = 2, Padding = 1, CeilMode = true }, new(1, 1, 4, 4),
                [.. Backends.Ramp(17)[1..]]));
    }

    [Fact]
    public void A_large_window_finds_its_maximum_wherever_it_is()
    {
        // Plane i has its maximum, and in the second run its only NaN, at element i; more than one lane's worth of planes.
        using GpuBackend backend = Backends.CreateStrict();
        var shape = new TensorShape(1, 300, 30, 40);
        var pool = new AdaptiveMaxPool2d(1) { ReturnIndices = true };
        using GpuCompiledPipeline compiled = backend.Compile(Pipeline.Of(pool, shape.C), shape);
        foreach (float extreme in (float[])[2, float.NaN])
        {
            float[] x = [.. Enumerable.Range(0, shape.Count).Select(i => i % shape.PlaneSize == i / shape.PlaneSize ? extreme : 1)];
            compiled.Run(x);
            Assert.Equal(Enumerable.Repeat(extreme, shape.C), compiled.Output(0).ToArray());
            Assert.Equal(Enumerable.Range(0, shape.C).Select(i => (long)i), compiled.Indices(0).ToArray());
        }
        // The first of equal values, the last of equal NaNs, and the first element where nothing is taken.
        foreach ((float value, long winner) in ((float, long)[])[(1, 0), (float.NaN, shape.PlaneSize - 1), (float.NegativeInfinity, 0)])
        {
            compiled.Run(Enumerable.Repeat(value, shape.Count).ToArray());
            Assert.All(compiled.Indices(0).ToArray(), index => Assert.Equal(winner, index));
        }
    }

    [Fact]
    public void A_large_window_s_mean_counts_every_element_once()
    {
        using GpuBackend backend = Backends.CreateStrict();
        var shape = new TensorShape(1, 3, 47, 53);
        float[] x = Backends.Ramp(shape.Count);
        Assert.Equal([.. Enumerable.Range(0, 3).Select(c => (float)(c * 2491.0 + 1245))],
            Backends.Run(backend, new AdaptiveAvgPool2d(1), shape, x));
    }

    [Fact]
    public void Adaptive_pools_have_PyTorch_s_golden_values()
    {
        using GpuBackend backend = Backends.CreateStrict();
        float[] x = [1, 2, 3, 4, 5];
        Assert.Equal([1.5f, 3, 4.5f], Backends.Run(backend, new AdaptiveAvgPool2d(new(1, 3)), new(1, 1, 1, 5), x));
        Assert.Equal([2f, 4, 5], Backends.Run(backend, new AdaptiveMaxPool2d(new(1, 3)), new(1, 1, 1, 5), x));
    }

    [Fact]
    public void MaxUnpool_copies_every_bit_and_the_last_of_equal_indices_wins_in_every_run()
    {
        using GpuBackend backend = Backends.CreateStrict();
        var unpool = new MaxUnpool2d(new IndexTensor(new(1, 1, 2, 3), [0, 5, 5, 10, 0, 5]), 2);
        using GpuCompiledPipeline compiled = backend.Compile(Pipeline.Of(unpool, 1), new(1, 1, 2, 3));
        foreach (float[] x in (float[][])[[1, 2, 3, -0f, 1e-45f, -1e-41f], [7, 8, 9, 10, -11, 12]])
        {
            compiled.Run(x);
            float[] expected = new float[24];
            (expected[0], expected[5], expected[10]) = (x[4], x[5], x[3]);
            Assert.Equal(expected.Select(BitConverter.SingleToInt32Bits), compiled.Output(0).ToArray().Select(BitConverter.SingleToInt32Bits));
            compiled.CheckGuards();
        }
    }

    [Fact]
    public void LpPool_powers_are_PyTorch_s()
    {
        using GpuBackend backend = Backends.CreateStrict();
        float inf = float.PositiveInfinity;
        float nan = float.NaN;
        float[] x = [0, -0f, 1, -1, 4, -4, inf, -inf, nan, 1e-40f];
        // A window of one element: (x^p)^(1/p).
        Assert.Equal([0, 0, 1, 1, 4, 4, inf, inf, nan, 0], Powers(2));
        Assert.Equal([0, 0, 1, nan, 4, nan, inf, nan, nan], Powers(0.5f)[..9]);
        Assert.Equal([0, 0, 1, nan, 4, nan, inf, nan, nan], Powers(-0.5f)[..9]);
        // The reciprocal of -infinity is -0, but a sum of it is 0.
        Assert.Equal([0, 0, 1, -1, 4, -4, inf, inf, nan, 0], Powers(-1));

        float[] Powers(float p) => Backends.Run(backend, new LpPool2d(p, 1), new(1, 1, 1, 10), x);
    }

    [Fact]
    public void A_convolution_larger_than_one_tile_of_groups_is_exact_on_whole_numbers()
    {
        using GpuBackend backend = Backends.CreateStrict();
        var cases = new OperatorCase[] { new(Backends.Edge24().Stages[0], new(1, 1, 150, 331), ValueKind.Pixels, 1) };
        CaseRunner.Check(backend, cases);
    }

    [Fact]
    public void Sigmoid_and_tanh_saturate_without_NaN()
    {
        using GpuBackend backend = Backends.CreateStrict();
        float[] x = [-1e30f, float.NegativeInfinity, -200, -0f, 200, 1e30f, float.PositiveInfinity, float.NaN];
        Assert.Equal([0, 0, 0, 0.5f, 1, 1, 1, float.NaN], Backends.Run(backend, Pointwise.Sigmoid, new(1, 1, 2, 4), x));
        Assert.Equal([-1, -1, -1, 0, 1, 1, 1, float.NaN], Backends.Run(backend, Pointwise.Tanh, new(1, 1, 2, 4), x));
    }

    [Fact]
    public void Normalize_ignores_what_is_not_finite_and_survives_a_range_beyond_float32()
    {
        using GpuBackend backend = Backends.CreateStrict();
        float inf = float.PositiveInfinity;
        Assert.Equal([0, 0.5f, 1, inf, -inf, float.NaN],
            Backends.Run(backend, Pointwise.Normalize, new(1, 1, 1, 6), [-2, 0, 2, inf, -inf, float.NaN]));
        Assert.Equal([0, 0.5f, 1], Backends.Run(backend, Pointwise.Normalize, new(1, 1, 1, 3), [-3e38f, 0, 3e38f]));
        Assert.Equal([0, 0, inf], Backends.Run(backend, Pointwise.Normalize, new(1, 1, 1, 3), [7, 7, inf]));
    }

    [Fact]
    public void An_operator_without_a_shader_is_refused_by_name()
    {
        using GpuBackend backend = Backends.CreateStrict();
        var e = Assert.Throws<Core.LivePoolException>(() => backend.Compile(Pipeline.Of(new Unknown(), 1), new(1, 1, 2, 2)));
        Assert.Contains("unknown_operator", e.Message, StringComparison.Ordinal);
    }

    private sealed record Unknown : OperatorSpec
    {
        public override string Name => "unknown_operator";

        public override TensorShape OutputShape(TensorShape input) => input;
    }
}

/// <summary>Runs cases on a strict backend and collects everything that is wrong.</summary>
internal static class CaseRunner
{
    public static void Check(GpuBackend backend, IEnumerable<OperatorCase> cases)
    {
        var check = new OperatorCheck(new ReferenceOperators());
        var arithmetic = Arithmetic.Of(backend);
        var failures = new List<string>();
        int count = 0;
        foreach (OperatorCase operatorCase in cases)
        {
            count++;
            float[] input = operatorCase.MakeInput();
            using GpuCompiledPipeline compiled =
                backend.Compile(Pipeline.Of(operatorCase.Spec, operatorCase.Input.C), operatorCase.Input);
            compiled.Run(input);
            ComparisonReport report = check.Compare(operatorCase.Spec, operatorCase.Input, input,
                compiled.Output(0), compiled.Indices(0), arithmetic);
            if (!report.Passed)
                failures.Add($"{operatorCase}: {report}");
            compiled.CheckGuards();
            var after = new float[input.Length];
            compiled.ReadInput(after);
            if (!MemoryMarshal.AsBytes(after.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(input.AsSpan())))
                failures.Add($"{operatorCase}: changed its input");
        }
        Assert.True(count > 0, "there are no cases");
        Assert.True(failures.Count == 0, string.Join("\n", failures.Take(20)) + $"\n{failures.Count} of {count}");
    }
}
