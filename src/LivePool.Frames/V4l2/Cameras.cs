namespace LivePool.Frames.V4l2;

/// <summary>A size of a camera's pictures and its rates, as they are shown.</summary>
/// <param name="Size"><c>640x480</c>, or <c>16x16 to 1920x1080</c>.</param>
/// <param name="Rates">Frames a second: <c>30, 15</c>, or <c>1 to 60</c>; empty where the camera does not tell.</param>
public sealed record CameraSize(string Size, string Rates);

/// <summary>A format that a camera offers.</summary>
/// <param name="Name">The name by which the command line has it, or V4L2's four letters.</param>
/// <param name="IsRead">Whether pictures in it are read here.</param>
/// <param name="Sizes">Its sizes; empty where the camera does not tell.</param>
public sealed record OfferedModes(string Name, bool IsRead, IReadOnlyList<CameraSize> Sizes);

/// <summary>A camera.</summary>
/// <param name="Path">Its device file.</param>
/// <param name="Name">What it calls itself; empty where it cannot be asked.</param>
/// <param name="Bus">Where it is plugged in.</param>
/// <param name="Formats">What it offers.</param>
/// <param name="Failure">Why it cannot be asked; null where it can.</param>
public sealed record Camera(string Path, string Name, string Bus, IReadOnlyList<OfferedModes> Formats, string? Failure);

/// <summary>The cameras of this system, through V4L2.</summary>
public static class Cameras
{
    private const int MostDevices = 256;

    /// <summary>Asks all cameras what they offer. Empty on systems other than Linux.</summary>
    public static IReadOnlyList<Camera> List()
    {
        var cameras = new List<Camera>();
        if (!OperatingSystem.IsLinux())
            return cameras;
        for (int i = 0; i < MostDevices; i++)
        {
            string path = PathOf(i);
            using VideoDevice? device = VideoDevice.Open(path, out int error);
            if (device is { CapturesVideo: true })
                cameras.Add(new(path, device.Card, device.BusInfo, Describe(device), null));
            else if (device is null && !Errno.IsGone(error))
                cameras.Add(new(path, "", "", [], CameraErrors.Explain(path, "QUERYCAP", error)));
        }
        return cameras;
    }

    /// <summary>Opens the first camera that fits, looking at all of them.</summary>
    /// <returns>Null where none does.</returns>
    internal static VideoDevice? Find(Func<VideoDevice, bool> fits)
    {
        for (int i = 0; i < MostDevices; i++)
        {
            VideoDevice? device = VideoDevice.Open(PathOf(i), out _);
            if (device is { CapturesVideo: true } && fits(device))
                return device;
            device?.Dispose();
        }
        return null;
    }

    /// <summary>The cameras' names for a message.</summary>
    internal static string Choices()
    {
        var names = new List<string>();
        Find(device =>
        {
            names.Add($"{device.Path} ({device.Card})");
            return false;
        });
        return names.Count == 0 ? "no camera is there" : $"the cameras are: {string.Join(", ", names)}";
    }

    private static string PathOf(int number) => $"/dev/video{number}";

    private static List<OfferedModes> Describe(VideoDevice device) =>
    [
        .. DeviceModes.Formats(device).Select(format => new OfferedModes(
            format.Name, CameraFormat.Find(format.FourCc) is not null, [.. format.Sizes.Select(size => Describe(device, format.FourCc, size))])),
    ];

    private static CameraSize Describe(VideoDevice device, uint fourCc, SizeRange size)
    {
        List<IntervalRange> intervals = DeviceModes.Intervals(device, fourCc, size.MaxWidth, size.MaxHeight);
        return new(
            size.IsOne ? $"{size.MaxWidth}x{size.MaxHeight}" : $"{size.MinWidth}x{size.MinHeight} to {size.MaxWidth}x{size.MaxHeight}",
            string.Join(", ", intervals.Select(range => range.IsOne ? $"{range.Shortest}" : $"{range.Longest} to {range.Shortest}")));
    }
}
