using LivePool.Core.Operators;

namespace LivePool.Cpu.Simd;

/// <summary>
/// Convolution, and what follows it in the same pass: one item is a band of rows of one tile of columns and one group. The
/// outputs of a convolution that is followed by something never reach memory: a 2x2 pool without padding is taken in
/// registers, anything else out of a band in scratch memory.
/// </summary>
internal sealed unsafe class SimdConv2d<TVector> : SimdStage, IJob where TVector : struct, IVector<TVector>
{
    /// <summary>What a worker's copy of the input may take of its second-level cache.</summary>
    private const int ScratchBytes = 256 << 10;
    private const int WidestTile = 512;
    private const int TallestBand = 64;
    private const int ItemsPerWorker = 8;
    private static readonly int _tileWidth = ConvRows<TVector>.TileWidth;

    /// <summary>The taps where the input is read in place, and where a copy is.</summary>
    private readonly record struct Layout(NativeBuffer<long> Offsets, long RowLength, long PlaneLength);

    private readonly Conv2dParameters _p;
    private readonly ConvTail _tail;
    private readonly WorkerPool _pool;
    private readonly PaddedWindow<TVector> _window;
    private readonly ByteConv2d? _bytes;
    private readonly SeparableRows<TVector>? _separable;
    private readonly Conv2dParameters _taps;
    private readonly Layout _copied;
    private readonly Layout _direct;
    private readonly NativeBuffer<float> _weights;
    private readonly NativeBuffer<float> _scratch;
    private readonly long _scratchLength;
    private readonly long _bandOffset;
    private readonly long _stagingOffset;
    private readonly NativeBuffer<float> _bias;
    private readonly int _bands;
    private readonly int _bandRows;
    private readonly int _tiles;
    private readonly int _tileColumns;
    private readonly int _bandSums;
    private void* _input;
    private bool _isBytes;
    private float* _output;

    /// <param name="spec">The convolution.</param>
    /// <param name="p">The same for its input.</param>
    /// <param name="tail">What follows it.</param>
    /// <param name="pool">The threads.</param>
    /// <param name="mayFactor">Whether separable kernels may be summed in two passes.</param>
    public SimdConv2d(Conv2d spec, in Conv2dParameters p, ConvTail tail, WorkerPool pool, bool mayFactor = true)
    {
        _p = p;
        _tail = tail;
        _pool = pool;
        _bias = new(p.OutputChannels);
        spec.Bias?.Elements.CopyTo(_bias.Span);

        (int rows, int columns) = tail.OutputSize(p);
        // Tiles of equal width, bands that leave each worker several items.
        bool isTiled = tail.Kind != ConvTailKind.Scratch;
        _tiles = isTiled ? (columns - 1) / WidestTile + 1 : 1;
        _tileColumns = (columns - 1) / _tiles + 1;
        _window = new(p, isTiled ? _tileColumns * tail.Columns : p.OutputWidth);
        _separable = mayFactor ? SeparableRows<TVector>.TryCreate(spec, p, _window.RowLength) : null;
        _taps = _separable?.Down ?? p;
        _weights = PairedWeights(_separable is null ? spec.Weight.Elements : _separable.Columns, p);
        int items = p.Batch * (p.OutputChannels / p.OutputChannelsPerGroup) * _tiles;
        long wanted = (long)rows * items / ((long)pool.Workers * ItemsPerWorker);
        _bandRows = (int)Math.Max(
            Math.Min(tail.RowsFrom(FewestSums(p)), rows),
            Math.Max(tail.FewestRows, Math.Min(tail.RowsFrom(MostSums(p, _window.RowLength)), (wanted + 1) / 2 * 2)));
        _bands = (rows - 1) / _bandRows + 1;

        _bandSums = tail.SumsFor(_bandRows, p.OutputHeight);
        long inputRows = (long)(_bandSums - 1) * p.StrideHeight + (long)(p.KernelHeight - 1) * p.DilationHeight + 1;
        Int128 planeLength = (Int128)inputRows * _window.RowLength;
        // The last tile of a row may read vectors that no output needs.
        Int128 split = p.InputChannelsPerGroup * planeLength + _tileWidth;
        Int128 band = split + _window.SplitLength;
        Int128 staging = band + (tail.Kind == ConvTailKind.Scratch ? 2 * (Int128)_bandSums * p.OutputWidth : 0);
        Int128 behind = staging + ConvRows<TVector>.StagingLength + (_separable?.ScratchLength ?? 0);
        Int128 length = (behind + 15) / 16 * 16;
        _scratch = new(length * pool.Workers);
        (_scratchLength, _bandOffset, _stagingOffset) = ((long)length, (long)band, (long)staging);
        _copied = new(ConvTaps.CreateOffsets(_taps, _window.RowLength, _window.ColumnOffset), _window.RowLength, (long)planeLength);
        _direct = new(ConvTaps.CreateOffsets(_taps, p.InputWidth, column => column), p.InputWidth, (long)p.InputHeight * p.InputWidth);
        _bytes = ByteConv2d.TryCreate(spec, p, tail, pool, TVector.Count * 32);
    }

