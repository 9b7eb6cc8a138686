using LivePool.Frames.V4l2;
using LivePool.Frames.Video;

namespace LivePool.Frames;

/// <summary>Opens what the command line calls SOURCE.</summary>
public static class FrameSources
{
    private const string Choices = "give an image file, a video, an address, a folder, a glob such as 'frames/*.png', camera:0, or scene:grass";

    private static readonly string[] AddressKinds = ["rtsp://", "rtmp://", "udp://", "srt://", "http://", "https://"];

    private static readonly string[] VideoExtensions =
        [".mp4", ".m4v", ".mkv", ".mov", ".avi", ".webm", ".mpg", ".mpeg", ".wmv", ".flv", ".ogv", ".y4m", ".mjpeg", ".3gp"];

    /// <summary>
    /// Opens a source: an image file; a video file or an address, if ffmpeg is installed; a folder (its image files, by extension, in natural order, without subfolders); a glob
    /// (<c>*</c>, <c>?</c>, <c>**</c>; files with an image's extension, or all that match if none has one);
    /// <c>scene:grass</c>, optionally with <c>?size=WIDTHxHEIGHT&amp;seed=NUMBER</c>, 1280x720 and 1 unless given; or a camera,
    /// <c>camera:0</c>, <c>camera:/dev/video2</c> or <c>camera:</c> and a part of its name, optionally with
    /// <c>?size=WIDTHxHEIGHT&amp;fps=NUMBER&amp;format=yuyv</c> (or nv12, rgb24, mjpeg, grey), which takes the nearest that it has.
    /// A file whose name holds <c>*</c> or <c>?</c> is taken literally if it exists.
    /// </summary>
    /// <param name="source">As given by the user.</param>
    /// <param name="limits">What an image may cost; <see cref="ImageLimits.Default"/> if null.</param>
    /// <param name="watches">Whether an image file is read again each time it has changed, and reading waits for that.</param>
    /// <exception cref="FrameSourceException">Nothing can be read from it; the message says why and what to do.</exception>
    public static IFrameSource Open(string source, ImageLimits? limits = null, bool watches = false)
    {
        ArgumentNullException.ThrowIfNull(source);
        limits ??= ImageLimits.Default;
        if (string.IsNullOrWhiteSpace(source) || source.Contains('\0', StringComparison.Ordinal))
            throw new FrameSourceException($"cannot open '{source}': that is no name; {Choices}");
        if (source.StartsWith(SceneSource.Prefix, StringComparison.Ordinal))
            return SceneSource.Open(source, limits);
        if (IsCamera(source))
            return OperatingSystem.IsLinux() ? CameraSource.Open(source, limits) : FfmpegSource.OpenCamera(CameraRequest.Parse(source, limits), limits);
        if (source.Contains("://", StringComparison.Ordinal))
            return OpenAddress(source, limits);
        try
        {
            if (File.Exists(source))
            {
                return IsVideo(source) ? FfmpegSource.OpenFile(source, limits) : OpenImage(source, limits, watches);
            }
            if (Directory.Exists(source))
                return OpenFolder(source, limits);
            if (Glob.IsPattern(source))
                return OpenGlob(source, limits);
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            throw ImageFile.Unreadable(source, reason);
        }
        throw new FrameSourceException($"cannot open '{source}': there is no such file or folder; {Choices}");
    }

    /// <summary>
    /// Opens a source, and the same one each time again. After a camera was lost that is the same camera, whatever its number is
    /// then.
    /// </summary>
    /// <param name="source">As given by the user.</param>
    /// <param name="limits">What an image may cost; <see cref="ImageLimits.Default"/> if null.</param>
    /// <param name="watches">Whether an image file is read again each time it has changed, and reading waits for that.</param>
    /// <returns>Opens it, and throws as <see cref="Open"/>.</returns>
    public static Func<IFrameSource> CreateOpener(string source, ImageLimits? limits = null, bool watches = false) =>
        IsCamera(source) && OperatingSystem.IsLinux()
            ? new CameraOpener(source, limits ?? ImageLimits.Default).Open
            : () => Open(source, limits, watches);

    private static bool IsCamera(string source) => source.StartsWith(CameraRequest.Prefix, StringComparison.Ordinal);

    private static FfmpegSource OpenAddress(string source, ImageLimits limits) =>
        AddressKinds.Any(kind => source.StartsWith(kind, StringComparison.OrdinalIgnoreCase))
            ? FfmpegSource.OpenAddress(source, limits)
            : throw new FrameSourceException($"cannot open '{Address.WithoutSecrets(source)}': addresses begin with {string.Join(", ", AddressKinds)}");

    private static IFrameSource OpenImage(string path, ImageLimits limits, bool watches)
    {
        if (Path.GetExtension(path).Equals(".gif", StringComparison.OrdinalIgnoreCase)
            && GifAnimation.TryParse(ImageFile.ReadFile(path, limits), limits) is { } animation)
        {
            return new GifSource(path, animation, limits);
        }
        return watches ? new WatchedImage(path, limits) : new ImageSource(path, [path], limits);
    }

    private static ImageSource OpenFolder(string folder, ImageLimits limits)
    {
        var files = Directory.EnumerateFiles(folder).Where(IsImage).Order(NaturalOrder.Instance).ToArray();
        return files.Length != 0
            ? new ImageSource(folder, files, limits)
            : throw new FrameSourceException($"cannot open '{folder}': the folder has no image files ({string.Join(' ', ImageFile.Extensions)}); {Choices}");
    }

    private static ImageSource OpenGlob(string pattern, ImageLimits limits)
    {
        var matches = Glob.Find(pattern).Order(NaturalOrder.Instance).ToArray();
        var images = matches.Any(IsImage) ? matches.Where(IsImage).ToArray() : matches;
        if (images.Length == 0)
            throw new FrameSourceException($"cannot open '{pattern}': no file matches; check the pattern and quote it");
        return images.Any(IsVideo)
            ? throw new FrameSourceException($"cannot open '{pattern}': it matches videos; give one of them, or images")
            : new ImageSource(pattern, images, limits);
    }

    private static bool IsImage(string path) => Path.GetFileName(path)[0] != '.' && HasExtension(path, ImageFile.Extensions);

    private static bool IsVideo(string path) => HasExtension(path, VideoExtensions);

    private static bool HasExtension(string path, IReadOnlyList<string> extensions) =>
        extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);
}
