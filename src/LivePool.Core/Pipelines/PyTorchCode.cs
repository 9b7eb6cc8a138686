using System.Globalization;
using System.Text;
using LivePool.Core.Operators;
using LivePool.Core.Tensors;

namespace LivePool.Core.Pipelines;

/// <summary>
/// A pipeline as a Python module for PyTorch 1.13 or newer: an <c>nn.Sequential</c> called <c>model</c> of PyTorch's layers,
/// with only the arguments that are not the default. What PyTorch has no layer for, such as padding that differs before and
/// after a pool, becomes a function in a layer.
/// </summary>
public static class PyTorchCode
{
    /// <summary>
    /// Writes the module. <c>model(x)</c> then is what the pipeline computes, for x <c>[N, C, H, W]</c>, float32, within
    /// rounding; indices that a max pool would return are left out.
    /// </summary>
    /// <exception cref="LivePoolException">The channels of a convolution cannot be counted.</exception>
    public static string Write(Pipeline pipeline)
    {
        var module = new PyTorchModule();
        foreach (OperatorSpec spec in pipeline.Stages)
            Add(module, spec);
        return module.Text($"{OneLine(pipeline.Name)}: model(x) for x [N, {pipeline.Channels}, H, W], float32");
    }

    /// <summary>A name, which may have anything in it, as a comment can have it.</summary>
    private static string OneLine(string name) => string.Concat(name.Select(c => char.IsControl(c) ? ' ' : c));

    private static void Add(PyTorchModule module, OperatorSpec spec)
    {
        switch (spec)
        {
            case Conv2d conv:
                AddConv2d(module, conv);
                break;
            case ConvTranspose2d conv:
                AddConvTranspose2d(module, conv);
                break;
            case MaxPool2d pool:
                AddMaxPool2d(module, pool);
                break;
            case AvgPool2d pool:
                AddAvgPool2d(module, pool);
                break;
            case LpPool2d pool:
                // As exact as float32 has it, because its reciprocal is taken in double.
                module.Layer($"nn.LPPool2d({((double)pool.NormType).ToString("R", CultureInfo.InvariantCulture)}, {Size(pool.KernelSize)}" +
                    $"{Stride(pool.Stride, pool.KernelSize)}{Flag("ceil_mode", pool.CeilMode)})");
                break;
            case AdaptivePool2d pool:
                module.Layer($"nn.Adaptive{(pool.IsMaximum ? "Max" : "Avg")}Pool2d({Size(pool.OutputSize)})");
                break;
            case FractionalMaxPool2d pool:
                AddFractional(module, pool);
                break;
            case MaxUnpool2d unpool:
                string indices = module.Variable("indices", Tensor(unpool.Indices.Elements, Lengths(unpool.Indices.Shape)));
                module.Function($"lambda x: F.max_unpool2d(x, {indices}, {Size(unpool.KernelSize)}{Stride(unpool.Stride, unpool.KernelSize)}" +
                    $"{Size("padding", unpool.Padding, 0)}{(unpool.OutputSize is { } size ? $", output_size=({size.Height}, {size.Width})" : "")})");
                break;
            case Pointwise pointwise:
                AddPointwise(module, pointwise);
                break;
            case FreeStage free:
                throw new LivePoolException($"{free.Shader!.Name} is a shader without @op, which PyTorch cannot have; take the stage away to copy the rest");
            default:
                throw new NotSupportedException($"{spec.Name} cannot be written as PyTorch code");
        }
    }

    private static void AddConv2d(PyTorchModule module, Conv2d conv)
    {
        string mode = conv.PaddingMode.ToString().ToLowerInvariant();
        bool isPadded = conv.Padding.IsSame || conv.Padding != 0;
        if (!conv.Padding.IsSymmetric)
            AddPadding(module, conv.PaddingMode, Sides(conv.Padding));
        string padding = conv.Padding.IsSame ? ", padding=\"same\""
            : conv.Padding.IsSymmetric ? Size("padding", new(conv.Padding.Top, conv.Padding.Left), 0)
            : "";
        string paddingMode = isPadded && conv.Padding.IsSymmetric && conv.PaddingMode != PaddingMode.Zeros ? $", padding_mode=\"{mode}\"" : "";
        module.Layer($"nn.Conv2d({conv.InChannels}, {conv.Weight.Shape.N}, {Size(conv.KernelSize)}{Size("stride", conv.Stride, 1)}{padding}" +
            $"{Size("dilation", conv.Dilation, 1)}{Groups(conv.Groups)}{Bias(conv.Bias)}{paddingMode})");
        module.Weights(Tensor<float>(conv.Weight.Elements, Lengths(conv.Weight.Shape)), BiasTensor(conv.Bias));
    }

