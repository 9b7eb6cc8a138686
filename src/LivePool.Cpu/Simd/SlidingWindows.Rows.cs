using System.Runtime.CompilerServices;

namespace LivePool.Cpu.Simd;

/// <content>The rows of a tile's windows.</content>
internal sealed unsafe partial class SlidingWindows<TVector, TReducer>
{
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
}
