namespace LivePool.Core.Operators;

/// <summary>A pair of lengths, height before width, as PyTorch's <c>int or tuple</c> parameters.</summary>
public readonly record struct Size2d(int Height, int Width)
{
    /// <summary>The same length both ways.</summary>
    public static implicit operator Size2d(int both) => new(both, both);

    /// <summary>The same length both ways.</summary>
    public static Size2d FromInt32(int both) => both;

    /// <summary>Height x width, such as <c>3x5</c>.</summary>
    public override string ToString() => $"{Height}x{Width}";
}
