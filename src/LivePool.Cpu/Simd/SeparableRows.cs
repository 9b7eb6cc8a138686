using LivePool.Core.Operators;

namespace LivePool.Cpu.Simd;

/// <summary>
/// The rows of a convolution all of whose kernels are separable. Two rows at a time, the sums of columns go to scratch memory
/// that stays in the first-level cache, and the sums of rows are taken there. No sum of a column is computed twice.
/// </summary>
internal sealed unsafe class SeparableRows<TVector> : IDisposable where TVector : struct, IVector<TVector>
{
    private readonly Conv2dParameters _across;
    private readonly NativeBuffer<float> _rows;
    private readonly NativeBuffer<float> _noBias;
    private readonly NativeBuffer<long> _offsets;
    private readonly int _rowLength;

    private SeparableRows(in Conv2dParameters p, int rowLength, float[] columns, float[] rows)
    {
        Down = p with { KernelWidth = 1 };
        _across = p with { KernelHeight = 1 };
        Columns = columns;
        _rows = new(rows.Length);
        rows.CopyTo(_rows.Span);
        _noBias = new(p.OutputChannels);
        _rowLength = rowLength;
        _offsets = ConvTaps.CreateOffsets(_across, rowLength, column => column);
    }

    /// <summary>
    /// Null where a kernel is not separable, or two passes would not be faster. That hangs on the convolution alone and not on
    /// what follows it, so that fused stages come to the same bits as others.
    /// </summary>
    /// <param name="spec">The convolution.</param>
    /// <param name="p">The same for its input.</param>
    /// <param name="rowLength">Columns of input that a block reaches at most.</param>
    public static SeparableRows<TVector>? TryCreate(Conv2d spec, in Conv2dParameters p, long rowLength)
    {
        (int height, int width) = (p.KernelHeight, p.KernelWidth);
        bool isPlain = (p.InputChannelsPerGroup, p.StrideHeight, p.StrideWidth) == (1, 1, 1);
        // Measured: below that, the second pass's loads and stores cost what the multiplications save.
        if (!isPlain || (long)height * width < 3L * (height + width))
            return null;
        float[] columns = new float[p.OutputChannels * height];
        float[] rows = new float[p.OutputChannels * width];
        for (int co = 0; co < p.OutputChannels; co++)
        {
            ReadOnlySpan<float> kernel = spec.Weight.Elements.Slice(co * height * width, height * width);
            if (!SeparableKernel.TryFactor(kernel, columns.AsSpan(co * height, height), rows.AsSpan(co * width, width)))
                return null;
        }
        return new(p, (int)rowLength, columns, rows);
    }

    /// <summary>The first pass as a convolution.</summary>
    public Conv2dParameters Down { get; }

    /// <summary>The first pass's weights, <c>[co, kh]</c>.</summary>
    public float[] Columns { get; }

    /// <summary>Elements of scratch memory: two rows of two channels, and what a narrow row's tile reads behind them.</summary>
    public long ScratchLength => 4L * _rowLength + ConvRows<TVector>.TileWidth;

    /// <param name="block">The sums, with the first pass's taps and weights, and the scratch memory behind its staging.</param>
    public void Run<TEpilogue>(in ConvBlock block) where TEpilogue : struct, IConvEpilogue
    {
        float* scratch = block.Staging + ConvRows<TVector>.StagingLength;
        ConvBlock down = block;
        down.Bias = _noBias.Pointer;
        down.Columns += (_across.KernelWidth - 1) * _across.DilationWidth;
        down.PlaneLength = 2 * (nint)_rowLength;
        ConvBlock across = block;
        across.Pair = ConvTaps.Create(_across, _offsets, planeLength: 0);
        across.Single = across.Pair with { Apart = 0 };
        across.Weights = _rows.Pointer;
        across.Channels = 1;

        float* source = block.Source;
        float* target = block.Target;
        for (int y = 0; y < block.Rows; y += 2)
        {
            bool isPair = y + 1 < block.Rows;
            for (int c = 0; c < block.Channels; c += 2)
            {
                down.FirstChannel = block.FirstChannel + c;
                down.Channels = Math.Min(2, block.Channels - c);
                ConvRows<TVector>.RunRow<StoreSums<IdentityFunction>>(
                    &down, isPair ? &down.Pair : &down.Single, source, scratch, isPair ? _rowLength : 0);
                for (int i = 0; i < down.Channels; i++)
                {
                    across.FirstChannel = down.FirstChannel + i;
                    ConvRows<TVector>.RunRow<TEpilogue>(
                        &across, isPair ? &across.Pair : &across.Single, scratch + i * down.PlaneLength,
                        target + (c + i) * block.PlaneLength, isPair ? block.RowLength : 0);
                }
            }
            source += block.TwoRows;
            target += 2 / TEpilogue.Columns * (long)block.RowLength;
        }
    }

    public void Dispose()
    {
        _rows.Dispose();
        _noBias.Dispose();
        _offsets.Dispose();
    }
}
