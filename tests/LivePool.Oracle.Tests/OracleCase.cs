using System.Globalization;
using CsCheck;
using LivePool.Core.Operators;
using LivePool.Core.Tensors;

namespace LivePool.Oracle.Tests;

/// <summary>An operator on an input that <see cref="Seed"/> draws.</summary>
/// <param name="Spec">The operator.</param>
/// <param name="Input"><c>[N, C, H, W]</c>.</param>
/// <param name="IsWhole">Whether the values are whole numbers from -9 to 9, which tie, and whose sums are exact.</param>
/// <param name="Seed">Of the values.</param>
internal sealed record OracleCase(OperatorSpec Spec, TensorShape Input, bool IsWhole, int Seed)
{
    public float[] MakeInput() => Draw(Input.Count, IsWhole, Seed);

    /// <summary>Whole numbers from -9 to 9, or numbers from -4 to 4.</summary>
    public static float[] Draw(int count, bool isWhole, int seed)
    {
        var random = new Random(seed);
        float[] values = new float[count];
        foreach (ref float value in values.AsSpan())
            value = isWhole ? random.Next(-9, 10) : random.NextSingle() * 8 - 4;
        return values;
    }

    public static Tensor DrawTensor(TensorShape shape, bool isWhole, int seed) => new(shape, Draw(shape.Count, isWhole, seed));

    public override string ToString()
    {
        string weight = Spec switch
        {
            Conv2d conv => $", weight {conv.Weight.Shape}",
            ConvTranspose2d conv => $", weight {conv.Weight.Shape}",
            _ => "",
        };
        return string.Create(CultureInfo.InvariantCulture, $"{Spec}{weight} of {Input}, {(IsWhole ? "whole" : "real")}, seed {Seed}");
    }
}

/// <summary>One axis of a window and an input that it fits.</summary>
internal readonly record struct AxisCase(int Kernel, int Stride, int Dilation, int Before, int After, int Length)
{
    public int Extent => Dilation * (Kernel - 1) + 1;
}

/// <summary>Cases that are valid by construction, up to 24x24.</summary>
internal static class OracleCases
{
    private const int Longest = 24;

    private static readonly Gen<(int Batch, int Channels)> _planes = Gen.Select(Gen.Int[1, 3], Gen.Int[1, 5]);

    private static readonly Gen<(bool IsWhole, int Seed)> _values = Gen.Select(Gen.Bool, Gen.Int[0, 1 << 20]);

    /// <param name="mostPadding">Before and after, each.</param>
    /// <param name="mostDilation">1 for none.</param>
    private static Gen<AxisCase> Axis(Func<int, int> mostPadding, int mostDilation) =>
        from kernel in Gen.Int[1, 5]
        from stride in Gen.Int[1, 4]
        from dilation in Gen.Int[1, mostDilation]
        from before in Gen.Int[0, mostPadding(kernel)]
        from after in Gen.Int[0, mostPadding(kernel)]
        from length in Gen.Int[Math.Max(1, dilation * (kernel - 1) + 1 - before - after), Longest]
        select new AxisCase(kernel, stride, dilation, before, after, length);

    /// <summary>Weights: channels are multiples of the groups.</summary>
    private static readonly Gen<(int Groups, int In, int Out, bool HasBias)> _channels =
        Gen.Select(Gen.Int[1, 3], Gen.Int[1, 4], Gen.Int[1, 4], Gen.Bool,
            (groups, inputs, outputs, hasBias) => (groups, groups * inputs, groups * outputs, hasBias));

