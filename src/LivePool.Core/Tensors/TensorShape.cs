namespace LivePool.Core.Tensors;

/// <summary>The shape <c>[N, C, H, W]</c> of a row-major tensor: batch, channels, rows, columns.</summary>
public readonly record struct TensorShape(int N, int C, int H, int W)
{
    /// <summary>Number of elements.</summary>
    public int Count => N * C * H * W;

    /// <summary>Number of <c>[H, W]</c> planes.</summary>
    public int Planes => N * C;

    /// <summary>Elements of one plane.</summary>
    public int PlaneSize => H * W;

    /// <summary>Checks that every dimension is at least 1 and that the elements can be counted in 31 bits.</summary>
    /// <exception cref="LivePoolException">The shape is empty, or has more than 2,147,483,591 elements.</exception>
    public TensorShape Validated()
    {
        if (N < 1 || C < 1 || H < 1 || W < 1)
            throw new LivePoolException($"the shape {this} is empty; every dimension must be at least 1");
        if ((UInt128)N * (UInt128)C * (UInt128)H * (UInt128)W > (UInt128)Array.MaxLength)
            throw new LivePoolException($"the shape {this} has more than {Array.MaxLength} elements; use smaller pieces");
        return this;
    }

    /// <summary>PyTorch's notation, such as <c>[1, 2, 508, 508]</c>.</summary>
    public override string ToString() => $"[{N}, {C}, {H}, {W}]";
}
