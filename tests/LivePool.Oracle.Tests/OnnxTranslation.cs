using LivePool.Core.Operators;
using LivePool.Core.Tensors;

namespace LivePool.Oracle.Tests;

/// <summary>LivePool's operators in ONNX's words, https://onnx.ai/onnx/operators.</summary>
internal static class OnnxTranslation
{
    /// <param name="spec">The operator.</param>
    /// <param name="input">The input's shape.</param>
    /// <param name="x">The input, float32 or float64.</param>
    public static OnnxNode Translate(OperatorSpec spec, TensorShape input, Array x)
    {
        var first = new OnnxInput(x, Dimensions(input));
        return spec switch
        {
            Conv2d conv => new OnnxNode("Conv", WithWeights(first, conv.Weight, conv.Bias))
                .With("kernel_shape", Pair(conv.KernelSize)).With("strides", Pair(conv.Stride))
                .With("dilations", Pair(conv.Dilation)).With("pads", Sides(conv.Padding)).With("group", conv.Groups),
            ConvTranspose2d conv => new OnnxNode("ConvTranspose", WithWeights(first, conv.Weight, conv.Bias))
                .With("kernel_shape", Pair(conv.KernelSize)).With("strides", Pair(conv.Stride))
                .With("dilations", Pair(conv.Dilation)).With("pads", Sides(conv.Padding)).With("group", conv.Groups)
                .With("output_padding", Pair(conv.OutputPadding)),
            MaxPool2d pool => new OnnxNode("MaxPool", first).WithIndices()
                .With("kernel_shape", Pair(pool.KernelSize)).With("strides", Pair(pool.Stride ?? pool.KernelSize))
                .With("dilations", Pair(pool.Dilation)).With("pads", Sides(pool.Padding)).With("ceil_mode", pool.CeilMode ? 1L : 0),
            AvgPool2d { CeilMode: false, DivisorOverride: null } pool => new OnnxNode("AveragePool", first)
                .With("kernel_shape", Pair(pool.KernelSize)).With("strides", Pair(pool.Stride ?? pool.KernelSize))
                .With("pads", Sides(pool.Padding)).With("count_include_pad", pool.CountIncludePad ? 1L : 0),
            LpPool2d { CeilMode: false } pool => new OnnxNode("LpPool", first)
                .With("kernel_shape", Pair(pool.KernelSize)).With("strides", Pair(pool.Stride ?? pool.KernelSize))
                .With("p", (long)pool.NormType),
            AdaptiveAvgPool2d { OutputSize: { Height: 1, Width: 1 } } => new OnnxNode("GlobalAveragePool", first),
            AdaptiveMaxPool2d { OutputSize: { Height: 1, Width: 1 } } => new OnnxNode("GlobalMaxPool", first),
            MaxUnpool2d unpool => Translate(unpool, input, first),
            Pointwise { Function: PointwiseFunction.LeakyRelu } pointwise => new OnnxNode("LeakyRelu", first).With("alpha", pointwise.A),
            Pointwise { Function: PointwiseFunction.Clamp } pointwise =>
                new OnnxNode("Clip", first, new OnnxInput(new[] { pointwise.A }), new OnnxInput(new[] { pointwise.B })),
            Pointwise { Function: PointwiseFunction.Relu } => new OnnxNode("Relu", first),
            Pointwise { Function: PointwiseFunction.Abs } => new OnnxNode("Abs", first),
            Pointwise { Function: PointwiseFunction.Sigmoid } => new OnnxNode("Sigmoid", first),
            Pointwise { Function: PointwiseFunction.Tanh } => new OnnxNode("Tanh", first),
            _ => throw new NotSupportedException($"ONNX has no {spec}"),
        };
    }

    private static OnnxNode Translate(MaxUnpool2d unpool, TensorShape input, OnnxInput first)
    {
        TensorShape output = unpool.OutputShape(input);
        long[] indices = [.. unpool.Indices.Elements];
        for (int i = 0; i < indices.Length; i++)
            indices[i] += (long)(i / input.PlaneSize) * output.PlaneSize;
        var second = new OnnxInput(indices, Dimensions(input));
        OnnxInput[] inputs = unpool.OutputSize is null ? [first, second] : [first, second, new OnnxInput(Dimensions(output), 4)];
        return new OnnxNode("MaxUnpool", inputs)
            .With("kernel_shape", Pair(unpool.KernelSize)).With("strides", Pair(unpool.Stride ?? unpool.KernelSize))
            .With("pads", Sides(Padding.FromSize(unpool.Padding)));
    }

    private static OnnxInput[] WithWeights(OnnxInput first, Tensor weight, Tensor? bias)
    {
        var second = new OnnxInput(weight.Elements.ToArray(), Dimensions(weight.Shape));
        return bias is null ? [first, second] : [first, second, new OnnxInput(bias.Elements.ToArray(), bias.Shape.Count)];
    }

    private static long[] Dimensions(TensorShape shape) => [shape.N, shape.C, shape.H, shape.W];

    private static long[] Pair(Size2d size) => [size.Height, size.Width];

    private static long[] Sides(Padding padding) => [padding.Top, padding.Left, padding.Bottom, padding.Right];
}
