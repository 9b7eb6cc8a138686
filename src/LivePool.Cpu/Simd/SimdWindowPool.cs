using LivePool.Core.Operators;

namespace LivePool.Cpu.Simd;

/// <summary>A max or average pool without indices: one item is one output row.</summary>
internal sealed unsafe class SimdWindowPool<TVector, TReducer> : SimdStage, IJob, IRowPool
    where TVector : struct, IVector<TVector>
    where TReducer : struct, IReducer
{
    private readonly Pool2dParameters _p;
    private readonly WorkerPool _pool;
    private readonly PoolRows<TVector, TReducer> _rows;
    private float* _input;
    private float* _output;

    public SimdWindowPool(in Pool2dParameters p, WorkerPool pool)
    {
        _p = p;
        _pool = pool;
        _rows = new(p, pool.Workers);
    }

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
            _rows.Reduce(source, oh, worker, _output + (long)item * _p.OutputWidth);
        }
    }

    public void PoolRow(float* plane, int oh, int worker, float* target) => _rows.Reduce(plane, oh, worker, target);

    public override void Dispose() => _rows.Dispose();
}
