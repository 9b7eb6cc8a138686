using LivePool.Core;
using LivePool.Core.Operators;
using LivePool.Core.Tensors;

namespace LivePool.Verification;

/// <summary>
/// Draws operators, shapes and values. Case k of a seed is the same on every machine, whatever was drawn before it. Sizes
/// favour those where kernels go wrong: 1, just enough for one window, and around the widths of vectors and work groups.
/// </summary>
public sealed class CaseGenerator
{
    private const int MostMultiplications = 1 << 21;

    private static readonly Dictionary<string, Func<CaseRandom, ValueKind, (OperatorSpec Spec, TensorShape Input)>> _generators = new()
    {
        ["conv2d"] = Convolution,
        ["conv_transpose2d"] = TransposedConvolution,
        ["max_pool2d"] = MaxPool,
        ["avg_pool2d"] = AvgPool,
        ["lp_pool2d"] = LpPool,
        ["adaptive_avg_pool2d"] = (random, _) => (new AdaptiveAvgPool2d(AnySize(random)), Shape(random, 1, 1)),
        ["adaptive_max_pool2d"] = (random, _) =>
            (new AdaptiveMaxPool2d(AnySize(random)) { ReturnIndices = random.Coin() }, Shape(random, 1, 1)),
        ["fractional_max_pool2d"] = FractionalPool,
        ["max_unpool2d"] = Unpool,
        ["relu"] = (random, _) => (Pointwise.Relu, Shape(random, 1, 1)),
        ["leaky_relu"] = (random, _) => (Pointwise.LeakyRelu(random.NextUniform() * 2), Shape(random, 1, 1)),
        ["abs"] = (random, _) => (Pointwise.Abs, Shape(random, 1, 1)),
        ["sigmoid"] = (random, _) => (Pointwise.Sigmoid, Shape(random, 1, 1)),
        ["tanh"] = (random, _) => (Pointwise.Tanh, Shape(random, 1, 1)),
        ["clamp"] = (random, _) => (Pointwise.Clamp(
            random.OneIn(4) ? float.NegativeInfinity : random.NextUniform(),
            random.OneIn(4) ? float.PositiveInfinity : random.NextUniform()), Shape(random, 1, 1)),
        ["scale_offset"] = (random, _) => (Pointwise.ScaleOffset(random.NextUniform() * 4, random.NextUniform()), Shape(random, 1, 1)),
        ["normalize"] = (random, _) => (Pointwise.Normalize, Shape(random, 1, 1)),
    };

    private readonly int _seed;
    private readonly string[] _operators;

    /// <param name="seed">The seed.</param>
    /// <param name="operators">The operators to draw from, of <see cref="OperatorNames"/>; empty for all.</param>
    /// <exception cref="LivePoolException">There is no operator of that name.</exception>
    public CaseGenerator(int seed, IReadOnlyCollection<string> operators)
    {
        RequireKnown(operators);
        _seed = seed;
        _operators = operators.Count == 0 ? [.. OperatorNames] : [.. operators];
    }

    /// <summary>The operators that can be drawn. Global pools are adaptive ones.</summary>
    public static IReadOnlyCollection<string> OperatorNames => _generators.Keys;

    /// <summary>Checks operators' names.</summary>
    /// <exception cref="LivePoolException">There is no operator of that name.</exception>
    public static void RequireKnown(IEnumerable<string> operators)
    {
        foreach (string name in operators)
        {
            if (!_generators.ContainsKey(name))
                throw new LivePoolException($"there is no operator {name} to verify; known are {string.Join(", ", OperatorNames)}");
        }
    }

    /// <summary>Case <paramref name="number"/> of the seed.</summary>
    public OperatorCase Create(int number)
    {
        int caseSeed = unchecked(_seed * 1_000_003 + number);
        var random = new CaseRandom(caseSeed, CaseRandom.Parameters);
        string name = _operators[number % _operators.Length];
        ValueKind values = random.Next(20) switch
        {
            < 6 => ValueKind.Uniform,
            < 9 => ValueKind.Pixels,
            < 12 => ValueKind.Ties,
            < 17 => ValueKind.Special,
            17 => ValueKind.Tiny,
            18 => ValueKind.Huge,
            _ => ValueKind.NeverFinite,
        };
        (OperatorSpec spec, TensorShape input) = _generators[name](random, values);
        return new(spec, input, values, caseSeed);
    }

