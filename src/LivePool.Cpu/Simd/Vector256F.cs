using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LivePool.Cpu.Simd;

/// <summary>8 lanes.</summary>
internal readonly unsafe struct Vector256F(Vector256<float> value) : IVector<Vector256F>
{
    private readonly Vector256<float> _value = value;

    public static int Count => Vector256<float>.Count;

    public static bool HasManyRegisters => false;

    public static Vector256F Create(float value) => new(Vector256.Create(value));

    public static Vector256F Load(float* source) => new(Vector256.Load(source));

    public static Vector256F LoadBytes(byte* source) => new(Vector256.ConvertToSingle(
        Vector256.WidenLower(Vector256.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(source)).AsByte().ToVector256Unsafe())).AsInt32()));

    public static void Store(Vector256F value, float* destination) => value._value.Store(destination);

    public static Vector256F operator +(Vector256F left, Vector256F right) => new(left._value + right._value);

    public static Vector256F operator -(Vector256F left, Vector256F right) => new(left._value - right._value);

    public static Vector256F operator *(Vector256F left, Vector256F right) => new(left._value * right._value);

    public static Vector256F operator /(Vector256F left, Vector256F right) => new(left._value / right._value);

    public static Vector256F MultiplyAdd(Vector256F left, Vector256F right, Vector256F addend) =>
        new(Vector256.MultiplyAddEstimate(left._value, right._value, addend._value));

    public static Vector256F Abs(Vector256F value) => new(Vector256.Abs(value._value));

    public static Vector256F Sqrt(Vector256F value) => new(Vector256.Sqrt(value._value));

    public static Vector256F Exp(Vector256F value) => new(Vector256.Exp(value._value));

    public static Vector256F GreaterThan(Vector256F left, Vector256F right) => new(Vector256.GreaterThan(left._value, right._value));

    public static Vector256F IsNaN(Vector256F value) => new(~Vector256.Equals(value._value, value._value));

    // x86 gives the second where either is NaN, so that one order or the other keeps a NaN, whose bits survive the "or".
    public static Vector256F Max(Vector256F left, Vector256F right) => Avx.IsSupported
        ? new(Avx.Max(left._value, right._value) | Avx.Max(right._value, left._value))
        : new(Vector256.Max(left._value, right._value));

    public static Vector256F MaxNumber(Vector256F left, Vector256F right) => new(Vector256.MaxNative(left._value, right._value));

    public static Vector256F IsFinite(Vector256F value) =>
        new(Vector256.LessThan(Vector256.Abs(value._value), Vector256.Create(float.PositiveInfinity)));

    public static Vector256F Or(Vector256F left, Vector256F right) => new(left._value | right._value);

    public static Vector256F Select(Vector256F mask, Vector256F whenTrue, Vector256F whenFalse) =>
        new(Vector256.ConditionalSelect(mask._value, whenTrue._value, whenFalse._value));

    public static Vector256F AddInt32(Vector256F bits, int value) =>
        new((bits._value.AsInt32() + Vector256.Create(value)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Deinterleave(Vector256F first, Vector256F second, out Vector256F even, out Vector256F odd)
    {
        if (Avx2.IsSupported)
        {
            // Within halves, whose pairs then go to their places.
            Vector256<double> evens = Avx.Shuffle(first._value, second._value, 0b10_00_10_00).AsDouble();
            Vector256<double> odds = Avx.Shuffle(first._value, second._value, 0b11_01_11_01).AsDouble();
            even = new(Avx2.Permute4x64(evens, 0b11_01_10_00).AsSingle());
            odd = new(Avx2.Permute4x64(odds, 0b11_01_10_00).AsSingle());
            return;
        }
        // Evens to the lower half, odds to the upper half.
        Vector256<int> order = Vector256.Create(0, 2, 4, 6, 1, 3, 5, 7);
        Vector256<float> one = Vector256.Shuffle(first._value, order);
        Vector256<float> two = Vector256.Shuffle(second._value, order);
        even = new(Vector256.Create(one.GetLower(), two.GetLower()));
        odd = new(Vector256.Create(one.GetUpper(), two.GetUpper()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256F ShiftIn(Vector256F value, Vector256F next)
    {
        if (Avx2.IsSupported)
        {
            Vector256<byte> middle = Avx.Permute2x128(value._value, next._value, 0x21).AsByte();
            return new(Avx2.AlignRight(middle, value._value.AsByte(), sizeof(float)).AsSingle());
        }
        Vector256<float> down = Vector256.Shuffle(value._value, Vector256.Create(1, 2, 3, 4, 5, 6, 7, 7));
        return new(Vector256.WithElement(down, 7, Vector256.ToScalar(next._value)));
    }

    public static void Interleave(Vector256F even, Vector256F odd, out Vector256F first, out Vector256F second)
    {
        Vector256<int> order = Vector256.Create(0, 4, 1, 5, 2, 6, 3, 7);
        first = new(Vector256.Shuffle(Vector256.Create(even._value.GetLower(), odd._value.GetLower()), order));
        second = new(Vector256.Shuffle(Vector256.Create(even._value.GetUpper(), odd._value.GetUpper()), order));
    }
}
