namespace LivePool.Core.Backends;

/// <summary>
/// A picture's bytes as its source gave them, for a backend that makes grey or red, green and blue of them itself. Grey of
/// colours is <c>(R*19595 + G*38470 + B*7471 + 0x8000) >> 16</c>; of luma and chroma see <see cref="LumaWeights"/>.
/// </summary>
/// <param name="bytes">The picture; there may be more than the layout reaches.</param>
/// <param name="layout">Where its values lie.</param>
public readonly ref struct PixelView(ReadOnlySpan<byte> bytes, PixelLayout layout)
{
    /// <summary>The picture.</summary>
    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    /// <summary>Where its values lie.</summary>
    public PixelLayout Layout { get; } = layout;
}
