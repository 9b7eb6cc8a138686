namespace LivePool.Cpu.Simd;

/// <summary>What a window pool does to the elements of a window; associative, so that rows and columns may be reduced apart.</summary>
internal interface IReducer
{
    /// <summary>What an element outside the input counts as.</summary>
    static abstract float Identity { get; }

    static abstract TVector Combine<TVector>(TVector accumulator, TVector value) where TVector : struct, IVector<TVector>;
}

/// <summary>The maximum; NaN wins.</summary>
internal readonly struct MaxReducer : IReducer
{
    public static float Identity => float.NegativeInfinity;

    public static TVector Combine<TVector>(TVector accumulator, TVector value) where TVector : struct, IVector<TVector> =>
        TVector.Select(TVector.Or(TVector.GreaterThan(value, accumulator), TVector.IsNaN(value)), value, accumulator);
}

/// <summary>The sum.</summary>
internal readonly struct SumReducer : IReducer
{
    public static float Identity => 0;

    public static TVector Combine<TVector>(TVector accumulator, TVector value) where TVector : struct, IVector<TVector> =>
        accumulator + value;
}
