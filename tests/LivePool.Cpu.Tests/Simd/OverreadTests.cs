using LivePool.Core.Backends;
using LivePool.Core.Pipelines;
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