    private static void AddPadding(PyTorchModule module, PaddingMode mode, string sides)
    {
        if (mode == PaddingMode.Circular)
            module.Function($"lambda x: F.pad(x, {sides}, mode=\"circular\")");
        else
            module.Layer($"nn.{mode switch { PaddingMode.Reflect => "Reflection", PaddingMode.Replicate => "Replication", _ => "Zero" }}Pad2d({sides})");
    }

    private static void AddConvTranspose2d(PyTorchModule module, ConvTranspose2d conv)
    {
        string padding = conv.Padding.IsSymmetric ? Size("padding", new(conv.Padding.Top, conv.Padding.Left), 0) : "";
        module.Layer($"nn.ConvTranspose2d({conv.Weight.Shape.N}, {conv.OutChannels}, {Size(conv.KernelSize)}{Size("stride", conv.Stride, 1)}{padding}" +
            $"{Size("output_padding", conv.OutputPadding, 0)}{Groups(conv.Groups)}{Bias(conv.Bias)}{Size("dilation", conv.Dilation, 1)})");
        module.Weights(Tensor<float>(conv.Weight.Elements, Lengths(conv.Weight.Shape)), BiasTensor(conv.Bias));
        // Less than nothing is padded: it is cut off.
        if (!conv.Padding.IsSymmetric)
            module.Layer($"nn.ZeroPad2d({Sides(new(-conv.Padding.Top, -conv.Padding.Left, -conv.Padding.Bottom, -conv.Padding.Right))})");
    }

    private static void AddMaxPool2d(PyTorchModule module, MaxPool2d pool)
    {
        // PyTorch 1.13 limits padding by half the kernel, newer ones by half its dilated extent.
        bool isPlain = pool.Padding.IsSymmetric && 2 * pool.Padding.Top <= pool.KernelSize.Height && 2 * pool.Padding.Left <= pool.KernelSize.Width;
        if (isPlain)
        {
            module.Layer($"nn.MaxPool2d({Size(pool.KernelSize)}{Stride(pool.Stride, pool.KernelSize)}" +
                $"{Size("padding", new(pool.Padding.Top, pool.Padding.Left), 0)}{Size("dilation", pool.Dilation, 1)}{Flag("ceil_mode", pool.CeilMode)})");
            return;
        }
        module.Define(PyTorchModule.MaxPool2d);
        module.Function($"lambda x: max_pool2d(x, {Pair(pool.KernelSize)}, {Pair(pool.Stride ?? pool.KernelSize)}, {Sides(pool.Padding)}, " +
            $"{Pair(pool.Dilation)}, {Boolean(pool.CeilMode)})");
    }

    private static void AddAvgPool2d(PyTorchModule module, AvgPool2d pool)
    {
        if (pool.Padding.IsSymmetric)
        {
            module.Layer($"nn.AvgPool2d({Size(pool.KernelSize)}{Stride(pool.Stride, pool.KernelSize)}" +
                $"{Size("padding", new(pool.Padding.Top, pool.Padding.Left), 0)}{Flag("ceil_mode", pool.CeilMode)}" +
                $"{(pool.CountIncludePad ? "" : ", count_include_pad=False")}" +
                $"{(pool.DivisorOverride is { } divisor ? $", divisor_override={divisor}" : "")})");
            return;
        }
        module.Define(PyTorchModule.AvgPool2d);
        module.Function($"lambda x: avg_pool2d(x, {Pair(pool.KernelSize)}, {Pair(pool.Stride ?? pool.KernelSize)}, {Sides(pool.Padding)}, " +
            $"{Boolean(pool.CeilMode)}, {Boolean(pool.CountIncludePad)}, {pool.DivisorOverride?.ToString(CultureInfo.InvariantCulture) ?? "None"})");
    }

    private static void AddFractional(PyTorchModule module, FractionalMaxPool2d pool)
    {
        string size = (pool.OutputSize is { } output ? $", output_size={Size(output)}" : "") +
            (pool.OutputRatio is { } ratio ? string.Create(CultureInfo.InvariantCulture, $", output_ratio=({ratio.Height:R}, {ratio.Width:R})") : "");
        if (pool.Samples is { } samples)
        {
            string given = module.Variable("samples", Tensor<float>(samples.Elements, [samples.Shape.C, samples.Shape.H, samples.Shape.W]));
            module.Layer($"nn.FractionalMaxPool2d({Size(pool.KernelSize)}{size}, _random_samples={given})");
            return;
        }
        module.Define(PyTorchModule.FractionalMaxPool2d);
        module.Function($"lambda x: fractional_max_pool2d(x, {Size(pool.KernelSize)}, seed={pool.Seed}{size})");
    }

