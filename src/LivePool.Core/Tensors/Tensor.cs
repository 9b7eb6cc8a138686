namespace LivePool.Core.Tensors;

/// <summary>A row-major float32 tensor <c>[N, C, H, W]</c> that owns its elements.</summary>
public sealed class Tensor
{
    private readonly float[] _elements;

    /// <summary>Wraps <paramref name="elements"/> without copying them.</summary>
    /// <exception cref="LivePoolException">The number of elements is not the shape's.</exception>
    public Tensor(TensorShape shape, float[] elements)
    {
        Shape = shape.Validated();
        if (elements.Length != shape.Count)
            throw new LivePoolException($"the shape {shape} has {shape.Count} elements, but {elements.Length} were given");
        _elements = elements;
    }

    /// <summary>Creates a tensor of zeros.</summary>
    public Tensor(TensorShape shape) : this(shape, new float[shape.Validated().Count]) { }

    /// <summary>The shape, <c>[N, C, H, W]</c>.</summary>
    public TensorShape Shape { get; }

    /// <summary>The elements, row-major.</summary>
    public Span<float> Elements => _elements;

    /// <summary>The elements of plane <paramref name="n"/>, <paramref name="c"/>: <c>[H, W]</c>, row-major.</summary>
    public Span<float> Plane(int n, int c) =>
        _elements.AsSpan((n * Shape.C + c) * Shape.PlaneSize, Shape.PlaneSize);
}
