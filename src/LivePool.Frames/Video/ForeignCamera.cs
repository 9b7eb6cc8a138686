using System.Globalization;
using LivePool.Frames.V4l2;

namespace LivePool.Frames.Video;

/// <summary>Cameras of Windows (DirectShow) and macOS (AVFoundation), which ffmpeg reads.</summary>
internal static class ForeignCamera
{
    /// <summary>ffmpeg's arguments up to and with its input. It takes what was asked for, or refuses.</summary>
    /// <param name="request">What the user asks for.</param>
    /// <param name="isMac">Whether this is macOS; else it is Windows.</param>
    /// <exception cref="FrameSourceException">ffmpeg cannot be asked for that there.</exception>
    public static string[] Input(CameraRequest request, bool isMac)
    {
        if (!isMac && request.Camera.All(char.IsAsciiDigit))
        {
            throw new FrameSourceException($"cannot open '{request.Source}': cameras have no numbers on Windows; give its name, such as " +
                "'camera:Integrated Camera', as ffmpeg -list_devices true -f dshow -i dummy lists it");
        }
        // AVFoundation has a default rate that many cameras refuse.
        double? rate = request.FramesPerSecond ?? (isMac ? 30 : null);
        return
        [
            "-f", isMac ? "avfoundation" : "dshow",
            .. request.Size is { } size ? (string[])["-video_size", $"{size.Width}x{size.Height}"] : [],
            .. rate is { } some ? (string[])["-framerate", some.ToString(CultureInfo.InvariantCulture)] : [],
            .. request.Format switch
            {
                null => (string[])[],
                "mjpeg" when isMac => throw new FrameSourceException($"cannot open '{request.Source}': macOS gives no mjpeg; leave the format out"),
                "mjpeg" => ["-vcodec", "mjpeg"],
                "yuyv" => ["-pixel_format", "yuyv422"],
                "grey" => ["-pixel_format", "gray"],
                var format => ["-pixel_format", format],
            },
            "-i", isMac ? request.Camera : $"video={request.Camera}",
        ];
    }
}
