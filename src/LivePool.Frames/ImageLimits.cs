namespace LivePool.Frames;

/// <summary>What an image file may cost. Every limit but the time holds before memory is taken for pixels.</summary>
/// <param name="MaxFileBytes">Bytes of the file; 64 MiB.</param>
/// <param name="MaxPixels">Width times height; 64 * 1024 * 1024, so 8192x8192 still fits.</param>
/// <param name="MaxSide">Pixels of width and of height; 16384.</param>
/// <param name="MaxSeconds">Decoding time in seconds; 5. Looked at whenever the decoder reads its file.</param>
public sealed record ImageLimits(
    long MaxFileBytes = 64L << 20,
    long MaxPixels = 64L << 20,
    int MaxSide = 16384,
    double MaxSeconds = 5)
{
    /// <summary>The limits that hold unless others are given.</summary>
    public static ImageLimits Default { get; } = new();

    /// <summary>Refuses a size out of bounds.</summary>
    /// <param name="width">Pixels, as the header says.</param>
    /// <param name="height">Rows, as the header says.</param>
    /// <exception cref="InvalidDataException">The size is empty or over a limit; the message has the numbers.</exception>
    internal void CheckSize(long width, long height)
    {
        if (width < 1 || height < 1)
            throw new InvalidDataException($"its header says {width}x{height} pixels");
        if (width > MaxSide || height > MaxSide)
            throw new InvalidDataException($"its header says {width}x{height} pixels, over the limit of {MaxSide} a side");
        if (width * height > MaxPixels)
            throw new InvalidDataException($"its header says {width}x{height} pixels, over the limit of {MaxPixels} pixels");
    }
}

/// <summary>The moment by which a decoder must be done.</summary>
internal readonly struct Deadline(double seconds)
{
    private readonly long _end = Environment.TickCount64 + (long)(seconds * 1000);

    public void Check()
    {
        if (Environment.TickCount64 > _end)
            throw new TimeoutException($"decoding took longer than {seconds} s");
    }
}