    /// <summary>Whether kernels are summed in two passes.</summary>
    public bool IsFactored => _separable is not null;

    /// <summary>Whether bytes are summed in integers.</summary>
    public bool TakesIntegers => _bytes is not null;

    /// <summary>Elements of the output.</summary>
    public long OutputCount
    {
        get
        {
            (int rows, int columns) = _tail.OutputSize(_p);
            return (long)_p.Batch * _p.OutputChannels * rows * columns;
        }
    }

    /// <summary>Rows of sums whose input fits the second-level cache; at least 2.</summary>
    private static int MostSums(in Conv2dParameters p, long rowLength)
    {
        long inputRows = ScratchBytes / sizeof(float) / (rowLength * p.InputChannelsPerGroup);
        long rows = (inputRows - (long)(p.KernelHeight - 1) * p.DilationHeight - 1) / p.StrideHeight + 1;
        return (int)Math.Clamp(rows / 2 * 2, 2, TallestBand);
    }

    /// <summary>Rows of sums below which a band would copy more than twice the input that is its own.</summary>
    private static int FewestSums(in Conv2dParameters p) =>
        (int)Math.Clamp(((long)(p.KernelHeight - 1) * p.DilationHeight / p.StrideHeight + 1) / 2 * 2, 2, (p.OutputHeight + 1) / 2 * 2);

    /// <summary>The weights of two channels side by side, <c>[pairs, ci, kh, kw, 2]</c>, a group's odd last channel alone.</summary>
    private static NativeBuffer<float> PairedWeights(ReadOnlySpan<float> weight, in Conv2dParameters p)
    {
        var paired = new NativeBuffer<float>(weight.Length);
        int taps = weight.Length / p.OutputChannels;
        int i = 0;
        for (int co = 0; co < p.OutputChannels;)
        {
            int together = Math.Min(2, p.OutputChannelsPerGroup - co % p.OutputChannelsPerGroup);
            for (int tap = 0; tap < taps; tap++)
            {
                for (int c = 0; c < together; c++)
                    paired.Span[i++] = weight[(co + c) * taps + tap];
            }
            co += together;
        }
        return paired;
    }

    public override void Run(float* input, float* output, long* indices) => Run(input, isBytes: false, output);

    public override bool TryRun(byte* input, float* output)
    {
        if (_bytes is not null)
            _bytes.Run(input, output);
        else
            Run(input, isBytes: true, output);
        return true;
    }

    private void Run(void* input, bool isBytes, float* output)
    {
        _input = input;
        _isBytes = isBytes;
        _output = output;
        int groups = _p.OutputChannels / _p.OutputChannelsPerGroup;
        _pool.Run(this, _p.Batch * groups * _bands * _tiles);
    }

    void IJob.Run(int start, int end, int worker)
    {
        int groups = _p.OutputChannels / _p.OutputChannelsPerGroup;
        for (int item = start; item < end; item++)
        {
            (int rest, int tile) = Math.DivRem(item, _tiles);
            (rest, int band) = Math.DivRem(rest, _bands);
            (int n, int group) = Math.DivRem(rest, groups);
            RunItem(n, group, band * _bandRows, tile * _tileColumns, worker);
        }
    }

