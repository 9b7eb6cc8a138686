using System.Runtime.CompilerServices;
using LivePool.Core.Operators;
using LivePool.Core.Tensors;

namespace LivePool.Cpu.Simd;

/// <summary>
/// A convolution of bytes with small whole weights, and a 2x2 pool behind it, in 16-bit integers. Every sum is a whole number
/// that 16 bits and float32 hold, so that its results are float32's.
/// </summary>
internal abstract unsafe class ByteConv2d : IDisposable
{
    public abstract void Run(byte* input, float* output);

    public abstract void Dispose();

    /// <summary>Null where the weights, the shapes or the processor ask for float32.</summary>
    /// <param name="spec">The convolution.</param>
    /// <param name="p">The same for its input.</param>
    /// <param name="tail">What follows it.</param>
    /// <param name="pool">The threads.</param>
    /// <param name="vectorBits">The widest vectors to use.</param>
    public static ByteConv2d? TryCreate(Conv2d spec, in Conv2dParameters p, ConvTail tail, WorkerPool pool, int vectorBits)
    {
        bool isPlain = (p.StrideHeight, p.StrideWidth, p.DilationHeight, p.DilationWidth) == (1, 1, 1, 1);
        if (!isPlain || tail.Kind == ConvTailKind.Scratch || !FitsSixteenBits(spec))
            return null;
        return (ByteConv2d?)TryCreate<Vector512Sums>(spec, p, tail, pool, vectorBits >= 512)
            ?? (ByteConv2d?)TryCreate<Vector256Sums>(spec, p, tail, pool, vectorBits >= 256)
            ?? TryCreate<Vector128Sums>(spec, p, tail, pool, vectorBits >= 128);
    }

    private static ByteConv2d<T>? TryCreate<T>(Conv2d spec, in Conv2dParameters p, ConvTail tail, WorkerPool pool, bool isAllowed)
        where T : struct, IByteSums<T> =>
        isAllowed && T.IsSupported && ByteConv2d<T>.Fits(p, tail) ? new(spec, p, tail, pool) : null;

    /// <summary>
    /// Where output channels that fit 16 bits meet those that do not, so that either side can be computed in its own way; 0
    /// where there is no one such place.
    /// </summary>
    public static int SplitChannel(Conv2d spec, TensorShape input)
    {
        if (input.N > 1 || spec.Groups > 1)
            return 0;
        int channels = spec.Weight.Shape.N;
        int split = 1;
        while (split < channels && FitsSixteenBits(spec, split) == FitsSixteenBits(spec, 0))
            split++;
        for (int co = split + 1; co < channels; co++)
        {
            if (FitsSixteenBits(spec, co) != FitsSixteenBits(spec, split))
                return 0;
        }
        return split % channels;
    }

    private static bool FitsSixteenBits(Conv2d spec) =>
        Enumerable.Range(0, spec.Weight.Shape.N).All(co => FitsSixteenBits(spec, co));

    /// <summary>Whether no order of adding leaves 16 bits, whatever the bytes are; -32768 has no absolute value.</summary>
    private static bool FitsSixteenBits(Conv2d spec, int outputChannel)
    {
        int taps = spec.Weight.Elements.Length / spec.Weight.Shape.N;
        float bias = spec.Bias is null ? 0 : spec.Bias.Elements[outputChannel];
        double above = Math.Max(bias, 0), below = Math.Max(-bias, 0);
        foreach (float w in spec.Weight.Elements.Slice(outputChannel * taps, taps))
        {
            if (!float.IsInteger(w) || w is < sbyte.MinValue or > sbyte.MaxValue)
                return false;
            above += byte.MaxValue * Math.Max(w, 0);
            below += byte.MaxValue * Math.Max(-w, 0);
        }
        // -0 is float32's alone.
        bool isWhole = float.IsInteger(bias) && !(bias == 0 && float.IsNegative(bias));
        return isWhole && above <= short.MaxValue && below <= short.MaxValue;
    }
}

