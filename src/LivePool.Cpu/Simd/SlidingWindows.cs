using System.Runtime.CompilerServices;
using LivePool.Core.Operators;

namespace LivePool.Cpu.Simd;

/// <summary>
/// Windows at a stride of 1, at a cost that hardly grows with the window. Rows are reduced by van Herk's and Gil and
/// Werman's scheme: within a block of output rows, what a window has in the block's first window, summed from its end,
/// and what it has behind that, summed from its start. Columns are reduced by <see cref="SlidingTerms"/>. A tile is a
/// strip of a block, small enough for the first-level cache.
/// </summary>
internal sealed unsafe class SlidingWindows<TVector, TReducer> : IDisposable
    where TVector : struct, IVector<TVector>
    where TReducer : struct, IReducer
{
    private const int MostRows = 32;
    private const int TileElements = 12 * 1024;
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
        int strip = Math.Max(TileElements / _blockRows, LeastStrip * p.KernelWidth) / 16 * 16;
        _strips = Math.Max(1, p.OutputWidth / Math.Max(strip, 64));
        int longest = 0;
        for (int i = 0; i < _strips; i++)
            longest = Math.Max(longest, StripStart(i + 1) - StripStart(i));
        long rowLength = (longest + (long)p.KernelWidth - 1 + 15) / 16 * 16 + 16;
        Int128 scratchLength = (Int128)rowLength * (_blockRows + _terms.Levels) + 2 * 16;
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
        float* reduced = _scratch.Pointer + (long)worker * _scratchLength +
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

    /// <summary>Reduces the rows of a tile's windows; false where the reducer takes only numbers and met a NaN.</summary>
    private bool ReduceRows<T>(float* plane, int oh, int rows, int ow, int count, float* reduced) where T : struct, IReducer
    {
        int length = count + _p.KernelWidth - 1;
        int left = Math.Clamp(_p.PaddingLeft - ow, 0, length);
        int right = Math.Clamp(_p.InputWidth + _p.PaddingLeft - ow, left, length);
        for (int row = 0; row < rows; row++)
        {
            new Span<float>(reduced + row * _rowLength, left).Fill(T.Identity);
            new Span<float>(reduced + row * _rowLength + right, length - right).Fill(T.Identity);
        }
        int top = oh - _p.PaddingTop;
        plane += (long)top * _p.InputWidth + (ow - _p.PaddingLeft);
        int first = Math.Max(0, -top);
        int end = Math.Min(rows + _p.KernelHeight - 1, _p.InputHeight - top);
        return right - left >= TVector.Count
            ? ReduceRows<TVector, T>(plane, first, end, rows, left, right, reduced)
            : ReduceRows<ScalarF, T>(plane, first, end, rows, left, right, reduced);
    }

    private bool ReduceRows<TLanes, T>(float* source, int first, int end, int rows, int left, int right, float* reduced)
        where TLanes : struct, IVector<TLanes>
        where T : struct, IReducer
    {
        TLanes check = TLanes.Create(0);
        int x = left;
        if (right - left >= 5 * TLanes.Count)
        {
            ReduceVector<TLanes, T>(source + x, first, end, rows, reduced + x, ref check);
            // From the next whole vector of memory on, no load of a row of whole vectors touches two cache lines.
            x += TLanes.Count - (int)((nuint)(source + x) / sizeof(float) % (nuint)TLanes.Count);
        }
        for (; x + 4 * TLanes.Count <= right; x += 4 * TLanes.Count)
            ReduceFourVectors<TLanes, T>(source + x, first, end, rows, reduced + x, ref check);
        for (; x < right; x += TLanes.Count)
        {
            // The last vector overlaps the one before it where the row is not a whole number of them.
            x = Math.Min(x, right - TLanes.Count);
            ReduceVector<TLanes, T>(source + x, first, end, rows, reduced + x, ref check);
        }
        return typeof(T) != typeof(NumberMaxReducer) || IsNumber(check);
    }

    private static bool IsNumber<TLanes>(TLanes value) where TLanes : struct, IVector<TLanes>
    {
        float* lanes = stackalloc float[TLanes.Count];
        TLanes.Store(value, lanes);
        bool isNumber = true;
        for (int i = 0; i < TLanes.Count; i++)
            isNumber &= !float.IsNaN(lanes[i]);
        return isNumber;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ReduceVector<TLanes, T>(float* source, int first, int end, int rows, float* reduced, ref TLanes check)
        where TLanes : struct, IVector<TLanes>
        where T : struct, IReducer
    {
        int width = _p.InputWidth;
        int kernel = _p.KernelHeight;
        TLanes sum = TLanes.Create(0);
        TLanes accumulator = TLanes.Create(T.Identity);
        for (int row = kernel - 1; row >= 0; row--)
        {
            if (row >= first && row < end)
            {
                TLanes element = TLanes.Load(source + (long)row * width);
                accumulator = T.Combine(accumulator, element);
                if (typeof(T) == typeof(NumberMaxReducer))
                    sum += element;
            }
            if (row < rows)
                TLanes.Store(accumulator, reduced + row * _rowLength);
        }
        accumulator = TLanes.Create(T.Identity);
        for (int row = 1; row < rows; row++)
        {
            if (kernel - 1 + row < end)
            {
                TLanes element = TLanes.Load(source + (long)(kernel - 1 + row) * width);
                accumulator = T.Combine(accumulator, element);
                if (typeof(T) == typeof(NumberMaxReducer))
                    sum += element;
            }
            TLanes.Store(T.Combine(TLanes.Load(reduced + row * _rowLength), accumulator), reduced + row * _rowLength);
        }
        if (typeof(T) == typeof(NumberMaxReducer))
            check += sum;
    }

    /// <summary>As <see cref="ReduceVector"/>, with the registers of four, so that their instructions overlap.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ReduceFourVectors<TLanes, T>(float* source, int first, int end, int rows, float* reduced, ref TLanes check)
        where TLanes : struct, IVector<TLanes>
        where T : struct, IReducer
    {
        long width = _p.InputWidth;
        int kernel = _p.KernelHeight;
        int rowLength = _rowLength;
        TLanes sum = TLanes.Create(0);
        TLanes a = TLanes.Create(T.Identity);
        TLanes b = a;
        TLanes c = a;
        TLanes d = a;
        float* element = source + (kernel - 1) * width;
        float* target = reduced + (kernel - 1) * rowLength;
        for (int row = kernel - 1; row >= 0; row--, element -= width, target -= rowLength)
        {
            if (row >= first && row < end)
            {
                TLanes elementA = TLanes.Load(element);
                TLanes elementB = TLanes.Load(element + TLanes.Count);
                TLanes elementC = TLanes.Load(element + 2 * TLanes.Count);
                TLanes elementD = TLanes.Load(element + 3 * TLanes.Count);
                a = T.Combine(a, elementA);
                b = T.Combine(b, elementB);
                c = T.Combine(c, elementC);
                d = T.Combine(d, elementD);
                if (typeof(T) == typeof(NumberMaxReducer))
                    sum += elementA + elementB + (elementC + elementD);
            }
            if (row < rows)
            {
                TLanes.Store(a, target);
                TLanes.Store(b, target + TLanes.Count);
                TLanes.Store(c, target + 2 * TLanes.Count);
                TLanes.Store(d, target + 3 * TLanes.Count);
            }
        }
        a = TLanes.Create(T.Identity);
        b = a;
        c = a;
        d = a;
        element = source + kernel * width;
        target = reduced + rowLength;
        for (int row = 1; row < rows; row++, element += width, target += rowLength)
        {
            if (kernel - 1 + row < end)
            {
                TLanes elementA = TLanes.Load(element);
                TLanes elementB = TLanes.Load(element + TLanes.Count);
                TLanes elementC = TLanes.Load(element + 2 * TLanes.Count);
                TLanes elementD = TLanes.Load(element + 3 * TLanes.Count);
                a = T.Combine(a, elementA);
                b = T.Combine(b, elementB);
                c = T.Combine(c, elementC);
                d = T.Combine(d, elementD);
                if (typeof(T) == typeof(NumberMaxReducer))
                    sum += elementA + elementB + (elementC + elementD);
            }
            TLanes.Store(T.Combine(TLanes.Load(target), a), target);
            TLanes.Store(T.Combine(TLanes.Load(target + TLanes.Count), b), target + TLanes.Count);
            TLanes.Store(T.Combine(TLanes.Load(target + 2 * TLanes.Count), c), target + 2 * TLanes.Count);
            TLanes.Store(T.Combine(TLanes.Load(target + 3 * TLanes.Count), d), target + 3 * TLanes.Count);
        }
        if (typeof(T) == typeof(NumberMaxReducer))
            check += sum;
    }

    private void ReduceColumns<T>(float* reduced, int oh, int rows, int ow, int count, float* output) where T : struct, IReducer
    {
        float* levels = reduced + _blockRows * _rowLength;
        for (int row = 0; row < rows; row++, reduced += _rowLength, output += _p.OutputWidth)
        {
            if (_p.KernelWidth <= SlidInRegisters.MostColumns && _slid is not null)
            {
                SlideRow<T>(reduced, oh + row, count, output);
            }
            else
            {
                WidenWindows<T>(reduced, count + _p.KernelWidth - 1, levels);
                CombineTerms<T>(reduced, levels, oh + row, count, output);
            }
            if (_divisors is { IsUniform: false })
                _divisors.Divide(output, oh + row, ow, count);
        }
    }

    private void SlideRow<T>(float* reduced, int oh, int count, float* target) where T : struct, IReducer
    {
        float divisor = _divisors is { IsUniform: true } ? _divisors.Uniform(oh) : 1;
        bool multiplies = WindowDivisors<TVector>.IsPowerOfTwo(divisor);
        _slid!.Reduce<T>(reduced, count, target, Vector512F.Create(multiplies ? 1 / divisor : divisor), multiplies);
    }

    /// <summary>Makes the levels of a row.</summary>
    private void WidenWindows<T>(float* row, int length, float* levels) where T : struct, IReducer
    {
        for (int level = 1; level <= _terms.Levels; level++, levels += _rowLength)
        {
            int columns = _terms.LevelColumns[level - 1];
            length -= _terms.LevelColumns[level] - columns;
            if (level == 1 && _slid is not null)
                _slid.Reduce<T>(row, length, levels, Vector512F.Create(1), multiplies: true);
            else
                QuadrupleWindows<T>(row, columns, length, levels);
            row = levels;
        }
    }

    private static void QuadrupleWindows<T>(float* source, int columns, int length, float* target) where T : struct, IReducer
    {
        for (int x = 0; ; x += TVector.Count)
        {
            x = Math.Min(x, length - TVector.Count);
            TVector left = T.Combine(TVector.Load(source + x), TVector.Load(source + x + columns));
            TVector right = T.Combine(TVector.Load(source + x + 2 * columns), TVector.Load(source + x + 3 * columns));
            TVector.Store(T.Combine(left, right), target + x);
            if (x == length - TVector.Count)
                return;
        }
    }

    private void CombineTerms<T>(float* row, float* levels, int oh, int count, float* target) where T : struct, IReducer
    {
        int last = _terms.Terms.Length - 1;
        float** terms = stackalloc float*[last + 1];
        for (int i = 0; i <= last; i++)
        {
            (int level, int offset) = _terms.Terms[i];
            terms[i] = (level == 0 ? row : levels + (level - 1) * _rowLength) + offset;
        }
        float divisor = _divisors is { IsUniform: true } ? _divisors.Uniform(oh) : 1;
        bool multiplies = WindowDivisors<TVector>.IsPowerOfTwo(divisor);
        TVector scale = TVector.Create(multiplies ? 1 / divisor : divisor);
        int x = 0;
        for (; x + 2 * TVector.Count <= count; x += 2 * TVector.Count)
        {
            float* term = terms[0] + x;
            TVector first = TVector.Load(term);
            TVector second = TVector.Load(term + TVector.Count);
            for (int i = 1; i <= last; i++)
            {
                term = terms[i] + x;
                first = T.Combine(first, TVector.Load(term));
                second = T.Combine(second, TVector.Load(term + TVector.Count));
            }
            if (typeof(T) == typeof(SumReducer))
            {
                first = multiplies ? first * scale : first / scale;
                second = multiplies ? second * scale : second / scale;
            }
            TVector.Store(first, target + x);
            TVector.Store(second, target + x + TVector.Count);
        }
        for (; x < count; x += TVector.Count)
        {
            x = Math.Min(x, count - TVector.Count);
            TVector accumulator = TVector.Load(terms[0] + x);
            for (int i = 1; i <= last; i++)
                accumulator = T.Combine(accumulator, TVector.Load(terms[i] + x));
            if (typeof(T) == typeof(SumReducer))
                accumulator = multiplies ? accumulator * scale : accumulator / scale;
            TVector.Store(accumulator, target + x);
        }
    }

    public void Dispose()
    {
        _scratch.Dispose();
        _divisors?.Dispose();
    }
}
