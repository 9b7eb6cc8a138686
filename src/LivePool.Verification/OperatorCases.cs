using LivePool.Core.Operators;
using LivePool.Core.Tensors;

namespace LivePool.Verification;

/// <summary>
/// The case table: every operator with every parameter, at sizes where kernels go wrong. Backends' tests and the
/// verification harness run all of it.
/// </summary>
public static class OperatorCases
{
    private static readonly ValueKind[] _poolValues =
        [ValueKind.Uniform, ValueKind.Ties, ValueKind.Special, ValueKind.NeverFinite];

    /// <summary>All cases, in an order that does not change.</summary>
    public static IReadOnlyList<OperatorCase> All { get; } =
    [
        .. Convolutions(), .. TransposedConvolutions(), .. MaxPools(), .. AvgPools(), .. LpPools(), .. AdaptivePools(),
        .. FractionalPools(), .. Unpools(), .. Pointwises(), .. Large(),
        .. SeparableConvolutions(),
    ];

    private static IEnumerable<OperatorCase> Convolutions()
    {
        int seed = 1000;
        // Every width up to two of the widest vectors and one more, odd heights, two kernels.
        for (int width = 1; width <= 33; width++)
        {
            yield return Conv(new(1, 1, 5, width), 3, 1, (3, 3), c => c with { Padding = 1 }, ++seed);
            yield return Conv(new(1, 2, 7, width + 4), 2, 1, (5, 5), c => c, ++seed);
        }
        // Channel counts that provoke tails.
        foreach (int channels in (int[])[1, 2, 3, 4, 7, 8, 15, 16])
            yield return Conv(new(1, channels, 9, 19), 17 - channels, 1, (3, 3), c => c with { Padding = 1 }, ++seed, bias: true);

        foreach (PaddingMode mode in Enum.GetValues<PaddingMode>())
        {
            yield return Conv(new(1, 2, 9, 11), 3, 1, (3, 5), c => c with { Padding = Padding.FromSize(new(1, 2)), PaddingMode = mode }, ++seed);
            yield return Conv(new(2, 1, 6, 37), 2, 1, (4, 4), c => c with { Padding = Padding.Same, PaddingMode = mode }, ++seed);
            yield return Conv(new(1, 1, 5, 6), 1, 1, (3, 3), c => c with { Padding = new(0, 2, 3, 1), PaddingMode = mode }, ++seed);
            yield return Conv(new(1, 1, 4, 5), 2, 1, (3, 3), c => c with { Padding = 3, PaddingMode = mode, Dilation = new(2, 3) }, ++seed);
            yield return Conv(new(1, 2, 20, 41), 2, 1, (3, 3), c => c with { Padding = 2, PaddingMode = mode, Stride = new(2, 3), Dilation = 2 }, ++seed, bias: true);
        }
        foreach (int stride in (int[])[2, 3, 4, 7])
        {
            yield return Conv(new(1, 1, 23, 70), 2, 1, (3, 3), c => c with { Stride = stride, Padding = 1 }, ++seed);
            yield return Conv(new(1, 2, 9, 40), 3, 1, (2, 5), c => c with { Stride = new(1, stride) }, ++seed, bias: true);
        }
        yield return Conv(new(2, 4, 8, 13), 6, 2, (3, 3), c => c with { Padding = 1 }, ++seed, bias: true);
        yield return Conv(new(2, 6, 8, 21), 6, 6, (3, 3), c => c with { Padding = 1 }, ++seed);
        yield return Conv(new(3, 6, 5, 9), 9, 3, (1, 1), c => c, ++seed, bias: true);
        yield return Conv(new(1, 1, 1, 1), 1, 1, (1, 1), c => c, ++seed, bias: true);
        yield return Conv(new(1, 1, 1, 1), 2, 1, (5, 5), c => c with { Padding = 2 }, ++seed);
        yield return Conv(new(1, 1, 3, 2), 2, 1, (7, 7), c => c with { Padding = 4 }, ++seed);
        yield return Conv(new(1, 1, 30, 50), 1, 1, (11, 11), c => c, ++seed);
        yield return Conv(new(1, 3, 12, 12), 2, 1, (1, 12), c => c, ++seed);
        yield return Conv(new(1, 3, 12, 12), 2, 1, (12, 1), c => c, ++seed);
        foreach (ValueKind values in (ValueKind[])[ValueKind.Pixels, ValueKind.Special])
        {
            yield return Conv(new(1, 1, 16, 35), 2, 1, (5, 5), c => c, ++seed, values: values, whole: true);
            yield return Conv(new(1, 2, 9, 20), 2, 1, (3, 3), c => c with { Padding = 1 }, ++seed, values: values, whole: true, bias: true);
        }
        // A weight of 0, infinity or NaN meets padding and values: IEEE arithmetic, no tap is skipped.
        yield return new(new Conv2d(new Tensor(new(1, 1, 3, 3), [0, 1, 0, float.PositiveInfinity, 0, 1, 0, 0, 0])) { Padding = 1 },
            new(1, 1, 4, 18), ValueKind.Uniform, ++seed);
        yield return new(new Conv2d(new Tensor(new(1, 1, 3, 3), [0, 0, 0, 0, 1, 0, 0, 0, float.NaN])) { Padding = 1 },
            new(1, 1, 4, 18), ValueKind.Uniform, ++seed);
        yield return new(new Conv2d(new Tensor(new(1, 1, 3, 3))) { Padding = 1 }, new(1, 1, 6, 18), ValueKind.Special, ++seed);
    }

