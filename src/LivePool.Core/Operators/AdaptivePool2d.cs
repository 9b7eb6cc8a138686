using LivePool.Core.Tensors;

namespace LivePool.Core.Operators;

/// <summary>An adaptive pool's output size; null keeps the input's.</summary>
public readonly record struct AdaptiveSize(int? Height, int? Width)
{
    /// <summary>The same length both ways.</summary>
    public static implicit operator AdaptiveSize(int both) => new(both, both);

    /// <summary>The same length both ways.</summary>
    public static AdaptiveSize FromInt32(int both) => both;
}

/// <summary>
/// What the two adaptive pools share: window i of an axis covers <c>floor(i*L/out)</c> to <c>ceil((i+1)*L/out)</c>, so that
/// any output size is possible, larger ones too.
/// </summary>
/// <param name="OutputSize">Output rows and columns.</param>
public abstract record AdaptivePool2d(AdaptiveSize OutputSize) : IntervalPool2d
{
    /// <inheritdoc/>
    public override TensorShape OutputShape(TensorShape input)
    {
        input.Validated();
        int height = OutputSize.Height ?? input.H;
        int width = OutputSize.Width ?? input.W;
        if (height < 1 || width < 1)
            throw new LivePoolException($"{Name}: output_size is {height}x{width}; must be at least 1");
        return new TensorShape(input.N, input.C, height, width).Validated();
    }

    /// <inheritdoc/>
    public override PoolIntervals Intervals(TensorShape input)
    {
        TensorShape output = OutputShape(input);
        return new(Axis(input.H, output.H), Axis(input.W, output.W), IsPerPlane: false);
    }

    private static int[] Axis(int length, int output)
    {
        int[] pairs = new int[new TensorShape(1, 1, output, 2).Validated().Count];
        for (int i = 0; i < output; i++)
        {
            pairs[2 * i] = (int)((long)i * length / output);
            pairs[2 * i + 1] = (int)(((i + 1L) * length + output - 1) / output);
        }
        return pairs;
    }
}

/// <summary>
/// PyTorch's <c>adaptive_avg_pool2d</c>; with output size 1 the global average pool.
/// See https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool2d.html.
/// </summary>
public sealed record AdaptiveAvgPool2d(AdaptiveSize OutputSize) : AdaptivePool2d(OutputSize)
{
    /// <inheritdoc/>
    public override string Name => "adaptive_avg_pool2d";

    /// <inheritdoc/>
    public override bool IsMaximum => false;
}

/// <summary>
/// PyTorch's <c>adaptive_max_pool2d</c>; with output size 1 the global max pool. Maximum and index as in <see cref="MaxPool2d"/>.
/// See https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveMaxPool2d.html.
/// </summary>
public sealed record AdaptiveMaxPool2d(AdaptiveSize OutputSize) : AdaptivePool2d(OutputSize)
{
    /// <inheritdoc/>
    public override string Name => "adaptive_max_pool2d";

    /// <inheritdoc/>
    public override bool IsMaximum => true;

    /// <summary>Whether the winners' indices are produced too.</summary>
    public bool ReturnIndices { get; init; }

    /// <inheritdoc/>
    public override bool ReturnsIndices => ReturnIndices;
}
