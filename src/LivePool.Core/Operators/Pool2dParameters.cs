using System.Runtime.InteropServices;
using LivePool.Core.Tensors;

namespace LivePool.Core.Operators;

/// <summary>
/// What a window pool tells a backend. Every field is also a member of the shader's uniform block.
/// <see cref="DivisorOverride"/> is 0 for none.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct Pool2dParameters
{
#pragma warning disable CS1591 // the names say it
    public int Planes;
    public int InputHeight;
    public int InputWidth;
    public int OutputHeight;
    public int OutputWidth;
    public int KernelHeight;
    public int KernelWidth;
    public int StrideHeight;
    public int StrideWidth;
    public int DilationHeight;
    public int DilationWidth;
    public int PaddingTop;
    public int PaddingLeft;
    public int PaddingBottom;
    public int PaddingRight;
    public int CountIncludePad;
    public int DivisorOverride;
#pragma warning restore CS1591

    /// <summary>Whether every window is 2x2, inside the input and beside the others, so that it can be taken of sums in registers.</summary>
    public readonly bool IsPlain2x2 =>
        (KernelHeight, KernelWidth, StrideHeight, StrideWidth, DilationHeight, DilationWidth) == (2, 2, 2, 2, 1, 1) &&
        (PaddingTop, PaddingLeft, PaddingBottom, PaddingRight, DivisorOverride) == (0, 0, 0, 0, 0) &&
        2 * OutputHeight <= InputHeight && 2 * OutputWidth <= InputWidth;

    internal static Pool2dParameters Create(Window2d window, TensorShape input, TensorShape output) => new()
    {
        Planes = input.Planes,
        InputHeight = input.H,
        InputWidth = input.W,
        OutputHeight = output.H,
        OutputWidth = output.W,
        KernelHeight = ReachingTaps(window.Vertical, input.H),
        KernelWidth = ReachingTaps(window.Horizontal, input.W),
        StrideHeight = window.Vertical.Stride,
        StrideWidth = window.Horizontal.Stride,
        DilationHeight = window.Vertical.Dilation,
        DilationWidth = window.Horizontal.Dilation,
        PaddingTop = window.Vertical.Before,
        PaddingLeft = window.Horizontal.Before,
        PaddingBottom = window.Vertical.After,
        PaddingRight = window.Horizontal.After,
    };

    /// <summary>
    /// The taps that can meet the padded input. In ceil mode a window may be far larger than that; the taps beyond never
    /// meet an element and never count, so no backend should spend time or memory on them.
    /// </summary>
    private static int ReachingTaps(WindowAxis axis, int length)
    {
        long padded = length + (long)axis.Before + axis.After;
        return (int)Math.Min(axis.Kernel, (padded + axis.Dilation - 1) / axis.Dilation);
    }
}
