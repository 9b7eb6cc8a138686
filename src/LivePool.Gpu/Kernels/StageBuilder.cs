using LivePool.Core;
using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Tensors;
using LivePool.Gpu.UserShaders;
using Silk.NET.OpenGL;

namespace LivePool.Gpu.Kernels;

/// <summary>Turns operators into dispatches: the one place that knows which shader an operator is.</summary>
internal sealed class StageBuilder(GpuDevice device, KernelCache kernels)
{
    private const string WithIndices = "WITH_INDICES";

    // From this many elements on, one invocation would work too long on one window.
    private const int WideArea = 1024;

    /// <summary>Builds one operator. Its shape must have been checked.</summary>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="spec">The operator.</param>
    /// <param name="inputShape">Its input's shape.</param>
    /// <param name="input">Its input.</param>
    /// <exception cref="DeviceLimitException">The device's limits do not allow it.</exception>
    /// <exception cref="LivePoolException">There is no shader for it.</exception>
    public GpuStage Build(string name, OperatorSpec spec, TensorShape inputShape, GpuBuffer input)
    {
        TensorShape shape = spec.OutputShape(inputShape);
        var output = new GpuBuffer(device, $"the output of {name}, {shape}", (long)shape.Count * sizeof(float));
        var stage = new GpuStage(device, shape) { Output = output };
        try
        {
            if (spec.ReturnsIndices)
                stage.Indices = Allocate($"the indices of {name}", shape.Count);
            switch (spec)
            {
                case Conv2d conv:
                    AddConv2d(stage, name, conv, inputShape, input);
                    break;
                case ConvTranspose2d conv:
                    AddConvTranspose2d(stage, name, conv, inputShape, input);
                    break;
                case MaxPool2d pool:
                    AddMaxPool2d(stage, name, pool, pool.Bind(inputShape), input);
                    break;
                case AvgPool2d pool:
                    AddAvgPool2d(stage, name, pool, pool.Bind(inputShape), input);
                    break;
                case LpPool2d pool:
                    AddLpPool2d(stage, name, pool, pool.Bind(inputShape), input);
                    break;
                case IntervalPool2d pool:
                    AddIntervalPool2d(stage, name, pool, inputShape, input);
                    break;
                case MaxUnpool2d unpool:
                    AddMaxUnpool2d(stage, name, unpool, inputShape, input);
                    break;
                case Pointwise pointwise:
                    AddPointwise(stage, name, pointwise, inputShape, input);
                    break;
                case FreeStage free:
                    AddFree(stage, name, free, inputShape, input);
                    break;
                default:
                    throw new LivePoolException($"gpu: there is no shader for {spec.Name}; use --backend reference");
            }
            // Its program may be another stage's too, whose values are others.
            if (stage.User is { } dispatch)
                dispatch.Shader = (UserShader)spec.Shader!;
            return stage;
        }
        catch
        {
            stage.Dispose();
            throw;
        }
    }

