using System.Runtime.InteropServices;
using LivePool.Core.Tensors;

namespace LivePool.Core.Operators;

/// <summary>
/// PyTorch's <c>max_unpool2d</c>: zeros, with each input element put where its index says, <c>ih*W + iw</c> within the
/// output's plane. Where two have the same index the later one, row by row, stays.
/// See https://pytorch.org/docs/stable/generated/torch.nn.MaxUnpool2d.html.
/// </summary>
/// <param name="Indices">One for each input element, as <see cref="MaxPool2d"/> returns them.</param>
/// <param name="KernelSize">The window of the pool that is undone.</param>
public sealed record MaxUnpool2d(IndexTensor Indices, Size2d KernelSize) : OperatorSpec
{
    /// <inheritdoc/>
    public override string Name => "max_unpool2d";

    /// <summary>The pool's stride; null is the kernel size.</summary>
    public Size2d? Stride { get; init; }

    /// <summary>The pool's padding.</summary>
    public Size2d Padding { get; init; }

    /// <summary>Output rows and columns, less than a stride from the default; null is <c>(L-1)*s - 2p + k</c>.</summary>
    public Size2d? OutputSize { get; init; }

    /// <inheritdoc/>
    public override TensorShape OutputShape(TensorShape input)
    {
        input.Validated();
        Size2d stride = Stride ?? KernelSize;
        RequireAtLeast("kernel_size", KernelSize, 1);
        RequireAtLeast("stride", stride, 1);
        RequireAtLeast("padding", Padding, 0);
        int height = Length(input.H, KernelSize.Height, stride.Height, Padding.Height, OutputSize?.Height, "rows");
        int width = Length(input.W, KernelSize.Width, stride.Width, Padding.Width, OutputSize?.Width, "columns");
        TensorShape output = new TensorShape(input.N, input.C, height, width).Validated();
        if (Indices.Shape != input)
            throw new LivePoolException($"{Name}: indices of shape {Indices.Shape} do not fit the input {input}; the shapes must be equal");
        int wrong = Indices.FirstOutside(output.PlaneSize);
        if (wrong >= 0)
        {
            throw new LivePoolException($"{Name}: index {Indices.Elements[wrong]} at element {wrong} is outside the output's " +
                $"{height}x{width} plane; indices go from 0 to {output.PlaneSize - 1}");
        }
        return output;
    }

    private int Length(int input, int kernel, int stride, int padding, int? given, string name)
    {
        Int128 standard = ((Int128)input - 1) * stride - 2 * (Int128)padding + kernel;
        Int128 length = given ?? standard;
        if (given is not null && (length <= standard - stride || length >= standard + stride))
        {
            throw new LivePoolException($"{Name}: output_size {given} {name} is not within a stride, {stride}, of {standard}; " +
                $"use {Int128.Max(1, standard - stride + 1)} to {standard + stride - 1}");
        }
        if (length < 1 || length > int.MaxValue)
            throw new LivePoolException($"{Name}: the output would have {length} {name}; must be 1 to {int.MaxValue}");
        return (int)length;
    }

    private void RequireAtLeast(string parameter, Size2d size, int least)
    {
        if (size.Height < least || size.Width < least)
            throw new LivePoolException($"{Name}: {parameter} is {size}; must be at least {least}");
    }

    /// <summary>The numbers that a backend consumes.</summary>
    public MaxUnpool2dParameters Bind(TensorShape input)
    {
        TensorShape output = OutputShape(input);
        return new() { Planes = input.Planes, InputPlaneSize = input.PlaneSize, OutputPlaneSize = output.PlaneSize };
    }
}

/// <summary>What <see cref="MaxUnpool2d"/> tells a backend. Every field is also a member of the shader's uniform block.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct MaxUnpool2dParameters
{
#pragma warning disable CS1591 // the names say it
    public int Planes;
    public int InputPlaneSize;
    public int OutputPlaneSize;
#pragma warning restore CS1591
}
