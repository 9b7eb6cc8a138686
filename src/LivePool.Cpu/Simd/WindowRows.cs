using LivePool.Core.Operators;

namespace LivePool.Cpu.Simd;

/// <summary>
/// Reduces windows one output row at a time: their rows into one row in the first-level cache, that row split by the
/// stride's phases, and then its columns.
/// </summary>
internal sealed unsafe class WindowRows<TVector, TReducer> : IDisposable
    where TVector : struct, IVector<TVector>
    where TReducer : struct, IReducer
{
    private readonly Pool2dParameters _p;
    private readonly PaddedAxis _horizontal;
    private readonly int _phaseLength;
    private readonly NativeBuffer<float> _scratch;
    private readonly int _scratchLength;
    private readonly NativeBuffer<int> _columnOffsets;
    private readonly StrideTwoWindows<TVector, TReducer>? _strideTwo;

    /// <param name="p">The windows.</param>
    /// <param name="workers">How many may reduce rows at a time.</param>
    public WindowRows(in Pool2dParameters p, int workers)
    {
        _p = p;
        if (StrideTwoWindows<TVector, TReducer>.Fits(p))
            _strideTwo = new(p);
        _horizontal = PaddedAxis.Create(p.InputWidth, p.OutputWidth, p.KernelWidth, p.StrideWidth, p.DilationWidth, p.PaddingLeft);
        _phaseLength = (_horizontal.Padded - 1) / p.StrideWidth + 1;
        // The reduced row, and behind it the same by phases.
        int phases = Math.Min(p.StrideWidth, _horizontal.Padded);
        long scratchLength = (_horizontal.Padded + (long)phases * _phaseLength + 16) / 16 * 16;
        _scratch = new((Int128)scratchLength * workers);
        _scratchLength = (int)scratchLength;
        _columnOffsets = new(p.KernelWidth);
        for (int kw = 0; kw < p.KernelWidth; kw++)
        {
            (int position, int phase) = Math.DivRem(kw * p.DilationWidth, p.StrideWidth);
            _columnOffsets.Span[kw] = phase * _phaseLength + position;
        }
    }

    /// <summary>Reduces the windows of output row <paramref name="oh"/>.</summary>
    /// <param name="plane">The input's plane.</param>
    /// <param name="oh">The output row.</param>
    /// <param name="worker">Whose scratch memory is used.</param>
    /// <param name="target">The output row's elements.</param>
    public void Reduce(float* plane, int oh, int worker, float* target)
    {
        if (_strideTwo is { } strideTwo)
        {
            strideTwo.Reduce(plane, oh, target);
            return;
        }
        float* reduced = _scratch.Pointer + (long)worker * _scratchLength;
        ReduceRows(plane, oh, reduced);
        float* byPhase = reduced;
        if (_p.StrideWidth > 1)
        {
            byPhase = reduced + _horizontal.Padded;
            SplitPhases(reduced, byPhase);
        }
        ReduceColumns(byPhase, target);
    }

    private void ReduceRows(float* source, int oh, float* reduced)
    {
        int firstRow = oh * _p.StrideHeight - _p.PaddingTop;
        int inside = Math.Min(_p.InputWidth, _horizontal.Padded - _p.PaddingLeft);
        new Span<float>(reduced, _horizontal.Padded).Fill(TReducer.Identity);
        if (inside <= 0)
            return;
        float* target = reduced + _p.PaddingLeft;
        int x = 0;
        for (; x + TVector.Count <= inside; x += TVector.Count)
            ReduceColumnOfRows<TVector>(source + x, firstRow, target + x);
        for (; x < inside; x++)
            ReduceColumnOfRows<ScalarF>(source + x, firstRow, target + x);
    }

    private void ReduceColumnOfRows<T>(float* source, int firstRow, float* target) where T : struct, IVector<T>
    {
        T accumulator = T.Create(TReducer.Identity);
        for (int kh = 0; kh < _p.KernelHeight; kh++)
        {
            int ih = firstRow + kh * _p.DilationHeight;
            if ((uint)ih < (uint)_p.InputHeight)
                accumulator = TReducer.Take(accumulator, T.Load(source + (long)ih * _p.InputWidth));
        }
        T.Store(accumulator, target);
    }

    private void SplitPhases(float* row, float* byPhase)
    {
        int length = _horizontal.Padded;
        int stride = _p.StrideWidth;
        int column = 0;
        if (stride == 2)
        {
            for (; column + 2 * TVector.Count <= length; column += 2 * TVector.Count)
            {
                TVector.Deinterleave(
                    TVector.Load(row + column), TVector.Load(row + column + TVector.Count), out TVector even, out TVector odd);
                TVector.Store(even, byPhase + column / 2);
                TVector.Store(odd, byPhase + _phaseLength + column / 2);
            }
        }
        for (; column < length; column++)
        {
            (int position, int phase) = Math.DivRem(column, stride);
            byPhase[phase * _phaseLength + position] = row[column];
        }
    }

    private void ReduceColumns(float* byPhase, float* target)
    {
        int width = _p.OutputWidth;
        int x = 0;
        for (; x + TVector.Count <= width; x += TVector.Count)
            ReduceRowOfColumns<TVector>(byPhase + x, target + x);
        for (; x < width; x++)
            ReduceRowOfColumns<ScalarF>(byPhase + x, target + x);
    }

    private void ReduceRowOfColumns<T>(float* byPhase, float* target) where T : struct, IVector<T>
    {
        int* offsets = _columnOffsets.Pointer;
        T accumulator = T.Create(TReducer.Identity);
        for (int kw = 0; kw < _p.KernelWidth; kw++)
            accumulator = TReducer.Combine(accumulator, T.Load(byPhase + offsets[kw]));
        T.Store(accumulator, target);
    }

    public void Dispose()
    {
        _scratch.Dispose();
        _columnOffsets.Dispose();
    }
}
