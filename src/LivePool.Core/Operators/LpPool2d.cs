using System.Runtime.InteropServices;
using LivePool.Core.Tensors;

namespace LivePool.Core.Operators;

/// <summary>
/// PyTorch's <c>lp_pool2d</c>: with <c>y = avg_pool2d(x^p, k, s, 0, ceil)</c> the result is
/// <c>(sign(y) * relu(|y|) * kH * kW)^(1/p)</c>. The powers take no absolute value: an odd p whose sum is negative gives
/// NaN, and a fractional p gives NaN for negative elements. Infinities follow IEEE 754's pow, which makes +infinity of
/// -infinity for a fractional exponent, except that an exponent of 0.5 is a square root and -0.5 its reciprocal, which
/// make NaN. The factor is the whole kernel's area even where a ceil overhang averages fewer elements. See https://pytorch.org/docs/stable/generated/torch.nn.LPPool2d.html.
/// </summary>
/// <param name="NormType">The p; any finite number but 0.</param>
/// <param name="KernelSize">The window.</param>
public sealed record LpPool2d(float NormType, Size2d KernelSize) : OperatorSpec
{
    /// <inheritdoc/>
    public override string Name => "lp_pool2d";

    /// <summary>Step between windows; null is the kernel size.</summary>
    public Size2d? Stride { get; init; }

    /// <summary>Whether a last, partial window counts.</summary>
    public bool CeilMode { get; init; }

    private Window2d Window => Window2d.Create(KernelSize, Stride ?? KernelSize, 1, 0, CeilMode);

    /// <inheritdoc/>
    public override TensorShape OutputShape(TensorShape input)
    {
        input.Validated();
        if (NormType == 0 || !float.IsFinite(NormType))
        {
            throw new LivePoolException(FormattableString.Invariant(
                $"{Name}: norm_type is {NormType}; it must be a finite number other than 0"));
        }
        Size2d size = Window.OutputSize(Name, input);
        return new TensorShape(input.N, input.C, size.Height, size.Width).Validated();
    }

    /// <summary>The numbers that a backend consumes.</summary>
    public LpPool2dParameters Bind(TensorShape input)
    {
        Pool2dParameters pool = Pool2dParameters.Create(Window, input, OutputShape(input));
        return new()
        {
            Planes = pool.Planes,
            InputHeight = pool.InputHeight,
            InputWidth = pool.InputWidth,
            OutputHeight = pool.OutputHeight,
            OutputWidth = pool.OutputWidth,
            KernelHeight = pool.KernelHeight,
            KernelWidth = pool.KernelWidth,
            StrideHeight = pool.StrideHeight,
            StrideWidth = pool.StrideWidth,
            KernelArea = (float)KernelSize.Height * KernelSize.Width,
            NormType = NormType,
            InverseNormType = (float)(1.0 / NormType),
        };
    }
}

/// <summary>
/// What <see cref="LpPool2d"/> tells a backend. Every field is also a member of the shader's uniform block.
/// <see cref="KernelHeight"/> and <see cref="KernelWidth"/> leave out taps that never meet the input;
/// <see cref="KernelArea"/> has them.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct LpPool2dParameters
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
    public float KernelArea;
    public float NormType;
    public float InverseNormType;
#pragma warning restore CS1591
}
