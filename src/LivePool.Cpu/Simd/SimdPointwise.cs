using LivePool.Core.Operators;

namespace LivePool.Cpu.Simd;

/// <summary>A function of one element.</summary>
internal interface IPointwiseFunction
{
    static abstract TVector Apply<TVector>(TVector x, in PointwiseParameters p) where TVector : struct, IVector<TVector>;
}

/// <summary>Applies a function to every element: one item is a piece of the tensor that fits the first-level cache.</summary>
internal sealed unsafe class SimdPointwise<TVector, TFunction>(PointwiseParameters parameters, WorkerPool pool) : SimdStage, IJob, IRowFunction
    where TVector : struct, IVector<TVector>
    where TFunction : struct, IPointwiseFunction
{
    private const int PieceLength = 4096;
    private readonly int _count = parameters.Planes * parameters.PlaneSize;
    private float* _input;
    private float* _output;

    public override void Run(float* input, float* output, long* indices)
    {
        _input = input;
        _output = output;
        pool.Run(this, (int)(((long)_count + PieceLength - 1) / PieceLength));
    }

    void IJob.Run(int start, int end, int worker)
    {
        int first = start * PieceLength;
        Apply(_input + first, _output + first, (int)Math.Min((long)end * PieceLength, _count) - first);
    }

    public void Apply(float* source, float* target, int count)
    {
        int x = 0;
        for (; x + TVector.Count <= count; x += TVector.Count)
            TVector.Store(TFunction.Apply(TVector.Load(source + x), parameters), target + x);
        if (x == count)
            return;
        // The rest as a vector too: an element's bits do not depend on where it stands.
        float* lanes = stackalloc float[TVector.Count];
        new Span<float>(lanes, TVector.Count).Clear();
        new ReadOnlySpan<float>(source + x, count - x).CopyTo(new(lanes, TVector.Count));
        TVector.Store(TFunction.Apply(TVector.Load(lanes), parameters), lanes);
        new ReadOnlySpan<float>(lanes, count - x).CopyTo(new(target + x, count - x));
    }

    public override void Dispose()
    {
    }
}

/// <summary>Stretches each plane's finite range to 0..1: one item is one plane.</summary>
internal sealed unsafe class SimdNormalize<TVector>(PointwiseParameters parameters, WorkerPool pool) : SimdStage, IJob
    where TVector : struct, IVector<TVector>
{
    private float* _input;
    private float* _output;

    public override void Run(float* input, float* output, long* indices)
    {
        _input = input;
        _output = output;
        pool.Run(this, parameters.Planes);
    }

    void IJob.Run(int start, int end, int worker)
    {
        for (int plane = start; plane < end; plane++)
        {
            float* source = _input + (long)plane * parameters.PlaneSize;
            float* target = _output + (long)plane * parameters.PlaneSize;
            (float min, float max) = FiniteRange(source, parameters.PlaneSize);
            // Halves, where the difference of two large values overflows.
            float weight = float.IsFinite(max - min) || min > max ? 1 : 0.5f;
            float offset = min <= max ? min * weight : 0;
            float range = min < max ? max * weight - offset : 1;
            int x = 0;
            for (; x + TVector.Count <= parameters.PlaneSize; x += TVector.Count)
                Stretch<TVector>(source + x, target + x, weight, offset, range);
            for (; x < parameters.PlaneSize; x++)
                Stretch<ScalarF>(source + x, target + x, weight, offset, range);
        }
    }

    private static void Stretch<T>(float* source, float* target, float weight, float offset, float range)
        where T : struct, IVector<T> =>
        T.Store((T.Load(source) * T.Create(weight) - T.Create(offset)) / T.Create(range), target);

    private static (float Min, float Max) FiniteRange(float* source, int length)
    {
        TVector minimum = TVector.Create(float.PositiveInfinity);
        TVector maximum = TVector.Create(float.NegativeInfinity);
        int x = 0;
        for (; x + TVector.Count <= length; x += TVector.Count)
        {
            TVector value = TVector.Load(source + x);
            TVector finite = TVector.IsFinite(value);
            TVector low = TVector.Select(finite, value, minimum);
            TVector high = TVector.Select(finite, value, maximum);
            minimum = TVector.Select(TVector.GreaterThan(minimum, low), low, minimum);
            maximum = TVector.Select(TVector.GreaterThan(high, maximum), high, maximum);
        }
        float* lanes = stackalloc float[2 * TVector.Count];
        TVector.Store(minimum, lanes);
        TVector.Store(maximum, lanes + TVector.Count);
        float min = float.PositiveInfinity;
        float max = float.NegativeInfinity;
        for (int i = 0; i < TVector.Count; i++)
        {
            min = Math.Min(min, lanes[i]);
            max = Math.Max(max, lanes[TVector.Count + i]);
        }
        for (; x < length; x++)
        {
            if (float.IsFinite(source[x]))
            {
                min = Math.Min(min, source[x]);
                max = Math.Max(max, source[x]);
            }
        }
        return (min, max);
    }

    public override void Dispose()
    {
    }
}
