namespace LivePool.Cpu.Simd;

/// <summary>What a pool does to the elements of a window; associative, so that rows and columns may be reduced apart.</summary>
internal interface IReducer
{
    /// <summary>What an element outside the input counts as.</summary>
    static abstract float Identity { get; }

    /// <summary>Adds an element of the input to what a part of the window came to.</summary>
    static abstract TVector Take<TVector>(TVector accumulator, TVector element) where TVector : struct, IVector<TVector>;

    /// <summary>Puts together what two parts of the window came to.</summary>
    static abstract TVector Combine<TVector>(TVector accumulator, TVector value) where TVector : struct, IVector<TVector>;
}

/// <summary>The maximum; NaN wins.</summary>
internal readonly struct MaxReducer : IReducer
{
    public static float Identity => float.NegativeInfinity;

    public static TVector Take<TVector>(TVector accumulator, TVector element) where TVector : struct, IVector<TVector> =>
        Combine(accumulator, element);

    public static TVector Combine<TVector>(TVector accumulator, TVector value) where TVector : struct, IVector<TVector> =>
        TVector.Max(accumulator, value);
}

/// <summary>The maximum of elements none of which is NaN.</summary>
internal readonly struct NumberMaxReducer : IReducer
{
    public static float Identity => float.NegativeInfinity;

    public static TVector Take<TVector>(TVector accumulator, TVector element) where TVector : struct, IVector<TVector> =>
        TVector.MaxNumber(accumulator, element);

    public static TVector Combine<TVector>(TVector accumulator, TVector value) where TVector : struct, IVector<TVector> =>
        TVector.MaxNumber(accumulator, value);
}

/// <summary>The sum.</summary>
internal readonly struct SumReducer : IReducer
{
    public static float Identity => 0;

    public static TVector Take<TVector>(TVector accumulator, TVector element) where TVector : struct, IVector<TVector> =>
        accumulator + element;

    public static TVector Combine<TVector>(TVector accumulator, TVector value) where TVector : struct, IVector<TVector> =>
        accumulator + value;
}

/// <summary>The sum of squares.</summary>
internal readonly struct SquareSumReducer : IReducer
{
    public static float Identity => 0;

    public static TVector Take<TVector>(TVector accumulator, TVector element) where TVector : struct, IVector<TVector> =>
        TVector.MultiplyAdd(element, element, accumulator);

    public static TVector Combine<TVector>(TVector accumulator, TVector value) where TVector : struct, IVector<TVector> =>
        accumulator + value;
}
