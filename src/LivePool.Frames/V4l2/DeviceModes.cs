namespace LivePool.Frames.V4l2;

/// <summary>Asks a device for its formats, sizes and intervals. A device that does not answer to one of these offers none of it.</summary>
internal static unsafe class DeviceModes
{
    // A driver that never says that this was the last would be asked for ever; one that does not look at the index says the same
    // again and again.
    private const uint Most = 256;

    public static List<OfferedFormat> Formats(VideoDevice device)
    {
        var formats = new List<OfferedFormat>();
        for (uint i = 0; i < Most; i++)
        {
            var format = new Videodev2.FmtDesc { Index = i, Type = device.BufType };
            if (device.Control(Videodev2.EnumFmt, &format) != 0)
                break;
            if (formats.Count > 0 && formats[^1].FourCc == format.PixelFormat)
                break;
            formats.Add(new(format.PixelFormat, Sizes(device, format.PixelFormat)));
        }
        return formats;
    }

    public static bool Offers(VideoDevice device, uint fourCc) => Formats(device).Exists(format => format.FourCc == fourCc);

    public static List<IntervalRange> Intervals(VideoDevice device, uint fourCc, int width, int height)
    {
        var intervals = new List<IntervalRange>();
        for (uint i = 0; i < Most; i++)
        {
            var interval = new Videodev2.FrmIvalEnum { Index = i, PixelFormat = fourCc, Width = (uint)width, Height = (uint)height };
            if (device.Control(Videodev2.EnumFrameIntervals, &interval) != 0)
                break;
            bool isOne = interval.Type == Videodev2.FrmivalTypeDiscrete;
            FrameInterval shortest = Of(interval.Discrete), longest = isOne ? shortest : Of(interval.Stepwise.Max);
            if (intervals.Count > 0 && intervals[^1] == new IntervalRange(shortest, longest))
                break;
            if (shortest.Numerator != 0 && longest.Denominator != 0)
                intervals.Add(new(shortest, longest));
            if (!isOne)
                break;
        }
        return intervals;
    }

    public static FrameInterval Of(Videodev2.Fract fract) => new(fract.Numerator, fract.Denominator);

    private static List<SizeRange> Sizes(VideoDevice device, uint fourCc)
    {
        var sizes = new List<SizeRange>();
        for (uint i = 0; i < Most; i++)
        {
            var size = new Videodev2.FrmSizeEnum { Index = i, PixelFormat = fourCc };
            if (device.Control(Videodev2.EnumFrameSizes, &size) != 0)
                break;
            bool isOne = size.Type == Videodev2.FrmsizeTypeDiscrete;
            SizeRange range = isOne ? new((int)size.Discrete.Width, (int)size.Discrete.Height) : Of(size.Stepwise);
            if (sizes.Count > 0 && sizes[^1] == range)
                break;
            if (range is { MinWidth: > 0, MinHeight: > 0 } && range.MaxWidth >= range.MinWidth && range.MaxHeight >= range.MinHeight)
                sizes.Add(range);
            if (!isOne)
                break;
        }
        return sizes;
    }

    private static SizeRange Of(Videodev2.FrmSizeStepwise size) =>
        new((int)size.MinWidth, (int)size.MaxWidth, (int)size.StepWidth, (int)size.MinHeight, (int)size.MaxHeight, (int)size.StepHeight);
}