/// <summary>
/// One item is a band of rows of one tile of columns and one group. Two rows of the band at a time are laid out as pairs of
/// bytes, one above the other; both rows of a pair of outputs take their sums from the same pairs.
/// </summary>
internal sealed unsafe class ByteConv2d<T> : ByteConv2d, IJob where T : struct, IByteSums<T>
{
    /// <summary>What the pairs of a band may take of the first-level cache.</summary>
    private const int BandBytes = 24 << 10;
    private const int WidestTile = 4096;
    private const int FewestSums = 8;
    private const int MostSums = 64;
    private const int ItemsPerWorker = 8;

    /// <summary>The most that the pairs of the smallest band may take; beyond it lie kernels of many thousand rows.</summary>
    private const long MostScratchBytes = 16 << 20;

    private readonly Conv2dParameters _p;
    private readonly ConvTail _tail;
    private readonly WorkerPool _pool;
    private readonly PaddedBytes _window;
    private readonly NativeBuffer<short> _weights;
    private readonly NativeBuffer<short> _bias;
    private readonly NativeBuffer<byte> _scratch;
    private readonly int _groups;
    private readonly int _rows;
    private readonly int _columns;
    private readonly int _tiles;
    private readonly int _bands;
    private readonly int _bandRows;
    private readonly int _pairsPerOutput;
    private readonly int _pairRowBytes;
    private readonly int _rowBytes;
    private readonly int _planeBytes;
    private readonly int _scratchBytes;
    private byte* _input;
    private float* _output;

    public ByteConv2d(Conv2d spec, in Conv2dParameters p, ConvTail tail, WorkerPool pool)
    {
        _p = p;
        _tail = tail;
        _pool = pool;
        _window = new(p);
        _groups = p.OutputChannels / p.OutputChannelsPerGroup;
        (_rows, _columns) = tail.OutputSize(p);
        _tiles = Tiles(_columns);
        _pairsPerOutput = PairsPerOutput(p);
        _rowBytes = (int)RowBytes(p, tail);
        _pairRowBytes = 2 * _rowBytes;

        long fitting = BandBytes / ((long)_pairRowBytes * p.InputChannelsPerGroup) - _pairsPerOutput + 1;
        int sums = (int)Math.Clamp(2 * fitting, FewestSums, MostSums);
        long wanted = (long)_rows * p.Batch * _groups * _tiles / ((long)pool.Workers * ItemsPerWorker);
        _bandRows = (int)Math.Clamp(wanted, Math.Min(FewestSums / tail.Columns, _rows), sums / tail.Columns);
        // An odd row of sums would leave half a pair.
        _bandRows = (_bandRows + 1) / 2 * 2;
        _bands = (_rows - 1) / _bandRows + 1;
        int pairRows = (_bandRows * tail.Columns + 1) / 2 + _pairsPerOutput - 1;
        _planeBytes = pairRows * _pairRowBytes;
        // Two padded rows lie behind the pairs.
        Int128 scratch = ((Int128)_planeBytes * p.InputChannelsPerGroup + 2 * _rowBytes + 63) / 64 * 64;
        _scratch = new(scratch * pool.Workers);
        _scratchBytes = (int)scratch;

        _bias = new(p.OutputChannels);
        for (int co = 0; spec.Bias is not null && co < p.OutputChannels; co++)
            _bias.Span[co] = (short)spec.Bias.Elements[co];
        _weights = PairWeights(spec, p, _pairsPerOutput);
    }

    private static int TileSums => 4 * T.Count;

    private static int Tiles(int columns) => (columns - 1) / WidestTile + 1;

    /// <summary>Whether every tile of columns is as wide as what the inner loop computes at once, and a band fits memory.</summary>
    public static bool Fits(in Conv2dParameters p, ConvTail tail)
    {
        int columns = tail.OutputSize(p).Columns;
        long pairRows = FewestSums / 2 + PairsPerOutput(p) + 1L;
        return columns / Tiles(columns) * tail.Columns >= TileSums &&
            (Int128)pairRows * 2 * RowBytes(p, tail) * p.InputChannelsPerGroup <= MostScratchBytes;
    }

    private static int PairsPerOutput(in Conv2dParameters p) => p.KernelHeight / 2 + 1;

    /// <summary>Bytes of input that a row of a tile reaches.</summary>
    private static long RowBytes(in Conv2dParameters p, ConvTail tail)
    {
        int columns = tail.OutputSize(p).Columns;
        return ((columns - 1L) / Tiles(columns) + 1) * tail.Columns + p.KernelWidth - 1;
    }

