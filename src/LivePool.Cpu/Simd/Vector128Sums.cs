using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LivePool.Cpu.Simd;

/// <summary>8 sums.</summary>
internal readonly unsafe struct Vector128Sums(Vector128<short> value) : IByteSums<Vector128Sums>
{
    private readonly Vector128<short> _value = value;

    public static bool IsSupported => Sse41.IsSupported;

    public static int Count => Vector128<short>.Count;

    public static Vector128Sums Create(short value) => new(Vector128.Create(value));

    public static Vector128Sums Load(byte* source) => new(Vector128.Load((short*)source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128Sums AddProducts(Vector128Sums sums, Vector128Sums pairs, Vector128Sums weights) =>
        new(sums._value + Ssse3.MultiplyAddAdjacent(pairs._value.AsByte(), weights._value.AsSByte()));

    public static Vector128Sums Abs(Vector128Sums value) => new(Vector128.Abs(value._value));

    public static Vector128Sums Max(Vector128Sums left, Vector128Sums right) => new(Vector128.Max(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Pair(byte* first, byte* second, byte* pairs) =>
        (Vector128.WidenLower(Vector64.Load(first).ToVector128Unsafe()) | (Vector128.WidenLower(Vector64.Load(second).ToVector128Unsafe()) << 8)).Store((ushort*)pairs);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128Sums value, float* destination)
    {
        Vector128.ConvertToSingle(Vector128.WidenLower(value._value)).Store(destination);
        Vector128.ConvertToSingle(Vector128.WidenUpper(value._value)).Store(destination + Count / 2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreMaxima(Vector128Sums value, float* destination)
    {
        // Neighbours are the halves of an int32.
        Vector128<int> neighbours = value._value.AsInt32();
        Vector128.ConvertToSingle(Vector128.Max((neighbours << 16) >> 16, neighbours >> 16)).Store(destination);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreMeans(Vector128Sums upper, Vector128Sums lower, float* destination)
    {
        Vector128<short> one = Vector128<short>.One;
        Vector128<int> sums = Sse2.MultiplyAddAdjacent(upper._value, one) + Sse2.MultiplyAddAdjacent(lower._value, one);
        // A quarter is exact.
        (Vector128.ConvertToSingle(sums) * 0.25f).Store(destination);
    }
}
