using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Tensors;
using LivePool.Cpu.Reference;
using LivePool.Cpu.Simd;
using LivePool.Verification;

namespace LivePool.Cpu.Tests.Simd;

/// <summary>Parameters that a shape rule allows, at the ends of their ranges: computed, or refused with a reason.</summary>
public sealed class ExtremeParameterTests
{
    public static TheoryData<int> Widths => VectorWidths.Data;

    [Theory]
    [MemberData(nameof(Widths))]
    public void The_largest_stride_and_dilation_are_computed(int vectorBits)
    {
        const int Most = int.MaxValue;
        var weight = new Tensor(new(1, 1, 2, 2), [1, 2, 3, 4]);
        var one = new Tensor(new(1, 1, 1, 1), [3]);
        (OperatorSpec Spec, TensorShape Input)[] cases =
        [
            (new Conv2d(weight) { Stride = Most }, new(1, 1, 5, 7)),
            (new Conv2d(weight) { Stride = new(1, Most), Padding = 1 }, new(1, 1, 5, 7)),
            (new Conv2d(weight) { Stride = Most - 1, Dilation = 4 }, new(1, 1, 5, 7)),
            (new Conv2d(one) { Dilation = Most }, new(1, 1, 5, 37)),
            (new Conv2d(one) { Dilation = Most, Stride = Most }, new(1, 1, 5, 7)),
            (new MaxPool2d(2) { Stride = Most }, new(1, 1, 5, 7)),
            (new MaxPool2d(2) { Stride = Most, ReturnIndices = true, CeilMode = true }, new(1, 1, 5, 7)),
            (new MaxPool2d(1) { Stride = 1, Dilation = Most }, new(1, 1, 5, 37)),
            (new MaxPool2d(1) { Stride = 1, Dilation = Most, ReturnIndices = true }, new(1, 1, 5, 37)),
            (new MaxPool2d(2) { Stride = 1, Dilation = 6, Padding = 3, ReturnIndices = true }, new(1, 1, 5, 7)),
            (new AvgPool2d(2) { Stride = Most }, new(1, 1, 5, 7)),
            (new AvgPool2d(2) { Stride = Most, CeilMode = true }, new(1, 1, 5, 7)),
            (new AvgPool2d(2) { DivisorOverride = int.MinValue }, new(1, 1, 5, 7)),
            (new AvgPool2d(2) { DivisorOverride = Most }, new(1, 1, 5, 7)),
            // Divisors of 10^10, which an int does not hold.
            (new AvgPool2d(100_000) { Stride = 60_000, Padding = 50_000 }, new(1, 1, 2, 3)),
            (new ConvTranspose2d(weight) { Stride = Most }, new(1, 1, 1, 1)),
            (new ConvTranspose2d(weight) { Stride = new(1, Most), Padding = 1, OutputPadding = new(0, 3) }, new(1, 1, 5, 1)),
            (new ConvTranspose2d(weight) { Stride = 1_000_000_000, Padding = 1_000_000_000 }, new(1, 1, 3, 3)),
            (new ConvTranspose2d(weight) { Stride = 1_000_000_000, Padding = new(0, 3, 2_000_000_000, 1_999_999_990) }, new(1, 1, 3, 3)),
            (new ConvTranspose2d(weight) { Stride = 900_000_000, Dilation = 600_000_000, Padding = new(599_999_997, 899_999_998, 899_999_994, 599_999_994) },
                new(1, 1, 2, 2)),
            (new ConvTranspose2d(weight) { Dilation = Most - 50, Padding = new(Most - 53, 3, 42, Most - 20) }, new(1, 1, 46, 40)),
            (new ConvTranspose2d(one) { Dilation = Most, OutputPadding = 33 }, new(1, 1, 5, 37)),
            (new ConvTranspose2d(one) { Dilation = Most, Stride = Most, OutputPadding = 5 }, new(1, 1, 1, 1)),
            (new ConvTranspose2d(one) { Dilation = Most, Stride = Most - 1, OutputPadding = 5 }, new(1, 1, 1, 1)),
            (new LpPool2d(2, 2) { Stride = Most }, new(1, 1, 5, 7)),
            (new LpPool2d(2, 2) { Stride = Most, CeilMode = true }, new(1, 1, 5, 7)),
            (new LpPool2d(2, Most - 9) { CeilMode = true }, new(1, 1, 5, 7)),
            (new LpPool2d(-1, new(3, Most - 9)) { Stride = new(2, Most), CeilMode = true }, new(1, 1, 5, 7)),
            (new LpPool2d(50, 2), new(1, 1, 5, 7)),
            (new LpPool2d(-50, 2), new(1, 1, 5, 7)),
            (new LpPool2d(0.02f, 2), new(1, 1, 5, 7)),
            (new AdaptiveAvgPool2d(new(1, 40_000)), new(1, 1, 5, 7)),
            (new AdaptiveMaxPool2d(new(40_000, 1)) { ReturnIndices = true }, new(1, 1, 5, 7)),
            (new AdaptiveMaxPool2d(new(1, null)), new(1, 1, 70_000, 1)),
            (new FractionalMaxPool2d(new(4, 7)) { OutputSize = new(2, 1) }, new(1, 1, 5, 7)),
            (new MaxUnpool2d(new IndexTensor(new(1, 1, 1, 2), [0, 39_999]), new(1, 2)) { Stride = new(1, Most), OutputSize = new(1, 40_000), Padding = new(0, 1_073_723_824) },
                new(1, 1, 1, 2)),
        ];
        using var backend = new SimdBackend(2, vectorBits);
        using var reference = new ReferenceBackend();
        var check = new OperatorCheck(new ReferenceOperators());
        foreach ((OperatorSpec spec, TensorShape input) in cases)
        {
            float[] x = Running.Values(input, ValueKind.Uniform);
            using ICompiledPipeline compiled = backend.Run(spec, input, x);
            ComparisonReport report = check.Compare(spec, input, x, compiled.Output(0), compiled.Indices(0), ErrorBound.RoundToNearest);
            Assert.True(report.Passed, $"{new OperatorCase(spec, input, ValueKind.Uniform, 1)}: {report}");
            using ICompiledPipeline exact = reference.Run(spec, input, x);
        }
    }