    /// <param name="n">The picture.</param>
    /// <param name="group">The group.</param>
    /// <param name="row">The first row of results.</param>
    /// <param name="column">The first column of results.</param>
    /// <param name="worker">Whose scratch memory is used.</param>
    private void RunItem(int n, int group, int row, int column, int worker)
    {
        (int height, int width) = _tail.OutputSize(_p);
        int rows = Math.Min(_bandRows, height - row);
        int columns = Math.Min(_tileColumns, width - column);
        int sumColumns = _tail.Kind == ConvTailKind.Scratch ? _p.OutputWidth : columns * _tail.Columns;
        (int firstSum, int sums) = _tail.Sums(row, rows, _p.OutputHeight);
        float* scratch = _scratch.Pointer + worker * _scratchLength;
        bool isDirect = !_isBytes && _window.IsInput && sumColumns >= _tileWidth;
        Layout layout = isDirect ? _direct : _copied;

        int firstRow = firstSum * _p.StrideHeight;
        int firstColumn = column * _tail.Columns * _p.StrideWidth;
        long plane = (long)n * _p.InputChannels + (long)group * _p.InputChannelsPerGroup;
        float* source = isDirect
            ? (float*)_input + (plane * _p.InputHeight + firstRow) * _p.InputWidth + firstColumn
            : Copy(plane, firstRow, sums, firstColumn, scratch);
        var pair = ConvTaps.Create(_taps, layout.Offsets, layout.PlaneLength);
        var block = new ConvBlock
        {
            Source = source,
            TwoRows = 2L * _p.StrideHeight * layout.RowLength,
            Pair = pair,
            // Both rows are the same one.
            Single = pair with { Apart = 0 },
            Weights = _weights.Pointer,
            Bias = _bias.Pointer,
            FirstChannel = group * _p.OutputChannelsPerGroup,
            Channels = _p.OutputChannelsPerGroup,
            Rows = sums,
            Columns = sumColumns,
            RowLength = width,
            PlaneLength = (nint)height * width,
            Staging = scratch + _stagingOffset,
        };
        block.Target = _output + (((long)n * _p.OutputChannels + block.FirstChannel) * height + row) * width + column;
        if (_tail.Kind == ConvTailKind.Scratch)
            RunThroughScratch(block, row, rows, firstSum, scratch + _bandOffset, worker);
        else
            RunBlock(block);
    }

    private float* Copy(long plane, int firstRow, int sums, int firstColumn, float* scratch)
    {
        int rows = (sums - 1) * _p.StrideHeight + (_p.KernelHeight - 1) * _p.DilationHeight + 1;
        float* split = scratch + _p.InputChannelsPerGroup * _copied.PlaneLength + _tileWidth;
        long planeBytes = (long)_p.InputHeight * _p.InputWidth * (_isBytes ? 1 : sizeof(float));
        for (int ci = 0; ci < _p.InputChannelsPerGroup; ci++)
        {
            _window.Fill((byte*)_input + (plane + ci) * planeBytes, _isBytes, firstRow, rows, firstColumn,
                scratch + ci * _copied.PlaneLength, split);
        }
        return scratch;
    }

    private void RunThroughScratch(ConvBlock block, int row, int rows, int firstSum, float* band, int worker)
    {
        float* target = block.Target;
        nint planeLength = block.PlaneLength;
        int channels = block.Channels;
        int width = _p.OutputWidth;
        block.Target = band;
        block.RowLength = width;
        block.PlaneLength = (nint)block.Rows * width;
        for (int c = 0; c < channels; c += 2)
        {
            block.Channels = Math.Min(2, channels - c);
            RunRows<StoreSums<IdentityFunction>>(block);
            block.FirstChannel += 2;
            for (int i = 0; i < block.Channels; i++)
            {
                float* sums = band + i * block.PlaneLength;
                _tail.Finish(sums, block.Rows * width, firstSum, row, rows, target + (c + i) * planeLength, worker);
            }
        }
    }

    private void RunBlock(ConvBlock block)
    {
        switch (_tail.Function)
        {
            case null: RunBlock<IdentityFunction>(block); break;
            case PointwiseFunction.Relu: RunBlock<ReluFunction>(block); break;
            case PointwiseFunction.Abs: RunBlock<AbsFunction>(block); break;
            default: throw new NotSupportedException($"{_tail.Function} is not applied in registers");
        }
    }

    private void RunBlock<TFunction>(ConvBlock block) where TFunction : struct, IPointwiseFunction
    {
        if (_tail.Kind == ConvTailKind.MaxPool2x2)
            RunRows<PoolSums<TFunction, MaxReducer>>(block);
        else if (_tail.Kind == ConvTailKind.AvgPool2x2)
            RunRows<PoolSums<TFunction, SumReducer>>(block);
        else
            RunRows<StoreSums<TFunction>>(block);
    }

    private void RunRows<TEpilogue>(in ConvBlock block) where TEpilogue : struct, IConvEpilogue
    {
        if (_separable is null)
            ConvRows<TVector>.Run<TEpilogue>(block);
        else
            _separable.Run<TEpilogue>(block);
    }

    public override void Dispose()
    {
        _copied.Offsets.Dispose();
        _direct.Offsets.Dispose();
        _weights.Dispose();
        _bias.Dispose();
        _scratch.Dispose();
        _separable?.Dispose();
        _tail.Dispose();
        _bytes?.Dispose();
    }
}
