using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Cpu.Simd;
using LivePool.Verification;

namespace LivePool.Cpu.Tests.Simd;

/// <summary>
/// A frame may lie at the very edge of mapped memory. Where a kernel reads beyond it, this test program does not finish,
/// which tests/run counts as a failure.
/// </summary>
public sealed class OverreadTests
{
    [Theory]
    [MemberData(nameof(VectorWidths.Data), MemberType = typeof(VectorWidths))]
    public void No_kernel_reads_outside_a_float_frame(int vectorBits) => RunAll(vectorBits, isBytes: false);

    [Theory]
    [MemberData(nameof(VectorWidths.Data), MemberType = typeof(VectorWidths))]
    public void No_kernel_reads_outside_an_8_bit_frame(int vectorBits) => RunAll(vectorBits, isBytes: true);

    [Theory]
    [MemberData(nameof(VectorWidths.Data), MemberType = typeof(VectorWidths))]
    public void No_fused_kernel_reads_outside_a_frame(int vectorBits)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "guard pages are made with Linux's mmap");
        using var pages = new GuardPages(8 * 300 * sizeof(float));
        using var backend = new SimdBackend(1, vectorBits);
        foreach (int width in (int[])[1, 2, 7, 15, 16, 17, 31, 32, 33, 63, 64, 65, 299])
        {
            foreach (int kernel in (int[])[1, 3])
            {
                // A padded pool has more columns than there are sums.
                foreach (OperatorSpec pool in (OperatorSpec[])[
                    new MaxPool2d(2), new MaxPool2d(2) { Stride = new(2, 1), Padding = 1 }, new AvgPool2d(3) { Stride = new(2, 1), Padding = new(2, 2, 2, 1) }])
                {
                    var input = new TensorShape(1, 1, 8, width + kernel - 1);
                    var pipeline = new Pipeline("fused", 1, [new Conv2d(new(new(3, 1, kernel, kernel))), pool]);
                    if (width < 2 && pool is MaxPool2d { Padding.Top: 0 })
                        continue;
                    using ICompiledPipeline compiled = backend.Compile(pipeline, input, StageOutputs.Last);
                    Assert.True(compiled.IsFused(0));
                    compiled.Run(pages.AtEnd<float>(input.Count));
                    compiled.Run(pages.AtStart<float>(input.Count));
                    // Weights of 0 are whole: wide rows of bytes are summed in integers.
                    compiled.Run(pages.AtEnd<byte>(input.Count));
                    compiled.Run(pages.AtStart<byte>(input.Count));
                }
            }
        }
    }

    private static void RunAll(int vectorBits, bool isBytes)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "guard pages are made with Linux's mmap");
        using var pages = new GuardPages(OperatorCases.All.Max(c => c.Input.Count) * sizeof(float));
        using var backend = new SimdBackend(1, vectorBits);
        foreach (OperatorCase operatorCase in OperatorCases.All)
        {
            int count = operatorCase.Input.Count;
            using ICompiledPipeline compiled = backend.Compile(
                Pipeline.Of(operatorCase.Spec, operatorCase.Input.C), operatorCase.Input);
            float[] input = operatorCase.MakeInput();
            if (isBytes)
            {
                Array.ConvertAll(input, value => (byte)(value is >= 0 and < 256 ? value : 7)).CopyTo(pages.AtStart<byte>(count));
                pages.AtStart<byte>(count).CopyTo(pages.AtEnd<byte>(count));
                compiled.Run(pages.AtEnd<byte>(count));
                compiled.Run(pages.AtStart<byte>(count));
                continue;
            }
            input.CopyTo(pages.AtEnd<float>(count));
            compiled.Run(pages.AtEnd<float>(count));
            int[] atEnd = Running.Bits(compiled.Output(0));
            input.CopyTo(pages.AtStart<float>(count));
            compiled.Run(pages.AtStart<float>(count));
            Assert.Equal(atEnd, Running.Bits(compiled.Output(0)));
        }
    }
}
