using LivePool.Core;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;

namespace LivePool.App.View.Editing;

/// <summary>Changes to the list of a pipeline's stages; each gives another pipeline.</summary>
internal static class StageEdit
{
    /// <summary>What can be added: all operators but those that need more than a picture.</summary>
    public static IReadOnlyList<string> Addable { get; } = [.. PipelineJson.OperatorNames.Where(name => name is not "max_unpool2d")];

    /// <summary>An operator as it is added: where it needs parameters, those that are seen most.</summary>
    /// <param name="name">One of <see cref="Addable"/>.</param>
    /// <param name="channels">Channels that come in.</param>
    public static OperatorSpec Create(string name, int channels) => name switch
    {
        // Each channel by itself: what comes out is as many pictures as came in.
        "conv2d" => new Conv2d(Depthwise("outline", channels)) { Padding = 1, Groups = channels },
        "conv_transpose2d" => new ConvTranspose2d(Depthwise("gaussian", channels)) { Stride = 2, Padding = 2, OutputPadding = 1, Groups = channels },
        "max_pool2d" => new MaxPool2d(2),
        "avg_pool2d" => new AvgPool2d(2),
        "lp_pool2d" => new LpPool2d(2, 2),
        "adaptive_avg_pool2d" => new AdaptiveAvgPool2d(16),
        "adaptive_max_pool2d" => new AdaptiveMaxPool2d(16),
        "global_avg_pool2d" => new AdaptiveAvgPool2d(1),
        "global_max_pool2d" => new AdaptiveMaxPool2d(1),
        "fractional_max_pool2d" => new FractionalMaxPool2d(2) { OutputRatio = (0.7, 0.7) },
        "relu" => Pointwise.Relu,
        "leaky_relu" => Pointwise.LeakyRelu(),
        "abs" => Pointwise.Abs,
        "sigmoid" => Pointwise.Sigmoid,
        "tanh" => Pointwise.Tanh,
        "clamp" => Pointwise.Clamp(0, 255),
        "scale_offset" => Pointwise.ScaleOffset(),
        "normalize" => Pointwise.Normalize,
        _ => throw new ArgumentException($"{name} cannot be added"),
    };

    private static Tensor Depthwise(string preset, int channels)
    {
        float[,] kernel = KernelPresets.Find(preset)![0];
        var weight = new Tensor(new TensorShape(channels, 1, kernel.GetLength(0), kernel.GetLength(1)));
        for (int channel = 0; channel < channels; channel++)
        {
            Span<float> plane = weight.Plane(channel, 0);
            for (int i = 0; i < plane.Length; i++)
                plane[i] = kernel[i / weight.Shape.W, i % weight.Shape.W];
        }
        return weight;
    }

    public static Pipeline With(Pipeline pipeline, int stage, OperatorSpec spec) => pipeline with { Stages = pipeline.Stages.SetItem(stage, spec) };

    public static Pipeline Add(Pipeline pipeline, int after, string name, int channels) =>
        pipeline with { Stages = pipeline.Stages.Insert(after + 1, Create(name, channels)) };

    /// <exception cref="LivePoolException">It is the only one.</exception>
    public static Pipeline Remove(Pipeline pipeline, int stage) => pipeline.Stages.Length > 1
        ? pipeline with { Stages = pipeline.Stages.RemoveAt(stage) }
        : throw new LivePoolException("a pipeline has at least one stage; add another before you remove this one");

    /// <summary>Moves a stage up, by -1, or down, by 1.</summary>
    public static Pipeline Move(Pipeline pipeline, int stage, int by) =>
        pipeline with { Stages = pipeline.Stages.RemoveAt(stage).Insert(stage + by, pipeline.Stages[stage]) };
}
