using LivePool.Core.Operators;

namespace LivePool.Cpu.Simd;

/// <summary>
/// A max pool that also says where each maximum was: one item is one output row. Taps are visited in the reference's
/// order, because the first maximum and the last NaN win. Padding is -infinity, which is never taken.
/// </summary>
internal sealed unsafe class SimdMaxPool2dWithIndices<TVector> : SimdStage, IJob where TVector : struct, IVector<TVector>
{
    private readonly Pool2dParameters _p;
    private readonly WorkerPool _pool;
    private readonly PaddedPlanes _padded;
    private readonly NativeBuffer<int> _tapOffsets;
    private readonly NativeBuffer<int> _columns;
    private readonly NativeBuffer<int> _firstColumns;
    private float* _output;
    private long* _indices;

    public SimdMaxPool2dWithIndices(in Pool2dParameters p, WorkerPool pool)
    {
        _p = p;
        _pool = pool;
        _padded = new(
            p.Planes,
            PaddedAxis.Create(p.InputHeight, p.OutputHeight, p.KernelHeight, p.StrideHeight, p.DilationHeight, p.PaddingTop),
            PaddedAxis.Create(p.InputWidth, p.OutputWidth, p.KernelWidth, p.StrideWidth, p.DilationWidth, p.PaddingLeft),
            p.StrideWidth, fill: float.NegativeInfinity);
        _tapOffsets = new(p.KernelWidth);
        for (int kw = 0; kw < p.KernelWidth; kw++)
            _tapOffsets.Span[kw] = _padded.ColumnOffset(kw * p.DilationWidth);
        _columns = new(p.OutputWidth);
        _firstColumns = new(p.OutputWidth);
        for (int ow = 0; ow < p.OutputWidth; ow++)
        {
            _columns.Span[ow] = ow * p.StrideWidth - p.PaddingLeft;
            _firstColumns.Span[ow] = FirstInside(_columns.Span[ow], p.DilationWidth);
        }
    }

    /// <summary>The first tap at or after 0: <c>start + ceil(-start / dilation) * dilation</c> where start is negative.</summary>
    private static int FirstInside(int start, int dilation) =>
        start >= 0 ? start : start + (-start + dilation - 1) / dilation * dilation;

    public override void Run(float* input, float* output, long* indices)
    {
        _padded.Fill(input, _pool);
        _output = output;
        _indices = indices;
        _pool.Run(this, _p.Planes * _p.OutputHeight);
    }

    void IJob.Run(int start, int end, int worker)
    {
        for (int item = start; item < end; item++)
        {
            (int plane, int oh) = Math.DivRem(item, _p.OutputHeight);
            float* source = _padded.Pointer + (long)plane * _padded.PlaneLength + (long)oh * _p.StrideHeight * _padded.RowLength;
            float* target = _output + (long)item * _p.OutputWidth;
            long* indices = _indices + (long)item * _p.OutputWidth;
            int x = 0;
            for (; x + TVector.Count <= _p.OutputWidth; x += TVector.Count)
                Windows<TVector>(source, oh, x, target, indices);
            for (; x < _p.OutputWidth; x++)
                Windows<ScalarF>(source, oh, x, target, indices);
        }
    }

    private void Windows<T>(float* source, int oh, int x, float* target, long* indices) where T : struct, IVector<T>
    {
        int firstRow = oh * _p.StrideHeight - _p.PaddingTop;
        int* tapOffsets = _tapOffsets.Pointer;
        T columns = T.Load((float*)(_columns.Pointer + x));
        T best = T.Create(float.NegativeInfinity);
        T bestIndex = T.AddInt32(
            T.Load((float*)(_firstColumns.Pointer + x)), FirstInside(firstRow, _p.DilationHeight) * _p.InputWidth);
        for (int kh = 0; kh < _p.KernelHeight; kh++)
        {
            int row = kh * _p.DilationHeight;
            float* taps = source + (long)row * _padded.RowLength + x;
            for (int kw = 0; kw < _p.KernelWidth; kw++)
            {
                T value = T.Load(taps + tapOffsets[kw]);
                T takes = T.Or(T.GreaterThan(value, best), T.IsNaN(value));
                best = T.Select(takes, value, best);
                int tapIndex = (firstRow + row) * _p.InputWidth + kw * _p.DilationWidth;
                bestIndex = T.Select(takes, T.AddInt32(columns, tapIndex), bestIndex);
            }
        }
        T.Store(best, target + x);
        int* lanes = stackalloc int[T.Count];
        T.Store(bestIndex, (float*)lanes);
        for (int i = 0; i < T.Count; i++)
            indices[x + i] = lanes[i];
    }

    public override void Dispose()
    {
        _padded.Dispose();
        _tapOffsets.Dispose();
        _columns.Dispose();
        _firstColumns.Dispose();
    }
}
