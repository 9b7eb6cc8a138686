using System.Globalization;
using LivePool.Core.Operators;
using LivePool.Core.Tensors;

namespace LivePool.Verification.Explanations;

/// <summary>
/// Takes one output element apart, in double. The rules stand here once more, tap by tap and apart from the loops of
/// the backends and the reference, so that a reader can follow them and a test can hold them against each other.
/// </summary>
public static class Explainer
{
    /// <summary>The position of an axis whose element a convolution finds at a position, which may be in the padding.</summary>
    /// <param name="mode">What the padding is made of.</param>
    /// <param name="position">Below 0 or from <paramref name="length"/> on in the padding.</param>
    /// <param name="length">Elements of the axis.</param>
    /// <returns>From 0 to <paramref name="length"/> - 1; -1 for a zero.</returns>
    public static int PaddingSource(PaddingMode mode, int position, int length) => ExplainedConv2d.Source(mode, position, length);

    /// <summary>Explains one element.</summary>
    /// <param name="spec">The operator.</param>
    /// <param name="input">The shape of <paramref name="x"/>.</param>
    /// <param name="x">The input, row-major.</param>
    /// <param name="at">The element's place in the output.</param>
    /// <exception cref="ArgumentOutOfRangeException">The output has no such element, or the input another length.</exception>
    public static Explanation Explain(OperatorSpec spec, TensorShape input, ReadOnlySpan<float> x, ElementPlace at)
    {
        TensorShape output = spec.OutputShape(input);
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Length, input.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)at.N, (uint)output.N, nameof(at));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)at.C, (uint)output.C, nameof(at));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)at.H, (uint)output.H, nameof(at));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)at.W, (uint)output.W, nameof(at));
        ReadOnlySpan<float> image = x.Slice(at.N * input.C * input.PlaneSize, input.C * input.PlaneSize);
        return spec switch
        {
            Conv2d conv => ExplainedConv2d.Explain(conv, input, image, at),
            ConvTranspose2d conv => ExplainedConvTranspose2d.Explain(conv, input, image, at),
            MaxPool2d pool => ExplainedMaxPool2d.Explain(pool, input, Plane(image, input, at), at),
            AvgPool2d pool => ExplainedAvgPool2d.Explain(pool, input, Plane(image, input, at), at),
            LpPool2d pool => ExplainedLpPool2d.Explain(pool, input, Plane(image, input, at), at),
            IntervalPool2d pool => ExplainedIntervalPool2d.Explain(pool, input, Plane(image, input, at), at),
            MaxUnpool2d unpool => ExplainedMaxUnpool2d.Explain(unpool, input, Plane(image, input, at), at),
            Pointwise pointwise => ExplainedPointwise.Explain(pointwise, input, Plane(image, input, at), at),
            _ => throw new NotSupportedException($"there is no explanation of {spec.Name}"),
        };
    }

    private static ReadOnlySpan<float> Plane(ReadOnlySpan<float> image, TensorShape input, ElementPlace at) =>
        image.Slice(at.C * input.PlaneSize, input.PlaneSize);

    /// <summary>A number, so that it reads back as the same float32 where it is one.</summary>
    internal static string Text(double value) => (float)value == value
        ? ((float)value).ToString("R", CultureInfo.InvariantCulture)
        : value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary><c>3</c>, or <c>3x5</c> where the two differ.</summary>
    internal static string Text(Size2d size) => size.Height == size.Width ? $"{size.Height}" : $"{size}";

    /// <summary><c>rows 3 to 5</c>, or <c>row 3</c>.</summary>
    internal static string Range(string name, int first, int end) =>
        end - first == 1 ? $"{name} {first}" : $"{name}s {first} to {end - 1}";

    /// <summary>A count with its noun.</summary>
    internal static string Count(long count, string noun) => $"{count} {noun}{(count == 1 ? "" : "s")}";
}