    /// <summary>
    /// <c>[co, ci, pair, kw, 2]</c>: the weights of a pair of input rows for the upper and for the lower row of outputs, the
    /// input's upper row in the lower byte.
    /// </summary>
    private static NativeBuffer<short> PairWeights(Conv2d spec, in Conv2dParameters p, int pairs)
    {
        ReadOnlySpan<float> weight = spec.Weight.Elements;
        var paired = new NativeBuffer<short>((Int128)p.OutputChannels * p.InputChannelsPerGroup * pairs * p.KernelWidth * 2);
        int i = 0;
        for (int plane = 0; plane < p.OutputChannels * p.InputChannelsPerGroup; plane++)
        {
            ReadOnlySpan<float> kernel = weight.Slice(plane * p.KernelHeight * p.KernelWidth, p.KernelHeight * p.KernelWidth);
            for (int pair = 0; pair < pairs; pair++)
            {
                for (int kw = 0; kw < p.KernelWidth; kw++)
                {
                    paired.Span[i++] = Join(Weight(kernel, p, 2 * pair, kw), Weight(kernel, p, 2 * pair + 1, kw));
                    paired.Span[i++] = Join(Weight(kernel, p, 2 * pair - 1, kw), Weight(kernel, p, 2 * pair, kw));
                }
            }
        }
        return paired;
    }

    private static int Weight(ReadOnlySpan<float> kernel, in Conv2dParameters p, int kh, int kw) =>
        (uint)kh < (uint)p.KernelHeight ? (int)kernel[kh * p.KernelWidth + kw] : 0;

    private static short Join(int upper, int lower) => (short)((byte)upper | (lower << 8));

    public override void Run(byte* input, float* output)
    {
        _input = input;
        _output = output;
        _pool.Run(this, _p.Batch * _groups * _bands * _tiles);
    }

    void IJob.Run(int start, int end, int worker)
    {
        for (int item = start; item < end; item++)
        {
            (int rest, int tile) = Math.DivRem(item, _tiles);
            (rest, int band) = Math.DivRem(rest, _bands);
            (int n, int group) = Math.DivRem(rest, _groups);
            int column = (int)((long)tile * _columns / _tiles);
            int columns = (int)((tile + 1L) * _columns / _tiles) - column;
            int row = band * _bandRows;
            RunItem(n, group, row, Math.Min(_bandRows, _rows - row), column, columns, _scratch.Pointer + (long)worker * _scratchBytes);
        }
    }

    private void RunItem(int n, int group, int row, int rows, int column, int columns, byte* scratch)
    {
        int sums = rows * _tail.Columns;
        int bytes = columns * _tail.Columns + _p.KernelWidth - 1;
        byte* buffers = scratch + (long)_planeBytes * _p.InputChannelsPerGroup;
        for (int ci = 0; ci < _p.InputChannelsPerGroup; ci++)
        {
            long plane = (long)n * _p.InputChannels + (long)group * _p.InputChannelsPerGroup + ci;
            PairRows(_input + plane * _p.InputHeight * _p.InputWidth, row * _tail.Columns, sums + _p.KernelHeight - 1,
                column * _tail.Columns, bytes, scratch + (long)ci * _planeBytes, buffers);
        }
        for (int i = 0; i < _p.OutputChannelsPerGroup; i++)
        {
            int co = group * _p.OutputChannelsPerGroup + i;
            float* target = _output + (((long)n * _p.OutputChannels + co) * _rows + row) * _columns + column;
            RunChannel(co, sums, columns * _tail.Columns, scratch, target);
        }
    }

    private void PairRows(byte* plane, int row, int rows, int column, int bytes, byte* pairs, byte* buffers)
    {
        for (int i = 0; i < rows; i += 2, pairs += _pairRowBytes)
        {
            byte* first = _window.Row(plane, row + i, column, bytes, buffers);
            // The last row may have no other below it: its pair has a weight of 0.
            byte* second = i + 1 < rows ? _window.Row(plane, row + i + 1, column, bytes, buffers + _rowBytes) : first;
            int x = 0;
            for (; x + T.Count <= bytes; x += T.Count)
                T.Pair(first + x, second + x, pairs + 2 * x);
            if (x < bytes)
            {
                x = bytes - T.Count;
                T.Pair(first + x, second + x, pairs + 2 * x);
            }
        }
    }