    /// <summary>Convolutions whose kernels are a column times a row, which a backend may sum in two passes.</summary>
    private static IEnumerable<OperatorCase> SeparableConvolutions()
    {
        int seed = 12000;
        foreach (ValueKind values in (ValueKind[])[ValueKind.Uniform, ValueKind.Pixels, ValueKind.Special, ValueKind.Huge])
        {
            bool whole = values == ValueKind.Pixels;
            yield return Separable(Conv(new(1, 1, 15, 44), 1, 1, (7, 7), c => c, ++seed, values: values, whole: whole));
            yield return Separable(Conv(new(1, 1, 12, 9), 3, 1, (6, 8), c => c with { Padding = 2 }, ++seed, bias: true, values: values, whole: whole));
            yield return Separable(Conv(new(2, 3, 11, 40), 6, 3, (9, 5), c => c with { Padding = Padding.Same, Dilation = new(1, 2), PaddingMode = PaddingMode.Reflect },
                ++seed, values: values, whole: whole));
        }
    }

    /// <summary>The same with each kernel its first column times its first row.</summary>
    private static OperatorCase Separable(OperatorCase operatorCase)
    {
        var conv = (Conv2d)operatorCase.Spec;
        var weight = new Tensor(conv.Weight.Shape);
        (int height, int width) = (weight.Shape.H, weight.Shape.W);
        for (int co = 0; co < weight.Shape.N; co++)
        {
            Span<float> full = conv.Weight.Plane(co, 0);
            for (int i = 0; i < height * width; i++)
                weight.Plane(co, 0)[i] = full[i / width * width] * full[i % width];
        }
        return operatorCase with { Spec = conv with { Weight = weight } };
    }

    private static OperatorCase Conv(
        TensorShape input, int outChannels, int groups, (int Height, int Width) kernel, Func<Conv2d, Conv2d> configure, int seed,
        bool bias = false, ValueKind values = ValueKind.Uniform, bool whole = false)
    {
        var random = new CaseRandom(seed, CaseRandom.Parameters);
        var weight = new Tensor(new(outChannels, input.C / groups, kernel.Height, kernel.Width));
        Fill(weight, random, whole);
        Tensor? biasTensor = bias ? new Tensor(new(1, outChannels, 1, 1)) : null;
        if (biasTensor is not null)
            Fill(biasTensor, random, whole);
        return new(configure(new Conv2d(weight, biasTensor) { Groups = groups }), input, values, seed);
    }

    private static void Fill(Tensor tensor, CaseRandom random, bool whole)
    {
        foreach (ref float element in tensor.Elements)
            element = whole ? random.Next(31) - 15 : random.NextUniform();
    }