    private static (OperatorSpec, TensorShape) Convolution(CaseRandom random, ValueKind values)
    {
        (int groups, int inPerGroup, int outPerGroup) = Channels(random);
        (Size2d kernel, Size2d stride, Size2d dilation) = (Kernel(random), random.OneIn(2) ? Stride(random) : 1, Dilation(random));
        bool same = stride == 1 && random.OneIn(6);
        Padding padding = same ? Padding.Same : ConvolutionPadding(random, kernel);
        var mode = random.OneIn(3) ? (PaddingMode)random.Next(4) : PaddingMode.Zeros;
        Padding sides = padding.Resolve(kernel, dilation);
        // Mirrored padding needs more elements than it has, wrapped padding as many.
        int widest = Math.Max(Math.Max(sides.Top, sides.Bottom), Math.Max(sides.Left, sides.Right));
        int least = mode == PaddingMode.Zeros ? 1 : Math.Max(1, mode == PaddingMode.Circular ? widest : 1 + widest);
        TensorShape input = Shape(random,
            Math.Max(least, Needed(kernel.Height, dilation.Height, sides.Top + sides.Bottom)),
            Math.Max(least, Needed(kernel.Width, dilation.Width, sides.Left + sides.Right)),
            groups * inPerGroup, inPerGroup * outPerGroup * groups * kernel.Height * kernel.Width);
        Tensor weight = Weight(random, new(groups * outPerGroup, inPerGroup, kernel.Height, kernel.Width), values);
        return (new Conv2d(weight, Bias(random, groups * outPerGroup, values))
        {
            Stride = stride,
            Padding = padding,
            Dilation = dilation,
            Groups = groups,
            PaddingMode = mode,
        }, input);
    }

    private static (OperatorSpec, TensorShape) TransposedConvolution(CaseRandom random, ValueKind values)
    {
        (int groups, int inPerGroup, int outPerGroup) = Channels(random);
        (Size2d kernel, Size2d stride, Size2d dilation) = (Kernel(random), Stride(random), Dilation(random));
        var outputPadding = new Size2d(
            random.Next(Math.Max(stride.Height, dilation.Height)), random.Next(Math.Max(stride.Width, dilation.Width)));
        TensorShape input = Shape(random, 1, 1, groups * inPerGroup,
            inPerGroup * outPerGroup * groups * kernel.Height * kernel.Width * Math.Max(1, stride.Height * stride.Width / 2));
        // At least one row and column must be left.
        int rows = (input.H - 1) * stride.Height + dilation.Height * (kernel.Height - 1) + outputPadding.Height;
        int columns = (input.W - 1) * stride.Width + dilation.Width * (kernel.Width - 1) + outputPadding.Width;
        int top = random.Next(Math.Min(rows, 4) + 1);
        int left = random.Next(Math.Min(columns, 4) + 1);
        bool even = random.Coin();
        Padding padding = even
            ? Padding.FromSize(new(Math.Min(top, rows / 2), Math.Min(left, columns / 2)))
            : new(top, left, random.Next(Math.Min(rows - top, 4) + 1), random.Next(Math.Min(columns - left, 4) + 1));
        Tensor weight = Weight(random, new(groups * inPerGroup, outPerGroup, kernel.Height, kernel.Width), values);
        return (new ConvTranspose2d(weight, Bias(random, groups * outPerGroup, values))
        {
            Stride = stride,
            Padding = padding,
            Dilation = dilation,
            Groups = groups,
            OutputPadding = outputPadding,
        }, input);
    }

    private static (OperatorSpec, TensorShape) MaxPool(CaseRandom random, ValueKind values)
    {
        (Size2d kernel, Size2d dilation) = (Kernel(random), Dilation(random));
        Size2d? stride = random.OneIn(3) ? null : Stride(random);
        bool ceil = random.Coin();
        Padding padding = PoolPadding(random, kernel, dilation);
        return (new MaxPool2d(kernel)
        {
            Stride = stride,
            Padding = padding,
            Dilation = dilation,
            CeilMode = ceil,
            ReturnIndices = random.Coin(),
        }, PoolShape(random, kernel, stride ?? kernel, dilation, padding, ceil));
    }

    private static (OperatorSpec, TensorShape) AvgPool(CaseRandom random, ValueKind values)
    {
        Size2d kernel = Kernel(random);
        Size2d? stride = random.OneIn(3) ? null : Stride(random);
        bool ceil = random.Coin();
        Padding padding = PoolPadding(random, kernel, 1);
        return (new AvgPool2d(kernel)
        {
            Stride = stride,
            Padding = padding,
            CeilMode = ceil,
            CountIncludePad = random.Coin(),
            DivisorOverride = random.OneIn(4) ? random.Next(9) - 9 + (random.Coin() ? 10 : 0) : null,
        }, PoolShape(random, kernel, stride ?? kernel, 1, padding, ceil));
    }

