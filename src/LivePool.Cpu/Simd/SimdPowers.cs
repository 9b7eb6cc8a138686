namespace LivePool.Cpu.Simd;

/// <summary>
/// A tensor's elements raised to one power: one item is a piece that fits the first-level cache. Small whole exponents
/// are products and 0.5 is a square root, or one over it where they are negative; others are taken in double and rounded
/// once.
/// </summary>
internal sealed unsafe class SimdPowers<TVector> : IJob, IDisposable where TVector : struct, IVector<TVector>
{
    private const int PieceLength = 4096;
    private const int MostFactors = 8;
    private readonly float _exponent;
    private readonly int _factors;
    private readonly NativeBuffer<float> _powers;
    private float* _source;

    public SimdPowers(int count, float exponent)
    {
        _exponent = exponent;
        _factors = float.IsInteger(exponent) && Math.Abs(exponent) <= MostFactors ? (int)Math.Abs(exponent) : 0;
        _powers = new(count);
    }

    /// <summary>Raises all elements; the result is valid until the next call.</summary>
    public float* Raise(float* source, WorkerPool pool)
    {
        _source = source;
        pool.Run(this, (int)((_powers.Length + (long)PieceLength - 1) / PieceLength));
        return _powers.Pointer;
    }

    void IJob.Run(int start, int end, int worker)
    {
        float* target = _powers.Pointer;
        int x = start * PieceLength;
        int last = (int)Math.Min((long)end * PieceLength, _powers.Length);
        if (_factors == 0 && Math.Abs(_exponent) != 0.5f)
        {
            for (; x < last; x++)
                target[x] = (float)Math.Pow(_source[x], _exponent);
            return;
        }
        for (; x + TVector.Count <= last; x += TVector.Count)
            TVector.Store(Power(TVector.Load(_source + x)), target + x);
        for (; x < last; x++)
            ScalarF.Store(Power(ScalarF.Load(_source + x)), target + x);
    }

    private T Power<T>(T x) where T : struct, IVector<T>
    {
        T power = _factors == 0 ? T.Sqrt(x) : x;
        for (int i = 1; i < _factors; i++)
            power *= x;
        return _exponent < 0 ? T.Create(1) / power : power;
    }

    public void Dispose() => _powers.Dispose();
}
