using System.Runtime.InteropServices;
using LivePool.Core.Tensors;

namespace LivePool.Core.Operators;

/// <summary>
/// PyTorch's <c>conv_transpose2d</c>: each input element adds its multiple of the kernel to the output,
/// <c>y[n, co, ih*s + kh*d - p, iw*s + kw*d - p] += weight[ci, co, kh, kw] * x[n, ci, ih, iw]</c> within each group, onto
/// the bias. What falls outside the output is dropped; an output that no element reaches is the bias alone.
/// See https://pytorch.org/docs/stable/generated/torch.nn.ConvTranspose2d.html.
/// </summary>
/// <param name="Weight"><c>[Cin, Cout/groups, kH, kW]</c>.</param>
/// <param name="Bias"><c>[1, Cout, 1, 1]</c>, or null for none.</param>
public sealed record ConvTranspose2d(Tensor Weight, Tensor? Bias = null) : OperatorSpec
{
    /// <inheritdoc/>
    public override string Name => "conv_transpose2d";

    /// <summary>Step between the places where neighbouring input elements put the kernel.</summary>
    public Size2d Stride { get; init; } = 1;

    /// <summary>Elements cut off around the full output.</summary>
    public Padding Padding { get; init; }

    /// <summary>Rows and columns added below and to the right; less than the stride or the dilation.</summary>
    public Size2d OutputPadding { get; init; }

    /// <summary>Step between the taps of the kernel.</summary>
    public Size2d Dilation { get; init; } = 1;

    /// <summary>Number of groups that input and output channels are divided into.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Kernel height and width.</summary>
    public Size2d KernelSize => new(Weight.Shape.H, Weight.Shape.W);

    /// <summary>Output channels that the weight gives.</summary>
    /// <exception cref="LivePoolException">They do not fit 31 bits.</exception>
    public int OutChannels => (long)Weight.Shape.C * Groups is var channels && channels is >= int.MinValue and <= int.MaxValue
        ? (int)channels
        : throw new LivePoolException($"{Name}: a weight of shape {Weight.Shape} with groups {Groups} gives {channels} " +
            "output channels; use fewer groups");

    /// <inheritdoc/>
    public override TensorShape OutputShape(TensorShape input)
    {
        input.Validated();
        if (Groups < 1)
            throw new LivePoolException($"{Name}: groups is {Groups}; must be at least 1");
        if (Weight.Shape.N != input.C)
        {
            throw new LivePoolException($"{Name}: a weight of shape {Weight.Shape} takes {Weight.Shape.N} input channels, " +
                $"but the input {input} has {input.C}");
        }
        if (input.C % Groups != 0)
            throw new LivePoolException($"{Name}: in_channels {input.C} is not divisible by groups {Groups}");
        int outChannels = OutChannels;
        if (Bias is not null && Bias.Shape.Count != outChannels)
            throw new LivePoolException($"{Name}: bias has {Bias.Shape.Count} values; out_channels is {outChannels}");
        if (Padding.IsSame)
            throw new LivePoolException($"{Name}: padding same is for convolutions; give numbers");
        RequireAtLeast("stride", Stride, 1);
        RequireAtLeast("dilation", Dilation, 1);
        RequireAtLeast("output_padding", OutputPadding, 0);
        RequireAtLeast("padding", new(Math.Min(Padding.Top, Padding.Bottom), Math.Min(Padding.Left, Padding.Right)), 0);
        int height = Length(input.H, Weight.Shape.H, Stride.Height, Dilation.Height, Padding.Top, Padding.Bottom, OutputPadding.Height, "rows");
        int width = Length(input.W, Weight.Shape.W, Stride.Width, Dilation.Width, Padding.Left, Padding.Right, OutputPadding.Width, "columns");
        return new TensorShape(input.N, outChannels, height, width).Validated();
    }

    /// <summary><c>(L-1)*s - p0 - p1 + d*(k-1) + output_padding + 1</c>.</summary>
    private int Length(int input, int kernel, int stride, int dilation, int before, int after, int outputPadding, string name)
    {
        if (outputPadding >= stride && outputPadding >= dilation)
        {
            throw new LivePoolException($"{Name}: output_padding {outputPadding} for {name} must be less than the stride " +
                $"{stride} or the dilation {dilation}");
        }
        Int128 full = ((Int128)input - 1) * stride + (Int128)dilation * (kernel - 1) + outputPadding + 1;
        if (full > int.MaxValue)
            throw new LivePoolException($"{Name}: {input} {name} become {full}; use a smaller stride, dilation or kernel");
        Int128 length = full - before - after;
        if (length < 1)
        {
            throw new LivePoolException($"{Name}: padding {before}+{after} cuts all of the {full} {name} off; " +
                $"use less than {full} in all");
        }
        return (int)length;
    }

    private void RequireAtLeast(string parameter, Size2d size, int least)
    {
        if (size.Height < least || size.Width < least)
        {
            string got = size.Height == size.Width ? $"{size.Height}" : $"{size.Height},{size.Width}";
            throw new LivePoolException($"{Name}: {parameter} is {got}; must be at least {least}");
        }
    }

    /// <summary>The numbers that a backend consumes.</summary>
    public ConvTranspose2dParameters Bind(TensorShape input)
    {
        TensorShape output = OutputShape(input);
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
            PaddingTop = Padding.Top,
            PaddingLeft = Padding.Left,
            InputChannelsPerGroup = input.C / Groups,
            OutputChannelsPerGroup = output.C / Groups,
            HasBias = Bias is null ? 0 : 1,
        };
    }
}

/// <summary>What <see cref="ConvTranspose2d"/> tells a backend. Every field is also a member of the shader's uniform block.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ConvTranspose2dParameters
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
    public int HasBias;
#pragma warning restore CS1591
}
