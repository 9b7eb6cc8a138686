using LivePool.Core.Operators;
using LivePool.Core.Tensors;

namespace LivePool.Verification;

/// <summary>
/// Makes a failing case smaller while it still fails: fewer images, channels, rows and columns, a smaller window, simpler
/// parameters, then simpler numbers. The result is one that no single step makes smaller.
/// </summary>
public static class CaseShrinker
{
    /// <summary>Beyond this many trials what was reached is returned.</summary>
    private const int MostTrials = 4000;

    /// <summary>Shrinks a case.</summary>
    /// <param name="failing">A case that fails.</param>
    /// <param name="fails">Runs a case and says whether it fails in the same way.</param>
    /// <param name="deadline">When to be content with what was reached.</param>
    public static ConcreteCase Shrink(ConcreteCase failing, Func<ConcreteCase, bool> fails, DateTime deadline)
    {
        ConcreteCase smallest = failing with { Origin = $"{failing.Origin}, made smaller" };
        int trials = 0;
        bool isSmaller = true;
        while (isSmaller)
        {
            isSmaller = false;
            foreach (ConcreteCase candidate in Structural(smallest).Concat(Numbers(smallest)))
            {
                if (!candidate.IsValid)
                    continue;
                if (trials++ == MostTrials || DateTime.UtcNow > deadline)
                    return smallest;
                if (!fails(candidate))
                    continue;
                smallest = candidate;
                isSmaller = true;
                break;
            }
        }
        return smallest;
    }

    /// <summary>Cases with less of something, the largest steps first.</summary>
    private static IEnumerable<ConcreteCase> Structural(ConcreteCase c)
    {
        TensorShape s = c.Input;
        foreach ((int start, int count) in Parts(s.N))
            yield return Planes(c, start, count, 0, s.C);
        foreach (ConcreteCase smaller in Channels(c))
            yield return smaller;
        foreach ((int start, int count) in Parts(s.H))
            yield return Window(c, start, count, 0, s.W);
        foreach ((int start, int count) in Parts(s.W))
            yield return Window(c, 0, s.H, start, count);
        foreach (OperatorSpec simpler in Simpler(c.Spec))
            yield return c with { Spec = simpler };
    }

    /// <summary>Ranges of a length that leave out most of it, half, or one end.</summary>
    private static IEnumerable<(int Start, int Count)> Parts(int length)
    {
        for (int count = length / 2; count > 0; count /= 2)
        {
            yield return (0, length - count);
            yield return (count, length - count);
        }
    }

    /// <summary>Some of the images and channels, for operators that treat each plane alike.</summary>
    private static ConcreteCase Planes(ConcreteCase c, int firstImage, int images, int firstChannel, int channels)
    {
        TensorShape s = c.Input;
        var smaller = new TensorShape(images, channels, s.H, s.W);
        float[] x = new float[smaller.Count];
        long[] indices = new long[c.Spec is MaxUnpool2d ? smaller.Count : 0];
        float[] samples = new float[2 * smaller.Planes];
        Tensor? given = (c.Spec as FractionalMaxPool2d)?.Samples;
        for (int n = 0; n < images; n++)
        {
            for (int channel = 0; channel < channels; channel++)
            {
                int from = (firstImage + n) * s.C + firstChannel + channel;
                int to = n * channels + channel;
                c.X.AsSpan(from * s.PlaneSize, s.PlaneSize).CopyTo(x.AsSpan(to * s.PlaneSize));
                if (c.Spec is MaxUnpool2d unpool)
                    unpool.Indices.Elements.Slice(from * s.PlaneSize, s.PlaneSize).CopyTo(indices.AsSpan(to * s.PlaneSize));
                given?.Elements.Slice(2 * from, 2).CopyTo(samples.AsSpan(2 * to));
            }
        }
        OperatorSpec spec = c.Spec switch
        {
            MaxUnpool2d unpool => unpool with { Indices = new IndexTensor(smaller, indices) },
            FractionalMaxPool2d pool when given is not null =>
                pool with { Samples = new Tensor(new(1, images, channels, 2), samples) },
            _ => c.Spec,
        };
        return c with { Spec = spec, Input = smaller, X = x };
    }

