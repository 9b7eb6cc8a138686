using LivePool.Core.Operators;

namespace LivePool.Cpu.Simd;

/// <summary>A max or average pool one output row at a time.</summary>
internal sealed unsafe class PoolRows<TVector, TReducer> : IDisposable
    where TVector : struct, IVector<TVector>
    where TReducer : struct, IReducer
{
    private readonly WindowRows<TVector, TReducer> _rows;
    private readonly WindowDivisors<TVector>? _divisors;
    private readonly int _outputWidth;

    /// <param name="p">The windows.</param>
    /// <param name="workers">How many may pool rows at a time.</param>
    public PoolRows(in Pool2dParameters p, int workers)
    {
        _outputWidth = p.OutputWidth;
        _rows = new(p, workers);
        if (typeof(TReducer) != typeof(SumReducer))
            return;
        try
        {
            _divisors = new(p);
        }
        catch
        {
            _rows.Dispose();
            throw;
        }
    }

    /// <summary>Pools output row <paramref name="oh"/>.</summary>
    /// <param name="plane">The input's plane, of which only the rows in the row's windows are read.</param>
    /// <param name="oh">The output row.</param>
    /// <param name="worker">Whose scratch memory is used.</param>
    /// <param name="target">The output row's elements.</param>
    public void Reduce(float* plane, int oh, int worker, float* target)
    {
        _rows.Reduce(plane, oh, worker, target);
        _divisors?.Divide(target, oh, 0, _outputWidth);
    }

    public void Dispose()
    {
        _rows.Dispose();
        _divisors?.Dispose();
    }
}
