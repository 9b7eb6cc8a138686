using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LivePool.Cpu.Simd;

/// <summary>4 lanes.</summary>
internal readonly unsafe struct Vector128F(Vector128<float> value) : IVector<Vector128F>
{
    private readonly Vector128<float> _value = value;

    public static int Count => Vector128<float>.Count;

    public static bool HasManyRegisters => false;

    public static Vector128F Create(float value) => new(Vector128.Create(value));

    public static Vector128F Load(float* source) => new(Vector128.Load(source));

    public static Vector128F LoadBytes(byte* source) => new(Vector128.ConvertToSingle(
        Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<uint>(source)).AsByte())).AsInt32()));

    public static void Store(Vector128F value, float* destination) => value._value.Store(destination);

    public static Vector128F operator +(Vector128F left, Vector128F right) => new(left._value + right._value);

    public static Vector128F operator -(Vector128F left, Vector128F right) => new(left._value - right._value);

    public static Vector128F operator *(Vector128F left, Vector128F right) => new(left._value * right._value);

    public static Vector128F operator /(Vector128F left, Vector128F right) => new(left._value / right._value);

    public static Vector128F MultiplyAdd(Vector128F left, Vector128F right, Vector128F addend) =>
        new(Vector128.MultiplyAddEstimate(left._value, right._value, addend._value));

    public static Vector128F Abs(Vector128F value) => new(Vector128.Abs(value._value));

    public static Vector128F Sqrt(Vector128F value) => new(Vector128.Sqrt(value._value));

    public static Vector128F Exp(Vector128F value) => new(Vector128.Exp(value._value));

    public static Vector128F GreaterThan(Vector128F left, Vector128F right) => new(Vector128.GreaterThan(left._value, right._value));

    public static Vector128F IsNaN(Vector128F value) => new(~Vector128.Equals(value._value, value._value));

    // x86 gives the second where either is NaN, so that one order or the other keeps a NaN, whose bits survive the "or".
    public static Vector128F Max(Vector128F left, Vector128F right) => Sse.IsSupported
        ? new(Sse.Max(left._value, right._value) | Sse.Max(right._value, left._value))
        : new(Vector128.Max(left._value, right._value));

    public static Vector128F MaxNumber(Vector128F left, Vector128F right) => new(Vector128.MaxNative(left._value, right._value));

    public static Vector128F IsFinite(Vector128F value) =>
        new(Vector128.LessThan(Vector128.Abs(value._value), Vector128.Create(float.PositiveInfinity)));

    public static Vector128F Or(Vector128F left, Vector128F right) => new(left._value | right._value);

    public static Vector128F Select(Vector128F mask, Vector128F whenTrue, Vector128F whenFalse) =>
        new(Vector128.ConditionalSelect(mask._value, whenTrue._value, whenFalse._value));

    public static Vector128F AddInt32(Vector128F bits, int value) =>
        new((bits._value.AsInt32() + Vector128.Create(value)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Deinterleave(Vector128F first, Vector128F second, out Vector128F even, out Vector128F odd)
    {
        if (Sse.IsSupported)
        {
            even = new(Sse.Shuffle(first._value, second._value, 0b10_00_10_00));
            odd = new(Sse.Shuffle(first._value, second._value, 0b11_01_11_01));
            return;
        }
        // Evens to the lower half, odds to the upper half.
        Vector128<float> one = Vector128.Shuffle(first._value, Vector128.Create(0, 2, 1, 3));
        Vector128<float> two = Vector128.Shuffle(second._value, Vector128.Create(0, 2, 1, 3));
        even = new(Vector128.Create(one.GetLower(), two.GetLower()));
        odd = new(Vector128.Create(one.GetUpper(), two.GetUpper()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128F ShiftIn(Vector128F value, Vector128F next)
    {
        if (Ssse3.IsSupported)
            return new(Ssse3.AlignRight(next._value.AsByte(), value._value.AsByte(), sizeof(float)).AsSingle());
        Vector128<float> down = Vector128.Shuffle(value._value, Vector128.Create(1, 2, 3, 3));
        return new(Vector128.WithElement(down, 3, Vector128.ToScalar(next._value)));
    }

    public static void Interleave(Vector128F even, Vector128F odd, out Vector128F first, out Vector128F second)
    {
        Vector128<int> order = Vector128.Create(0, 2, 1, 3);
        first = new(Vector128.Shuffle(Vector128.Create(even._value.GetLower(), odd._value.GetLower()), order));
        second = new(Vector128.Shuffle(Vector128.Create(even._value.GetUpper(), odd._value.GetUpper()), order));
    }
}
