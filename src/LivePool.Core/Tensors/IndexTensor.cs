namespace LivePool.Core.Tensors;

/// <summary>Row-major int64 indices <c>[N, C, H, W]</c>, such as a max pool returns.</summary>
public sealed class IndexTensor
{
    private readonly long[] _elements;

    /// <summary>Wraps <paramref name="elements"/> without copying them.</summary>
    /// <exception cref="LivePoolException">The number of elements is not the shape's.</exception>
    public IndexTensor(TensorShape shape, long[] elements)
    {
        Shape = shape.Validated();
        if (elements.Length != shape.Count)
            throw new LivePoolException($"the shape {shape} has {shape.Count} elements, but {elements.Length} were given");
        _elements = elements;
    }

    /// <summary>The shape, <c>[N, C, H, W]</c>.</summary>
    public TensorShape Shape { get; }

    /// <summary>The elements, row-major.</summary>
    public ReadOnlySpan<long> Elements => _elements;

    /// <summary>The position of the first index that is negative or not below <paramref name="end"/>; -1 if all are.</summary>
    public int FirstOutside(int end)
    {
        for (int i = 0; i < _elements.Length; i++)
        {
            if ((ulong)_elements[i] >= (ulong)end)
                return i;
        }
        return -1;
    }
}
