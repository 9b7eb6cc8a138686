using LivePool.Core.Tensors;

namespace LivePool.App.Reports.Html;

/// <summary>A part of one plane of a tensor: all of it, or what is around an element where it is larger than a page can show.</summary>
/// <param name="Shape">The tensor's shape.</param>
/// <param name="N">Batch.</param>
/// <param name="C">Channel.</param>
/// <param name="Top">First row.</param>
/// <param name="Left">First column.</param>
internal readonly record struct Crop(TensorShape Shape, int N, int C, int Top, int Left)
{
    /// <summary>The most rows, and the most columns.</summary>
    public const int Most = 56;

    /// <summary>Rows.</summary>
    public int Height => Math.Min(Most, Shape.H);

    /// <summary>Columns.</summary>
    public int Width => Math.Min(Most, Shape.W);

    /// <summary>Whether some of the plane is left out.</summary>
    public bool IsPart => Height < Shape.H || Width < Shape.W;

    /// <summary>The part around an element, in its middle where the plane's edges allow it.</summary>
    public static Crop Around(TensorShape shape, int n, int c, int row, int column) =>
        new(shape, n, c, Start(row, shape.H), Start(column, shape.W));

    /// <summary>The crop's elements of the whole tensor.</summary>
    public IEnumerable<T> Elements<T>(T[] tensor)
    {
        for (int row = Top; row < Top + Height; row++)
        {
            for (int column = Left; column < Left + Width; column++)
                yield return tensor[((N * Shape.C + C) * Shape.H + row) * Shape.W + column];
        }
    }

    /// <summary>Whether an element is in it.</summary>
    public bool Contains(int n, int c, int row, int column) =>
        (n, c) == (N, C) && row >= Top && row < Top + Height && column >= Left && column < Left + Width;

    private static int Start(int position, int length) => Math.Clamp(position - Most / 2, 0, Math.Max(0, length - Most));
}