    public static Gen<OracleCase> Convolutions { get; } =
        from vertical in Axis(kernel => kernel + 1, 3)
        from horizontal in Axis(kernel => kernel + 1, 3)
        from batch in Gen.Int[1, 3]
        from channels in _channels
        from values in _values
        select new OracleCase(
            new Conv2d(
                OracleCase.DrawTensor(
                    new(channels.Out, channels.In / channels.Groups, vertical.Kernel, horizontal.Kernel),
                    values.IsWhole, values.Seed + 1),
                channels.HasBias ? OracleCase.DrawTensor(new(1, channels.Out, 1, 1), values.IsWhole, values.Seed + 2) : null)
            {
                Stride = new(vertical.Stride, horizontal.Stride),
                Dilation = new(vertical.Dilation, horizontal.Dilation),
                Padding = Sides(vertical, horizontal),
                Groups = channels.Groups,
            },
            new(batch, channels.In, vertical.Length, horizontal.Length), values.IsWhole, values.Seed);

    /// <summary>
    /// An axis of a transposed convolution of which the padding leaves at least one element. ONNX Runtime takes no
    /// output_padding that is below the dilation alone.
    /// </summary>
    private static readonly Gen<(AxisCase Axis, int OutputPadding)> _transposedAxes =
        from kernel in Gen.Int[1, 5]
        from stride in Gen.Int[1, 4]
        from dilation in Gen.Int[1, 3]
        from length in Gen.Int[1, 12]
        from outputPadding in Gen.Int[0, stride - 1]
        from before in Gen.Int[0, Math.Min(kernel, ((length - 1) * stride + dilation * (kernel - 1)) / 2)]
        from after in Gen.Int[0, Math.Min(kernel, ((length - 1) * stride + dilation * (kernel - 1)) / 2)]
        select (new AxisCase(kernel, stride, dilation, before, after, length), outputPadding);

    public static Gen<OracleCase> TransposedConvolutions { get; } =
        from vertical in _transposedAxes
        from horizontal in _transposedAxes
        from batch in Gen.Int[1, 3]
        from channels in _channels
        from values in _values
        select new OracleCase(
            new ConvTranspose2d(
                OracleCase.DrawTensor(
                    new(channels.In, channels.Out / channels.Groups, vertical.Axis.Kernel, horizontal.Axis.Kernel),
                    values.IsWhole, values.Seed + 1),
                channels.HasBias ? OracleCase.DrawTensor(new(1, channels.Out, 1, 1), values.IsWhole, values.Seed + 2) : null)
            {
                Stride = new(vertical.Axis.Stride, horizontal.Axis.Stride),
                Dilation = new(vertical.Axis.Dilation, horizontal.Axis.Dilation),
                Padding = Sides(vertical.Axis, horizontal.Axis),
                OutputPadding = new(vertical.OutputPadding, horizontal.OutputPadding),
                Groups = channels.Groups,
            },
            new(batch, channels.In, vertical.Axis.Length, horizontal.Axis.Length), values.IsWhole, values.Seed);

    public static Gen<OracleCase> MaxPools { get; } = Pools(3, (vertical, horizontal, padding, isCeil) =>
        new MaxPool2d(new(vertical.Kernel, horizontal.Kernel))
        {
            Stride = new(vertical.Stride, horizontal.Stride),
            Dilation = new(vertical.Dilation, horizontal.Dilation),
            Padding = padding,
            CeilMode = isCeil,
            ReturnIndices = true,
        });

    public static Gen<OracleCase> AveragePools { get; } = Pools(1, (vertical, horizontal, padding, includePad) =>
        new AvgPool2d(new(vertical.Kernel, horizontal.Kernel))
        {
            Stride = new(vertical.Stride, horizontal.Stride),
            Padding = padding,
            CountIncludePad = includePad,
        });

    /// <summary>p is even: ONNX takes the absolute value of each element, PyTorch does not.</summary>
    public static Gen<OracleCase> PowerPools { get; } =
        from vertical in Axis(kernel => 0, 1)
        from horizontal in Axis(kernel => 0, 1)
        from planes in _planes
        from half in Gen.Int[1, 3]
        from values in _values
        select new OracleCase(
            new LpPool2d(2 * half, new(vertical.Kernel, horizontal.Kernel)) { Stride = new Size2d(vertical.Stride, horizontal.Stride) },
            new(planes.Batch, planes.Channels, vertical.Length, horizontal.Length), values.IsWhole, values.Seed);

