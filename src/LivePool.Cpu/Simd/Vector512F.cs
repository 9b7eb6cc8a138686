using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LivePool.Cpu.Simd;

/// <summary>16 lanes.</summary>
internal readonly unsafe struct Vector512F(Vector512<float> value) : IVector<Vector512F>
{
    private readonly Vector512<float> _value = value;

    public static int Count => Vector512<float>.Count;

    public static Vector512F Create(float value) => new(Vector512.Create(value));

    public static Vector512F Load(float* source) => new(Vector512.Load(source));

    public static void Store(Vector512F value, float* destination) => value._value.Store(destination);

    public static Vector512F operator +(Vector512F left, Vector512F right) => new(left._value + right._value);

    public static Vector512F operator -(Vector512F left, Vector512F right) => new(left._value - right._value);

    public static Vector512F operator *(Vector512F left, Vector512F right) => new(left._value * right._value);

    public static Vector512F operator /(Vector512F left, Vector512F right) => new(left._value / right._value);

    public static Vector512F MultiplyAdd(Vector512F left, Vector512F right, Vector512F addend) =>
        new(Vector512.MultiplyAddEstimate(left._value, right._value, addend._value));

    public static Vector512F Abs(Vector512F value) => new(Vector512.Abs(value._value));

    public static Vector512F Sqrt(Vector512F value) => new(Vector512.Sqrt(value._value));

    public static Vector512F Exp(Vector512F value) => new(Vector512.Exp(value._value));

    public static Vector512F GreaterThan(Vector512F left, Vector512F right) => new(Vector512.GreaterThan(left._value, right._value));

    public static Vector512F IsNaN(Vector512F value) => new(~Vector512.Equals(value._value, value._value));

    // x86 gives the second where either is NaN, so that one order or the other keeps a NaN, whose bits survive the "or".
    public static Vector512F Max(Vector512F left, Vector512F right) => Avx512F.IsSupported
        ? new(Avx512F.Max(left._value, right._value) | Avx512F.Max(right._value, left._value))
        : new(Vector512.Max(left._value, right._value));

    public static Vector512F MaxNumber(Vector512F left, Vector512F right) => new(Vector512.MaxNative(left._value, right._value));

    public static Vector512F IsFinite(Vector512F value) =>
        new(Vector512.LessThan(Vector512.Abs(value._value), Vector512.Create(float.PositiveInfinity)));

    public static Vector512F Or(Vector512F left, Vector512F right) => new(left._value | right._value);

    public static Vector512F Select(Vector512F mask, Vector512F whenTrue, Vector512F whenFalse) =>
        new(Vector512.ConditionalSelect(mask._value, whenTrue._value, whenFalse._value));

    public static Vector512F AddInt32(Vector512F bits, int value) =>
        new((bits._value.AsInt32() + Vector512.Create(value)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Deinterleave(Vector512F first, Vector512F second, out Vector512F even, out Vector512F odd)
    {
        if (Avx512F.IsSupported)
        {
            even = new(Avx512F.PermuteVar16x32x2(
                first._value, Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30), second._value));
            odd = new(Avx512F.PermuteVar16x32x2(
                first._value, Vector512.Create(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31), second._value));
            return;
        }
        // Evens to the lower half, odds to the upper half.
        Vector512<int> order = Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15);
        Vector512<float> one = Vector512.Shuffle(first._value, order);
        Vector512<float> two = Vector512.Shuffle(second._value, order);
        even = new(Vector512.Create(one.GetLower(), two.GetLower()));
        odd = new(Vector512.Create(one.GetUpper(), two.GetUpper()));
    }

    /// <summary>What <see cref="Slide"/> takes for a distance of up to 16 lanes.</summary>
    public static Vector512F SlideDistance(int lanes) => new((Vector512<int>.Indices + Vector512.Create(Vector512<int>.Count - lanes)).AsSingle());

    /// <summary>The lanes of <paramref name="value"/> some lanes up, and the last of <paramref name="before"/> before them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512F Slide(Vector512F before, Vector512F value, Vector512F distance)
    {
        Vector512<int> lanes = distance._value.AsInt32();
        if (Avx512F.IsSupported)
            return new(Avx512F.PermuteVar16x32x2(before._value, lanes, value._value));
        // A lane beyond the vector gives 0.
        return new(Vector512.Shuffle(before._value, lanes) | Vector512.Shuffle(value._value, lanes - Vector512.Create(Vector512<int>.Count)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512F ShiftIn(Vector512F value, Vector512F next)
    {
        if (Avx512F.IsSupported)
            return new(Avx512F.AlignRight32(next._value.AsInt32(), value._value.AsInt32(), 1).AsSingle());
        Vector512<float> down = Vector512.Shuffle(value._value, Vector512.Create(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 15));
        return new(Vector512.WithElement(down, 15, Vector512.ToScalar(next._value)));
    }

    public static void Interleave(Vector512F even, Vector512F odd, out Vector512F first, out Vector512F second)
    {
        Vector512<int> order = Vector512.Create(0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15);
        first = new(Vector512.Shuffle(Vector512.Create(even._value.GetLower(), odd._value.GetLower()), order));
        second = new(Vector512.Shuffle(Vector512.Create(even._value.GetUpper(), odd._value.GetUpper()), order));
    }
}
