using LivePool.Core.Operators;

namespace LivePool.Cpu.Simd;

/// <summary>A max or average pool without indices at a stride of 1: one item is a strip of a block of output rows.</summary>
internal sealed unsafe class SimdSlidingPool<TVector, TReducer> : SimdStage, IJob
    where TVector : struct, IVector<TVector>
    where TReducer : struct, IReducer
{
    private readonly Pool2dParameters _p;
    private readonly WorkerPool _pool;
    private readonly SlidingWindows<TVector, TReducer> _windows;
    private float* _input;
    private float* _output;

    public SimdSlidingPool(in Pool2dParameters p, WorkerPool pool)
    {
        _p = p;
        _pool = pool;
        _windows = new(p, pool.Workers);
    }

    public override void Run(float* input, float* output, long* indices)
    {
        _input = input;
        _output = output;
        _pool.Run(this, _p.Planes * _windows.Tiles);
    }

    void IJob.Run(int start, int end, int worker)
    {
        for (int item = start; item < end; item++)
        {
            (int plane, int tile) = Math.DivRem(item, _windows.Tiles);
            float* source = _input + (long)plane * _p.InputHeight * _p.InputWidth;
            float* target = _output + (long)plane * _p.OutputHeight * _p.OutputWidth;
            _windows.Reduce(source, tile, worker, target);
        }
    }

    public override void Dispose() => _windows.Dispose();
}