    private static void AddPointwise(PyTorchModule module, Pointwise pointwise)
    {
        (string a, string b) = (Number(pointwise.A), Number(pointwise.B));
        switch (pointwise.Function)
        {
            case PointwiseFunction.Relu:
                module.Layer("nn.ReLU()");
                break;
            case PointwiseFunction.LeakyRelu:
                module.Layer(pointwise.A == 0.01f ? "nn.LeakyReLU()" : $"nn.LeakyReLU({a})");
                break;
            case PointwiseFunction.Abs:
                module.Function("torch.abs");
                break;
            case PointwiseFunction.Sigmoid:
                module.Layer("nn.Sigmoid()");
                break;
            case PointwiseFunction.Tanh:
                module.Layer("nn.Tanh()");
                break;
            case PointwiseFunction.Clamp:
                module.Function($"lambda x: torch.clamp(x, {a}, {b})");
                break;
            case PointwiseFunction.ScaleOffset:
                module.Function($"lambda x: {a} * x + {b}");
                break;
            case PointwiseFunction.Normalize:
                module.Define(PyTorchModule.Normalize);
                module.Function("normalize");
                break;
            default:
                throw new NotSupportedException($"{pointwise.Function} cannot be written as PyTorch code");
        }
    }

    private static string Size(Size2d size) => size.Height == size.Width ? $"{size.Height}" : Pair(size);

    private static string Pair(Size2d size) => $"({size.Height}, {size.Width})";

    private static string Size(AdaptiveSize size) => size.Height == size.Width && size.Height is { } both
        ? $"{both}"
        : $"({size.Height?.ToString(CultureInfo.InvariantCulture) ?? "None"}, {size.Width?.ToString(CultureInfo.InvariantCulture) ?? "None"})";

    private static string Size(string name, Size2d size, Size2d standard) => size == standard ? "" : $", {name}={Size(size)}";

    private static string Stride(Size2d? stride, Size2d kernel) => Size("stride", stride ?? kernel, kernel);

    /// <summary>In F.pad's order: columns first.</summary>
    private static string Sides(Padding padding) => $"({padding.Left}, {padding.Right}, {padding.Top}, {padding.Bottom})";

    private static string Groups(int groups) => groups == 1 ? "" : $", groups={groups}";

    private static string Bias(Tensor? bias) => bias is null ? ", bias=False" : "";

    private static string? BiasTensor(Tensor? bias) => bias is null ? null : Tensor<float>(bias.Elements, [bias.Shape.Count]);

    private static string Flag(string name, bool value) => value ? $", {name}=True" : "";

    private static string Boolean(bool value) => value ? "True" : "False";

    private static int[] Lengths(TensorShape shape) => [shape.N, shape.C, shape.H, shape.W];

    /// <summary>Numbers in brackets, the innermost of them a line each.</summary>
    private static string Tensor<T>(ReadOnlySpan<T> elements, ReadOnlySpan<int> lengths)
    {
        var text = new StringBuilder("torch.tensor(");
        Append(text, elements, lengths, "\n    ");
        return text.Append(typeof(T) == typeof(float) ? ", dtype=torch.float32)" : ")").ToString();
    }

    private static void Append<T>(StringBuilder text, ReadOnlySpan<T> elements, ReadOnlySpan<int> lengths, string lineStart)
    {
        text.Append('[');
        int part = elements.Length / lengths[0];
        for (int i = 0; i < lengths[0]; i++)
        {
            if (lengths.Length == 1)
            {
                text.Append(i == 0 ? "" : ", ").Append(elements[i] is float single ? Number(single) : $"{elements[i]}");
                continue;
            }
            text.Append(lineStart);
            Append(text, elements.Slice(i * part, part), lengths[1..], lineStart + "    ");
            text.Append(',');
        }
        text.Append(lengths.Length == 1 ? "" : lineStart[..^4]).Append(']');
    }

    /// <summary>A number that Python reads as a double and PyTorch rounds to the same float32.</summary>
    private static string Number(float value)
    {
        if (!float.IsFinite(value))
            return $"float(\"{(float.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf")}\")";
        if (value == 0)
            return float.IsNegative(value) ? "-0.0" : "0";
        string text = value.ToString("R", CultureInfo.InvariantCulture);
        return (float)double.Parse(text, CultureInfo.InvariantCulture) == value ? text : ((double)value).ToString("R", CultureInfo.InvariantCulture);
    }
}
