using LivePool.Core;
using LivePool.Core.Operators;
using LivePool.Core.Tensors;

namespace LivePool.Gpu.Kernels;

/// <summary>Turns operators into dispatches: the one place that knows which shader an operator is.</summary>
internal sealed class StageBuilder(GpuDevice device, KernelCache kernels)
{
    /// <summary>Builds one operator. Its shape must have been checked.</summary>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="spec">The operator.</param>
    /// <param name="inputShape">Its input's shape.</param>
    /// <param name="input">Its input.</param>
    /// <exception cref="LivePoolException">There is no shader for it, or the device's limits do not allow it.</exception>
    public GpuStage Build(string name, OperatorSpec spec, TensorShape inputShape, GpuBuffer input)
    {
        TensorShape shape = spec.OutputShape(inputShape);
        bool hasIndices = spec is MaxPool2d { ReturnIndices: true };
        var output = new GpuBuffer(device, $"the output of {name}, {shape}", (long)shape.Count * sizeof(float));
        var stage = new GpuStage(device, shape)
        {
            Output = output,
            Indices = hasIndices ? Allocate($"the indices of {name}", shape.Count) : null,
        };
        try
        {
            switch (spec)
            {
                case Conv2d conv:
                    AddConv2d(stage, name, conv, inputShape, input);
                    break;
                case MaxPool2d pool:
                    AddMaxPool2d(stage, pool.Bind(inputShape), input);
                    break;
                case AvgPool2d pool:
                    AddAvgPool2d(stage, pool.Bind(inputShape), input);
                    break;
                case Pointwise pointwise:
                    AddPointwise(stage, name, pointwise, inputShape, input);
                    break;
                default:
                    throw new LivePoolException($"gpu: there is no shader for {spec.Name}; use --backend reference");
            }
            return stage;
        }
        catch
        {
            stage.Dispose();
            throw;
        }
    }

    /// <summary>The dispatch that makes float32 of packed 8-bit elements.</summary>
    public KernelDispatch ExpandBytes(GpuBuffer packed, GpuBuffer output, int count)
    {
        Kernel kernel = kernels.Get<ExpandBytesParameters>(KernelDescriptor.ExpandBytes);
        return KernelDispatch.Create(device, kernel, new ExpandBytesParameters { Count = count }, (count, 1, 1), packed, output);
    }

    /// <summary>The dispatch that finds each plane's finite minimum and maximum, [planes, 2].</summary>
    public KernelDispatch PlaneRange(GpuBuffer input, GpuBuffer range, TensorShape shape)
    {
        Kernel kernel = kernels.Get<PlaneRangeParameters>(KernelDescriptor.PlaneRange);
        var parameters = new PlaneRangeParameters { PlaneSize = shape.PlaneSize };
        return KernelDispatch.Create(device, kernel, parameters, (1, 1, shape.Planes), input, range);
    }

    private void AddConv2d(GpuStage stage, string name, Conv2d conv, TensorShape inputShape, GpuBuffer input)
    {
        Conv2dParameters p = conv.Bind(inputShape);
        RequireInt32(name, p.InputHeight, p.OutputHeight, p.KernelHeight, p.StrideHeight, p.DilationHeight, p.PaddingTop);
        RequireInt32(name, p.InputWidth, p.OutputWidth, p.KernelWidth, p.StrideWidth, p.DilationWidth, p.PaddingLeft);
        GpuBuffer weight = stage.Own(Allocate($"the weights of {name}", conv.Weight.Shape.Count));
        weight.Write<float>(conv.Weight.Elements);
        GpuBuffer bias = stage.Own(Allocate($"the bias of {name}", conv.Bias?.Shape.Count ?? 1));
        if (conv.Bias is not null)
            bias.Write<float>(conv.Bias.Elements);

        bool hasPadding = conv.Padding.Resolve(conv.KernelSize, conv.Dilation) != default(Padding);
        string padding = hasPadding ? Define("PADDING", conv.PaddingMode) : "PADDING_NONE";
        string[] defines = p is { StrideWidth: 1, DilationWidth: 1 } ? [padding, "SLIDING"] : [padding];
        Kernel kernel = kernels.Get<Conv2dParameters>(KernelDescriptor.Conv2d, defines);
        (int, int, int) grid = (p.OutputWidth, p.OutputHeight, p.Batch * p.OutputChannels);
        stage.Add(KernelDispatch.Create(device, kernel, p, grid, input, weight, bias, stage.Output));
    }

