namespace LivePool.Core.Backends;

/// <summary>
/// Where the values of a picture lie in its bytes: red, green and blue of each pixel, or luma of each pixel and chroma of each
/// two beside each other. Row y of what every pixel has begins at byte y * <see cref="Stride"/>.
/// </summary>
public readonly record struct PixelLayout
{
    /// <summary>Pixels in a row, at least 1.</summary>
    public required int Width { get; init; }

    /// <summary>Rows, at least 1.</summary>
    public required int Height { get; init; }

    /// <summary>Bytes from one row's start to the next row's.</summary>
    public required int Stride { get; init; }

    /// <summary>Bytes from a pixel's red, or luma, to the next pixel's.</summary>
    public required int Step { get; init; }

    /// <summary>The byte of the first pixel's red, or luma.</summary>
    public required int First { get; init; }

    /// <summary>The byte of the first pixel's green, or of the first pair's Cb.</summary>
    public required int Second { get; init; }

    /// <summary>The byte of the first pixel's blue, or of the first pair's Cr.</summary>
    public required int Third { get; init; }

    /// <summary>Bytes from a pair's Cb, and from its Cr, to the next pair's. Only of luma and chroma.</summary>
    public int PairStep { get; init; }

    /// <summary>Rows that have the same chroma, 1 or 2. Only of luma and chroma.</summary>
    public int PairRows { get; init; }

    /// <summary>What luma and chroma mean; null where the values are red, green and blue.</summary>
    public LumaWeights? Luma { get; init; }

    /// <summary>Whether the bytes are what a backend reads as one channel of 8-bit elements.</summary>
    public bool IsPlane => Luma is null && (First, Second, Third, Step) == (0, 0, 0, 1) && Stride == Width;

    /// <summary>Bytes up to the last value.</summary>
    public long Length
    {
        get
        {
            long last = (Height - 1L) * Stride + (Width - 1L) * Step;
            if (Luma is null)
                return last + Math.Max(First, Math.Max(Second, Third)) + 1;
            long lastPair = (Height - 1L) / PairRows * Stride + (Width - 1L) / 2 * PairStep;
            return Math.Max(last + First, lastPair + Math.Max(Second, Third)) + 1;
        }
    }
}

/// <summary>
/// What luma and chroma mean, in 65536ths. Grey is luma alone; with clamp(v) = min(max((v + 32768) >> 16, 0), 255):
/// <code>
/// grey  = clamp(Scale * (Y - Black))
/// red   = clamp(Scale * (Y - Black) + CrInRed * (Cr - 128))
/// green = clamp(Scale * (Y - Black) + CbInGreen * (Cb - 128) + CrInGreen * (Cr - 128))
/// blue  = clamp(Scale * (Y - Black) + CbInBlue * (Cb - 128))
/// </code>
/// </summary>
/// <param name="Black">Black's luma.</param>
/// <param name="Scale">Of luma less <paramref name="Black"/>.</param>
/// <param name="CrInRed">Of Cr less 128, in red.</param>
/// <param name="CbInGreen">Of Cb less 128, in green.</param>
/// <param name="CrInGreen">Of Cr less 128, in green.</param>
/// <param name="CbInBlue">Of Cb less 128, in blue.</param>
public readonly record struct LumaWeights(int Black, int Scale, int CrInRed, int CbInGreen, int CrInGreen, int CbInBlue);
