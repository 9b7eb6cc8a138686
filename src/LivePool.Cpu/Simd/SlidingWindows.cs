using LivePool.Core.Operators;

namespace LivePool.Cpu.Simd;

/// <summary>
/// Windows at a stride of 1, at a cost that hardly grows with the window. Rows are reduced by van Herk's and Gil and
/// Werman's scheme: within a block of output rows, what a window has of the block's first window, reduced from its end,
/// and what it has behind that, reduced from its start. Columns are reduced by <see cref="SlidingTerms"/>. A tile is a
/// strip of a block, small enough for the second-level cache.
/// </summary>
internal sealed unsafe partial class SlidingWindows<TVector, TReducer> : IDisposable
    where TVector : struct, IVector<TVector>
    where TReducer : struct, IReducer
{
    private const int MostRows = 32;
    private const int TileElements = 12 * 1024;
    private const int LeastColumns = 64;
    /// <summary>In kernels, so that what strips have in common stays a small part.</summary>
    private const int LeastStrip = 8;
    private readonly Pool2dParameters _p;
    private readonly WindowDivisors<TVector>? _divisors;
    private readonly SlidingTerms _terms;
    private readonly SlidInRegisters? _slid;
    private readonly int _blockRows;
    private readonly int _strips;
    private readonly int _rowLength;
    private readonly NativeBuffer<float> _scratch;
    private readonly int _scratchLength;

    /// <param name="p">Windows that fit.</param>
    /// <param name="workers">How many may reduce tiles at a time.</param>
    public SlidingWindows(in Pool2dParameters p, int workers)
    {
        _p = p;
        bool mayOverlap = typeof(TReducer) == typeof(MaxReducer);
        if (typeof(TVector) == typeof(Vector512F))
        {
            _terms = SlidingTerms.Create(p.KernelWidth, mayOverlap, Enumerable.Range(2, SlidInRegisters.MostColumns - 1).Reverse());
            _slid = new(p.KernelWidth <= SlidInRegisters.MostColumns ? p.KernelWidth : _terms.LevelColumns[1], mayOverlap);
        }
        else
        {
            _terms = SlidingTerms.Create(p.KernelWidth, mayOverlap, [4]);
        }
        _blockRows = Math.Min(Math.Min(p.KernelHeight, p.OutputHeight), MostRows);
        long strip = Math.Max(TileElements / _blockRows, LeastStrip * (long)p.KernelWidth);
        _strips = (int)((p.OutputWidth - 1) / Math.Max(strip, LeastColumns)) + 1;
        int longest = 0;
        for (int i = 0; i < _strips; i++)
            longest = Math.Max(longest, StripStart(i + 1) - StripStart(i));
        long rowLength = (longest + (long)p.KernelWidth - 1 + 15) / 16 * 16 + 16;
        Int128 scratchLength = (Int128)rowLength * (_blockRows + _terms.Levels) + 3 * 16;
        _scratch = new(scratchLength * workers);
        _rowLength = (int)rowLength;
        _scratchLength = (int)scratchLength;
        Tiles = (p.OutputHeight + _blockRows - 1) / _blockRows * _strips;
        if (typeof(TReducer) != typeof(SumReducer))
            return;
        try
        {
            _divisors = new(p);
        }
        catch
        {
            _scratch.Dispose();
            throw;
        }
    }

    /// <summary>Number of tiles of a plane.</summary>
    public int Tiles { get; }

    /// <summary>Whether this loop is the one for these windows.</summary>
    public static bool Fits(in Pool2dParameters p) =>
        p is { StrideHeight: 1, StrideWidth: 1, DilationHeight: 1, DilationWidth: 1 } && p.OutputWidth >= TVector.Count;

    private int StripStart(int strip) =>
        strip == _strips ? _p.OutputWidth : (int)((long)_p.OutputWidth * strip / _strips) / 16 * 16;

    /// <summary>Reduces the windows of a tile.</summary>
    /// <param name="plane">The input's plane.</param>
    /// <param name="tile">The tile.</param>
    /// <param name="worker">Whose scratch memory is used.</param>
    /// <param name="output">The output's plane.</param>
    public void Reduce(float* plane, int tile, int worker, float* output)
    {
        (int block, int strip) = Math.DivRem(tile, _strips);
        int oh = block * _blockRows;
        int rows = Math.Min(_blockRows, _p.OutputHeight - oh);
        int ow = StripStart(strip);
        int count = StripStart(strip + 1) - ow;
        // A reduced row lies in its cache lines as the input's row does.
        float* reduced = _scratch.Pointer + (long)worker * _scratchLength + 16 +
            (int)((nuint)(plane + (ow - _p.PaddingLeft)) / sizeof(float) % 16);
        output += (long)oh * _p.OutputWidth + ow;
        if (typeof(TReducer) != typeof(MaxReducer))
        {
            ReduceRows<TReducer>(plane, oh, rows, ow, count, reduced);
            ReduceColumns<TReducer>(reduced, oh, rows, ow, count, output);
        }
        else if (ReduceRows<NumberMaxReducer>(plane, oh, rows, ow, count, reduced))
        {
            ReduceColumns<NumberMaxReducer>(reduced, oh, rows, ow, count, output);
        }
        else
        {
            ReduceRows<MaxReducer>(plane, oh, rows, ow, count, reduced);
            ReduceColumns<MaxReducer>(reduced, oh, rows, ow, count, output);
        }
    }

    public void Dispose()
    {
        _scratch.Dispose();
        _divisors?.Dispose();
    }
}
