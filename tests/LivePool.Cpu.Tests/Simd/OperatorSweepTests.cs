using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Cpu.Reference;
using LivePool.Cpu.Simd;
using LivePool.Verification;

namespace LivePool.Cpu.Tests.Simd;

/// <summary>
/// The operators whose widths follow other rules than a window's: every input width up to two of the widest vectors and
/// more, with strides, dilations and sizes that put borders, phases and intervals everywhere, on ordinary and on special values.
/// </summary>
public sealed class OperatorSweepTests
{
    private static readonly int[] _widths = [.. Enumerable.Range(1, 35)];

    public static TheoryData<int, int> WidthsAndThreads => VectorWidths.With(1, 3);

    /// <summary>Fewer on several threads, which only share the rows.</summary>
    private static int[] Widths(int threads) => threads == 1 ? _widths : [1, 2, 7, 16, 17, 33];

    private static IEnumerable<(OperatorSpec Spec, TensorShape Input)> TransposedConvolutions(int width)
    {
        foreach (int stride in (int[])[1, 2, 3, 4])
        {
            foreach ((int kernelHeight, int kernelWidth) in ((int, int)[])[(1, 1), (2, 3), (3, 4), (1, 7)])
            {
                // One row of two channels, one without a partner.
                var shape = new TensorShape(2, 3, kernelHeight, kernelWidth);
                var spec = new ConvTranspose2d(new Tensor(shape, Running.Values(shape, ValueKind.Uniform, width))) { Stride = stride };
                var input = new TensorShape(1, 2, 3, width);
                yield return (spec, input);
                yield return (spec with { Dilation = new(2, stride), OutputPadding = stride - 1 }, input);
                yield return (spec with { Dilation = new(1, 6), Bias = new Tensor(new(1, 3, 1, 1), [1, -2, 3]) }, input);
                int cut = Math.Min(kernelWidth - 1, ((width - 1) * stride + kernelWidth - 1) / 2);
                yield return (spec with { Padding = new(0, cut, kernelHeight - 1, cut / 2) }, input);
            }
        }
        var grouped = new TensorShape(4, 2, 3, 3);
        yield return (new ConvTranspose2d(new Tensor(grouped, Running.Values(grouped, ValueKind.Uniform))) { Groups = 2, Stride = new(1, 2) },
            new(2, 4, 2, width));
    }

    private static IEnumerable<(OperatorSpec Spec, TensorShape Input)> Pools(int width)
    {
        foreach (float norm in (float[])[1, 2, 3, 2.5f, -2, 0.5f, -0.5f])
        {
            foreach (int stride in (int[])[1, 2, 3])
            {
                var spec = new LpPool2d(norm, new(2, Math.Min(3, width))) { Stride = stride };
                yield return (spec, new(1, 2, 5, width));
                yield return (spec with { CeilMode = true }, new(1, 2, 4, width));
            }
        }
        foreach (int size in (int[])[1, 2, 3, (width + 1) / 2, Math.Max(1, width - 1), width, width + 1, 2 * width])
        {
            var input = new TensorShape(2, 2, 6, width);
            yield return (new AdaptiveAvgPool2d(new(4, size)), input);
            yield return (new AdaptiveMaxPool2d(new(4, size)), input);
            yield return (new AdaptiveMaxPool2d(new(4, size)) { ReturnIndices = true }, input);
        }
        foreach (int kernel in (int[])[1, 2, 3])
        {
            if (kernel > width)
                continue;
            var spec = new FractionalMaxPool2d(new(2, kernel)) { OutputSize = new(3, (width - kernel) / 2 + 1), Seed = width };
            yield return (spec, new(2, 2, 6, width));
            yield return (spec with { ReturnIndices = true }, new(2, 2, 6, width));
        }
    }

    private static IEnumerable<(OperatorSpec Spec, TensorShape Input)> Unpools(int width)
    {
        var random = new Random(width);
        // More than one band of the output, and indices that come twice.
        foreach ((int planes, int height) in ((int, int)[])[(3, 2), (2, 50)])
        {
            var input = new TensorShape(1, planes, height, width);
            int plane = input.PlaneSize * 6;
            long[] indices = [.. Enumerable.Range(0, input.Count).Select(_ => (long)random.Next(plane))];
            yield return (new MaxUnpool2d(new IndexTensor(input, indices), new(2, 3)), input);
        }
    }