    /// <summary>Builds the stages of a plan as one.</summary>
    /// <param name="name">What to call them in messages.</param>
    /// <param name="plan">The stages.</param>
    /// <param name="shape">The shape of the last one's output.</param>
    /// <param name="input">The first one's input.</param>
    /// <param name="packed">The same, 8-bit; null where there is none.</param>
    public GpuStage BuildFused(string name, ConvPoolPlan plan, TensorShape shape, GpuBuffer input, GpuBuffer? packed)
    {
        var output = new GpuBuffer(device, $"the output of {name}, {shape}", (long)shape.Count * sizeof(float));
        var stage = new GpuStage(device, shape) { Output = output };
        try
        {
            float[] arranged = plan.ArrangeWeights();
            GpuBuffer weights = stage.Own(Allocate($"the weights of {name}", arranged.Length));
            weights.Write<float>(arranged);
            bool isUniform = weights.Bytes <= device.Limits.UniformBlockBytes;
            stage.Add(Create(input, isPacked: false));
            if (packed is not null)
                stage.AddPacked(Create(packed, isPacked: true));
            return stage;

            KernelDispatch Create(GpuBuffer source, bool isPacked)
            {
                string[] defines = plan.Defines(PaddingDefine(plan.Conv), isPacked, isUniform ? arranged.Length / 4 : 0);
                Kernel kernel = kernels.Get<Conv2dParameters>(plan.Descriptor, defines);
                GpuBuffer[] buffers = isUniform ? [source, stage.Output] : [source, stage.Output, weights];
                KernelDispatch dispatch = KernelDispatch.Create(device, kernel, plan.Parameters, plan.Grid, buffers);
                dispatch.UniformBuffer = isUniform ? weights : null;
                return dispatch;
            }
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
        RequireInt32("normalize", (long)shape.PlaneSize + kernel.LocalX);
        return KernelDispatch.Create(device, kernel, parameters, (1, 1, shape.Planes), input, range);
    }

    private void AddConv2d(GpuStage stage, string name, Conv2d conv, TensorShape inputShape, GpuBuffer input)
    {
        Conv2dParameters p = conv.Bind(inputShape);
        RequireInt32(name, p.InputHeight, p.OutputHeight, p.KernelHeight, p.StrideHeight, p.DilationHeight, p.PaddingTop);
        RequireInt32(name, p.InputWidth, p.OutputWidth, p.KernelWidth, p.StrideWidth, p.DilationWidth, p.PaddingLeft);
        (GpuBuffer weight, GpuBuffer bias) = OwnWeights(stage, name, conv.Weight, conv.Bias);

        string padding = PaddingDefine(conv);
        string[] defines = p is { StrideWidth: 1, DilationWidth: 1 } ? [padding, "SLIDING"] : [padding];
        Kernel kernel = kernels.Get<Conv2dParameters>(For(conv, KernelDescriptor.Conv2d), defines);
        (int, int, int) grid = (p.OutputWidth, p.OutputHeight, p.Batch * p.OutputChannels);
        stage.Add(KernelDispatch.Create(device, kernel, p, grid, input, weight, bias, stage.Output));
    }

    private void AddConvTranspose2d(GpuStage stage, string name, ConvTranspose2d conv, TensorShape inputShape, GpuBuffer input)
    {
        ConvTranspose2dParameters p = conv.Bind(inputShape);
        // No position is beyond the output before padding is cut off, which the operator keeps to 31 bits.
        (GpuBuffer weight, GpuBuffer bias) = OwnWeights(stage, name, conv.Weight, conv.Bias);
        Kernel kernel = kernels.Get<ConvTranspose2dParameters>(For(conv, KernelDescriptor.ConvTranspose2d));
        (int, int, int) grid = (p.OutputWidth, p.OutputHeight, p.Batch * p.OutputChannels);
        stage.Add(KernelDispatch.Create(device, kernel, p, grid, input, weight, bias, stage.Output));
    }

    private void AddMaxPool2d(GpuStage stage, string name, MaxPool2d pool, in Pool2dParameters p, GpuBuffer input)
    {
        RequireInt32(name, p);
        string[] defines = stage.Indices is null ? [] : [WithIndices];
        GpuBuffer[] buffers = stage.Indices is null ? [input, stage.Output] : [input, stage.Output, stage.Indices];
        Kernel kernel = kernels.Get<Pool2dParameters>(For(pool, KernelDescriptor.MaxPool2d), defines);
        stage.Add(KernelDispatch.Create(device, kernel, p, (p.OutputWidth, p.OutputHeight, p.Planes), buffers));
    }

    private void AddAvgPool2d(GpuStage stage, string name, AvgPool2d pool, in Pool2dParameters p, GpuBuffer input)
    {
        RequireInt32(name, p);
        Kernel kernel = kernels.Get<Pool2dParameters>(For(pool, KernelDescriptor.AvgPool2d));
        stage.Add(KernelDispatch.Create(device, kernel, p, (p.OutputWidth, p.OutputHeight, p.Planes), input, stage.Output));
    }

    private void AddLpPool2d(GpuStage stage, string name, LpPool2d pool, in LpPool2dParameters p, GpuBuffer input)
    {
        RequireInt32(name, p.InputHeight, p.OutputHeight, p.KernelHeight, p.StrideHeight, dilation: 1, padding: 0);
        RequireInt32(name, p.InputWidth, p.OutputWidth, p.KernelWidth, p.StrideWidth, dilation: 1, padding: 0);
        Kernel kernel = kernels.Get<LpPool2dParameters>(For(pool, KernelDescriptor.LpPool2d));
        stage.Add(KernelDispatch.Create(device, kernel, p, (p.OutputWidth, p.OutputHeight, p.Planes), input, stage.Output));
    }

    private void AddIntervalPool2d(GpuStage stage, string name, IntervalPool2d pool, TensorShape inputShape, GpuBuffer input)
    {
        IntervalPool2dParameters p = pool.Bind(inputShape);
        PoolIntervals intervals = pool.Intervals(inputShape);
        GpuBuffer rows = OwnIntegers(stage, $"the row intervals of {name}", intervals.Rows);
        GpuBuffer columns = OwnIntegers(stage, $"the column intervals of {name}", intervals.Columns);
        GpuBuffer[] buffers = [input, rows, columns, stage.Output, .. stage.Indices is null ? (GpuBuffer[])[] : [stage.Indices]];
        string[] defines = [pool.IsMaximum ? "POOL_MAXIMUM" : "POOL_MEAN", .. stage.Indices is null ? (string[])[] : [WithIndices]];
        // The user's is one shader for windows of all sizes.
        if (intervals.LargestArea < WideArea || pool.Shader is not null)
        {
            Kernel kernel = kernels.Get<IntervalPool2dParameters>(For(pool, KernelDescriptor.IntervalPool2d), defines);
            stage.Add(KernelDispatch.Create(device, kernel, p, (p.OutputWidth, p.OutputHeight, p.Planes), buffers));
        }
        else
        {
            Kernel kernel = kernels.Get<IntervalPool2dParameters>(KernelDescriptor.WideIntervalPool2d, defines);
            RequireInt32(name, (long)intervals.LargestArea + kernel.LocalX);
            stage.Add(KernelDispatch.Create(device, kernel, p, (1, 1, stage.Shape.Count), buffers));
        }
    }

    /// <summary>The indices never change, so that who owns an output is found here, once.</summary>
    private void AddMaxUnpool2d(GpuStage stage, string name, MaxUnpool2d unpool, TensorShape inputShape, GpuBuffer input)
    {
        MaxUnpool2dParameters p = unpool.Bind(inputShape);
        using var indices = Allocate($"the indices of {name}", inputShape.Count);
        indices.Write<int>(Array.ConvertAll(unpool.Indices.Elements.ToArray(), index => (int)index));
        GpuBuffer owners = stage.Own(Allocate($"the owners of {name}", stage.Shape.Count));
        Kernel find = kernels.Get<MaxUnpool2dParameters>(KernelDescriptor.UnpoolOwners);
        using (var dispatch = KernelDispatch.Create(device, find, p, (p.InputPlaneSize, 1, p.Planes), indices, owners))
            dispatch.Run();
        device.Gl.MemoryBarrier(MemoryBarrierMask.ShaderStorageBarrierBit);
        Kernel kernel = kernels.Get<MaxUnpool2dParameters>(For(unpool, KernelDescriptor.MaxUnpool2d));
        stage.Add(KernelDispatch.Create(device, kernel, p, (p.OutputPlaneSize, 1, p.Planes), input, owners, stage.Output));
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
        Kernel kernel = kernels.Get<PointwiseParameters>(For(pointwise, KernelDescriptor.Pointwise), Define("FUNCTION", pointwise.Function));
        stage.Add(KernelDispatch.Create(device, kernel, p, (p.PlaneSize, 1, p.Planes), buffers));
    }

    private void AddFree(GpuStage stage, string name, FreeStage free, TensorShape inputShape, GpuBuffer input)
    {
        TensorShape output = stage.Shape;
        Kernel kernel = kernels.Get<FreeParameters>(KernelDescriptor.Of((UserShader)free.Shader!));
        var parameters = new FreeParameters
        {
            Channels = inputShape.C,
            InputHeight = inputShape.H,
            InputWidth = inputShape.W,
            OutputHeight = output.H,
            OutputWidth = output.W,
        };
        GpuBuffer? previous = kernel.User!.Reflection.Buffers.Any(buffer => buffer.Binding == UserShader.PreviousBinding)
            ? stage.Own(Allocate($"the output of {name} before", output.Count)) : null;
        GpuBuffer[] buffers = previous is null ? [input, stage.Output] : [input, stage.Output, previous];
        var dispatch = KernelDispatch.Create(device, kernel, parameters, (output.W, output.H, output.C), buffers);
        stage.Add(dispatch);
        stage.Free = new FreeRun(dispatch, parameters, stage.Output, ((UserShader)free.Shader!).MayReadPrevious ? previous : null);
    }

    /// <summary>The operator's kernel, or the user's shader that takes its place.</summary>
    private static KernelDescriptor For(OperatorSpec spec, KernelDescriptor builtIn)
    {
        if (spec.Shader is null)
            return builtIn;
        var shader = (UserShader)spec.Shader;
        if (shader.Claim is { } claimed && claimed != spec.Name)
            throw new LivePoolException($"{shader.Name} claims to be {claimed}, and the stage is {spec.Name}");
        return KernelDescriptor.Of(shader);
    }

    private (GpuBuffer Weight, GpuBuffer Bias) OwnWeights(GpuStage stage, string name, Tensor weight, Tensor? bias)
    {
        GpuBuffer weights = stage.Own(Allocate($"the weights of {name}", weight.Shape.Count));
        weights.Write<float>(weight.Elements);
        GpuBuffer biases = stage.Own(Allocate($"the bias of {name}", bias?.Shape.Count ?? 1));
        if (bias is not null)
            biases.Write<float>(bias.Elements);
        return (weights, biases);
    }

    private GpuBuffer OwnIntegers(GpuStage stage, string label, int[] integers)
    {
        GpuBuffer buffer = stage.Own(Allocate(label, integers.Length));
        buffer.Write<int>(integers);
        return buffer;
    }

    private GpuBuffer Allocate(string label, int elements) => new(device, label, (long)elements * sizeof(float));

    private static string PaddingDefine(Conv2d conv) =>
        conv.Padding.Resolve(conv.KernelSize, conv.Dilation) == default(Padding) ? "PADDING_NONE" : Define("PADDING", conv.PaddingMode);

    private static string Define<T>(string prefix, T value) where T : struct, Enum =>
        $"{prefix}_{value.ToString().ToUpperInvariant()}";

    private static void RequireInt32(string name, in Pool2dParameters p)
    {
        RequireInt32(name, p.InputHeight, p.OutputHeight, p.KernelHeight, p.StrideHeight, p.DilationHeight, p.PaddingBottom);
        RequireInt32(name, p.InputWidth, p.OutputWidth, p.KernelWidth, p.StrideWidth, p.DilationWidth, p.PaddingRight);
        // The index of a window without a tap: at most one dilation beyond the input.
        if (((long)p.InputHeight + p.DilationHeight) * p.InputWidth + p.DilationWidth > int.MaxValue)
            throw new DeviceLimitException($"gpu: {name}: indices need more than 32 bits; use --backend simd");
    }

    private static void RequireInt32(string name, int input, int output, int kernel, int stride, int dilation, int padding) =>
        RequireInt32(name, input + (long)output * stride + ((long)kernel + 1) * dilation + padding);

    /// <summary>Shaders count in 32 bits: every position that they compute must fit.</summary>
    private static void RequireInt32(string name, long last)
    {
        if (last > int.MaxValue)
        {
            throw new DeviceLimitException($"gpu: {name}: its shader would reach position {last:N0}, and shaders count to " +
                $"{int.MaxValue:N0}; use smaller frames or less padding, or --backend simd");
        }
    }
}
