using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Cpu.Reference;
using LivePool.Cpu.Simd;
using LivePool.Verification;

namespace LivePool.Cpu.Tests.Simd;

/// <summary>The max and average pools' loops for strides of 1 and 2: tails, tiles, large windows and what is not a number.</summary>
public sealed class WindowPoolTests
{
    private static readonly int[] _kernels = [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 15, 16, 17, 20, 21, 31, 32, 33, 63, 65, 127];

    public static TheoryData<int, int> WidthsAndThreads => VectorWidths.With(1, 3);

    /// <summary>Maximum and average with one window.</summary>
    private static IEnumerable<OperatorSpec> Pools(Size2d kernel, int stride, Padding padding = default, bool ceilMode = false)
    {
        yield return new MaxPool2d(kernel) { Stride = stride, Padding = padding, CeilMode = ceilMode };
        yield return new AvgPool2d(kernel) { Stride = stride, Padding = padding, CeilMode = ceilMode };
        yield return new AvgPool2d(kernel) { Stride = stride, Padding = padding, CeilMode = ceilMode, CountIncludePad = false };
    }

    private static IEnumerable<(OperatorSpec Spec, TensorShape Input)> Cases()
    {
        foreach (int vector in (int[])[4, 8, 16, 32, 64, 80])
        {
            foreach (int outputWidth in (int[])[vector - 1, vector, vector + 1])
            {
                foreach (OperatorSpec spec in (OperatorSpec[])[
                    .. Pools(2, 2), .. Pools(new(3, 2), 2), .. Pools(3, 2), .. Pools(3, 2, 1), .. Pools(new(1, 3), 2), .. Pools(2, 2, 1, true)])
                {
                    yield return (spec, new(1, 2, 7, 2 * outputWidth));
                    yield return (spec, new(1, 2, 8, 2 * outputWidth + 1));
                }
                foreach (OperatorSpec spec in (OperatorSpec[])[
                    .. Pools(3, 1), .. Pools(3, 1, 1), .. Pools(5, 1), .. Pools(5, 1, 2), .. Pools(new(2, 4), 1), .. Pools(new(6, 7), 1, 3)])
                {
                    yield return (spec, new(2, 1, 13, outputWidth + 6));
                }
            }
        }
        foreach (int kernel in _kernels)
        {
            foreach (int around in (int[])[0, 1, 15, 16, 17, 40])
            {
                foreach (OperatorSpec spec in (OperatorSpec[])[.. Pools(new(3, kernel), 1), .. Pools(new(3, kernel), 1, Padding.FromSize(new(1, kernel / 2)))])
                    yield return (spec, new(1, 1, 7, kernel + around));
                foreach (OperatorSpec spec in (OperatorSpec[])[.. Pools(new(kernel, 3), 1), .. Pools(new(kernel, 3), 1, Padding.FromSize(new(kernel / 2, 1)))])
                    yield return (spec, new(1, 1, kernel + around, 21));
            }
        }
        foreach (OperatorSpec spec in (OperatorSpec[])[
            .. Pools(31, 1), .. Pools(31, 1, 15), .. Pools(new(40, 50), 1), .. Pools(new(40, 50), 1, Padding.FromSize(new(20, 25)))])
        {
            yield return (spec, new(1, 2, 40, 50));
        }
        // Several strips of a row, the last of another length.
        foreach (OperatorSpec spec in (OperatorSpec[])[.. Pools(15, 1, 7), .. Pools(31, 1), .. Pools(5, 1)])
            yield return (spec, new(1, 2, 47, 5003));
        yield return (new MaxPool2d(5) { Stride = 1, Padding = new(0, 3, 4, 1) }, new(1, 1, 30, 40));
        yield return (new AvgPool2d(9) { Stride = 1, DivisorOverride = -7 }, new(1, 1, 30, 40));
        yield return (new AvgPool2d(3) { Stride = 2, DivisorOverride = 4 }, new(1, 1, 30, 80));
    }

