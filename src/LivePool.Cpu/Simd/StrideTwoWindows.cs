using System.Runtime.CompilerServices;
using LivePool.Core.Operators;

namespace LivePool.Cpu.Simd;

/// <summary>
/// Windows of two or three columns at a stride of two: two vectors of each row are reduced to two, those are split into
/// even and odd columns, and the columns are reduced, all in registers. A third column is the next even one.
/// </summary>
internal readonly unsafe struct StrideTwoWindows<TVector, TReducer>
    where TVector : struct, IVector<TVector>
    where TReducer : struct, IReducer
{
    private readonly Pool2dParameters _p;
    private readonly int _firstInside;
    private readonly int _endInside;

    public StrideTwoWindows(in Pool2dParameters p)
    {
        _p = p;
        _firstInside = (p.PaddingLeft + 1) / 2;
        int last = p.InputWidth - p.KernelWidth + p.PaddingLeft;
        _endInside = last < 0 ? 0 : Math.Min(p.OutputWidth, last / 2 + 1);
    }

    /// <summary>Whether this loop is the one for these windows.</summary>
    public static bool Fits(in Pool2dParameters p) =>
        p is { StrideWidth: 2, KernelWidth: 2 or 3, DilationHeight: 1, DilationWidth: 1 } &&
        (p.InputWidth - p.KernelWidth + p.PaddingLeft) / 2 + 1 - (p.PaddingLeft + 1) / 2 >= TVector.Count &&
        p.OutputWidth - (p.PaddingLeft + 1) / 2 >= TVector.Count;

    /// <summary>Reduces the windows of output row <paramref name="oh"/>.</summary>
    public void Reduce(float* plane, int oh, float* target)
    {
        int top = oh * _p.StrideHeight - _p.PaddingTop;
        int bottom = Math.Min(top + _p.KernelHeight, _p.InputHeight);
        top = Math.Max(top, 0);
        float* source = plane + (long)top * _p.InputWidth;
        int rows = bottom - top;
        for (int ow = 0; ow < _firstInside; ow++)
            target[ow] = ReduceClipped(source, rows, ow);
        for (int ow = _endInside; ow < _p.OutputWidth; ow++)
            target[ow] = ReduceClipped(source, rows, ow);

        source += 2 * _firstInside - _p.PaddingLeft;
        target += _firstInside;
        int count = _endInside - _firstInside;
        if (_p.KernelWidth == 2)
            ReducePairs(source, rows, target, count);
        else
            ReduceTriples(source, rows, target, count);
    }

    private void ReducePairs(float* source, int rows, float* target, int count)
    {
        int width = _p.InputWidth;
        for (int x = 0; ; x += TVector.Count)
        {
            // The last vector overlaps the one before it where the row is not a whole number of them.
            x = Math.Min(x, count - TVector.Count);
            ReduceRows(source + 2 * x, rows, width, out TVector even, out TVector odd);
            TVector.Store(TReducer.Combine(even, odd), target + x);
            if (x == count - TVector.Count)
                return;
        }
    }

    private void ReduceTriples(float* source, int rows, float* target, int count)
    {
        int width = _p.InputWidth;
        int x = 0;
        ReduceRows(source, rows, width, out TVector even, out TVector odd);
        for (; x + 2 * TVector.Count <= count; x += TVector.Count)
        {
            ReduceRows(source + 2 * (x + TVector.Count), rows, width, out TVector nextEven, out TVector nextOdd);
            TVector.Store(TReducer.Combine(TReducer.Combine(even, odd), TVector.ShiftIn(even, nextEven)), target + x);
            even = nextEven;
            odd = nextOdd;
        }
        while (true)
        {
            TVector behind = TVector.Create(ReduceColumn(source + 2 * (x + TVector.Count), rows, width));
            TVector.Store(TReducer.Combine(TReducer.Combine(even, odd), TVector.ShiftIn(even, behind)), target + x);
            if (x == count - TVector.Count)
                return;
            x = count - TVector.Count;
            ReduceRows(source + 2 * x, rows, width, out even, out odd);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ReduceRows(float* source, int rows, int width, out TVector even, out TVector odd)
    {
        TVector first = TReducer.Take(TVector.Create(TReducer.Identity), TVector.Load(source));
        TVector second = TReducer.Take(TVector.Create(TReducer.Identity), TVector.Load(source + TVector.Count));
        for (int row = 1; row < rows; row++)
        {
            source += width;
            first = TReducer.Take(first, TVector.Load(source));
            second = TReducer.Take(second, TVector.Load(source + TVector.Count));
        }
        TVector.Deinterleave(first, second, out even, out odd);
    }

    private static float ReduceColumn(float* source, int rows, int width)
    {
        ScalarF accumulator = ScalarF.Create(TReducer.Identity);
        for (int row = 0; row < rows; row++, source += width)
            accumulator = TReducer.Take(accumulator, ScalarF.Load(source));
        float value;
        ScalarF.Store(accumulator, &value);
        return value;
    }

    private float ReduceClipped(float* source, int rows, int ow)
    {
        int left = 2 * ow - _p.PaddingLeft;
        ScalarF accumulator = ScalarF.Create(TReducer.Identity);
        for (int column = Math.Max(left, 0); column < Math.Min(left + _p.KernelWidth, _p.InputWidth); column++)
            accumulator = TReducer.Combine(accumulator, ScalarF.Create(ReduceColumn(source + column, rows, _p.InputWidth)));
        float value;
        ScalarF.Store(accumulator, &value);
        return value;
    }
}
