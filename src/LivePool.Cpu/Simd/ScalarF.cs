namespace LivePool.Cpu.Simd;

/// <summary>One lane.</summary>
internal readonly unsafe struct ScalarF(float value) : IVector<ScalarF>
{
    private readonly float _value = value;

    public static int Count => 1;

    public static bool HasManyRegisters => false;

    public static ScalarF Create(float value) => new(value);

    public static ScalarF Load(float* source) => new(*source);

    public static ScalarF LoadBytes(byte* source) => new(*source);

    public static void Store(ScalarF value, float* destination) => *destination = value._value;

    public static ScalarF operator +(ScalarF left, ScalarF right) => new(left._value + right._value);

    public static ScalarF operator -(ScalarF left, ScalarF right) => new(left._value - right._value);

    public static ScalarF operator *(ScalarF left, ScalarF right) => new(left._value * right._value);

    public static ScalarF operator /(ScalarF left, ScalarF right) => new(left._value / right._value);

    public static ScalarF MultiplyAdd(ScalarF left, ScalarF right, ScalarF addend) =>
        new(float.MultiplyAddEstimate(left._value, right._value, addend._value));

    public static ScalarF Abs(ScalarF value) => new(MathF.Abs(value._value));

    public static ScalarF Sqrt(ScalarF value) => new(MathF.Sqrt(value._value));

    public static ScalarF Exp(ScalarF value) => new(MathF.Exp(value._value));

    public static ScalarF GreaterThan(ScalarF left, ScalarF right) => Mask(left._value > right._value);

    public static ScalarF IsNaN(ScalarF value) => Mask(float.IsNaN(value._value));

    public static ScalarF Max(ScalarF left, ScalarF right) => new(MathF.Max(left._value, right._value));

    public static ScalarF MaxNumber(ScalarF left, ScalarF right) => new(float.MaxNative(left._value, right._value));

    public static ScalarF IsFinite(ScalarF value) => Mask(float.IsFinite(value._value));

    public static ScalarF Or(ScalarF left, ScalarF right) => FromBits(Bits(left) | Bits(right));

    public static ScalarF Select(ScalarF mask, ScalarF whenTrue, ScalarF whenFalse) =>
        FromBits((Bits(mask) & Bits(whenTrue)) | (~Bits(mask) & Bits(whenFalse)));

    public static ScalarF AddInt32(ScalarF bits, int value) => FromBits(Bits(bits) + value);

    public static void Deinterleave(ScalarF first, ScalarF second, out ScalarF even, out ScalarF odd)
    {
        even = first;
        odd = second;
    }

    public static ScalarF ShiftIn(ScalarF value, ScalarF next) => next;

    public static void Interleave(ScalarF even, ScalarF odd, out ScalarF first, out ScalarF second)
    {
        first = even;
        second = odd;
    }

    private static ScalarF Mask(bool set) => FromBits(set ? -1 : 0);

    private static int Bits(ScalarF value) => BitConverter.SingleToInt32Bits(value._value);

    private static ScalarF FromBits(int bits) => new(BitConverter.Int32BitsToSingle(bits));
}
