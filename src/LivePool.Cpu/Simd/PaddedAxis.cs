using LivePool.Core.Operators;

namespace LivePool.Cpu.Simd;

/// <summary>One axis of the padded input: what a position stands for.</summary>
/// <param name="Length">Elements of the input.</param>
/// <param name="Before">Padding before it.</param>
/// <param name="Padded">Positions that the windows reach, from the padding's first.</param>
internal readonly record struct PaddedAxis(int Length, int Before, int Padded)
{
    public static PaddedAxis Create(int input, int output, int kernel, int stride, int dilation, int before) =>
        new(input, before, (output - 1) * stride + (kernel - 1) * dilation + 1);

    public static PaddedAxis Vertical(in Conv2dParameters p) =>
        Create(p.InputHeight, p.OutputHeight, p.KernelHeight, p.StrideHeight, p.DilationHeight, p.PaddingTop);

    public static PaddedAxis Horizontal(in Conv2dParameters p) =>
        Create(p.InputWidth, p.OutputWidth, p.KernelWidth, p.StrideWidth, p.DilationWidth, p.PaddingLeft);

    /// <summary>The input position that a padded position stands for, or -1 for the fill.</summary>
    public int Resolve(int padded, PaddingMode mode = PaddingMode.Zeros)
    {
        int position = padded - Before;
        if ((uint)position < (uint)Length)
            return position;
        int resolved = mode switch
        {
            PaddingMode.Reflect => position < 0 ? -position : 2 * Length - 2 - position,
            PaddingMode.Replicate => position < 0 ? 0 : Length - 1,
            PaddingMode.Circular => position < 0 ? position + Length : position - Length,
            _ => -1,
        };
        return (uint)resolved < (uint)Length ? resolved : -1;
    }
}