    [Theory]
    [MemberData(nameof(WidthsAndThreads))]
    public void Every_loop_is_within_its_bound_and_reads_nothing_else(int vectorBits, int threads)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "guard pages are made with Linux's mmap");
        using var backend = new SimdBackend(threads, vectorBits);
        var check = new OperatorCheck(new ReferenceOperators());
        using var pages = new GuardPages(Cases().Max(c => c.Input.Count) * sizeof(float));
        var failures = new List<string>();
        int seed = 0;
        foreach ((OperatorSpec spec, TensorShape input) in Cases())
        {
            ValueKind kind = (seed++ % 3) switch { 0 => ValueKind.Uniform, 1 => ValueKind.Special, _ => ValueKind.Pixels };
            float[] x = Running.Values(input, kind, seed);
            using var compiled = (SimdCompiledPipeline)backend.Compile(Pipeline.Of(spec, input.C), input);
            foreach (NativeBuffer<float> buffer in compiled.OutputBuffers)
                buffer.Poison();
            x.CopyTo(pages.AtEnd<float>(x.Length));
            compiled.Run(pages.AtEnd<float>(x.Length));
            int[] atEnd = Running.Bits(compiled.Output(0));
            x.CopyTo(pages.AtStart<float>(x.Length));
            compiled.Run(pages.AtStart<float>(x.Length));

            ComparisonReport report = check.Compare(spec, input, x, compiled.Output(0), compiled.Indices(0), ErrorBound.RoundToNearest);
            if (!report.Passed)
                failures.Add($"{new OperatorCase(spec, input, kind, seed)}: {report}");
            if (!atEnd.SequenceEqual(Running.Bits(compiled.Output(0))))
                failures.Add($"{spec.Name} {input}: depends on the frame's address");
            if (!compiled.OutputBuffers.All(buffer => buffer.RedZonesAreIntact))
                failures.Add($"{spec.Name} {input}: wrote outside its output");
        }
        Running.AssertNone(failures);
    }

    [Theory]
    [MemberData(nameof(VectorWidths.Data), MemberType = typeof(VectorWidths))]
    public void A_NaN_at_any_position_of_a_window_is_found(int vectorBits)
    {
        using var simd = new SimdBackend(1, vectorBits);
        using var reference = new ReferenceBackend();
        foreach ((int kernel, int stride, int padding) in ((int, int, int)[])[(2, 2, 0), (3, 2, 1), (5, 1, 2), (15, 1, 0), (15, 1, 7), (33, 1, 0)])
        {
            var input = new TensorShape(1, 1, kernel + 3, kernel + 39);
            float[] x = Running.Values(input, ValueKind.Uniform, kernel);
            foreach (OperatorSpec spec in Pools(kernel, stride, padding))
            {
                using ICompiledPipeline got = simd.Compile(Pipeline.Of(spec, 1), input);
                using ICompiledPipeline expected = reference.Compile(Pipeline.Of(spec, 1), input);
                int step = kernel > 5 ? 7 : 1;
                for (int at = kernel; at < x.Length; at += step)
                {
                    float before = x[at];
                    x[at] = float.NaN;
                    got.Run(x);
                    expected.Run(x);
                    x[at] = before;
                    for (int i = 0; i < got.Output(0).Length; i++)
                    {
                        if (float.IsNaN(got.Output(0)[i]) != float.IsNaN(expected.Output(0)[i]))
                            Assert.Fail($"{spec.Name} {kernel}/{stride} padding {padding}: NaN at {at} and output {i} is {got.Output(0)[i]}");
                    }
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(VectorWidths.Data), MemberType = typeof(VectorWidths))]
    public void Infinities_of_both_signs_leave_a_maximum_alone(int vectorBits)
    {
        using var simd = new SimdBackend(1, vectorBits);
        using var reference = new ReferenceBackend();
        var input = new TensorShape(1, 1, 40, 61);
        float[] x = Running.Values(input, ValueKind.Uniform);
        for (int i = 0; i < x.Length; i++)
            x[i] = (i % 7) switch { 0 => float.PositiveInfinity, < 5 => float.NegativeInfinity, _ => x[i] };
        foreach ((int kernel, int stride) in ((int, int)[])[(2, 2), (3, 2), (2, 1), (5, 1), (15, 1)])
        {
            var spec = new MaxPool2d(new(1, kernel)) { Stride = stride };
            Assert.Equal(reference.Output(spec, input, x), simd.Output(spec, input, x));
            spec = new MaxPool2d(kernel) { Stride = stride };
            Assert.Equal(reference.Output(spec, input, x), simd.Output(spec, input, x));
        }
    }

    [Theory]
    [MemberData(nameof(WidthsAndThreads))]
    public void Whole_numbers_sum_exactly(int vectorBits, int threads)
    {
        using var simd = new SimdBackend(threads, vectorBits);
        using var reference = new ReferenceBackend();
        foreach (int kernel in _kernels)
        {
            var input = new TensorShape(1, 1, kernel + 9, kernel + 50);
            float[] x = Running.Values(input, ValueKind.Pixels, kernel);
            var sum = new AvgPool2d(kernel) { Stride = 1, DivisorOverride = 1 };
            Assert.Equal(reference.Output(sum, input, x), simd.Output(sum, input, x));
            var mean = new AvgPool2d(kernel) { Stride = 1 };
            Assert.Equal(reference.Output(mean, input, x), simd.Output(mean, input, x));
        }
    }

    [Theory]
    [MemberData(nameof(VectorWidths.Data), MemberType = typeof(VectorWidths))]
    public void An_average_s_bits_do_not_depend_on_the_column(int vectorBits)
    {
        using var one = new SimdBackend(1, vectorBits);
        using var three = new SimdBackend(3, vectorBits);
        foreach ((int kernel, int stride) in ((int, int)[])[(2, 2), (3, 2), (3, 1), (5, 1), (7, 1), (15, 1), (31, 1)])
        {
            var wide = new TensorShape(1, 1, kernel + 5, kernel + 2200);
            float[] x = Running.Values(wide, ValueKind.Uniform, kernel);
            var spec = new AvgPool2d(kernel) { Stride = stride };
            int[] expected = Running.Bits(one.Output(spec, wide, x));
            Assert.Equal(expected, Running.Bits(three.Output(spec, wide, x)));
            int expectedWidth = 2200 / stride + 1;
            foreach (int shift in (int[])[2, 6, 14, 34, 1000])
            {
                TensorShape narrow = wide with { W = wide.W - shift };
                float[] shifted = [.. Enumerable.Range(0, narrow.Count).Select(i => x[i / narrow.W * wide.W + shift + i % narrow.W])];
                int[] got = Running.Bits(one.Output(spec, narrow, shifted));
                int width = (2200 - shift) / stride + 1;
                for (int i = 0; i < got.Length; i++)
                    Assert.Equal(expected[i / width * expectedWidth + shift / stride + i % width], got[i]);
            }
        }
    }
}
