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

    internal static Pool2dParameters Create(Window2d window, TensorShape input, TensorShape output) => new()
    {
        Planes = input.Planes,
        InputHeight = input.H,
        InputWidth = input.W,
        OutputHeight = output.H,
        OutputWidth = output.W,
        KernelHeight = window.Vertical.Kernel,
        KernelWidth = window.Horizontal.Kernel,
        StrideHeight = window.Vertical.Stride,
        StrideWidth = window.Horizontal.Stride,
        DilationHeight = window.Vertical.Dilation,
        DilationWidth = window.Horizontal.Dilation,
        PaddingTop = window.Vertical.Before,
        PaddingLeft = window.Horizontal.Before,
        PaddingBottom = window.Vertical.After,
        PaddingRight = window.Horizontal.After,
    };
}
