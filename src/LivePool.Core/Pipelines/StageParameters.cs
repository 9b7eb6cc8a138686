using System.Collections.Immutable;
using LivePool.Core.Operators;

namespace LivePool.Core.Pipelines;

/// <summary>What a window's sliders and switches change of a stage.</summary>
public static class StageParameters
{
    private const int MostKernelSize = 15;
    private const int MostStep = 8;
    private const int MostOutputSize = 256;
    private const double MostGrey = 1024;

    private static readonly ImmutableArray<string> _paddingModes =
        [.. Enum.GetNames<PaddingMode>().Select(name => name.ToLowerInvariant())];

    /// <summary>The parameters of an operator, a pool's kind first; none where it has none.</summary>
    /// <param name="spec">The operator.</param>
    /// <param name="perAxis">
    /// Whether rows and columns are set apart; else one parameter sets both, unless they differ already. Padding that
    /// differs before and after is always set side by side.
    /// </param>
    public static ImmutableArray<StageParameter> Of(OperatorSpec spec, bool perAxis)
    {
        var list = new ParameterList(spec, perAxis);
        switch (spec)
        {
            case Conv2d conv:
                AddConv2d(list, conv);
                break;
            case ConvTranspose2d conv:
                AddConvTranspose2d(list, conv);
                break;
            case MaxPool2d pool:
                AddKind(list, 0, pool.KernelSize, pool.Stride, pool.Padding, pool.CeilMode);
                list.Size("kernel_size", pool.KernelSize, 1, MostKernelSize, size => pool with { KernelSize = size });
                list.Size("stride", pool.Stride ?? pool.KernelSize, 1, MostStep, stride => pool with { Stride = stride });
                list.Padding(pool.Padding, MostStep, padding => pool with { Padding = padding });
                list.Size("dilation", pool.Dilation, 1, MostStep, dilation => pool with { Dilation = dilation });
                list.Switch("ceil_mode", pool.CeilMode, isOn => pool with { CeilMode = isOn });
                break;
            case AvgPool2d pool:
                AddKind(list, 1, pool.KernelSize, pool.Stride, pool.Padding, pool.CeilMode);
                list.Size("kernel_size", pool.KernelSize, 1, MostKernelSize, size => pool with { KernelSize = size });
                list.Size("stride", pool.Stride ?? pool.KernelSize, 1, MostStep, stride => pool with { Stride = stride });
                list.Padding(pool.Padding, MostStep, padding => pool with { Padding = padding });
                list.Switch("ceil_mode", pool.CeilMode, isOn => pool with { CeilMode = isOn });
                list.Switch("count_include_pad", pool.CountIncludePad, isOn => pool with { CountIncludePad = isOn });
                list.Whole("divisor_override", pool.DivisorOverride ?? 0, 0, 64,
                    divisor => pool with { DivisorOverride = divisor == 0 ? null : divisor }, (0, "none"));
                break;
            case LpPool2d pool:
                AddKind(list, 2, pool.KernelSize, pool.Stride, 0, pool.CeilMode);
                list.Size("kernel_size", pool.KernelSize, 1, MostKernelSize, size => pool with { KernelSize = size });
                list.Size("stride", pool.Stride ?? pool.KernelSize, 1, MostStep, stride => pool with { Stride = stride });
                list.Switch("ceil_mode", pool.CeilMode, isOn => pool with { CeilMode = isOn });
                list.Number("norm_type", pool.NormType, 0.5, 8, norm => pool with { NormType = norm });
                break;
            case AdaptivePool2d pool:
                AdaptiveSize size = pool.OutputSize;
                list.Choice("pool", ["avg", "max"], pool.IsMaximum ? 1 : 0,
                    kind => kind == 0 ? new AdaptiveAvgPool2d(size) : new AdaptiveMaxPool2d(size));
                list.Size("output_size", new(size.Height ?? 0, size.Width ?? 0), 0, MostOutputSize,
                    given => pool with { OutputSize = new(Given(given.Height), Given(given.Width)) }, (0, "as the input"));
                break;
            case FractionalMaxPool2d pool:
                AddFractional(list, pool);
                break;
            case MaxUnpool2d unpool:
                list.Size("stride", unpool.Stride ?? unpool.KernelSize, 1, MostStep, stride => unpool with { Stride = stride });
                list.Size("padding", unpool.Padding, 0, MostStep, padding => unpool with { Padding = padding });
                break;
            case Pointwise pointwise:
                AddPointwise(list, pointwise);
                break;
        }
        list.Shader();
        return list.ToImmutable();
    }

