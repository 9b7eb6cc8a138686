using LivePool.Core.Operators;

namespace LivePool.Cpu.Simd;

/// <summary>
/// A max or average pool without indices: one item is one output row. The window's rows are reduced into one row in
/// the first-level cache, that row is split by the stride's phases, and then its columns are reduced.
/// </summary>
internal sealed unsafe class SimdWindowPool<TVector, TReducer> : SimdStage, IJob
    where TVector : struct, IVector<TVector>
    where TReducer : struct, IReducer
{
    private readonly Pool2dParameters _p;
    private readonly WorkerPool _pool;
    private readonly PaddedAxis _horizontal;
    private readonly int _phaseLength;
    private readonly NativeBuffer<float> _scratch;
    private readonly int _scratchLength;
    private readonly NativeBuffer<int> _columnOffsets;
    private readonly float[]? _columnCounts;
    private float* _input;
    private float* _output;

    public SimdWindowPool(in Pool2dParameters p, WorkerPool pool)
    {
        _p = p;
        _pool = pool;
        _horizontal = PaddedAxis.Create(p.InputWidth, p.OutputWidth, p.KernelWidth, p.StrideWidth, p.DilationWidth, p.PaddingLeft);
        _phaseLength = (_horizontal.Padded - 1) / p.StrideWidth + 1;
        // The reduced row, and behind it the same by phases.
        int phases = Math.Min(p.StrideWidth, _horizontal.Padded);
        long scratchLength = (_horizontal.Padded + (long)phases * _phaseLength + 16) / 16 * 16;
        _scratch = new((Int128)scratchLength * pool.Workers);
        _scratchLength = (int)scratchLength;
        _columnOffsets = new(p.KernelWidth);
        for (int kw = 0; kw < p.KernelWidth; kw++)
        {
            (int position, int phase) = Math.DivRem(kw * p.DilationWidth, p.StrideWidth);
            _columnOffsets.Span[kw] = phase * _phaseLength + position;
        }
        if (typeof(TReducer) == typeof(SumReducer) && p.DivisorOverride == 0)
        {
            _columnCounts = new float[p.OutputWidth];
            for (int ow = 0; ow < p.OutputWidth; ow++)
                _columnCounts[ow] = Counted(ow * p.StrideWidth - p.PaddingLeft, p.KernelWidth, p.InputWidth, p.PaddingRight);
        }
    }

    /// <summary>How many of a window's positions along one axis count in the divisor.</summary>
    private int Counted(int start, int kernel, int length, int after) => _p.CountIncludePad != 0
        ? Math.Min(start + kernel, length + after) - start
        : Math.Min(start + kernel, length) - Math.Max(start, 0);

    public override void Run(float* input, float* output, long* indices)
    {
        _input = input;
        _output = output;
        _pool.Run(this, _p.Planes * _p.OutputHeight);
    }

    void IJob.Run(int start, int end, int worker)
    {
        float* reduced = _scratch.Pointer + (long)worker * _scratchLength;
        for (int item = start; item < end; item++)
        {
            (int plane, int oh) = Math.DivRem(item, _p.OutputHeight);
            float* source = _input + (long)plane * _p.InputHeight * _p.InputWidth;
            float* target = _output + (long)item * _p.OutputWidth;
            ReduceRows(source, oh, reduced);
            float* byPhase = reduced;
            if (_p.StrideWidth > 1)
            {
                byPhase = reduced + _horizontal.Padded;
                SplitPhases(reduced, byPhase);
            }
            ReduceColumns(byPhase, target);
            if (typeof(TReducer) == typeof(SumReducer))
                Divide(target, oh);
        }
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
                accumulator = TReducer.Combine(accumulator, T.Load(source + (long)ih * _p.InputWidth));
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

    private void Divide(float* target, int oh)
    {
        int width = _p.OutputWidth;
        float rows = _columnCounts is null
            ? _p.DivisorOverride
            : Counted(oh * _p.StrideHeight - _p.PaddingTop, _p.KernelHeight, _p.InputHeight, _p.PaddingBottom);
        fixed (float* counts = _columnCounts)
        {
            int x = 0;
            for (; x + TVector.Count <= width; x += TVector.Count)
                DivideBy<TVector>(target + x, rows, counts is null ? null : counts + x);
            for (; x < width; x++)
                DivideBy<ScalarF>(target + x, rows, counts is null ? null : counts + x);
        }
    }

    private static void DivideBy<T>(float* target, float rows, float* counts) where T : struct, IVector<T>
    {
        T divisor = T.Create(rows);
        if (counts is not null)
            divisor *= T.Load(counts);
        T.Store(T.Load(target) / divisor, target);
    }

    public override void Dispose()
    {
        _scratch.Dispose();
        _columnOffsets.Dispose();
    }
}
