namespace LivePool.Core.Operators;

/// <summary>
/// Elements added around a plane. PyTorch's padding is one value or two, the same before and after; ONNX and
/// <c>padding='same'</c> need the four sides apart.
/// </summary>
public readonly record struct Padding(int Top, int Left, int Bottom, int Right)
{
    /// <summary>PyTorch's <c>padding='same'</c>: as much as keeps the size at stride 1.</summary>
    public static Padding Same { get; } = new(0, 0, 0, 0) { IsSame = true };

    /// <summary>Whether this is <see cref="Same"/>, whose sides follow from the kernel.</summary>
    public bool IsSame { get; private init; }

    /// <summary>Whether both sides of each axis are equal, so that PyTorch's rules for one or two values hold.</summary>
    public bool IsSymmetric => Top == Bottom && Left == Right;

    /// <summary>The same padding on all four sides.</summary>
    public static implicit operator Padding(int all) => new(all, all, all, all);

    /// <summary>The same padding on all four sides.</summary>
    public static Padding FromInt32(int all) => all;

    /// <summary>PyTorch's pair: rows above and below, columns left and right.</summary>
    public static Padding FromSize(Size2d size) => new(size.Height, size.Width, size.Height, size.Width);

    /// <summary>The four sides: those given, or for <see cref="Same"/> d*(k-1) in all, the smaller half before.</summary>
    /// <exception cref="LivePoolException">The padding for <see cref="Same"/> does not fit 31 bits.</exception>
    public Padding Resolve(Size2d kernel, Size2d dilation)
    {
        if (!IsSame)
            return this;
        int vertical = Total(kernel.Height, dilation.Height);
        int horizontal = Total(kernel.Width, dilation.Width);
        return new(vertical / 2, horizontal / 2, vertical - vertical / 2, horizontal - horizontal / 2);

        static int Total(int kernel, int dilation)
        {
            // A length or dilation below 1 is for the window to refuse.
            long total = Math.Max(0, (long)dilation * (kernel - 1L));
            return total <= int.MaxValue ? (int)total : throw new LivePoolException(
                $"padding same for {kernel} taps with dilation {dilation} is {total} elements; use a smaller dilation");
        }
    }

    /// <summary>The shortest notation: <c>same</c>, <c>1</c>, <c>1,2</c> or <c>top,left,bottom,right</c>.</summary>
    public override string ToString() =>
        IsSame ? "same"
        : !IsSymmetric ? $"{Top},{Left},{Bottom},{Right}"
        : Top == Left ? $"{Top}"
        : $"{Top},{Left}";
}

/// <summary>What a convolution finds outside its input, with PyTorch's names.</summary>
public enum PaddingMode
{
    /// <summary>Zeros.</summary>
    Zeros,

    /// <summary>The input mirrored at its border element, which is not repeated.</summary>
    Reflect,

    /// <summary>The border element.</summary>
    Replicate,

    /// <summary>The input again, from its other side.</summary>
    Circular,
}