    private static IEnumerable<OperatorCase> TransposedConvolutions()
    {
        int seed = 5000;
        for (int width = 1; width <= 21; width++)
        {
            yield return Transposed(new(1, 1, 3, width), 2, 1, (3, 3), c => c with { Stride = 2, Padding = 1, OutputPadding = 1 }, ++seed);
            yield return Transposed(new(1, 2, 4, width), 1, 1, (4, 2), c => c, ++seed);
        }
        yield return Transposed(new(2, 4, 5, 7), 6, 2, (3, 2), c => c with { Stride = new(2, 3), Padding = Padding.FromSize(new(1, 0)) }, ++seed, bias: true);
        yield return Transposed(new(1, 3, 6, 9), 3, 3, (2, 2), c => c with { Stride = 2 }, ++seed, bias: true);
        yield return Transposed(new(1, 2, 5, 8), 3, 1, (3, 3), c => c with { Stride = 2, Dilation = new(2, 3), OutputPadding = new(1, 2) }, ++seed);
        yield return Transposed(new(1, 2, 5, 18), 2, 1, (3, 4), c => c with { Stride = new(4, 3), Dilation = 2 }, ++seed);
        // A stride over the kernel leaves outputs that no element reaches.
        yield return Transposed(new(1, 1, 4, 11), 2, 1, (2, 2), c => c with { Stride = 5, OutputPadding = 3 }, ++seed, bias: true);
        yield return Transposed(new(1, 2, 9, 40), 2, 1, (5, 5), c => c with { Padding = new(0, 2, 3, 1) }, ++seed);
        yield return Transposed(new(1, 1, 1, 1), 1, 1, (1, 1), c => c, ++seed, bias: true);
        yield return Transposed(new(1, 1, 1, 1), 2, 1, (5, 7), c => c with { Padding = 2 }, ++seed);
        yield return Transposed(new(1, 16, 7, 13), 5, 1, (4, 4), c => c with { Stride = 2, Padding = 1 }, ++seed, bias: true);
        foreach (ValueKind values in (ValueKind[])[ValueKind.Pixels, ValueKind.Special])
        {
            yield return Transposed(new(1, 2, 9, 20), 2, 1, (3, 3), c => c with { Stride = 2 }, ++seed, bias: true, values: values, whole: true);
            yield return Transposed(new(1, 1, 6, 35), 2, 1, (3, 3), c => c with { Padding = 1 }, ++seed, values: values, whole: true);
        }
        // What is no element meets no weight: an infinite one stays away from the border.
        yield return new(new ConvTranspose2d(new Tensor(new(1, 1, 3, 3), [float.PositiveInfinity, 1, 0, 0, 2, 0, 0, 0, float.NaN])) { Stride = 2 },
            new(1, 1, 4, 18), ValueKind.Uniform, ++seed);
        yield return new(new ConvTranspose2d(new Tensor(new(1, 1, 2, 2))) { Padding = 1 }, new(1, 1, 5, 18), ValueKind.Special, ++seed);
    }

    private static OperatorCase Transposed(
        TensorShape input, int outChannels, int groups, (int Height, int Width) kernel,
        Func<ConvTranspose2d, ConvTranspose2d> configure, int seed, bool bias = false, ValueKind values = ValueKind.Uniform,
        bool whole = false)
    {
        var random = new CaseRandom(seed, CaseRandom.Parameters);
        var weight = new Tensor(new(input.C, outChannels / groups, kernel.Height, kernel.Width));
        Fill(weight, random, whole);
        Tensor? biasTensor = bias ? new Tensor(new(1, outChannels, 1, 1)) : null;
        if (biasTensor is not null)
            Fill(biasTensor, random, whole);
        return new(configure(new ConvTranspose2d(weight, biasTensor) { Groups = groups }), input, values, seed);
    }

    private static IEnumerable<OperatorCase> LpPools()
    {
        int seed = 6000;
        foreach (float norm in (float[])[1, 2, 3, 4, 7, 8, 9, 16, 17, 1.5f, 0.5f, 0.25f, 1f / 3, -0.5f, -1, -1.5f, -2, -3, -9])
        {
            foreach (ValueKind values in (ValueKind[])[ValueKind.Uniform, ValueKind.Pixels, ValueKind.Special, ValueKind.Tiny, ValueKind.Huge])
            {
                yield return new(new LpPool2d(norm, 2), new(1, 2, 6, 19), values, ++seed);
                yield return new(new LpPool2d(norm, new(3, 2)) { Stride = new(2, 1), CeilMode = true }, new(2, 1, 8, 17), values, ++seed);
            }
        }
        for (int width = 1; width <= 35; width++)
            yield return new(new LpPool2d(2, new(2, Math.Min(2, width))), new(1, 1, 4, width), ValueKind.Uniform, ++seed);
        yield return new(new LpPool2d(2, 3) { Stride = 2, CeilMode = true }, new(1, 1, 8, 34), ValueKind.Pixels, ++seed);
        yield return new(new LpPool2d(2, 5) { Stride = 3, CeilMode = true }, new(1, 1, 3, 4), ValueKind.Uniform, ++seed);
        yield return new(new LpPool2d(2, 1), new(1, 1, 1, 1), ValueKind.Uniform, ++seed);
        yield return new(new LpPool2d(2, 2) { Stride = 5 }, new(1, 1, 9, 41), ValueKind.Uniform, ++seed);
    }

