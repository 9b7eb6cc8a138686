using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LivePool.Cpu.Simd;

/// <summary>16 sums.</summary>
internal readonly unsafe struct Vector256Sums(Vector256<short> value) : IByteSums<Vector256Sums>
{
    private readonly Vector256<short> _value = value;

    public static bool IsSupported => Avx2.IsSupported;

    public static int Count => Vector256<short>.Count;

    public static Vector256Sums Create(short value) => new(Vector256.Create(value));

    public static Vector256Sums Load(byte* source) => new(Vector256.Load((short*)source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256Sums AddProducts(Vector256Sums sums, Vector256Sums pairs, Vector256Sums weights) =>
        new(sums._value + Avx2.MultiplyAddAdjacent(pairs._value.AsByte(), weights._value.AsSByte()));

    public static Vector256Sums Abs(Vector256Sums value) => new(Vector256.Abs(value._value));

    public static Vector256Sums Max(Vector256Sums left, Vector256Sums right) => new(Vector256.Max(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Pair(byte* first, byte* second, byte* pairs) =>
        (Vector256.WidenLower(Vector128.Load(first).ToVector256Unsafe()) | (Vector256.WidenLower(Vector128.Load(second).ToVector256Unsafe()) << 8)).Store((ushort*)pairs);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256Sums value, float* destination)
    {
        Vector256.ConvertToSingle(Vector256.WidenLower(value._value)).Store(destination);
        Vector256.ConvertToSingle(Vector256.WidenUpper(value._value)).Store(destination + Count / 2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreMaxima(Vector256Sums value, float* destination)
    {
        // Neighbours are the halves of an int32.
        Vector256<int> neighbours = value._value.AsInt32();
        Vector256.ConvertToSingle(Vector256.Max((neighbours << 16) >> 16, neighbours >> 16)).Store(destination);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreMeans(Vector256Sums upper, Vector256Sums lower, float* destination)
    {
        Vector256<short> one = Vector256<short>.One;
        Vector256<int> sums = Avx2.MultiplyAddAdjacent(upper._value, one) + Avx2.MultiplyAddAdjacent(lower._value, one);
        // A quarter is exact.
        (Vector256.ConvertToSingle(sums) * 0.25f).Store(destination);
    }
}