    private static (OperatorSpec, TensorShape) LpPool(CaseRandom random, ValueKind values)
    {
        Size2d kernel = Kernel(random);
        Size2d? stride = random.OneIn(3) ? null : Stride(random);
        bool ceil = random.Coin();
        float[] norms = [1, 2, 2, 2, 3, 4, 5, 6, 7, 8, 9, 10, 16, 17, 20, 0.5f, 0.25f, 0.1f, 1f / 3, 1.5f, 2.5f, -0.5f, -1, -2, -3, -9, -1.5f];
        return (new LpPool2d(norms[random.Next(norms.Length)], kernel) { Stride = stride, CeilMode = ceil },
            PoolShape(random, kernel, stride ?? kernel, 1, 0, ceil));
    }

    private static (OperatorSpec, TensorShape) FractionalPool(CaseRandom random, ValueKind values)
    {
        Size2d kernel = Kernel(random);
        TensorShape input = Shape(random, kernel.Height, kernel.Width);
        var size = new Size2d(1 + random.Next(input.H - kernel.Height + 1), 1 + random.Next(input.W - kernel.Width + 1));
        var pool = new FractionalMaxPool2d(kernel) { OutputSize = size, Seed = random.Next(1 << 20), ReturnIndices = random.Coin() };
        (double Height, double Width) ratio = ((size.Height + 0.5) / input.H, (size.Width + 0.5) / input.W);
        if (random.OneIn(4) && ratio is { Height: < 1, Width: < 1 })
            pool = pool with { OutputSize = null, OutputRatio = ratio };
        if (random.OneIn(3))
            pool = pool with { Samples = pool.DrawSamples(input) };
        return (pool, input);
    }

    private static (OperatorSpec, TensorShape) Unpool(CaseRandom random, ValueKind values)
    {
        (Size2d kernel, Size2d? stride) = (Kernel(random), random.OneIn(3) ? null : Stride(random));
        TensorShape input = Shape(random, 1, 1, mostSide: 20);
        Size2d step = stride ?? kernel;
        var size = new Size2d((input.H - 1) * step.Height + kernel.Height, (input.W - 1) * step.Width + kernel.Width);
        // At least one row and column must be left.
        var padding = new Size2d(
            random.Next(Math.Min(kernel.Height, size.Height - 1) / 2 + 1), random.Next(Math.Min(kernel.Width, size.Width - 1) / 2 + 1));
        size = new(size.Height - 2 * padding.Height, size.Width - 2 * padding.Width);
        bool isGiven = random.Coin();
        if (isGiven)
            size = new(Given(size.Height, step.Height), Given(size.Width, step.Width));
        long[] indices = new long[input.Count];
        for (int i = 0; i < indices.Length; i++)
            indices[i] = random.Next(size.Height * size.Width);
        return (new MaxUnpool2d(new IndexTensor(input, indices), kernel) { Stride = stride, Padding = padding, OutputSize = isGiven ? size : null }, input);

        // Within a stride of the default.
        int Given(int standard, int within) => Math.Max(1, standard + random.Next(2 * within - 1) - (within - 1));
    }

    private static AdaptiveSize AnySize(CaseRandom random) => new(
        random.OneIn(8) ? null : random.OneIn(4) ? 1 : 1 + random.Next(20),
        random.OneIn(8) ? null : random.OneIn(4) ? 1 : 1 + random.Next(40));

    private static (int Groups, int InPerGroup, int OutPerGroup) Channels(CaseRandom random)
    {
        int groups = random.OneIn(3) ? 1 + random.Next(4) : 1;
        int most = groups > 1 ? 3 : random.OneIn(4) ? 17 : 4;
        return (groups, 1 + random.Next(most), 1 + random.Next(most));
    }

    private static Size2d Kernel(CaseRandom random)
    {
        int most = random.OneIn(6) ? 11 : random.OneIn(8) ? 1 : 5;
        int height = 1 + random.Next(most);
        return new(height, random.Coin() ? height : 1 + random.Next(most));
    }

