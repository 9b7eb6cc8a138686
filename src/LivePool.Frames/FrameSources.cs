using LivePool.Frames.Video;

namespace LivePool.Frames;

/// <summary>Opens what the command line calls SOURCE.</summary>
public static class FrameSources
{
    private const string Choices = "give an image file, a video, an address, a folder, a glob such as 'frames/*.png', or scene:grass";

    private static readonly string[] AddressKinds = ["rtsp://", "rtmp://", "udp://", "srt://", "http://", "https://"];

    private static readonly string[] VideoExtensions =
        [".mp4", ".m4v", ".mkv", ".mov", ".avi", ".webm", ".mpg", ".mpeg", ".wmv", ".flv", ".ogv", ".y4m", ".mjpeg", ".3gp"];

    /// <summary>
    /// Opens a source: an image file; a video file or an address, if ffmpeg is installed; a folder (its image files, by extension, in natural order, without subfolders); a glob
    /// (<c>*</c>, <c>?</c>, <c>**</c>; files with an image's extension, or all that match if none has one); or
    /// <c>scene:grass</c>, optionally with <c>?size=WIDTHxHEIGHT&amp;seed=NUMBER</c>, 1280x720 and 1 unless given.
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
        if (source.StartsWith("camera:", StringComparison.Ordinal))
            throw new FrameSourceException($"cannot open '{source}': this build has no camera source yet; {Choices}");
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

    private static FfmpegSource OpenAddress(string source, ImageLimits limits) =>
        AddressKinds.Any(kind => source.StartsWith(kind, StringComparison.OrdinalIgnoreCase))
            ? FfmpegSource.OpenAddress(source, limits)
            : throw new FrameSourceException($"cannot open '{source}': addresses begin with {string.Join(", ", AddressKinds)}");

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
