using System.Globalization;

namespace LivePool.Frames.V4l2;

/// <summary>What the user asks of a camera: <c>camera:0?size=1280x720&amp;fps=30&amp;format=mjpeg</c>. What is null, the camera may choose.</summary>
/// <param name="Source">As given by the user.</param>
/// <param name="Camera">A number, a device file's path, or a part of a camera's name.</param>
/// <param name="Size">Pixels and rows.</param>
/// <param name="FramesPerSecond">The rate.</param>
/// <param name="Format">One of <see cref="CameraFormat.Names"/>.</param>
internal sealed record CameraRequest(string Source, string Camera, (int Width, int Height)? Size, double? FramesPerSecond, string? Format)
{
    public const string Prefix = "camera:";

    private const double MostFramesPerSecond = 1000;
    private const string Example = "give a number such as camera:0, a device such as camera:/dev/video2, or a part of a camera's name";

    /// <summary>The device file that is named, null where a name has to be looked for.</summary>
    public string? Path => Camera[0] == '/' ? Camera : Camera.All(char.IsAsciiDigit) ? $"/dev/video{Camera}" : null;

    /// <exception cref="FrameSourceException">No name, an unknown parameter, or a bad value.</exception>
    public static CameraRequest Parse(string source, ImageLimits limits)
    {
        string text = source[Prefix.Length..];
        (string camera, string query) = text.Split('?', 2) is [var before, var after] ? (before, after) : (text, "");
        if (string.IsNullOrWhiteSpace(camera))
            throw new FrameSourceException($"cannot open '{source}': no camera is named; {Example}");
        var request = new CameraRequest(source, camera, null, null, null);
        foreach ((string name, string value) in SourceQuery.Split(source, query))
        {
            request = name switch
            {
                "size" => request with { Size = SourceQuery.Size(source, value, limits) },
                "fps" => request with { FramesPerSecond = Rate(value) },
                "format" => request with { Format = CameraFormat.Exists(value) ? value : throw Refused($"there is no format '{value}'; the formats are: {CameraFormat.Names}") },
                _ => throw Refused($"there is no parameter '{name}'; the parameters are: size=1280x720, fps=30, format=mjpeg"),
            };
        }
        return request;

        double Rate(string value) =>
            double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double rate) && rate is > 0 and <= MostFramesPerSecond
                ? rate
                : throw Refused($"fps '{value}' is not good; give frames a second, such as 30 or 7.5, at most {MostFramesPerSecond}");

        FrameSourceException Refused(string reason) => new($"cannot open '{source}': {reason}");
    }
}
