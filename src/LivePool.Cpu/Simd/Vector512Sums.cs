using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LivePool.Cpu.Simd;

/// <summary>32 sums.</summary>
internal readonly unsafe struct Vector512Sums(Vector512<short> value) : IByteSums<Vector512Sums>
{
    private readonly Vector512<short> _value = value;

    public static bool IsSupported => Avx512BW.IsSupported;

    public static int Count => Vector512<short>.Count;

    public static Vector512Sums Create(short value) => new(Vector512.Create(value));

    public static Vector512Sums Load(byte* source) => new(Vector512.Load((short*)source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Sums AddProducts(Vector512Sums sums, Vector512Sums pairs, Vector512Sums weights) =>
        new(sums._value + Avx512BW.MultiplyAddAdjacent(pairs._value.AsByte(), weights._value.AsSByte()));

    public static Vector512Sums Abs(Vector512Sums value) => new(Vector512.Abs(value._value));

    public static Vector512Sums Max(Vector512Sums left, Vector512Sums right) => new(Vector512.Max(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Pair(byte* first, byte* second, byte* pairs) =>
        (Vector512.WidenLower(Vector256.Load(first).ToVector512Unsafe()) | (Vector512.WidenLower(Vector256.Load(second).ToVector512Unsafe()) << 8)).Store((ushort*)pairs);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512Sums value, float* destination)
    {
        Vector512.ConvertToSingle(Vector512.WidenLower(value._value)).Store(destination);
        Vector512.ConvertToSingle(Vector512.WidenUpper(value._value)).Store(destination + Count / 2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreMaxima(Vector512Sums value, float* destination)
    {
        // Neighbours are the halves of an int32.
        Vector512<int> neighbours = value._value.AsInt32();
        Vector512.ConvertToSingle(Vector512.Max((neighbours << 16) >> 16, neighbours >> 16)).Store(destination);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreMeans(Vector512Sums upper, Vector512Sums lower, float* destination)
    {
        Vector512<short> one = Vector512<short>.One;
        Vector512<int> sums = Avx512BW.MultiplyAddAdjacent(upper._value, one) + Avx512BW.MultiplyAddAdjacent(lower._value, one);
        // A quarter is exact.
        (Vector512.ConvertToSingle(sums) * 0.25f).Store(destination);
    }
}