    private static IEnumerable<ConcreteCase> Channels(ConcreteCase c)
    {
        switch (c.Spec)
        {
            case Conv2d { Groups: > 1 } conv:
                for (int group = 0; group < conv.Groups; group++)
                {
                    (int inputs, int outputs) = (conv.Weight.Shape.C, conv.Weight.Shape.N / conv.Groups);
                    OperatorSpec one = conv with
                    {
                        Groups = 1,
                        Weight = Slice(conv.Weight, group * outputs, outputs, 0, inputs),
                        Bias = Slice(conv.Bias, group * outputs, outputs),
                    };
                    yield return Planes(c, 0, c.Input.N, group * inputs, inputs) with { Spec = one };
                }
                break;
            case Conv2d conv:
                foreach ((int start, int count) in Parts(conv.Weight.Shape.N))
                {
                    yield return c with
                    {
                        Spec = conv with
                        {
                            Weight = Slice(conv.Weight, start, count, 0, conv.Weight.Shape.C),
                            Bias = Slice(conv.Bias, start, count),
                        },
                    };
                }
                foreach ((int start, int count) in Parts(conv.Weight.Shape.C))
                {
                    yield return Planes(c, 0, c.Input.N, start, count) with
                    {
                        Spec = conv with { Weight = Slice(conv.Weight, 0, conv.Weight.Shape.N, start, count) },
                    };
                }
                break;
            case ConvTranspose2d { Groups: > 1 } conv:
                for (int group = 0; group < conv.Groups; group++)
                {
                    (int inputs, int outputs) = (conv.Weight.Shape.N / conv.Groups, conv.Weight.Shape.C);
                    OperatorSpec one = conv with
                    {
                        Groups = 1,
                        Weight = Slice(conv.Weight, group * inputs, inputs, 0, outputs),
                        Bias = Slice(conv.Bias, group * outputs, outputs),
                    };
                    yield return Planes(c, 0, c.Input.N, group * inputs, inputs) with { Spec = one };
                }
                break;
            case ConvTranspose2d conv:
                foreach ((int start, int count) in Parts(conv.Weight.Shape.C))
                {
                    yield return c with
                    {
                        Spec = conv with
                        {
                            Weight = Slice(conv.Weight, 0, conv.Weight.Shape.N, start, count),
                            Bias = Slice(conv.Bias, start, count),
                        },
                    };
                }
                foreach ((int start, int count) in Parts(conv.Weight.Shape.N))
                {
                    yield return Planes(c, 0, c.Input.N, start, count) with
                    {
                        Spec = conv with { Weight = Slice(conv.Weight, start, count, 0, conv.Weight.Shape.C) },
                    };
                }
                break;
            default:
                foreach ((int start, int count) in Parts(c.Input.C))
                    yield return Planes(c, 0, c.Input.N, start, count);
                break;
        }
    }

    private static Tensor Slice(Tensor tensor, int first, int count, int firstChannel, int channels)
    {
        TensorShape s = tensor.Shape;
        var slice = new Tensor(new(count, channels, s.H, s.W));
        for (int n = 0; n < count; n++)
        {
            for (int channel = 0; channel < channels; channel++)
                tensor.Plane(first + n, firstChannel + channel).CopyTo(slice.Plane(n, channel));
        }
        return slice;
    }

    private static Tensor? Slice(Tensor? bias, int first, int count) =>
        bias is null ? null : new(new(1, count, 1, 1), bias.Elements.Slice(first, count).ToArray());

    /// <summary>Some of the rows and columns of every plane.</summary>
    private static ConcreteCase Window(ConcreteCase c, int top, int rows, int left, int columns)
    {
        TensorShape s = c.Input;
        TensorShape smaller = s with { H = rows, W = columns };
        float[] x = Crop<float>(c.X, s, top, rows, left, columns);
        OperatorSpec spec = c.Spec is MaxUnpool2d unpool
            ? Fitting(unpool, smaller, Crop(unpool.Indices.Elements, s, top, rows, left, columns))
            : c.Spec;
        return c with { Spec = spec, Input = smaller, X = x };
    }

    /// <summary>An unpool of the default output size; indices beyond it become its last.</summary>
    private static MaxUnpool2d Fitting(MaxUnpool2d unpool, TensorShape input, ReadOnlySpan<long> indices)
    {
        Size2d stride = unpool.Stride ?? unpool.KernelSize;
        long last = ((input.H - 1L) * stride.Height - 2L * unpool.Padding.Height + unpool.KernelSize.Height) *
            ((input.W - 1L) * stride.Width - 2L * unpool.Padding.Width + unpool.KernelSize.Width) - 1;
        return unpool with
        {
            OutputSize = null,
            Indices = new IndexTensor(input, Array.ConvertAll(indices.ToArray(), index => Math.Min(index, last))),
        };
    }

    private static T[] Crop<T>(ReadOnlySpan<T> elements, TensorShape s, int top, int rows, int left, int columns)
    {
        var cropped = new T[s.Planes * rows * columns];
        for (int plane = 0; plane < s.Planes; plane++)
        {
            for (int row = 0; row < rows; row++)
            {
                elements.Slice((plane * s.H + top + row) * s.W + left, columns)
                    .CopyTo(cropped.AsSpan((plane * rows + row) * columns));
            }
        }
        return cropped;
    }

