using System.Runtime.CompilerServices;
using LivePool.Core.Operators;

namespace LivePool.Cpu.Simd;

/// <summary>What becomes of a convolution's sums while they are in registers.</summary>
internal unsafe interface IConvEpilogue
{
    /// <summary>Columns of sums that make one column of results, and as many rows: 1 or 2.</summary>
    static abstract int Columns { get; }

    /// <summary>Writes what two vectors of two rows come to.</summary>
    static abstract void Emit<T>(T upperLeft, T upperRight, T lowerLeft, T lowerRight, float* target, nint secondRow)
        where T : struct, IVector<T>;
}

/// <summary>Keeps a sum as it is.</summary>
internal readonly struct IdentityFunction : IPointwiseFunction
{
    public static TVector Apply<TVector>(TVector x, in PointwiseParameters p) where TVector : struct, IVector<TVector> => x;
}

/// <summary>The sums themselves.</summary>
internal readonly unsafe struct StoreSums<TFunction> : IConvEpilogue where TFunction : struct, IPointwiseFunction
{
    public static int Columns => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Emit<T>(T upperLeft, T upperRight, T lowerLeft, T lowerRight, float* target, nint secondRow)
        where T : struct, IVector<T>
    {
        T.Store(TFunction.Apply(upperLeft, default), target);
        T.Store(TFunction.Apply(upperRight, default), target + T.Count);
        T.Store(TFunction.Apply(lowerLeft, default), target + secondRow);
        T.Store(TFunction.Apply(lowerRight, default), target + secondRow + T.Count);
    }
}

/// <summary>The maximum or the mean of 2x2 sums, in the order of <see cref="WindowRows{TVector, TReducer}"/>: rows, then columns.</summary>
internal readonly unsafe struct PoolSums<TFunction, TReducer> : IConvEpilogue
    where TFunction : struct, IPointwiseFunction
    where TReducer : struct, IReducer
{
    public static int Columns => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Emit<T>(T upperLeft, T upperRight, T lowerLeft, T lowerRight, float* target, nint secondRow)
        where T : struct, IVector<T>
    {
        T left = TReducer.Combine(TFunction.Apply(upperLeft, default), TFunction.Apply(lowerLeft, default));
        T right = TReducer.Combine(TFunction.Apply(upperRight, default), TFunction.Apply(lowerRight, default));
        T.Deinterleave(left, right, out T even, out T odd);
        T pooled = TReducer.Combine(even, odd);
        // A quarter is exact.
        T.Store(typeof(TReducer) == typeof(SumReducer) ? pooled * T.Create(0.25f) : pooled, target);
    }
}