    /// <summary>Indices are drawn, no two alike within a plane: what ONNX makes of equal ones it does not say.</summary>
    public static Gen<OracleCase> Unpools { get; } =
        from kernel in Sizes(1, 5)
        from stride in Sizes(1, 4)
        from padding in Sizes(0, (Math.Min(kernel.Height, kernel.Width) - 1) / 2)
        from more in Sizes(0, Math.Min(stride.Height, stride.Width) - 1)
        from planes in _planes
        from size in Sizes(1, 6)
        from values in _values
        let input = new TensorShape(planes.Batch, planes.Channels, size.Height, size.Width)
        select new OracleCase(Unpool(kernel, stride, padding, input, more, values.Seed), input, values.IsWhole, values.Seed);

    private static Gen<Size2d> Sizes(int least, int most) =>
        Gen.Select(Gen.Int[least, most], Gen.Int[least, most], (height, width) => new Size2d(height, width));

    public static Gen<OracleCase> GlobalPools(OperatorSpec spec) => Pointwise(Gen.Const(spec));

    public static Gen<OracleCase> Pointwise(Gen<OperatorSpec> specs) =>
        from planes in _planes
        from height in Gen.Int[1, Longest]
        from width in Gen.Int[1, Longest]
        from spec in specs
        from values in _values
        select new OracleCase(spec, new(planes.Batch, planes.Channels, height, width), values.IsWhole, values.Seed);

    /// <summary>ONNX Runtime wants each padding smaller than the kernel, LivePool an even one at most half the extent.</summary>
    private static Gen<OracleCase> Pools(int mostDilation, Func<AxisCase, AxisCase, Padding, bool, OperatorSpec> create) =>
        from vertical in Axis(kernel => kernel - 1, mostDilation)
        from horizontal in Axis(kernel => kernel - 1, mostDilation)
        from isEven in Gen.Bool
        from flag in Gen.Bool
        from planes in _planes
        from values in _values
        select new OracleCase(
            create(vertical, horizontal, PoolPadding(vertical, horizontal, isEven), flag),
            new(planes.Batch, planes.Channels, Fitting(vertical), Fitting(horizontal)), values.IsWhole, values.Seed);

    // Less padding than was drawn must not leave the input too short.
    private static int Fitting(AxisCase axis) => Math.Max(axis.Length, axis.Extent);

    private static Padding PoolPadding(AxisCase vertical, AxisCase horizontal, bool isEven)
    {
        if (!isEven && Sides(vertical, horizontal) is { IsSymmetric: false } uneven)
            return uneven;
        return Padding.FromSize(new(Math.Min(vertical.Before, vertical.Extent / 2), Math.Min(horizontal.Before, horizontal.Extent / 2)));
    }

    private static Padding Sides(AxisCase vertical, AxisCase horizontal) =>
        new(vertical.Before, horizontal.Before, vertical.After, horizontal.After);

    private static MaxUnpool2d Unpool(Size2d kernel, Size2d stride, Size2d padding, TensorShape input, Size2d more, int seed)
    {
        int height = (input.H - 1) * stride.Height - 2 * padding.Height + kernel.Height + more.Height;
        int width = (input.W - 1) * stride.Width - 2 * padding.Width + kernel.Width + more.Width;
        var random = new Random(seed);
        long[] indices = new long[input.Count];
        int[] positions = [.. Enumerable.Range(0, height * width)];
        for (int plane = 0; plane < input.Planes; plane++)
        {
            random.Shuffle(positions);
            for (int i = 0; i < input.PlaneSize; i++)
                indices[plane * input.PlaneSize + i] = positions[i];
        }
        return new(new IndexTensor(input, indices), kernel)
        {
            Stride = stride,
            Padding = padding,
            OutputSize = more == 0 ? null : new Size2d(height, width),
        };
    }
}
