using LivePool.Core.Backends;

namespace LivePool.Frames;

/// <summary>
/// One picture in a buffer that is reused: whoever reads frames owns one (or a few) and a source fills it again and again.
/// The buffer grows when a larger picture arrives and never shrinks, so steady streams allocate nothing. Not thread-safe.
/// </summary>
public sealed class Frame
{
    private byte[] _buffer = [];

    /// <summary>How a pixel lies in memory.</summary>
    public PixelFormat Format { get; private set; }

    /// <summary>Pixels in a row; 0 before the first <see cref="Reset"/>.</summary>
    public int Width { get; private set; }

    /// <summary>Rows; 0 before the first <see cref="Reset"/>.</summary>
    public int Height { get; private set; }

    /// <summary>Bytes from one row's start to the next row's.</summary>
    public int Stride { get; private set; }

    /// <summary>Time since the source's first frame; zero for stills, which have no natural rate.</summary>
    public TimeSpan Timestamp { get; set; }

    /// <summary>When the picture was taken, as <see cref="System.Diagnostics.Stopwatch.GetTimestamp"/> counts; 0 where that is not known.</summary>
    public long CapturedAt { get; set; }

    /// <summary>The frame's number within its source, from 0; it goes on counting when a source loops.</summary>
    public long Sequence { get; set; }

    /// <summary>Where the picture came from: a file's path or a scene's name. For titles and messages.</summary>
    public string Origin { get; set; } = "";

    /// <summary>
    /// What luma means where <see cref="Format"/> has it. Pictures in grey have the full range, unless a source says otherwise
    /// after <see cref="Reset"/>.
    /// </summary>
    public YuvEncoding Encoding { get; set; }

    /// <summary>All rows, top to bottom, <see cref="Stride"/> * <see cref="Height"/> bytes; in Nv12 then the second plane's.</summary>
    public Span<byte> Pixels => _buffer.AsSpan(0, Stride * (int)Format.RowsInMemory(Height));

    /// <summary>The picture as it is, for a backend that makes of it what <see cref="CopyPlanar"/> does.</summary>
    public PixelView View
    {
        get
        {
            (int second, int third, int pairStep, int pairRows) = Format switch
            {
                PixelFormat.Rgb24 or PixelFormat.Rgba32 => (1, 2, 0, 0),
                PixelFormat.Bgra32 => (1, 0, 0, 0),
                PixelFormat.Yuyv => (1, 3, 4, 1),
                PixelFormat.Nv12 => (Height * Stride, Height * Stride + 1, 2, 2),
                // Luma alone: what is read as chroma counts nothing.
                _ => (0, 0, 0, HasLuma ? 1 : 0),
            };
            return new(Pixels, new()
            {
                Width = Width,
                Height = Height,
                Stride = Stride,
                Step = Format.BytesPerPixel(),
                First = Format == PixelFormat.Bgra32 ? 2 : 0,
                Second = second,
                Third = third,
                PairStep = pairStep,
                PairRows = pairRows,
                Luma = HasLuma ? Encoding.Weights(hasChroma: Format != PixelFormat.Gray8) : null,
            });
        }
    }

