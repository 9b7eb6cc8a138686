namespace LivePool.Cpu.Simd;

/// <summary>
/// A convolution of one picture whose first output channels, or whose last ones, take bytes in integers and the others do
/// not. From float32 it is one.
/// </summary>
internal sealed unsafe class SplitByteConv2d<TVector>(
    SimdConv2d<TVector> whole, SimdConv2d<TVector> first, SimdConv2d<TVector> second) : SimdStage
    where TVector : struct, IVector<TVector>
{
    public override void Run(float* input, float* output, long* indices) => whole.Run(input, output, indices);

    public override bool TryRun(byte* input, float* output) =>
        first.TryRun(input, output) && second.TryRun(input, output + first.OutputCount);

    public override void Dispose()
    {
        whole.Dispose();
        first.Dispose();
        second.Dispose();
    }
}