    private static Size2d Stride(CaseRandom random)
    {
        int height = 1 + random.Next(random.OneIn(5) ? 7 : 3);
        return new(height, random.Coin() ? height : 1 + random.Next(4));
    }

    private static Size2d Dilation(CaseRandom random) =>
        random.OneIn(3) ? new Size2d(1 + random.Next(3), 1 + random.Next(4)) : 1;

    private static Padding ConvolutionPadding(CaseRandom random, Size2d kernel) => random.Next(4) switch
    {
        0 => 0,
        1 => Padding.FromSize(new(kernel.Height / 2, kernel.Width / 2)),
        2 => Padding.FromSize(new(random.Next(4), random.Next(4))),
        _ => new(random.Next(4), random.Next(4), random.Next(4), random.Next(4)),
    };

    /// <summary>At most half of the window's extent, or with four sides less than the extent.</summary>
    private static Padding PoolPadding(CaseRandom random, Size2d kernel, Size2d dilation)
    {
        int rows = dilation.Height * (kernel.Height - 1) + 1;
        int columns = dilation.Width * (kernel.Width - 1) + 1;
        return random.Next(4) switch
        {
            0 or 1 => 0,
            2 => Padding.FromSize(new(random.Next(rows / 2 + 1), random.Next(columns / 2 + 1))),
            // An even draw may be beyond half.
            _ => new Padding(random.Next(rows), random.Next(columns), random.Next(rows), random.Next(columns)) is { IsSymmetric: false } uneven
                ? uneven
                : 0,
        };
    }

    private static TensorShape PoolShape(
        CaseRandom random, Size2d kernel, Size2d stride, Size2d dilation, Padding padding, bool ceil) => Shape(random,
        Needed(kernel.Height, dilation.Height, padding.Top + padding.Bottom + (ceil ? stride.Height - 1 : 0)),
        Needed(kernel.Width, dilation.Width, padding.Left + padding.Right + (ceil ? stride.Width - 1 : 0)),
        work: kernel.Height * kernel.Width);

    private static int Needed(int kernel, int dilation, int spare) => Math.Max(1, dilation * (kernel - 1) + 1 - spare);

    /// <summary>A shape of at least that many rows and columns whose work is bearable.</summary>
    /// <param name="random">The source of chance.</param>
    /// <param name="leastRows">Rows that are needed.</param>
    /// <param name="leastColumns">Columns that are needed.</param>
    /// <param name="channels">Channels; 0 draws them.</param>
    /// <param name="work">Multiplications for each element.</param>
    /// <param name="mostSide">About the largest side.</param>
    private static TensorShape Shape(
        CaseRandom random, int leastRows, int leastColumns, int channels = 0, int work = 1, int mostSide = 70)
    {
        int n = random.OneIn(4) ? 1 + random.Next(3) : 1;
        int c = channels > 0 ? channels : random.OneIn(2) ? 1 : 1 + random.Next(6);
        bool least = random.OneIn(25);
        int rows = leastRows + (least ? 0 : More(random, mostSide / 2));
        int columns = leastColumns + (least ? 0 : More(random, mostSide));
        // Work counts once for all channels where it knows of them.
        long planes = channels > 0 ? n : (long)n * c;
        while (planes * rows * columns * work > MostMultiplications && (rows > leastRows || columns > leastColumns))
        {
            rows = leastRows + (rows - leastRows) / 2;
            columns = leastColumns + (columns - leastColumns) / 2;
        }
        return new(n, c, rows, columns);
    }

    private static int More(CaseRandom random, int most) => random.Next(4) switch
    {
        0 => random.Next(3),
        1 => random.Next(10),
        2 => random.Next(20),
        _ => random.Next(most),
    };

    private static Tensor Weight(CaseRandom random, TensorShape shape, ValueKind values)
    {
        var weight = new Tensor(shape);
        bool whole = values is ValueKind.Pixels or ValueKind.Ties;
        bool special = random.OneIn(12);
        foreach (ref float element in weight.Elements)
            element = whole ? random.Next(31) - 15 : special && random.OneIn(10) ? Special(random) : random.NextUniform();
        return weight;
    }

    private static float Special(CaseRandom random) =>
        ((float[])[0, 0, -0f, 1, float.PositiveInfinity, float.NegativeInfinity, float.NaN, 1e-41f, -1e-41f, 1e30f, -1e30f])[random.Next(11)];

    private static Tensor? Bias(CaseRandom random, int count, ValueKind values) =>
        random.Coin() ? null : Weight(random, new(1, count, 1, 1), values);
}