    /// <summary>The operator with one parameter nearer to its default or smaller.</summary>
    private static IEnumerable<OperatorSpec> Simpler(OperatorSpec spec)
    {
        switch (spec)
        {
            case Conv2d conv:
                if (conv.Bias is not null)
                    yield return conv with { Bias = null };
                foreach (Tensor weight in SmallerKernels(conv.Weight))
                    yield return conv with { Weight = weight };
                foreach (Size2d stride in Nearer(conv.Stride, 1))
                    yield return conv with { Stride = stride };
                foreach (Size2d dilation in Nearer(conv.Dilation, 1))
                    yield return conv with { Dilation = dilation };
                foreach (Padding padding in Less(conv.Padding.Resolve(conv.KernelSize, conv.Dilation)))
                    yield return conv with { Padding = padding };
                if (conv.PaddingMode != PaddingMode.Zeros)
                    yield return conv with { PaddingMode = PaddingMode.Zeros };
                break;
            case ConvTranspose2d conv:
                if (conv.Bias is not null)
                    yield return conv with { Bias = null };
                foreach (Tensor weight in SmallerKernels(conv.Weight))
                    yield return conv with { Weight = weight };
                foreach (Size2d stride in Nearer(conv.Stride, 1))
                    yield return conv with { Stride = stride };
                foreach (Size2d dilation in Nearer(conv.Dilation, 1))
                    yield return conv with { Dilation = dilation };
                foreach (Size2d outputPadding in Nearer(conv.OutputPadding, 0))
                    yield return conv with { OutputPadding = outputPadding };
                foreach (Padding padding in Less(conv.Padding))
                    yield return conv with { Padding = padding };
                break;
            case MaxPool2d pool:
                if (pool.KernelSize != 1)
                    yield return pool with { KernelSize = 1, Stride = pool.Stride ?? pool.KernelSize, Padding = 0 };
                foreach (Size2d kernel in Nearer(pool.KernelSize, 1))
                {
                    yield return pool with { KernelSize = kernel, Stride = pool.Stride ?? pool.KernelSize };
                    // A smaller window may bear less padding.
                    if (pool.Padding != 0)
                        yield return pool with { KernelSize = kernel, Stride = pool.Stride ?? pool.KernelSize, Padding = 0 };
                }
                foreach (Size2d stride in Nearer(pool.Stride ?? pool.KernelSize, 1))
                    yield return pool with { Stride = stride };
                foreach (Size2d dilation in Nearer(pool.Dilation, 1))
                    yield return pool with { Dilation = dilation };
                foreach (Padding padding in Less(pool.Padding))
                    yield return pool with { Padding = padding };
                if (pool.CeilMode)
                    yield return pool with { CeilMode = false };
                break;
            case AvgPool2d pool:
                if (pool.KernelSize != 1)
                    yield return pool with { KernelSize = 1, Stride = pool.Stride ?? pool.KernelSize, Padding = 0 };
                foreach (Size2d kernel in Nearer(pool.KernelSize, 1))
                {
                    yield return pool with { KernelSize = kernel, Stride = pool.Stride ?? pool.KernelSize };
                    // A smaller window may bear less padding.
                    if (pool.Padding != 0)
                        yield return pool with { KernelSize = kernel, Stride = pool.Stride ?? pool.KernelSize, Padding = 0 };
                }
                foreach (Size2d stride in Nearer(pool.Stride ?? pool.KernelSize, 1))
                    yield return pool with { Stride = stride };
                foreach (Padding padding in Less(pool.Padding))
                    yield return pool with { Padding = padding };
                if (pool.CeilMode)
                    yield return pool with { CeilMode = false };
                if (pool.DivisorOverride is not null)
                    yield return pool with { DivisorOverride = null };
                if (!pool.CountIncludePad)
                    yield return pool with { CountIncludePad = true };
                break;
            case LpPool2d pool:
                foreach (Size2d kernel in Nearer(pool.KernelSize, 1))
                    yield return pool with { KernelSize = kernel, Stride = pool.Stride ?? pool.KernelSize };
                foreach (Size2d stride in Nearer(pool.Stride ?? pool.KernelSize, 1))
                    yield return pool with { Stride = stride };
                if (pool.CeilMode)
                    yield return pool with { CeilMode = false };
                break;
            case AdaptiveAvgPool2d pool:
                foreach (AdaptiveSize size in Smaller(pool.OutputSize))
                    yield return pool with { OutputSize = size };
                break;
            case AdaptiveMaxPool2d pool:
                foreach (AdaptiveSize size in Smaller(pool.OutputSize))
                    yield return pool with { OutputSize = size };
                break;
            case FractionalMaxPool2d pool:
                foreach (Size2d kernel in Nearer(pool.KernelSize, 1))
                    yield return pool with { KernelSize = kernel };
                if (pool.OutputSize is { } given)
                {
                    foreach (Size2d size in Nearer(given, 1))
                        yield return pool with { OutputSize = size };
                }
                break;
            case MaxUnpool2d unpool:
                TensorShape input = unpool.Indices.Shape;
                if (unpool.OutputSize is not null)
                    yield return Fitting(unpool, input, unpool.Indices.Elements);
                foreach (Size2d kernel in Nearer(unpool.KernelSize, 1))
                    yield return Fitting(unpool with { KernelSize = kernel, Stride = unpool.Stride ?? unpool.KernelSize }, input, unpool.Indices.Elements);
                foreach (Size2d stride in Nearer(unpool.Stride ?? unpool.KernelSize, 1))
                    yield return Fitting(unpool with { Stride = stride }, input, unpool.Indices.Elements);
                foreach (Size2d padding in Nearer(unpool.Padding, 0))
                    yield return unpool with { Padding = padding };
                break;
        }
    }

