namespace LivePool.Cpu.Simd;

/// <summary>A vector of 16-bit sums of bytes times signed 8-bit weights: twice as many products an instruction as float32 has.</summary>
internal unsafe interface IByteSums<TSelf> where TSelf : struct, IByteSums<TSelf>
{
    static abstract bool IsSupported { get; }

    /// <summary>Sums of one vector.</summary>
    static abstract int Count { get; }

    static abstract TSelf Create(short value);

    /// <summary>A pair of bytes for each sum.</summary>
    static abstract TSelf Load(byte* source);

    /// <summary>Adds to each sum its pair of bytes times a pair of weights.</summary>
    static abstract TSelf AddProducts(TSelf sums, TSelf pairs, TSelf weights);

    static abstract TSelf Abs(TSelf value);

    static abstract TSelf Max(TSelf left, TSelf right);

    /// <summary>Makes pairs of as many bytes of two rows as a vector has sums.</summary>
    static abstract void Pair(byte* first, byte* second, byte* pairs);

    static abstract void Store(TSelf value, float* destination);

    /// <summary>The larger of each two neighbours.</summary>
    static abstract void StoreMaxima(TSelf value, float* destination);

    /// <summary>The mean of each two neighbours of both rows.</summary>
    static abstract void StoreMeans(TSelf upper, TSelf lower, float* destination);
}
