using LivePool.Core.Operators;

namespace LivePool.Cpu.Simd;

/// <summary>A max or average pool without indices: one item is one output row.</summary>
internal sealed unsafe class SimdWindowPool<TVector, TReducer> : SimdStage, IJob, IRowPool
    where TVector : struct, IVector<TVector>
    where TReducer : struct, IReducer
{
    private readonly Pool2dParameters _p;
    private readonly WorkerPool _pool;
    private readonly WindowRows<TVector, TReducer> _rows;
    private readonly float[]? _columnCounts;
    private float* _input;
    private float* _output;

    public SimdWindowPool(in Pool2dParameters p, WorkerPool pool)
    {
        _p = p;
        _pool = pool;
        _rows = new(p, pool.Workers);
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
        for (int item = start; item < end; item++)
        {
            (int plane, int oh) = Math.DivRem(item, _p.OutputHeight);
            float* source = _input + (long)plane * _p.InputHeight * _p.InputWidth;
            float* target = _output + (long)item * _p.OutputWidth;
            PoolRow(source, oh, worker, target);
        }
    }

    public void PoolRow(float* plane, int oh, int worker, float* target)
    {
        _rows.Reduce(plane, oh, worker, target);
        if (typeof(TReducer) == typeof(SumReducer))
            Divide(target, oh);
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

    public override void Dispose() => _rows.Dispose();
}
