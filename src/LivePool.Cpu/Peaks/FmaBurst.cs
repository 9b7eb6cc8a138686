using System.Runtime.CompilerServices;
using LivePool.Cpu.Simd;

namespace LivePool.Cpu.Peaks;

/// <summary>About half a millisecond of multiply-adds on every thread.</summary>
internal abstract class FmaBurst : IJob
{
    private const int ItemsPerThread = 32;

    protected const int Accumulators = 16;
    protected const int Iterations = 4000;

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
        Operations = 2.0 * Count * Accumulators * Iterations * lanes;
    }

    /// <summary>Items of the job.</summary>
    public int Count { get; }

    /// <summary>Multiplications and additions of all items.</summary>
    public double Operations { get; }

    public abstract void Run(int start, int end, int worker);
}

/// <inheritdoc/>
internal sealed class FmaBurst<TVector>(int threads) : FmaBurst(threads, TVector.Count)
    where TVector : struct, IVector<TVector>
{
    public override unsafe void Run(int start, int end, int worker)
    {
        float* sum = stackalloc float[TVector.Count];
        for (int item = start; item < end; item++)
            MultiplyAdd(sum);
    }

    /// <summary>
    /// A method of its own without a call in it: a local that lives across a call is kept on the stack, and the loop would
    /// then measure loads and stores. 16 chains hide a latency of 4 with two units, and of 8 and more with one.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static unsafe void MultiplyAdd(float* result)
    {
        TVector factor = TVector.Create(0.999f);
        TVector weight = TVector.Create(0.001f);
        TVector a0 = factor, a1 = factor, a2 = factor, a3 = factor, a4 = factor, a5 = factor, a6 = factor, a7 = factor;
        TVector b0 = weight, b1 = weight, b2 = weight, b3 = weight, b4 = weight, b5 = weight, b6 = weight, b7 = weight;
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
            b4 = TVector.MultiplyAdd(factor, weight, b4);
            b5 = TVector.MultiplyAdd(factor, weight, b5);
            b6 = TVector.MultiplyAdd(factor, weight, b6);
            b7 = TVector.MultiplyAdd(factor, weight, b7);
        }
        a0 = a0 + a1 + (a2 + a3) + (a4 + a5 + (a6 + a7));
        b0 = b0 + b1 + (b2 + b3) + (b4 + b5 + (b6 + b7));
        TVector.Store(a0 + b0, result);
    }
}