    private void AddMaxPool2d(GpuStage stage, in Pool2dParameters p, GpuBuffer input)
    {
        RequireInt32("max_pool2d", p);
        string[] defines = stage.Indices is null ? [] : ["WITH_INDICES"];
        GpuBuffer[] buffers = stage.Indices is null ? [input, stage.Output] : [input, stage.Output, stage.Indices];
        Kernel kernel = kernels.Get<Pool2dParameters>(KernelDescriptor.MaxPool2d, defines);
        stage.Add(KernelDispatch.Create(device, kernel, p, (p.OutputWidth, p.OutputHeight, p.Planes), buffers));
    }

    private void AddAvgPool2d(GpuStage stage, in Pool2dParameters p, GpuBuffer input)
    {
        RequireInt32("avg_pool2d", p);
        Kernel kernel = kernels.Get<Pool2dParameters>(KernelDescriptor.AvgPool2d);
        stage.Add(KernelDispatch.Create(device, kernel, p, (p.OutputWidth, p.OutputHeight, p.Planes), input, stage.Output));
    }

    private void AddPointwise(GpuStage stage, string name, Pointwise pointwise, TensorShape shape, GpuBuffer input)
    {
        PointwiseParameters p = pointwise.Bind(shape);
        GpuBuffer[] buffers = [input, stage.Output];
        if (pointwise.Function == PointwiseFunction.Normalize)
        {
            GpuBuffer range = stage.Own(Allocate($"the ranges of {name}", 2 * shape.Planes));
            stage.Add(PlaneRange(input, range, shape));
            buffers = [.. buffers, range];
        }
        Kernel kernel = kernels.Get<PointwiseParameters>(KernelDescriptor.Pointwise, Define("FUNCTION", pointwise.Function));
        stage.Add(KernelDispatch.Create(device, kernel, p, (p.PlaneSize, 1, p.Planes), buffers));
    }

    private GpuBuffer Allocate(string label, int elements) => new(device, label, (long)elements * sizeof(float));

    private static string Define<T>(string prefix, T value) where T : struct, Enum =>
        $"{prefix}_{value.ToString().ToUpperInvariant()}";

    private static void RequireInt32(string name, in Pool2dParameters p)
    {
        RequireInt32(name, p.InputHeight, p.OutputHeight, p.KernelHeight, p.StrideHeight, p.DilationHeight, p.PaddingBottom);
        RequireInt32(name, p.InputWidth, p.OutputWidth, p.KernelWidth, p.StrideWidth, p.DilationWidth, p.PaddingRight);
        // The index of a window without a tap: at most one dilation beyond the input.
        if (((long)p.InputHeight + p.DilationHeight) * p.InputWidth + p.DilationWidth > int.MaxValue)
            throw new LivePoolException($"gpu: {name}: indices need more than 32 bits; use --backend simd");
    }

    /// <summary>Shaders count in 32 bits: every position that a window may reach must fit.</summary>
    private static void RequireInt32(string name, int input, int output, int kernel, int stride, int dilation, int padding)
    {
        long last = input + (long)output * stride + ((long)kernel + 1) * dilation + padding;
        if (last > int.MaxValue)
        {
            throw new LivePoolException($"gpu: {name}: its windows reach position {last:N0}, and shaders count to " +
                $"{int.MaxValue:N0}; use less padding, or --backend simd");
        }
    }
}
