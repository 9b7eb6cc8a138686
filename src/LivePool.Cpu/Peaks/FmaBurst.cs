using System.Diagnostics;
using System.Runtime.CompilerServices;
using LivePool.Cpu.Simd;

namespace LivePool.Cpu.Peaks;

/// <summary>Multiply-adds on every thread, in items of some ten microseconds that are timed one by one.</summary>
internal abstract class FmaBurst : IJob
{
    private const int ItemsPerThread = 64;

    protected const int Accumulators = 12;
    protected const int Iterations = 8000;

    private readonly double _itemOperations;
    private readonly List<long>[] _ticks;

    public static FmaBurst Create(int vectorBits, int threads) => vectorBits switch
    {
        512 => new FmaBurst<Vector512F>(threads),
        256 => new FmaBurst<Vector256F>(threads),
        128 => new FmaBurst<Vector128F>(threads),
        _ => new FmaBurst<ScalarF>(threads),
    };

    protected FmaBurst(int threads, int lanes)
    {
        Count = ItemsPerThread * threads;
        _itemOperations = 2.0 * Accumulators * Iterations * lanes;
        _ticks = new List<long>[threads];
        for (int i = 0; i < threads; i++)
            _ticks[i] = [];
    }

    /// <summary>Items of the job.</summary>
    public int Count { get; }

    /// <summary>
    /// Operations per second of all threads together: the sum of what each does in an item that only a tenth of its items
    /// are faster than, so that being interrupted does not count. Threads beyond the processors add nothing.
    /// </summary>
    public double OperationsPerSecond
    {
        get
        {
            double[] rates = [.. _ticks.Where(ticks => ticks.Count > 0).Select(Rate)];
            return rates.Average() * Math.Min(_ticks.Length, Environment.ProcessorCount);
        }
    }

    private double Rate(List<long> ticks)
    {
        long[] sorted = [.. ticks.Order()];
        return _itemOperations * Stopwatch.Frequency / sorted[sorted.Length / 10];
    }

    /// <summary>Forgets the times until now.</summary>
    public void Clear()
    {
        foreach (List<long> ticks in _ticks)
            ticks.Clear();
    }

    public void Run(int start, int end, int worker)
    {
        for (int item = start; item < end; item++)
        {
            long before = Stopwatch.GetTimestamp();
            MultiplyAdd();
            _ticks[worker].Add(Stopwatch.GetTimestamp() - before);
        }
    }

    protected abstract void MultiplyAdd();
}

/// <inheritdoc/>
internal sealed class FmaBurst<TVector>(int threads) : FmaBurst(threads, TVector.Count)
    where TVector : struct, IVector<TVector>
{
    protected override unsafe void MultiplyAdd()
    {
        float* sum = stackalloc float[TVector.Count];
        MultiplyAdd(sum);
    }

    /// <summary>
    /// A method of its own without a call in it: a local that lives across a call is kept on the stack, and the loop would
    /// then measure loads and stores. 12 chains hide a latency of up to 6 with two units, and with their factors they fit
    /// the 16 registers that narrower vectors have.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static unsafe void MultiplyAdd(float* result)
    {
        TVector factor = TVector.Create(0.999f);
        TVector weight = TVector.Create(0.001f);
        TVector a0 = factor, a1 = factor, a2 = factor, a3 = factor, a4 = factor, a5 = factor, a6 = factor, a7 = factor;
        TVector b0 = weight, b1 = weight, b2 = weight, b3 = weight;
        for (int i = 0; i < Iterations; i++)
        {
            a0 = TVector.MultiplyAdd(factor, weight, a0);
            a1 = TVector.MultiplyAdd(factor, weight, a1);
            a2 = TVector.MultiplyAdd(factor, weight, a2);
            a3 = TVector.MultiplyAdd(factor, weight, a3);
            a4 = TVector.MultiplyAdd(factor, weight, a4);
            a5 = TVector.MultiplyAdd(factor, weight, a5);
            a6 = TVector.MultiplyAdd(factor, weight, a6);
            a7 = TVector.MultiplyAdd(factor, weight, a7);
            b0 = TVector.MultiplyAdd(factor, weight, b0);
            b1 = TVector.MultiplyAdd(factor, weight, b1);
            b2 = TVector.MultiplyAdd(factor, weight, b2);
            b3 = TVector.MultiplyAdd(factor, weight, b3);
        }
        a0 = a0 + a1 + (a2 + a3) + (a4 + a5 + (a6 + a7));
        b0 = b0 + b1 + (b2 + b3);
        TVector.Store(a0 + b0, result);
    }
}
