using LivePool.Core.Operators;
using LivePool.Core.Tensors;

namespace LivePool.Gpu.Kernels;

/// <summary>
/// Which stages conv_pool2d.comp computes in one pass, and with what tile: a convolution, perhaps relu or abs, and a 2x2
/// pool of stride 2 without padding.
/// </summary>
internal sealed class ConvPoolPlan
{
    // Fewer invocations would load more elements for their neighbours than for themselves.
    private const int FewestInvocations = 8;

    private readonly PointwiseFunction? _function;
    private readonly bool _isMaximum;
    private readonly int _phases;
    private readonly int _tileRows;
    private readonly int _tilePitch;

    private ConvPoolPlan(Conv2d conv, in Conv2dParameters p, PointwiseFunction? function, bool isMaximum, int localX, int localY)
    {
        Conv = conv;
        Parameters = p;
        Stages = function is null ? 2 : 3;
        _function = function;
        _isMaximum = isMaximum;
        // Two columns of sums for each invocation.
        _phases = 2 * p.StrideWidth;
        _tileRows = checked((2 * localY - 1) * p.StrideHeight + (p.KernelHeight - 1) * p.DilationHeight + 1);
        _tilePitch = checked(localX + (p.StrideWidth + (p.KernelWidth - 1) * p.DilationWidth) / _phases);
        SharedBytes = checked((long)_tileRows * _phases * _tilePitch * sizeof(float));
        Descriptor = KernelDescriptor.ConvPool2d with { LocalX = localX, LocalY = localY };
    }

    /// <summary>The convolution.</summary>
    public Conv2d Conv { get; }

    /// <summary>What the convolution tells the shader.</summary>
    public Conv2dParameters Parameters { get; }

    /// <summary>Stages that are computed at once.</summary>
    public int Stages { get; }

    /// <summary>The shader with its local size.</summary>
    public KernelDescriptor Descriptor { get; }

    /// <summary>Bytes of a group's tile.</summary>
    public long SharedBytes { get; }

    /// <summary>Output channels that one invocation computes.</summary>
    public int ChannelsPerBlock => Parameters.OutputChannelsPerGroup switch { 1 => 1, 2 => 2, _ => 4 };

    /// <summary>Blocks of output channels, over all groups; none has channels of two groups.</summary>
    public int Blocks => Parameters.OutputChannels / Parameters.OutputChannelsPerGroup * BlocksPerGroup;

    /// <summary>Pooled columns, rows, and blocks of all images.</summary>
    public (int Columns, int Rows, int Planes) Grid =>
        (Parameters.OutputWidth / 2, Parameters.OutputHeight / 2, Parameters.Batch * Blocks);

    private int BlocksPerGroup => (Parameters.OutputChannelsPerGroup + ChannelsPerBlock - 1) / ChannelsPerBlock;

    private int Taps => Parameters.InputChannelsPerGroup * Parameters.KernelHeight * Parameters.KernelWidth;

    /// <summary>The plan for the stages from <paramref name="first"/> on; null where they are not such, or do not fit.</summary>
    /// <param name="stages">The pipeline.</param>
    /// <param name="first">The stage to begin with.</param>
    /// <param name="input">Its input's shape.</param>
    /// <param name="limits">What the device allows.</param>
    public static ConvPoolPlan? Find(ReadOnlySpan<OperatorSpec> stages, int first, TensorShape input, DeviceLimits limits)
    {
        if (stages[first] is not Conv2d conv || limits.StorageBlocks < 3)
            return null;
        int next = first + 1;
        PointwiseFunction? function = null;
        if (next < stages.Length && stages[next] is Pointwise { Function: PointwiseFunction.Relu or PointwiseFunction.Abs } pointwise)
        {
            function = pointwise.Function;
            next++;
        }
        if (next == stages.Length)
            return null;
        TensorShape sums = conv.OutputShape(input);
        Pool2dParameters pool;
        switch (stages[next])
        {
            case MaxPool2d { ReturnIndices: false } maximum:
                pool = maximum.Bind(sums);
                break;
            case AvgPool2d average:
                pool = average.Bind(sums);
                break;
            default:
                return null;
        }
        return pool.IsPlain2x2 ? Fit(conv, conv.Bind(input), function, stages[next] is MaxPool2d, limits) : null;
    }

