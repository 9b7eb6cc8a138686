using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Cpu.Reference;
using LivePool.Cpu.Simd;
using LivePool.Verification;

namespace LivePool.Cpu.Tests.Simd;

/// <summary>
/// Vector loops go wrong at their ends: every output width up to two of the widest vectors and one, and the widths
/// around the convolution's four vectors at a time, for each kernel and both parities of its stride.
/// </summary>
public sealed class OutputWidthTests
{
    private static readonly int[] _widths = [.. Enumerable.Range(1, 2 * 16 + 1), 47, 48, 49, 63, 64, 65, 66, 79, 80, 81, 128, 129];

    private static IEnumerable<(OperatorSpec Spec, TensorShape Input)> Cases(int outputWidth)
    {
        foreach (int stride in (int[])[1, 2, 3])
        {
            int width = (outputWidth - 1) * stride + 3;
            var weight = new Tensor(new(3, 1, 2, 3), Running.Values(new(3, 1, 2, 3), ValueKind.Uniform, outputWidth));
            // One row of one channel in a pair, one without: two and one output channels at a time.
            yield return (new Conv2d(weight) { Stride = stride }, new(1, 1, 4, width));
            yield return (new Conv2d(weight) { Stride = stride, Padding = 1 }, new(1, 1, 3, width - 2));
            yield return (new MaxPool2d(new(2, 3)) { Stride = stride }, new(1, 2, 4, width));
            yield return (new MaxPool2d(new(2, 3)) { Stride = stride, ReturnIndices = true }, new(1, 2, 4, width));
            yield return (new AvgPool2d(new(2, 3)) { Stride = stride }, new(1, 2, 4, width));
            yield return (new AvgPool2d(new(2, 3)) { Stride = stride, DivisorOverride = 5 }, new(1, 2, 4, width));
            yield return (new LpPool2d(2, new(2, 3)) { Stride = stride }, new(1, 2, 4, width));
            yield return (new LpPool2d(3, new(2, 3)) { Stride = stride, CeilMode = true }, new(1, 2, 5, width - (stride > 1 ? 1 : 0)));
        }
        foreach (int inputWidth in (int[])[outputWidth, (outputWidth + 2) / 3, 2 * outputWidth, 3 * outputWidth + 1])
        {
            var size = new AdaptiveSize(2, outputWidth);
            yield return (new AdaptiveAvgPool2d(size), new(1, 2, 5, inputWidth));
            yield return (new AdaptiveMaxPool2d(size), new(1, 2, 5, inputWidth));
            yield return (new AdaptiveMaxPool2d(size) { ReturnIndices = true }, new(1, 2, 5, inputWidth));
        }
        foreach (Pointwise pointwise in (Pointwise[])[
            Pointwise.Relu, Pointwise.LeakyRelu(), Pointwise.Abs, Pointwise.Sigmoid, Pointwise.Tanh, Pointwise.Clamp(-0.5f, 0.25f),
            Pointwise.ScaleOffset(2, 1), Pointwise.Normalize])
        {
            yield return (pointwise, new(1, 1, 1, outputWidth));
        }
    }

    [Theory]
    [MemberData(nameof(VectorWidths.Data), MemberType = typeof(VectorWidths))]
    public void Every_output_width_is_within_its_bound(int vectorBits)
    {
        IEnumerable<(OperatorSpec, TensorShape)> cases = _widths.SelectMany(outputWidth => Cases(outputWidth).Select(item =>
        {
            Assert.Equal(outputWidth, item.Spec.OutputShape(item.Input).W);
            return item;
        }));
        Check(vectorBits, cases);
    }

    /// <summary>A convolution's tile that does not begin at column 0 finds its input, whatever the stride and the padding.</summary>
    [Theory]
    [MemberData(nameof(VectorWidths.Data), MemberType = typeof(VectorWidths))]
    public void Rows_of_several_tiles_are_within_their_bound(int vectorBits) => Check(vectorBits,
        from stride in (int[])[1, 2, 3]
        from mode in Enum.GetValues<PaddingMode>()
        from outputWidth in (int[])[512, 513, 1100]
        let weight = new Tensor(new(3, 1, 2, 3), Running.Values(new(3, 1, 2, 3), ValueKind.Uniform))
        select (
            (OperatorSpec)new Conv2d(weight) { Stride = stride, Dilation = 2, Padding = 2, PaddingMode = mode },
            new TensorShape(1, 1, 7, (outputWidth - 1) * stride + 1)));

    private static void Check(int vectorBits, IEnumerable<(OperatorSpec Spec, TensorShape Input)> cases)
    {
        using var backend = new SimdBackend(1, vectorBits);
        var check = new OperatorCheck(new ReferenceOperators());
        var failures = new List<string>();
        foreach ((OperatorSpec spec, TensorShape input) in cases)
        {
            float[] x = Running.Values(input, ValueKind.Uniform, input.W);
            using var compiled = (SimdCompiledPipeline)backend.Compile(Pipeline.Of(spec, input.C), input);
            foreach (NativeBuffer<float> buffer in compiled.OutputBuffers)
                buffer.Poison();

            compiled.Run(x);

            ComparisonReport report =
                check.Compare(spec, input, x, compiled.Output(0), compiled.Indices(0), ErrorBound.RoundToNearest);
            if (!report.Passed)
                failures.Add($"{new OperatorCase(spec, input, ValueKind.Uniform, input.W)}: {report}");
            if (!compiled.OutputBuffers.All(buffer => buffer.RedZonesAreIntact) ||
                !compiled.IndexBuffers.All(buffer => buffer.RedZonesAreIntact))
                failures.Add($"{spec.Name} {input}: wrote outside its output");
        }
        Running.AssertNone(failures);
    }
}