    /// <summary>Row <paramref name="y"/> without padding, from the top; in Nv12 its luma.</summary>
    /// <param name="y">0 to <see cref="Height"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public Span<byte> Row(int y)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(y);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(y, Height);
        return _buffer.AsSpan(y * Stride, Format == PixelFormat.Nv12 ? Width : (int)Format.RowBytes(Width));
    }

    /// <summary>The pairs of Cb and Cr that belong to row <paramref name="y"/> of a Nv12 frame.</summary>
    /// <param name="y">0 to <see cref="Height"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    /// <exception cref="InvalidOperationException">The frame has another format.</exception>
    public Span<byte> ChromaRow(int y)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(y);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(y, Height);
        return Format == PixelFormat.Nv12
            ? _buffer.AsSpan((Height + y / 2) * Stride, (int)Format.RowBytes(Width))
            : throw new InvalidOperationException($"a {Format} frame has no plane of chroma");
    }

    /// <summary>Gives the frame a shape. What <see cref="Pixels"/> holds afterwards is undefined: the caller fills it.</summary>
    /// <param name="format">A defined pixel format.</param>
    /// <param name="width">Pixels, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="stride">Bytes from row to row; 0 stands for rows without padding.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size below 1, a stride shorter than a row, or more than 2 GiB.</exception>
    public void Reset(PixelFormat format, int width, int height, int stride = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        var rowBytes = format.RowBytes(width);
        if (stride != 0)
            ArgumentOutOfRangeException.ThrowIfLessThan(stride, rowBytes, nameof(stride));
        var bytes = (stride != 0 ? stride : rowBytes) * format.RowsInMemory(height);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, Array.MaxLength, nameof(height));
        if (_buffer.Length < bytes)
            _buffer = new byte[bytes];
        (Format, Width, Height, Stride, Encoding) = (format, width, height, stride != 0 ? stride : (int)rowBytes, default);
    }

    /// <summary>Takes over another frame's picture, shape, number and time.</summary>
    /// <param name="other">The frame to copy; it stays as it is.</param>
    public void CopyFrom(Frame other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (ReferenceEquals(this, other))
            return;
        if (_buffer.Length < other.Pixels.Length)
            _buffer = new byte[other.Pixels.Length];
        (Format, Width, Height, Stride, Encoding) = (other.Format, other.Width, other.Height, other.Stride, other.Encoding);
        (Timestamp, CapturedAt, Sequence, Origin) = (other.Timestamp, other.CapturedAt, other.Sequence, other.Origin);
        other.Pixels.CopyTo(_buffer);
    }

    /// <summary>
    /// Writes the picture as planes, [channels, H, W] row-major uint8, 0 to 255. One channel is grey as Pillow's
    /// <c>convert("L")</c>: <c>(R*19595 + G*38470 + B*7471 + 0x8000) >> 16</c>. Three channels are red, green and blue
    /// (a grey picture thrice). Alpha is dropped. Of Yuyv and Nv12 the grey is the luma, which BT.601 makes Pillow's grey but
    /// for rounding, and BT.709 does not; a limited range becomes 0 to 255. Allocates nothing.
    /// </summary>
    /// <param name="channels">1 or 3.</param>
    /// <param name="destination">At least channels * H * W bytes; it must not overlap the frame. What is beyond stays.</param>
    /// <exception cref="ArgumentException">Another channel count, or too short a destination.</exception>
    public void CopyPlanar(int channels, Span<byte> destination)
    {
        if (channels is not (1 or 3))
            throw new ArgumentException($"a frame gives 1 channel (grey) or 3 (red, green, blue), not {channels}", nameof(channels));
        var plane = (long)Width * Height;
        if (destination.Length < channels * plane)
        {
            throw new ArgumentException($"[{channels}, {Height}, {Width}] needs {channels * plane} bytes, " +
                $"the destination has {destination.Length}", nameof(destination));
        }
        for (var y = 0; y < Height; y++)
        {
            var row = Row(y);
            var first = destination.Slice(y * Width, Width);
            if (channels == 1)
            {
                if (HasLuma)
                    YuvConversion.Grey(Format, Encoding, row, first);
                else
                    PlanarConversion.Grey(Format, row, first);
                continue;
            }
            var second = destination.Slice((int)plane + y * Width, Width);
            var third = destination.Slice(2 * (int)plane + y * Width, Width);
            switch (Format)
            {
                case PixelFormat.Nv12:
                    YuvConversion.SplitNv12(Encoding, row, ChromaRow(y), first, second, third);
                    break;
                case PixelFormat.Yuyv:
                    YuvConversion.SplitYuyv(Encoding, row, first, second, third);
                    break;
                case PixelFormat.Gray8 when Encoding.IsLimited:
                    YuvConversion.Grey(Format, Encoding, row, first);
                    first.CopyTo(second);
                    first.CopyTo(third);
                    break;
                default:
                    PlanarConversion.Split(Format, row, first, second, third);
                    break;
            }
        }
    }

    private bool HasLuma => Format is PixelFormat.Yuyv or PixelFormat.Nv12 || (Format == PixelFormat.Gray8 && Encoding.IsLimited);
}