    [Theory]
    [MemberData(nameof(WidthsAndThreads))]
    public void Transposed_convolutions_are_within_their_bounds(int vectorBits, int threads) =>
        CheckAll(vectorBits, threads, Widths(threads).SelectMany(TransposedConvolutions), ValueKind.Uniform, ValueKind.Special);

    [Theory]
    [MemberData(nameof(WidthsAndThreads))]
    public void Pools_are_within_their_bounds(int vectorBits, int threads) =>
        CheckAll(vectorBits, threads, Widths(threads).SelectMany(Pools), ValueKind.Uniform, ValueKind.Special, ValueKind.Ties);

    /// <summary>Powers are taken in pieces of 4096 elements.</summary>
    [Theory]
    [MemberData(nameof(WidthsAndThreads))]
    public void Powers_of_several_pieces_are_within_their_bounds(int vectorBits, int threads) =>
        CheckAll(vectorBits, threads, [(new LpPool2d(3, 3), new(1, 1, 66, 130)), (new LpPool2d(1.5f, 2), new(1, 2, 64, 64))],
            ValueKind.Pixels, ValueKind.Special);

    [Theory]
    [MemberData(nameof(WidthsAndThreads))]
    public void Unpools_are_equal(int vectorBits, int threads) =>
        CheckAll(vectorBits, threads, Widths(threads).SelectMany(Unpools), ValueKind.Special);

    [Theory]
    [MemberData(nameof(VectorWidths.Data), MemberType = typeof(VectorWidths))]
    public void No_kernel_reads_outside_its_frame(int vectorBits)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "guard pages are made with Linux's mmap");
        using var backend = new SimdBackend(1, vectorBits);
        foreach ((OperatorSpec spec, TensorShape input) in
            _widths.SelectMany(width => TransposedConvolutions(width).Concat(Pools(width)).Concat(Unpools(width))))
        {
            using var pages = new GuardPages(input.Count * sizeof(float));
            using ICompiledPipeline compiled = backend.Compile(Pipeline.Of(spec, input.C), input);
            compiled.Run(pages.AtEnd<float>(input.Count));
            compiled.Run(pages.AtStart<float>(input.Count));
        }
    }

    private static void CheckAll(
        int vectorBits, int threads, IEnumerable<(OperatorSpec, TensorShape)> cases, params ValueKind[] kinds)
    {
        using var backend = new SimdBackend(threads, vectorBits);
        using var single = new SimdBackend(1, vectorBits);
        var check = new OperatorCheck(new ReferenceOperators());
        var failures = new List<string>();
        foreach ((OperatorSpec spec, TensorShape input) in cases)
        {
            using var compiled = (SimdCompiledPipeline)backend.Compile(Pipeline.Of(spec, input.C), input);
            foreach (ValueKind kind in kinds)
            {
                float[] x = Running.Values(input, kind, input.W);
                foreach (NativeBuffer<float> buffer in compiled.OutputBuffers)
                    buffer.Poison();
                foreach (NativeBuffer<long> buffer in compiled.IndexBuffers)
                    buffer.Poison();
                compiled.Run(x);

                string name = $"{new OperatorCase(spec, input, kind, input.W)}";
                ComparisonReport report =
                    check.Compare(spec, input, x, compiled.Output(0), compiled.Indices(0), ErrorBound.RoundToNearest);
                if (!report.Passed)
                    failures.Add($"{name}: {report}");
                if (!compiled.OutputBuffers.All(buffer => buffer.RedZonesAreIntact) ||
                    !compiled.IndexBuffers.All(buffer => buffer.RedZonesAreIntact))
                    failures.Add($"{name}: wrote outside its output");
                if (threads > 1 && !Running.Bits(single.Output(spec, input, x)).AsSpan().SequenceEqual(Running.Bits(compiled.Output(0))))
                    failures.Add($"{name}: {threads} threads give other bits than one");
            }
        }
        Running.AssertNone(failures);
    }
}
