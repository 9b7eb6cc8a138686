using LivePool.Core.Operators;

namespace LivePool.Cpu.Simd;

/// <summary>
/// An adaptive or fractional pool without indices: one item is one output row. The windows' rows are reduced into one
/// row in the first-level cache, vector by vector, and that row's intervals into the outputs.
/// </summary>
internal sealed unsafe class SimdIntervalPool2d<TVector, TReducer> : SimdStage, IJob
    where TVector : struct, IVector<TVector>
    where TReducer : struct, IReducer
{
    private readonly IntervalPool2dParameters _p;
    private readonly PoolIntervals _intervals;
    private readonly WorkerPool _pool;
    private readonly NativeBuffer<float> _scratch;
    private readonly int _scratchLength;
    private float* _input;
    private float* _output;

    public SimdIntervalPool2d(in IntervalPool2dParameters p, PoolIntervals intervals, WorkerPool pool)
    {
        _p = p;
        _intervals = intervals;
        _pool = pool;
        // Whole cache lines, which workers do not share.
        long scratchLength = (p.InputWidth + 15L) / 16 * 16;
        _scratch = new((Int128)scratchLength * pool.Workers);
        _scratchLength = (int)scratchLength;
    }

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
            int plane = item / _p.OutputHeight;
            int row = _p.IntervalsPerPlane != 0 ? item : item % _p.OutputHeight;
            int column = _p.IntervalsPerPlane != 0 ? plane * _p.OutputWidth : 0;
            (int top, int bottom) = (_intervals.Rows[2 * row], _intervals.Rows[2 * row + 1]);
            ReduceRows(_input + ((long)plane * _p.InputHeight + top) * _p.InputWidth, bottom - top, reduced);
            ReduceColumns(reduced, _intervals.Columns.AsSpan(2 * column, 2 * _p.OutputWidth), bottom - top, _output + (long)item * _p.OutputWidth);
        }
    }

    private void ReduceRows(float* source, int rows, float* reduced)
    {
        int width = _p.InputWidth;
        new Span<float>(reduced, width).Fill(TReducer.Identity);
        for (int row = 0; row < rows; row++, source += width)
        {
            int x = 0;
            for (; x + TVector.Count <= width; x += TVector.Count)
                Take<TVector>(source + x, reduced + x);
            for (; x < width; x++)
                Take<ScalarF>(source + x, reduced + x);
        }
    }

    private static void Take<T>(float* source, float* reduced) where T : struct, IVector<T> =>
        T.Store(TReducer.Take(T.Load(reduced), T.Load(source)), reduced);

    private static void ReduceColumns(float* reduced, ReadOnlySpan<int> columns, int rows, float* target)
    {
        for (int i = 0; i < columns.Length; i += 2)
        {
            int left = columns[i];
            int length = columns[i + 1] - left;
            float value = Reduce(reduced + left, length);
            target[i / 2] = typeof(TReducer) == typeof(SumReducer) ? value / ((float)rows * length) : value;
        }
    }

    private static float Reduce(float* values, int length)
    {
        int x = 0;
        float result = TReducer.Identity;
        if (length >= 2 * TVector.Count)
        {
            TVector parts = TVector.Load(values);
            for (x = TVector.Count; x + TVector.Count <= length; x += TVector.Count)
                parts = TReducer.Combine(parts, TVector.Load(values + x));
            float* lanes = stackalloc float[TVector.Count];
            TVector.Store(parts, lanes);
            for (int i = 0; i < TVector.Count; i++)
                result = Combine(result, lanes[i]);
        }
        for (; x < length; x++)
            result = Combine(result, values[x]);
        return result;
    }

    /// <summary>The reducer without a mask for one lane; NaN wins in <see cref="MathF.Max"/>, too.</summary>
    private static float Combine(float accumulator, float value) =>
        typeof(TReducer) == typeof(MaxReducer) ? MathF.Max(accumulator, value) : accumulator + value;

    public override void Dispose() => _scratch.Dispose();
}
