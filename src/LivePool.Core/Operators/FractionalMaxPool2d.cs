using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;

namespace LivePool.Core.Operators;

/// <summary>
/// PyTorch's <c>fractional_max_pool2d</c> (Graham, https://arxiv.org/abs/1412.6071): windows of one size whose places
/// follow from two samples in [0, 1) per plane. With <c>alpha = (L - k) / (out - 1)</c> window i starts at
/// <c>int((i + sample)*alpha) - int(sample*alpha)</c>, in float32, and the last one at <c>L - k</c>. The first sample is for
/// columns, the second for rows. Maximum and index as in <see cref="MaxPool2d"/>.
/// See https://pytorch.org/docs/stable/generated/torch.nn.FractionalMaxPool2d.html.
/// </summary>
/// <param name="KernelSize">The window.</param>
public sealed record FractionalMaxPool2d(Size2d KernelSize) : IntervalPool2d
{
    /// <inheritdoc/>
    public override string Name => "fractional_max_pool2d";

    /// <inheritdoc/>
    public override bool IsMaximum => true;

    /// <summary>Output rows and columns; this or <see cref="OutputRatio"/> is given.</summary>
    public Size2d? OutputSize { get; init; }

    /// <summary>Output rows and columns as a part, between 0 and 1, of the input's, rounded down.</summary>
    public (double Height, double Width)? OutputRatio { get; init; }

    /// <summary>PyTorch's <c>_random_samples</c> <c>[N, C, 2]</c>, here <c>[1, N, C, 2]</c>; null draws them from <see cref="Seed"/>.</summary>
    public Tensor? Samples { get; init; }

    /// <summary>The seed that <c>torch.manual_seed</c> would get just before.</summary>
    public long Seed { get; init; }

    /// <summary>Whether the winners' indices are produced too.</summary>
    public bool ReturnIndices { get; init; }

    /// <inheritdoc/>
    public override bool ReturnsIndices => ReturnIndices;

    /// <inheritdoc/>
    public override TensorShape OutputShape(TensorShape input)
    {
        input.Validated();
        if (KernelSize.Height < 1 || KernelSize.Width < 1)
            throw new LivePoolException($"{Name}: kernel_size is {KernelSize}; must be at least 1");
        if (OutputSize is null == OutputRatio is null)
            throw new LivePoolException($"{Name}: give one of output_size and output_ratio");
        Size2d size = OutputSize ?? SizeByRatio(OutputRatio!.Value, input);
        if (size.Height < 1 || size.Width < 1)
            throw new LivePoolException($"{Name}: the output size is {size}; must be at least 1");
        RequireFits(input.H, size.Height, KernelSize.Height, "rows");
        RequireFits(input.W, size.Width, KernelSize.Width, "columns");
        if (Samples is not null)
            RequireSamples(Samples, input);
        return new TensorShape(input.N, input.C, size.Height, size.Width).Validated();
    }

    private Size2d SizeByRatio((double Height, double Width) ratio, TensorShape input)
    {
        if (!(ratio.Height is > 0 and < 1 && ratio.Width is > 0 and < 1))
        {
            throw new LivePoolException(FormattableString.Invariant(
                $"{Name}: output_ratio is {ratio.Height},{ratio.Width}; must be between 0 and 1"));
        }
        return new((int)(input.H * ratio.Height), (int)(input.W * ratio.Width));
    }

    private void RequireFits(int input, int output, int kernel, string name)
    {
        if ((long)output + kernel - 1 > input)
        {
            throw new LivePoolException($"{Name}: {output} windows of {kernel} {name} need at least {(long)output + kernel - 1} " +
                $"{name}, but the input has {input}");
        }
    }

    private void RequireSamples(Tensor samples, TensorShape input)
    {
        if (samples.Shape != new TensorShape(1, input.N, input.C, 2))
        {
            throw new LivePoolException($"{Name}: samples must have the shape [{input.N}, {input.C}, 2], two for each plane of " +
                $"the input {input}");
        }
        foreach (float sample in samples.Elements)
        {
            if (sample is not (>= 0 and < 1))
                throw new LivePoolException(FormattableString.Invariant($"{Name}: a sample is {sample}; must be at least 0 and below 1"));
        }
    }

    /// <inheritdoc/>
    public override PoolIntervals Intervals(TensorShape input)
    {
        TensorShape output = OutputShape(input);
        Tensor samples = Samples ?? DrawSamples(input);
        int[] rows = new int[new TensorShape(input.N, input.C, output.H, 2).Validated().Count];
        int[] columns = new int[new TensorShape(input.N, input.C, output.W, 2).Validated().Count];
        for (int plane = 0; plane < input.Planes; plane++)
        {
            Place(samples.Elements[2 * plane], input.W, output.W, KernelSize.Width, columns.AsSpan(2 * plane * output.W));
            Place(samples.Elements[2 * plane + 1], input.H, output.H, KernelSize.Height, rows.AsSpan(2 * plane * output.H));
        }
        return new(rows, columns, IsPerPlane: true);
    }

    /// <summary>The samples <c>[1, N, C, 2]</c> that follow from <see cref="Seed"/>: what <c>torch.rand</c> draws.</summary>
    public Tensor DrawSamples(TensorShape input) =>
        new PyTorchInitializer(Seed).Uniform01(new TensorShape(1, input.N, input.C, 2).Validated());

    private static void Place(float sample, int input, int output, int kernel, Span<int> pairs)
    {
        float alpha = output > 1 ? (float)(input - kernel) / (output - 1) : 0;
        for (int i = 0; i < output; i++)
        {
            int start = i == output - 1 ? input - kernel : (int)((i + sample) * alpha) - (int)(sample * alpha);
            // From 2^24 elements on, where float32 no longer tells them apart, PyTorch reads beyond the input.
            start = Math.Min(start, input - kernel);
            pairs[2 * i] = start;
            pairs[2 * i + 1] = start + kernel;
        }
    }
}
