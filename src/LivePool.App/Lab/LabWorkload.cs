using LivePool.Core;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;

namespace LivePool.App.Lab;

/// <summary>An operator as it is used on pictures: what a shader is timed and looked at with.</summary>
/// <param name="Spec">The operator.</param>
/// <param name="Input">The shape of its input.</param>
internal sealed record LabWorkload(OperatorSpec Spec, TensorShape Input)
{
    /// <summary>The usual parameters of an operator on one grey picture.</summary>
    /// <param name="name">The operator.</param>
    /// <param name="height">Rows of the input.</param>
    /// <param name="width">Columns of the input.</param>
    /// <exception cref="LivePoolException">There is no such operator, or the picture is too small for it.</exception>
    public static LabWorkload Of(string name, int height, int width)
    {
        var input = new TensorShape(1, 1, height, width);
        OperatorSpec spec = name switch
        {
            "conv2d" => new Conv2d(Kernel("gaussian")) { Padding = Padding.Same },
            "conv_transpose2d" => new ConvTranspose2d(Kernel("gaussian")) { Stride = 2, Padding = 2, OutputPadding = 1 },
            "max_pool2d" => new MaxPool2d(2),
            "avg_pool2d" => new AvgPool2d(2),
            "lp_pool2d" => new LpPool2d(2, 2),
            "adaptive_avg_pool2d" => new AdaptiveAvgPool2d(Half(height, width)),
            "adaptive_max_pool2d" => new AdaptiveMaxPool2d(Half(height, width)),
            "fractional_max_pool2d" => new FractionalMaxPool2d(2) { OutputRatio = (0.7, 0.7) },
            "max_unpool2d" => Unpool(input),
            "relu" => Pointwise.Relu,
            "leaky_relu" => Pointwise.LeakyRelu(),
            "abs" => Pointwise.Abs,
            "sigmoid" => Pointwise.Sigmoid,
            "tanh" => Pointwise.Tanh,
            "clamp" => Pointwise.Clamp(32, 224),
            "scale_offset" => Pointwise.ScaleOffset(1f / 255),
            "normalize" => Pointwise.Normalize,
            _ => throw new LivePoolException($"there is no operator {name} to run a shader as"),
        };
        spec.OutputShape(input);
        return new(spec, input);
    }

    /// <summary>The parameters for people: <c>gaussian 5x5</c>.</summary>
    public string Description => Spec switch
    {
        Conv2d => "a gaussian of 5x5",
        ConvTranspose2d => "a gaussian of 5x5, stride 2",
        MaxPool2d or AvgPool2d => "windows of 2x2",
        LpPool2d => "norm 2, windows of 2x2",
        AdaptivePool2d => "to half the size",
        FractionalMaxPool2d => "windows of 2x2, ratio 0.7",
        MaxUnpool2d => "windows of 2x2",
        _ => "every element",
    };

    private static Tensor Kernel(string preset)
    {
        float[,] kernel = KernelPresets.Find(preset)![0];
        return new Tensor(new(1, 1, kernel.GetLength(0), kernel.GetLength(1)), [.. kernel.Cast<float>()]);
    }

    private static AdaptiveSize Half(int height, int width) => new((height + 1) / 2, (width + 1) / 2);

    /// <summary>Every input element is the upper left one of its window.</summary>
    private static MaxUnpool2d Unpool(TensorShape input)
    {
        long[] indices = new long[input.Count];
        for (int i = 0; i < indices.Length; i++)
            indices[i] = 2L * (i / input.W) * (2 * input.W) + 2 * (i % input.W);
        return new MaxUnpool2d(new IndexTensor(input, indices), 2);
    }
}