    private static IEnumerable<OperatorCase> AdaptivePools()
    {
        int seed = 7000;
        foreach (ValueKind values in _poolValues)
        {
            foreach ((TensorShape input, AdaptiveSize size) in ((TensorShape, AdaptiveSize)[])[
                (new(1, 1, 1, 5), new(1, 3)), (new(1, 2, 13, 27), 4), (new(2, 3, 7, 40), new(7, 13)), (new(1, 1, 5, 6), new(9, 14)),
                (new(1, 2, 8, 35), new(null, 5)), (new(1, 2, 8, 35), new(3, null)), (new(1, 3, 9, 37), 1), (new(1, 1, 1, 1), 1),
                (new(1, 1, 1, 1), 3), (new(1, 2, 12, 33), new(6, 11)), (new(1, 1, 6, 17), new(null, null)), (new(1, 1, 64, 67), 1)])
            {
                if (values != ValueKind.NeverFinite)
                    yield return new(new AdaptiveAvgPool2d(size), input, values, ++seed);
                yield return new(new AdaptiveMaxPool2d(size) { ReturnIndices = true }, input, values, ++seed);
                yield return new(new AdaptiveMaxPool2d(size), input, values, ++seed);
            }
        }
        for (int width = 1; width <= 35; width++)
            yield return new(new AdaptiveAvgPool2d(new(2, (width + 1) / 2)), new(1, 1, 5, width), ValueKind.Pixels, ++seed);
    }

    private static IEnumerable<OperatorCase> FractionalPools()
    {
        int seed = 8000;
        foreach (ValueKind values in _poolValues)
        {
            foreach (bool indices in (bool[])[false, true])
            {
                yield return new(new FractionalMaxPool2d(2) { OutputSize = new(5, 9), Seed = seed, ReturnIndices = indices },
                    new(2, 3, 9, 17), values, ++seed);
                yield return new(new FractionalMaxPool2d(new(3, 2)) { OutputRatio = (0.5, 0.75), Seed = seed, ReturnIndices = indices },
                    new(1, 2, 14, 38), values, ++seed);
                yield return new(new FractionalMaxPool2d(1) { OutputSize = 1, Seed = seed, ReturnIndices = indices },
                    new(1, 1, 1, 1), values, ++seed);
                yield return new(new FractionalMaxPool2d(2) { OutputSize = new(1, 12), ReturnIndices = indices, Samples = new Tensor(new(1, 1, 2, 2), [0, 0.999f, 0.5f, 0.25f]) },
                    new(1, 2, 6, 33), values, ++seed);
            }
        }
    }

    private static IEnumerable<OperatorCase> Unpools()
    {
        int seed = 9000;
        foreach (ValueKind values in _poolValues)
        {
            for (int width = 1; width <= 9; width++)
                yield return Unpool(new(1, 2, 3, width), u => u, new(6, 2 * width), values, ++seed);
            yield return Unpool(new(2, 3, 4, 5), u => u with { Stride = 3, Padding = 1 }, new(9, 12), values, ++seed);
            yield return Unpool(new(1, 1, 4, 5), u => u with { KernelSize = new(3, 2), OutputSize = new(14, 11) }, new(14, 11), values, ++seed);
            yield return Unpool(new(1, 1, 1, 1), u => u with { KernelSize = 1 }, 1, values, ++seed);
        }
    }

    /// <summary>An unpool with indices drawn from all of the output, some of them twice.</summary>
    private static OperatorCase Unpool(
        TensorShape input, Func<MaxUnpool2d, MaxUnpool2d> configure, Size2d output, ValueKind values, int seed)
    {
        var random = new CaseRandom(seed, CaseRandom.Parameters);
        long[] indices = new long[input.Count];
        for (int i = 0; i < indices.Length; i++)
            indices[i] = random.Next(output.Height * output.Width);
        return new(configure(new MaxUnpool2d(new IndexTensor(input, indices), 2)), input, values, seed);
    }

