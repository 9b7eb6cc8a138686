using System.Runtime.InteropServices;
using LivePool.Core.Tensors;

namespace LivePool.Core.Operators;

/// <summary>
/// PyTorch's <c>conv2d</c>: cross-correlation,
/// <c>y[n, co, oh, ow] = bias[co] + sum over ci, kh, kw of weight[co, ci, kh, kw] * x[n, g(co) + ci, oh*s + kh*d - p, ow*s + kw*d - p]</c>.
/// A tap outside the input is the padding mode's value, not a missing tap: a weight of infinity times a padded zero
/// is NaN, as in IEEE arithmetic. See https://pytorch.org/docs/stable/generated/torch.nn.Conv2d.html.
/// </summary>
/// <param name="Weight"><c>[Cout, Cin/groups, kH, kW]</c>.</param>
/// <param name="Bias"><c>[1, Cout, 1, 1]</c>, or null for none.</param>
public sealed record Conv2d(Tensor Weight, Tensor? Bias = null) : OperatorSpec
{
    /// <inheritdoc/>
    public override string Name => "conv2d";

    /// <summary>Step between windows.</summary>
    public Size2d Stride { get; init; } = 1;

    /// <summary>Elements added around the input.</summary>
    public Padding Padding { get; init; }

    /// <summary>Step between the taps of one window.</summary>
    public Size2d Dilation { get; init; } = 1;

    /// <summary>Number of groups that input and output channels are divided into.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>What is found outside the input.</summary>
    public PaddingMode PaddingMode { get; init; } = PaddingMode.Zeros;

    /// <summary>Kernel height and width.</summary>
    public Size2d KernelSize => new(Weight.Shape.H, Weight.Shape.W);

    /// <summary>Input channels that the weight asks for.</summary>
    /// <exception cref="LivePoolException">They do not fit 31 bits.</exception>
    public int InChannels => (long)Weight.Shape.C * Groups is var channels && channels is >= int.MinValue and <= int.MaxValue
        ? (int)channels
        : throw new LivePoolException($"conv2d: a weight of shape {Weight.Shape} with groups {Groups} takes {channels} " +
            "input channels; use fewer groups");

    private Window2d Window =>
        Window2d.Create(KernelSize, Stride, Dilation, Padding.Resolve(KernelSize, Dilation));

    /// <inheritdoc/>
    public override TensorShape OutputShape(TensorShape input)
    {
        input.Validated();
        int outChannels = Weight.Shape.N;
        if (Groups < 1)
            throw new LivePoolException($"conv2d: groups is {Groups}; must be at least 1");
        if (outChannels % Groups != 0)
            throw new LivePoolException($"conv2d: out_channels {outChannels} is not divisible by groups {Groups}");
        if ((long)Weight.Shape.C * Groups != input.C)
        {
            throw new LivePoolException($"conv2d: a weight of shape {Weight.Shape} with groups {Groups} takes " +
                $"{(long)Weight.Shape.C * Groups} input channels, but the input {input} has {input.C}");
        }
        if (Bias is not null && Bias.Shape.Count != outChannels)
            throw new LivePoolException($"conv2d: bias has {Bias.Shape.Count} values; out_channels is {outChannels}");
        if (Padding.IsSame && Stride != 1)
            throw new LivePoolException($"conv2d: padding same needs stride 1, but stride is {Stride}");

        Size2d size = Window.OutputSize(Name, input);
        RequirePaddingFits(Window.Vertical, input.H, "rows");
        RequirePaddingFits(Window.Horizontal, input.W, "columns");
        return new TensorShape(input.N, outChannels, size.Height, size.Width).Validated();
    }

    private void RequirePaddingFits(WindowAxis axis, int length, string name)
    {
        int padding = Math.Max(axis.Before, axis.After);
        if (PaddingMode == PaddingMode.Reflect && padding >= length)
        {
            throw new LivePoolException($"conv2d: reflect padding {padding} must be less than the input's {length} {name}; " +
                $"use at most {length - 1}, or padding mode replicate");
        }
        if (PaddingMode == PaddingMode.Circular && padding > length)
        {
            throw new LivePoolException($"conv2d: circular padding {padding} wraps around the input's {length} {name} " +
                $"more than once; use at most {length}");
        }
    }

    /// <summary>The numbers that a backend consumes.</summary>
    public Conv2dParameters Bind(TensorShape input)
    {
        TensorShape output = OutputShape(input);
        Window2d window = Window;
        return new()
        {
            Batch = input.N,
            InputChannels = input.C,
            InputHeight = input.H,
            InputWidth = input.W,
            OutputChannels = output.C,
            OutputHeight = output.H,
            OutputWidth = output.W,
            KernelHeight = Weight.Shape.H,
            KernelWidth = Weight.Shape.W,
            StrideHeight = Stride.Height,
            StrideWidth = Stride.Width,
            DilationHeight = Dilation.Height,
            DilationWidth = Dilation.Width,
            PaddingTop = window.Vertical.Before,
            PaddingLeft = window.Horizontal.Before,
            InputChannelsPerGroup = input.C / Groups,
            OutputChannelsPerGroup = output.C / Groups,
            PaddingMode = (int)PaddingMode,
            HasBias = Bias is null ? 0 : 1,
        };
    }
}

/// <summary>What <see cref="Conv2d"/> tells a backend. Every field is also a member of the shader's uniform block.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Conv2dParameters
{
#pragma warning disable CS1591 // the names say it
    public int Batch;
    public int InputChannels;
    public int InputHeight;
    public int InputWidth;
    public int OutputChannels;
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
    public int InputChannelsPerGroup;
    public int OutputChannelsPerGroup;
    public int PaddingMode;
    public int HasBias;
#pragma warning restore CS1591
}
