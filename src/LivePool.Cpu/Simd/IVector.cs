namespace LivePool.Cpu.Simd;

/// <summary>
/// A vector of float32, so that each loop is written once and serves 128, 256 and 512 bits and, with
/// <see cref="ScalarF"/>, rows that are shorter than a vector. Masks are lanes of all bits or none.
/// </summary>
internal unsafe interface IVector<TSelf> where TSelf : struct, IVector<TSelf>
{
    static abstract int Count { get; }

    /// <summary>Whether the processor has 32 registers of this width, not 16.</summary>
    static abstract bool HasManyRegisters { get; }

    static abstract TSelf Create(float value);

    static abstract TSelf Load(float* source);

    /// <summary>As many bytes as there are lanes.</summary>
    static abstract TSelf LoadBytes(byte* source);

    static abstract void Store(TSelf value, float* destination);

    static abstract TSelf operator +(TSelf left, TSelf right);

    static abstract TSelf operator -(TSelf left, TSelf right);

    static abstract TSelf operator *(TSelf left, TSelf right);

    static abstract TSelf operator /(TSelf left, TSelf right);

    /// <summary><c>left * right + addend</c>, fused where the hardware fuses.</summary>
    static abstract TSelf MultiplyAdd(TSelf left, TSelf right, TSelf addend);

    static abstract TSelf Abs(TSelf value);

    static abstract TSelf Sqrt(TSelf value);

    static abstract TSelf Exp(TSelf value);

    static abstract TSelf GreaterThan(TSelf left, TSelf right);

    static abstract TSelf IsNaN(TSelf value);

    /// <summary>The larger one; NaN where either is NaN.</summary>
    static abstract TSelf Max(TSelf left, TSelf right);

    /// <summary>The larger one in one instruction; any value where either is NaN.</summary>
    static abstract TSelf MaxNumber(TSelf left, TSelf right);

    static abstract TSelf IsFinite(TSelf value);

    static abstract TSelf Or(TSelf left, TSelf right);

    /// <summary>Bit by bit: <paramref name="whenTrue"/> where the mask is set.</summary>
    static abstract TSelf Select(TSelf mask, TSelf whenTrue, TSelf whenFalse);

    /// <summary>Adds to the lanes' bits as int32: lanes may carry indices.</summary>
    static abstract TSelf AddInt32(TSelf bits, int value);

    /// <summary>Splits two vectors in a row into their elements of even and of odd position.</summary>
    static abstract void Deinterleave(TSelf first, TSelf second, out TSelf even, out TSelf odd);

    /// <summary>The lanes of <paramref name="value"/> one down, and the first of <paramref name="next"/> behind them.</summary>
    static abstract TSelf ShiftIn(TSelf value, TSelf next);

    /// <summary>The reverse of <see cref="Deinterleave"/>.</summary>
    static abstract void Interleave(TSelf even, TSelf odd, out TSelf first, out TSelf second);
}
