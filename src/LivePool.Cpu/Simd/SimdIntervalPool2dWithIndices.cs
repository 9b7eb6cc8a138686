using LivePool.Core.Operators;

namespace LivePool.Cpu.Simd;

/// <summary>
/// An adaptive or fractional max pool that also says where each maximum was: one item is one output row. For each input
/// column the windows' rows are reduced to the first maximum, or the last NaN, and its row; then each interval of
/// columns to the maximum that comes first in row-major order, or the NaN that comes last.
/// </summary>
internal sealed unsafe class SimdIntervalPool2dWithIndices<TVector> : SimdStage, IJob where TVector : struct, IVector<TVector>
{
    private readonly IntervalPool2dParameters _p;
    private readonly PoolIntervals _intervals;
    private readonly WorkerPool _pool;
    private readonly NativeBuffer<float> _scratch;
    private readonly int _scratchLength;
    private float* _input;
    private float* _output;
    private long* _indices;

    public SimdIntervalPool2dWithIndices(in IntervalPool2dParameters p, PoolIntervals intervals, WorkerPool pool)
    {
        _p = p;
        _intervals = intervals;
        _pool = pool;
        // Whole cache lines, which workers do not share: the maxima, and behind them their rows.
        long scratchLength = (p.InputWidth + 15L) / 16 * 16;
        _scratch = new((Int128)scratchLength * 2 * pool.Workers);
        _scratchLength = (int)scratchLength;
    }

    public override void Run(float* input, float* output, long* indices)
    {
        _input = input;
        _output = output;
        _indices = indices;
        _pool.Run(this, _p.Planes * _p.OutputHeight);
    }

    void IJob.Run(int start, int end, int worker)
    {
        float* best = _scratch.Pointer + 2L * worker * _scratchLength;
        int* bestRows = (int*)(best + _scratchLength);
        for (int item = start; item < end; item++)
        {
            int plane = item / _p.OutputHeight;
            int row = _p.IntervalsPerPlane != 0 ? item : item % _p.OutputHeight;
            int column = _p.IntervalsPerPlane != 0 ? plane * _p.OutputWidth : 0;
            float* source = _input + (long)plane * _p.InputHeight * _p.InputWidth;
            ReduceRows(source, _intervals.Rows[2 * row], _intervals.Rows[2 * row + 1], best, bestRows);
            long target = (long)item * _p.OutputWidth;
            for (int ow = 0; ow < _p.OutputWidth; ow++)
            {
                int left = _intervals.Columns[2 * (column + ow)];
                int right = _intervals.Columns[2 * (column + ow) + 1];
                int winner = Winner(best, bestRows, left, right);
                _output[target + ow] = best[winner];
                _indices[target + ow] = (long)bestRows[winner] * _p.InputWidth + winner;
            }
        }
    }

    private void ReduceRows(float* source, int top, int bottom, float* best, int* bestRows)
    {
        int width = _p.InputWidth;
        new Span<float>(best, width).Fill(float.NegativeInfinity);
        new Span<int>(bestRows, width).Fill(top);
        for (int row = top; row < bottom; row++)
        {
            float* values = source + (long)row * width;
            int x = 0;
            for (; x + TVector.Count <= width; x += TVector.Count)
                Take<TVector>(values + x, row, best + x, (float*)(bestRows + x));
            for (; x < width; x++)
                Take<ScalarF>(values + x, row, best + x, (float*)(bestRows + x));
        }
    }

    private static void Take<T>(float* values, int row, float* best, float* bestRows) where T : struct, IVector<T>
    {
        T value = T.Load(values);
        T previous = T.Load(best);
        T takes = T.Or(T.GreaterThan(value, previous), T.IsNaN(value));
        T.Store(T.Select(takes, value, previous), best);
        T.Store(T.Select(takes, T.AddInt32(T.Create(0), row), T.Load(bestRows)), bestRows);
    }

    /// <summary>The column, from left up to right, whose maximum is the windows'.</summary>
    private static int Winner(float* best, int* bestRows, int left, int right)
    {
        int winner = left;
        for (int column = left + 1; column < right; column++)
        {
            float value = best[column];
            float previous = best[winner];
            bool takes = float.IsNaN(value)
                ? !float.IsNaN(previous) || bestRows[column] >= bestRows[winner]
                : value > previous || (value == previous && bestRows[column] < bestRows[winner]);
            if (takes)
                winner = column;
        }
        return winner;
    }

    public override void Dispose() => _scratch.Dispose();
}
