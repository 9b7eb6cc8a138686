namespace LivePool.Frames.V4l2;

/// <summary>What a camera is to be set to.</summary>
/// <param name="Format">The format.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Rows.</param>
/// <param name="Interval">Time between frames; null where the camera does not offer any.</param>
internal readonly record struct CameraMode(CameraFormat Format, int Width, int Height, FrameInterval? Interval);

/// <summary>
/// Chooses among what a camera offers: what was asked for comes first (format, then size, then rate), what was not is near
/// 1280x720 at 30 frames a second; then the format that costs the least, and the larger picture.
/// </summary>
internal static class Negotiation
{
    private const double UsualRate = 30;
    private static readonly (int Width, int Height) _usualSize = (1280, 720);

    /// <param name="request">What the user asks for.</param>
    /// <param name="offered">What the camera offers.</param>
    /// <param name="intervals">The intervals that it offers for a format and a size; none where it does not tell.</param>
    /// <returns>Null where no format is read here.</returns>
    public static CameraMode? Choose(
        CameraRequest request, IReadOnlyList<OfferedFormat> offered, Func<uint, int, int, IReadOnlyList<IntervalRange>> intervals)
    {
        (int width, int height) = request.Size ?? _usualSize;
        double rate = request.FramesPerSecond ?? UsualRate;
        CameraMode? best = null;
        // Compared member by member.
        (bool WrongFormat, long AskedSize, double AskedRate, long Size, double Rate, int Preference, long Area) least = default;
        for (int preference = 0; preference < CameraFormat.All.Count; preference++)
        {
            CameraFormat format = CameraFormat.All[preference];
            foreach (OfferedFormat offer in offered.Where(offer => offer.FourCc == format.FourCc))
            {
                // A camera that names no sizes takes the nearest itself.
                IEnumerable<(int Width, int Height)> sizes = offer.Sizes.Count == 0 ? [(width, height)] : offer.Sizes.Select(size => size.Nearest(width, height));
                foreach ((int w, int h) in sizes)
                {
                    IReadOnlyList<IntervalRange> ranges = intervals(offer.FourCc, w, h);
                    FrameInterval? interval = ranges.Count == 0 ? null : ranges.Select(range => range.Nearest(rate)).MinBy(one => Math.Abs(one.FramesPerSecond - rate));
                    long sizeDistance = Math.Abs((long)w - width) + Math.Abs((long)h - height);
                    double rateDistance = interval is { } some ? Math.Abs(some.FramesPerSecond - rate) : 0;
                    var cost = (
                        request.Format is not null && request.Format != format.Name,
                        request.Size is null ? 0 : sizeDistance, request.FramesPerSecond is null ? 0 : rateDistance,
                        sizeDistance, rateDistance, preference, -(long)w * h);
                    if (best is null || cost.CompareTo(least) < 0)
                        (best, least) = (new(format, w, h, interval), cost);
                }
            }
        }
        return best;
    }

    /// <summary>What was got instead of what was asked for, in one line; null where it is the same.</summary>
    /// <param name="request">What the user asked for.</param>
    /// <param name="mode">What the camera was set to.</param>
    public static string? Difference(CameraRequest request, CameraMode mode)
    {
        var missed = new List<string>();
        if (request.Size is { } size && size != (mode.Width, mode.Height))
            missed.Add($"{size.Width}x{size.Height}");
        if (request.Format is { } format && format != mode.Format.Name)
            missed.Add(format);
        const double Same = 0.01;
        if (request.FramesPerSecond is { } rate && !(mode.Interval is { } interval && Math.Abs(interval.FramesPerSecond / rate - 1) < Same))
            missed.Add(FormattableString.Invariant($"{rate} fps"));
        return missed.Count == 0 ? null : $"{request.Source}: the camera gives {Describe(mode)}, not {string.Join(", ", missed)}";
    }

    /// <summary><c>1280x720 yuyv, 30 fps</c>.</summary>
    public static string Describe(CameraMode mode) =>
        $"{mode.Width}x{mode.Height} {mode.Format.Name}{(mode.Interval is { } interval ? $", {interval} fps" : "")}";
}
