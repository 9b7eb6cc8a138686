using LivePool.Core.Operators;

namespace LivePool.Cpu.Simd;

/// <summary>What the windows of an average pool are divided by.</summary>
internal sealed unsafe class WindowDivisors<TVector> : IDisposable where TVector : struct, IVector<TVector>
{
    private readonly Pool2dParameters _p;
    private readonly NativeBuffer<float> _columns;

    public WindowDivisors(in Pool2dParameters p)
    {
        _p = p;
        IsUniform = true;
        _columns = new(p.DivisorOverride == 0 ? p.OutputWidth : 1);
        float* columns = _columns.Pointer;
        columns[0] = 1;
        for (int ow = 0; ow < p.OutputWidth && p.DivisorOverride == 0; ow++)
        {
            columns[ow] = Counted(ow * p.StrideWidth - p.PaddingLeft, p.KernelWidth, p.InputWidth, p.PaddingRight);
            IsUniform &= columns[ow] == columns[0];
        }
    }

    /// <summary>Whether all windows of a row have the same divisor.</summary>
    public bool IsUniform { get; }

    /// <summary>How many of a window's positions along one axis count in the divisor.</summary>
    private int Counted(int start, int kernel, int length, int after) => _p.CountIncludePad != 0
        ? Math.Min(start + kernel, length + after) - start
        : Math.Min(start + kernel, length) - Math.Max(start, 0);

    private float Rows(int oh) => _p.DivisorOverride != 0
        ? _p.DivisorOverride
        : Counted(oh * _p.StrideHeight - _p.PaddingTop, _p.KernelHeight, _p.InputHeight, _p.PaddingBottom);

    /// <summary>The divisor of a row all of whose windows have the same.</summary>
    public float Uniform(int oh) => Rows(oh) * *_columns.Pointer;

    /// <summary>Whether multiplying by the reciprocal gives the quotient's bits.</summary>
    public static bool IsPowerOfTwo(float divisor) => (BitConverter.SingleToInt32Bits(divisor) & 0x7FFFFF) == 0;

    /// <summary>Divides the sums of output row <paramref name="oh"/>.</summary>
    /// <param name="target">The sums of <paramref name="count"/> windows.</param>
    /// <param name="oh">The output row.</param>
    /// <param name="ow">The first window's column.</param>
    /// <param name="count">How many windows.</param>
    public void Divide(float* target, int oh, int ow, int count)
    {
        int x = 0;
        if (!IsUniform)
        {
            float rows = Rows(oh);
            float* columns = _columns.Pointer + ow;
            for (; x + TVector.Count <= count; x += TVector.Count)
                TVector.Store(TVector.Load(target + x) / (TVector.Create(rows) * TVector.Load(columns + x)), target + x);
            for (; x < count; x++)
                target[x] /= rows * columns[x];
            return;
        }
        float divisor = Uniform(oh);
        if (IsPowerOfTwo(divisor))
        {
            float factor = 1 / divisor;
            for (; x + TVector.Count <= count; x += TVector.Count)
                TVector.Store(TVector.Load(target + x) * TVector.Create(factor), target + x);
        }
        else
        {
            for (; x + TVector.Count <= count; x += TVector.Count)
                TVector.Store(TVector.Load(target + x) / TVector.Create(divisor), target + x);
        }
        for (; x < count; x++)
            target[x] /= divisor;
    }

    public void Dispose() => _columns.Dispose();
}