    /// <summary>Names for the shader's preprocessor.</summary>
    /// <param name="padding">The padding mode's.</param>
    /// <param name="isPacked">Whether the input is 8-bit.</param>
    /// <param name="uniformWeights">Elements of the uniform block of weights; 0 if they are in a storage block.</param>
    public string[] Defines(string padding, bool isPacked, int uniformWeights)
    {
        Conv2dParameters p = Parameters;
        List<string> defines =
        [
            padding,
            _isMaximum ? "POOL_MAXIMUM" : "POOL_MEAN",
            $"CHANNELS {ChannelsPerBlock}",
            $"KERNEL_HEIGHT {p.KernelHeight}",
            $"KERNEL_WIDTH {p.KernelWidth}",
            $"STRIDE_HEIGHT {p.StrideHeight}",
            $"STRIDE_WIDTH {p.StrideWidth}",
            $"DILATION_HEIGHT {p.DilationHeight}",
            $"DILATION_WIDTH {p.DilationWidth}",
            $"PHASES {_phases}",
            $"TILE_ROWS {_tileRows}",
            $"TILE_PITCH {_tilePitch}",
        ];
        if (p is { StrideHeight: 1, StrideWidth: 1, DilationHeight: 1, DilationWidth: 1 })
            defines.Add("SLIDING");
        if (_function is { } function)
            defines.Add($"FUNCTION_{function.ToString().ToUpperInvariant()}");
        if (isPacked)
            defines.Add("PACKED_INPUT");
        if (uniformWeights > 0)
            defines.Add($"UNIFORM_WEIGHTS {uniformWeights}");
        return [.. defines];
    }

    /// <summary>
    /// Biases and weights as the shader reads them: for each block of output channels its biases, then the taps in order, 4
    /// values each, zeros for channels that the group does not have.
    /// </summary>
    public float[] ArrangeWeights()
    {
        int perGroup = Parameters.OutputChannelsPerGroup;
        ReadOnlySpan<float> weights = Conv.Weight.Elements;
        var arranged = new float[checked(4 * Blocks * (1 + Taps))];
        for (int channel = 0; channel < Parameters.OutputChannels; channel++)
        {
            int ofGroup = channel % perGroup;
            int block = channel / perGroup * BlocksPerGroup + ofGroup / ChannelsPerBlock;
            Span<float> target = arranged.AsSpan(4 * block * (1 + Taps) + ofGroup % ChannelsPerBlock);
            target[0] = Conv.Bias is { } bias ? bias.Elements[channel] : 0;
            for (int tap = 0; tap < Taps; tap++)
                target[4 * (1 + tap)] = weights[channel * Taps + tap];
        }
        return arranged;
    }

    /// <summary>The largest group that the device allows, from the descriptor's on down.</summary>
    private static ConvPoolPlan? Fit(
        Conv2d conv, in Conv2dParameters p, PointwiseFunction? function, bool isMaximum, DeviceLimits limits)
    {
        int x = KernelDescriptor.ConvPool2d.LocalX;
        int y = KernelDescriptor.ConvPool2d.LocalY;
        // Every number of the plan's, and every position of the shader's, fits 32 bits then.
        const long Most = int.MaxValue / 4;
        if ((p.OutputHeight + 2L * y) * p.StrideHeight + (p.KernelHeight + 1L) * p.DilationHeight + p.PaddingTop > Most ||
            (p.OutputWidth + 2L * x) * p.StrideWidth + (p.KernelWidth + 1L) * p.DilationWidth + p.PaddingLeft > Most)
        {
            return null;
        }
        if (4L * sizeof(float) * 4 * p.OutputChannels * (1L + conv.Weight.Shape.Count / p.OutputChannels) > Math.Min(Most, limits.StorageBlockBytes))
            return null;
        while (x * y >= FewestInvocations)
        {
            if (x <= limits.WorkGroupSizeX && y <= limits.WorkGroupSizeY && x * y <= limits.WorkGroupInvocations)
            {
                var plan = new ConvPoolPlan(conv, p, function, isMaximum, x, y);
                if (plan.SharedBytes <= limits.SharedMemoryBytes)
                    return plan;
            }
            if (x > limits.WorkGroupSizeX || x > 2 * y && y <= limits.WorkGroupSizeY)
                x /= 2;
            else
                y /= 2;
        }
        return null;
    }
}