    /// <summary>Outputs of several work groups both ways, and windows that a work group shares.</summary>
    private static IEnumerable<OperatorCase> Large()
    {
        int seed = 10000;
        foreach (ValueKind values in (ValueKind[])[ValueKind.Uniform, ValueKind.Ties, ValueKind.Pixels])
        {
            yield return Conv(new(1, 1, 21, 300), 2, 1, (3, 3), c => c with { Padding = 1 }, ++seed, values: values, whole: values == ValueKind.Pixels);
            yield return Transposed(new(1, 1, 11, 150), 2, 1, (4, 4), c => c with { Stride = 2, Padding = 1 }, ++seed, values: values, whole: values == ValueKind.Pixels);
            yield return new(new MaxPool2d(3) { Stride = 1, ReturnIndices = true }, new(1, 1, 23, 302), values, ++seed);
            yield return new(new MaxPool2d(2), new(1, 2, 30, 600), values, ++seed);
            yield return new(new AvgPool2d(3) { Stride = 1, Padding = 1 }, new(1, 1, 21, 300), values, ++seed);
            yield return new(new LpPool2d(2, 2) { Stride = 1 }, new(1, 1, 21, 301), values, ++seed);
            yield return new(new AdaptiveAvgPool2d(new(17, 290)), new(1, 1, 21, 301), values, ++seed);
            yield return new(new AdaptiveAvgPool2d(new(2, 3)), new(1, 2, 90, 150), values, ++seed);
            yield return new(new AdaptiveMaxPool2d(new(17, 290)) { ReturnIndices = true }, new(1, 1, 21, 301), values, ++seed);
            yield return new(new AdaptiveMaxPool2d(new(2, 3)) { ReturnIndices = true }, new(1, 2, 90, 150), values, ++seed);
            yield return new(new AdaptiveMaxPool2d(new(1, 2)), new(2, 1, 70, 80), values, ++seed);
            yield return new(new FractionalMaxPool2d(2) { OutputSize = new(19, 280), Seed = 3, ReturnIndices = true }, new(1, 1, 21, 300), values, ++seed);
            yield return Unpool(new(1, 1, 12, 150), u => u, new(24, 300), values, ++seed);
            foreach (Pointwise spec in (Pointwise[])[Pointwise.Relu, Pointwise.Tanh, Pointwise.Normalize])
                yield return new(spec, new(1, 2, 20, 300), values, ++seed);
        }
    }

    private static IEnumerable<OperatorCase> MaxPools()
    {
        int seed = 2000;
        // Backends have another kernel for pools without indices.
        foreach ((bool indices, ValueKind values) in _poolValues.Select(values => (true, values))
            .Concat(_poolValues.Select(values => (false, values))))
        {
            for (int width = 1; width <= 35; width++)
                yield return Max(new(1, 1, 4, width), p => p with { KernelSize = new(2, Math.Min(2, width)) });
            foreach (bool ceil in (bool[])[false, true])
            {
                yield return Max(new(1, 2, 13, 27), p => p with { KernelSize = 3, Stride = 2, Padding = 1, CeilMode = ceil });
                yield return Max(new(2, 3, 7, 40), p => p with { KernelSize = new(2, 3), Stride = new(3, 1), Padding = Padding.FromSize(new(1, 0)), CeilMode = ceil });
                yield return Max(new(1, 1, 11, 38), p => p with { KernelSize = 3, Stride = 1, Padding = 2, Dilation = 2, CeilMode = ceil });
                yield return Max(new(1, 1, 10, 33), p => p with { KernelSize = new(3, 2), Stride = 2, Padding = new(1, 0, 2, 1), Dilation = new(2, 3), CeilMode = ceil });
                yield return Max(new(1, 1, 9, 41), p => p with { KernelSize = 2, Stride = 5, CeilMode = ceil });
            }
            yield return Max(new(1, 1, 2, 2), p => p with { KernelSize = 3, Stride = 2, Padding = 1, CeilMode = true });
            yield return Max(new(1, 1, 1, 1), p => p with { KernelSize = 1 });
            yield return Max(new(1, 1, 3, 4), p => p with { KernelSize = 5, Stride = 3, CeilMode = true });
            yield return Max(new(1, 1, 1, 1), p => p with { KernelSize = 2, Stride = 1, Dilation = 3, Padding = 2 });
            yield return Max(new(1, 1, 17, 37), p => p with { KernelSize = 7, Stride = 1, Padding = 3 });

            OperatorCase Max(TensorShape input, Func<MaxPool2d, MaxPool2d> configure) =>
                new(configure(new MaxPool2d(1) { ReturnIndices = indices }), input, values, ++seed);
        }
    }