    private void RunChannel(int co, int sums, int columns, byte* pairs, float* target)
    {
        switch (_tail.Function)
        {
            case null: RunChannel<IdentityFunction>(co, sums, columns, pairs, target); break;
            case PointwiseFunction.Relu: RunChannel<ReluFunction>(co, sums, columns, pairs, target); break;
            case PointwiseFunction.Abs: RunChannel<AbsFunction>(co, sums, columns, pairs, target); break;
            default: throw new NotSupportedException($"{_tail.Function} is not applied in registers");
        }
    }

    private void RunChannel<TFunction>(int co, int sums, int columns, byte* pairs, float* target)
    {
        short* weights = _weights.Pointer + (long)co * _p.InputChannelsPerGroup * _pairsPerOutput * _p.KernelWidth * 2;
        short bias = _bias.Pointer[co];
        for (int y = 0; y < sums; y += 2, pairs += _pairRowBytes, target += 2 / _tail.Columns * (long)_columns)
        {
            nint secondRow = y + 1 < sums ? _columns : 0;
            for (int x = 0; x < columns; x += TileSums)
            {
                // The last one overlaps its neighbour.
                x = Math.Min(x, columns - TileSums);
                RunTile<TFunction>(pairs + 2 * x, weights, bias, target + x / _tail.Columns, secondRow);
            }
        }
    }

    /// <summary>Two rows of one channel, four vectors wide.</summary>
    private void RunTile<TFunction>(byte* pairs, short* weights, short bias, float* target, nint secondRow)
    {
        T a0 = T.Create(bias), a1 = a0, a2 = a0, a3 = a0, c0 = a0, c1 = a0, c2 = a0, c3 = a0;
        for (int ci = _p.InputChannelsPerGroup; ci > 0; ci--)
        {
            byte* row = pairs;
            for (int pair = _pairsPerOutput; pair > 0; pair--)
            {
                byte* x = row;
                for (byte* end = row + 2 * _p.KernelWidth; x < end; x += 2, weights += 2)
                {
                    T x0 = T.Load(x), x1 = T.Load(x + 2 * T.Count), x2 = T.Load(x + 4 * T.Count), x3 = T.Load(x + 6 * T.Count);
                    T weight = T.Create(weights[0]);
                    a0 = T.AddProducts(a0, x0, weight);
                    a1 = T.AddProducts(a1, x1, weight);
                    a2 = T.AddProducts(a2, x2, weight);
                    a3 = T.AddProducts(a3, x3, weight);
                    weight = T.Create(weights[1]);
                    c0 = T.AddProducts(c0, x0, weight);
                    c1 = T.AddProducts(c1, x1, weight);
                    c2 = T.AddProducts(c2, x2, weight);
                    c3 = T.AddProducts(c3, x3, weight);
                }
                row += _pairRowBytes;
            }
            pairs += _planeBytes;
        }
        int step = T.Count / _tail.Columns;
        Emit<TFunction>(a0, c0, target, secondRow);
        Emit<TFunction>(a1, c1, target + step, secondRow);
        Emit<TFunction>(a2, c2, target + 2 * step, secondRow);
        Emit<TFunction>(a3, c3, target + 3 * step, secondRow);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Emit<TFunction>(T upper, T lower, float* target, nint secondRow)
    {
        if (typeof(TFunction) == typeof(ReluFunction))
            (upper, lower) = (T.Max(upper, default), T.Max(lower, default));
        else if (typeof(TFunction) == typeof(AbsFunction))
            (upper, lower) = (T.Abs(upper), T.Abs(lower));
        switch (_tail.Kind)
        {
            case ConvTailKind.MaxPool2x2:
                T.StoreMaxima(T.Max(upper, lower), target);
                break;
            case ConvTailKind.AvgPool2x2:
                T.StoreMeans(upper, lower, target);
                break;
            default:
                // A last row without another below it is written over what its lower row came to.
                T.Store(lower, target + secondRow);
                T.Store(upper, target);
                break;
        }
    }

    public override void Dispose()
    {
        _weights.Dispose();
        _bias.Dispose();
        _scratch.Dispose();
    }
}
