namespace LivePool.Shaders.Annotations;

/// <summary>The size of what a shader writes: <c>// @size same</c>, <c>half</c>, or <c>W,H</c> in elements.</summary>
/// <param name="Divisor">What the input's size is divided by, rounded up; of no meaning where the size is fixed.</param>
/// <param name="Fixed">The size; null where it follows from the input's.</param>
public readonly record struct OutputSize(int Divisor, (int Width, int Height)? Fixed = null)
{
    /// <summary>The input's.</summary>
    public static OutputSize Same => new(1);

    /// <summary>Half of the input's, rounded up.</summary>
    public static OutputSize Half => new(2);

    /// <summary>The size for an input.</summary>
    public (int Width, int Height) Of(int width, int height) =>
        Fixed ?? ((width + Divisor - 1) / Divisor, (height + Divisor - 1) / Divisor);
}