    private static IEnumerable<OperatorCase> AvgPools()
    {
        int seed = 3000;
        foreach (ValueKind values in (ValueKind[])[ValueKind.Uniform, ValueKind.Pixels, ValueKind.Special])
        {
            for (int width = 1; width <= 35; width++)
                yield return Avg(new(1, 1, 4, width), p => p with { KernelSize = new(2, Math.Min(2, width)) });
            foreach (bool ceil in (bool[])[false, true])
            {
                foreach (bool include in (bool[])[false, true])
                {
                    yield return Avg(new(1, 2, 13, 27), p => p with { KernelSize = 3, Stride = 2, Padding = 1, CeilMode = ceil, CountIncludePad = include });
                    yield return Avg(new(2, 3, 8, 40), p => p with { KernelSize = new(2, 3), Stride = new(3, 1), Padding = Padding.FromSize(new(1, 0)), CeilMode = ceil, CountIncludePad = include });
                    yield return Avg(new(1, 1, 10, 33), p => p with { KernelSize = new(3, 4), Stride = 2, Padding = new(1, 0, 2, 3), CeilMode = ceil, CountIncludePad = include });
                    yield return Avg(new(1, 1, 7, 7), p => p with { KernelSize = 2, Stride = 3, CeilMode = ceil, CountIncludePad = include });
                }
            }
            yield return Avg(new(1, 1, 9, 21), p => p with { KernelSize = 3, Stride = 2, Padding = 1, DivisorOverride = 7 });
            yield return Avg(new(1, 1, 9, 21), p => p with { KernelSize = 3, Stride = 2, Padding = 1, DivisorOverride = -2, CeilMode = true });
            yield return Avg(new(1, 1, 17, 17), p => p with { KernelSize = 2, Stride = 2, Padding = 1, CeilMode = true });
            yield return Avg(new(1, 1, 1, 1), p => p with { KernelSize = 1 });
            yield return Avg(new(1, 1, 3, 4), p => p with { KernelSize = 5, Stride = 3, CeilMode = true });
            yield return Avg(new(1, 1, 17, 37), p => p with { KernelSize = 7, Stride = 1, Padding = 3 });

            OperatorCase Avg(TensorShape input, Func<AvgPool2d, AvgPool2d> configure) =>
                new(configure(new AvgPool2d(1)), input, values, ++seed);
        }
    }

    private static IEnumerable<OperatorCase> Pointwises()
    {
        int seed = 4000;
        Pointwise[] operators =
        [
            Pointwise.Relu, Pointwise.LeakyRelu(), Pointwise.LeakyRelu(-2), Pointwise.Abs, Pointwise.Sigmoid, Pointwise.Tanh,
            Pointwise.Clamp(-0.25f, 0.5f), Pointwise.Clamp(min: 0), Pointwise.Clamp(max: 0.125f), Pointwise.Clamp(0.5f, 0.25f),
            Pointwise.ScaleOffset(3, -0.1f), Pointwise.Normalize,
        ];
        foreach (Pointwise spec in operators)
        {
            foreach (ValueKind values in (ValueKind[])[ValueKind.Uniform, ValueKind.Pixels, ValueKind.Ties])
                yield return new(spec, new(2, 3, 5, 7), values, ++seed);
            for (int width = 1; width <= 35; width++)
                yield return new(spec, new(1, 1, 1, width), ValueKind.Uniform, ++seed);
            yield return new(spec, new(1, 2, 9, 40), ValueKind.Special, ++seed);
            yield return new(spec, new(1, 2, 3, 37), ValueKind.Tiny, ++seed);
            yield return new(spec, new(1, 2, 3, 37), ValueKind.Huge, ++seed);
        }
        yield return new(Pointwise.Normalize, new(1, 2, 3, 5), ValueKind.NeverFinite, ++seed);
        yield return new(Pointwise.Normalize, new(1, 1, 1, 1), ValueKind.Uniform, ++seed);
    }
}