    [Fact]
    public void An_average_over_a_padded_area_beyond_31_bits_has_PyTorchs_divisor()
    {
        var spec = new AvgPool2d(100_000) { Stride = 60_000, Padding = 50_000 };
        var input = new TensorShape(1, 1, 1, 1);
        using var reference = new ReferenceBackend();
        using var simd = new SimdBackend(1);

        // One element of 1e10 over an area of 100,000 squared.
        Assert.Equal([1f], reference.Output(spec, input, (float[])[1e10f]));
        Assert.Equal([1f], simd.Output(spec, input, (float[])[1e10f]));
    }

    [Fact]
    public void What_does_not_fit_memory_is_refused_with_its_size()
    {
        var one = new Tensor(new(1, 1, 1, 1), [1]);
        (OperatorSpec Spec, TensorShape Input)[] cases =
        [
            (new Conv2d(one) { Stride = 1_000_000, Padding = 1_000_000 }, new(1, 1, 1, 1)),
            (new MaxPool2d(1_000_000) { Stride = 1_000_000, Padding = 500_000, ReturnIndices = true }, new(1, 1, 1, 1)),
            (new AvgPool2d(new(1, 1_000_000_000)) { Padding = Padding.FromSize(new(0, 500_000_000)) }, new(1, 1, 1, 1)),
        ];
        using var backend = new SimdBackend(2);
        foreach ((OperatorSpec spec, TensorShape input) in cases)
        {
            var error = Assert.Throws<DeviceLimitException>(() => backend.Run(spec, input, new float[input.Count]));
            Assert.Contains(error.Message, char.IsAsciiDigit);
            Assert.DoesNotContain('\n', error.Message);
        }
    }

    [Fact]
    public void A_pipeline_that_cannot_be_compiled_frees_what_it_had()
    {
        var one = new Tensor(new(1, 1, 1, 1), [1]);
        var pipeline = new Core.Pipelines.Pipeline("too large", 1,
            [Pointwise.Relu, new Conv2d(one) { Stride = 1_000_000, Padding = 1_000_000 }]);
        using var backend = new SimdBackend(1);
        // 16 MB each: 200 of them would be 3 GB.
        var input = new TensorShape(1, 1, 1, 4_000_000);
        long before = Environment.WorkingSet;
        for (int i = 0; i < 50; i++)
            Assert.Throws<DeviceLimitException>(() => backend.Compile(pipeline, input));
        long grown = Environment.WorkingSet - before;
        Assert.True(grown < 400_000_000, $"{grown} bytes more");
    }

    [Fact]
    public void A_stage_that_cannot_be_created_frees_what_it_had()
    {
        // 12 MB of weights and their offsets, and then rows of 300,000,000 elements by phases, two for each worker.
        var spec = new ConvTranspose2d(new Tensor(new(1, 1, 1000, 1000))) { Stride = new(1, 1000), Padding = Padding.FromSize(new(499, 0)) };
        using var backend = new SimdBackend(8);
        long before = Environment.WorkingSet;
        for (int i = 0; i < 100; i++)
            Assert.Throws<DeviceLimitException>(() => backend.Compile(Core.Pipelines.Pipeline.Of(spec, 1), new(1, 1, 1, 300_000)));
        long grown = Environment.WorkingSet - before;
        Assert.True(grown < 400_000_000, $"{grown} bytes more");
    }
}