    private static IEnumerable<Tensor> SmallerKernels(Tensor weight)
    {
        TensorShape s = weight.Shape;
        foreach ((int start, int count) in Parts(s.H))
            yield return new(s with { H = count }, Crop<float>(weight.Elements, s, start, count, 0, s.W));
        foreach ((int start, int count) in Parts(s.W))
            yield return new(s with { W = count }, Crop<float>(weight.Elements, s, 0, s.H, start, count));
    }

    private static IEnumerable<Size2d> Nearer(Size2d size, int least)
    {
        if (size.Height > least)
            yield return size with { Height = least };
        if (size.Width > least)
            yield return size with { Width = least };
        if (size.Height > least + 1)
            yield return size with { Height = size.Height - 1 };
        if (size.Width > least + 1)
            yield return size with { Width = size.Width - 1 };
    }

    private static IEnumerable<AdaptiveSize> Smaller(AdaptiveSize size)
    {
        if (size.Height is null or > 1)
            yield return size with { Height = 1 };
        if (size.Width is null or > 1)
            yield return size with { Width = 1 };
        if (size.Height > 2)
            yield return size with { Height = size.Height - 1 };
        if (size.Width > 2)
            yield return size with { Width = size.Width - 1 };
    }

    private static IEnumerable<Padding> Less(Padding padding) => ((Padding[])
    [
        0,
        padding with { Top = 0 },
        padding with { Left = 0 },
        padding with { Bottom = 0 },
        padding with { Right = 0 },
        new(padding.Top / 2, padding.Left / 2, padding.Bottom / 2, padding.Right / 2),
    ]).Where(less => less != padding);

    /// <summary>The case with simpler numbers: zeros for as many as may be, then whole ones.</summary>
    private static IEnumerable<ConcreteCase> Numbers(ConcreteCase c)
    {
        foreach (float[] x in Simpler(c.X))
            yield return c with { X = x };
        switch (c.Spec)
        {
            case Conv2d conv:
                foreach (float[] weight in Simpler(conv.Weight.Elements.ToArray()))
                    yield return c with { Spec = conv with { Weight = new Tensor(conv.Weight.Shape, weight) } };
                break;
            case ConvTranspose2d conv:
                foreach (float[] weight in Simpler(conv.Weight.Elements.ToArray()))
                    yield return c with { Spec = conv with { Weight = new Tensor(conv.Weight.Shape, weight) } };
                break;
            case FractionalMaxPool2d { Samples: null } pool:
                // Given samples can be cut; a seed cannot.
                yield return c with { Spec = pool with { Samples = pool.DrawSamples(c.Input) } };
                break;
        }
    }

    private static IEnumerable<float[]> Simpler(float[] numbers)
    {
        for (int length = numbers.Length; length > 0; length /= 2)
        {
            for (int start = 0; start + length <= numbers.Length; start += length)
            {
                if (numbers.AsSpan(start, length).IndexOfAnyExcept(0f) < 0)
                    continue;
                float[] zeroed = [.. numbers];
                zeroed.AsSpan(start, length).Clear();
                yield return zeroed;
            }
        }
        float[] rounded = Array.ConvertAll(numbers, MathF.Round);
        if (!rounded.AsSpan().SequenceEqual(numbers))
            yield return rounded;
        for (int i = 0; i < numbers.Length; i++)
        {
            if (numbers[i] is 0 or 1 || float.IsNaN(numbers[i]))
                continue;
            float[] one = [.. numbers];
            one[i] = 1;
            yield return one;
        }
    }
}
