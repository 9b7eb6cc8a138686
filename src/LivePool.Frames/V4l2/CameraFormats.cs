using System.Globalization;

namespace LivePool.Frames.V4l2;

/// <summary>Time between frames, in seconds.</summary>
internal readonly record struct FrameInterval(uint Numerator, uint Denominator)
{
    public double FramesPerSecond => Numerator == 0 ? 0 : Denominator / (double)Numerator;

    public override string ToString() => Math.Round(FramesPerSecond, 2).ToString(CultureInfo.InvariantCulture);
}

/// <summary>Intervals from the shortest to the longest; one interval where both are the same. A device rounds to its steps itself.</summary>
internal readonly record struct IntervalRange(FrameInterval Shortest, FrameInterval Longest)
{
    public bool IsOne => Shortest == Longest;

    /// <summary>The interval whose rate is the nearest.</summary>
    public FrameInterval Nearest(double framesPerSecond)
    {
        if (framesPerSecond >= Shortest.FramesPerSecond)
            return Shortest;
        const uint Thousand = 1000;
        if (framesPerSecond <= Longest.FramesPerSecond)
            return Longest;
        // To a thousandth: the rate, or where that is below one, the time.
        return framesPerSecond >= 1
            ? new(Thousand, (uint)Math.Round(framesPerSecond * Thousand))
            : new((uint)Math.Min(Math.Round(Thousand / framesPerSecond), uint.MaxValue), Thousand);
    }
}

/// <summary>Sizes from the smallest to the largest in steps; one size where both are the same.</summary>
internal readonly record struct SizeRange(int MinWidth, int MaxWidth, int StepWidth, int MinHeight, int MaxHeight, int StepHeight)
{
    public SizeRange(int width, int height)
        : this(width, width, 1, height, height, 1)
    {
    }

    public bool IsOne => MinWidth == MaxWidth && MinHeight == MaxHeight;

    public (int Width, int Height) Nearest(int width, int height) =>
        (Nearest(width, MinWidth, MaxWidth, StepWidth), Nearest(height, MinHeight, MaxHeight, StepHeight));

    private static int Nearest(int wanted, int min, int max, int step)
    {
        step = Math.Max(1, step);
        int last = (max - min) / step;
        return min + step * (int)Math.Clamp(Math.Round((wanted - min) / (double)step), 0, last);
    }
}

/// <summary>A format that a device offers.</summary>
/// <param name="FourCc">V4L2's code.</param>
/// <param name="Sizes">Empty where the device does not tell.</param>
internal sealed record OfferedFormat(uint FourCc, IReadOnlyList<SizeRange> Sizes)
{
    /// <summary>The name by which the command line has it, or the four letters.</summary>
    public string Name => CameraFormat.Find(FourCc)?.Name ?? Letters;

    private string Letters => string.Create(4, FourCc, static (letters, code) =>
    {
        for (int i = 0; i < letters.Length; i++)
            letters[i] = (char)(code >> (8 * i) & 0x7F) is var letter && char.IsAsciiLetterOrDigit(letter) ? letter : ' ';
    }).TrimEnd();
}

/// <summary>A format that is read here; in the order of preference, all else being equal.</summary>
internal sealed record CameraFormat(string Name, uint FourCc, PixelFormat? Raw)
{
    public static IReadOnlyList<CameraFormat> All { get; } =
    [
        new("yuyv", Videodev2.PixFmtYuyv, PixelFormat.Yuyv),
        new("nv12", Videodev2.PixFmtNv12, PixelFormat.Nv12),
        new("rgb24", Videodev2.PixFmtRgb24, PixelFormat.Rgb24),
        new("mjpeg", Videodev2.PixFmtMjpeg, null),
        // Some drivers call the same by this name.
        new("mjpeg", Videodev2.PixFmtJpeg, null),
        new("grey", Videodev2.PixFmtGrey, PixelFormat.Gray8),
    ];

    public static string Names { get; } = string.Join(", ", All.Select(format => format.Name).Distinct());

    public static CameraFormat? Find(uint fourCc) => All.FirstOrDefault(format => format.FourCc == fourCc);

    public static bool Exists(string name) => All.Any(format => format.Name == name);
}