    /// <summary>Those of <see cref="Of"/> that a shader of the user's declares.</summary>
    public static IEnumerable<StageParameter> OfShader(OperatorSpec spec) => Of(spec, perAxis: false).TakeLast(spec.Shader?.Parameters.Count ?? 0);

    private static int? Given(int length) => length == 0 ? null : length;

    private static void AddConv2d(ParameterList list, Conv2d conv)
    {
        Padding resolved = Resolved(conv);
        list.Size("stride", conv.Stride, 1, MostStep, stride => conv with { Stride = stride });
        list.Padding(resolved, MostStep, padding => conv with { Padding = padding }, isSame: conv.Padding.IsSame);
        list.Switch("padding same", conv.Padding.IsSame, isOn => conv with { Padding = isOn ? Padding.Same : resolved });
        list.Choice("padding_mode", _paddingModes, (int)conv.PaddingMode, mode => conv with { PaddingMode = (PaddingMode)mode });
        list.Size("dilation", conv.Dilation, 1, MostStep, dilation => conv with { Dilation = dilation });
        list.Whole("groups", conv.Groups, 1, Channels(conv.Weight.Shape.C, conv.Groups), groups => ConvolutionEdits.WithGroups(conv, groups));
        list.Whole("out_channels", conv.Weight.Shape.N, 1, 16, count => ConvolutionEdits.WithOutChannels(conv, count));
        list.Switch("bias", conv.Bias is not null, isOn => ConvolutionEdits.WithBias(conv, isOn));
    }

    /// <summary>The sides that a padding stands for; none where it asks for more than there can be.</summary>
    private static Padding Resolved(Conv2d conv)
    {
        try
        {
            return conv.Padding.Resolve(conv.KernelSize, conv.Dilation);
        }
        catch (LivePoolException)
        {
            return 0;
        }
    }

    private static int Channels(int perGroup, int groups) => (int)Math.Min((long)perGroup * groups, int.MaxValue);

    private static void AddConvTranspose2d(ParameterList list, ConvTranspose2d conv)
    {
        list.Size("stride", conv.Stride, 1, MostStep, stride => conv with { Stride = stride });
        list.Padding(conv.Padding, MostStep, padding => conv with { Padding = padding });
        list.Size("output_padding", conv.OutputPadding, 0, MostStep, padding => conv with { OutputPadding = padding });
        list.Size("dilation", conv.Dilation, 1, MostStep, dilation => conv with { Dilation = dilation });
        list.Whole("groups", conv.Groups, 1, conv.Weight.Shape.N, groups => ConvolutionEdits.WithGroups(conv, groups));
    }

    /// <summary>A pool's kind; what the kinds share is carried over.</summary>
    private static void AddKind(ParameterList list, int kind, Size2d kernel, Size2d? stride, Padding padding, bool ceilMode) =>
        list.Choice("pool", ["max", "avg", "lp"], kind, other => other switch
        {
            0 => new MaxPool2d(kernel) { Stride = stride, Padding = padding, CeilMode = ceilMode },
            1 => new AvgPool2d(kernel) { Stride = stride, Padding = padding, CeilMode = ceilMode },
            _ => new LpPool2d(2, kernel) { Stride = stride, CeilMode = ceilMode },
        });

    private static void AddFractional(ParameterList list, FractionalMaxPool2d pool)
    {
        list.Size("kernel_size", pool.KernelSize, 1, MostKernelSize, size => pool with { KernelSize = size });
        if (pool.OutputSize is { } output)
            list.Size("output_size", output, 1, MostOutputSize, size => pool with { OutputSize = size });
        if (pool.OutputRatio is { } ratio)
            list.Ratio("output_ratio", ratio, 0.05, 0.95, given => pool with { OutputRatio = given });
        // Samples that are given leave nothing for the seed to say.
        if (pool.Samples is null)
            list.Whole("seed", pool.Seed, 0, 99, seed => pool with { Seed = seed });
    }

    private static void AddPointwise(ParameterList list, Pointwise pointwise)
    {
        (float a, float b) = (pointwise.A, pointwise.B);
        switch (pointwise.Function)
        {
            case PointwiseFunction.LeakyRelu:
                list.Number("negative_slope", a, -1, 1, Pointwise.LeakyRelu);
                break;
            case PointwiseFunction.Clamp:
                list.Bound("min", a, float.NegativeInfinity, MostGrey, min => Pointwise.Clamp(min, b));
                list.Bound("max", b, float.PositiveInfinity, MostGrey, max => Pointwise.Clamp(a, max));
                break;
            case PointwiseFunction.ScaleOffset:
                list.Number("scale", a, -4, 4, scale => Pointwise.ScaleOffset(scale, b));
                list.Number("offset", b, -255, 255, offset => Pointwise.ScaleOffset(a, offset));
                break;
        }
    }
}
