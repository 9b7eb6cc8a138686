using LivePool.App.Drawing;
using LivePool.Core;

namespace LivePool.App.Recording;

/// <summary>Where recorded pictures go, one after the other.</summary>
internal abstract class RecordingFile : IDisposable
{
    private static readonly string[] _videos = [".mp4", ".gif"];

    /// <summary>A video by ffmpeg if the name ends in .mp4 or .gif, else a folder of numbered PNGs.</summary>
    /// <param name="target">As given by the user.</param>
    /// <param name="framesPerSecond">At which a video plays.</param>
    /// <exception cref="LivePoolException">It cannot be made.</exception>
    public static RecordingFile Create(string target, double framesPerSecond)
    {
        if (!IsVideo(target))
            return new PngFolder(target);
        return FfmpegVideo.IsInstalled
            ? new FfmpegVideo(target, framesPerSecond)
            : throw new LivePoolException($"{target}: videos need ffmpeg, which is not installed; install it, or record to a folder");
    }

    /// <summary>A name that no recording begun at another time has: a video's if there is ffmpeg, else a folder's.</summary>
    public static string NameAt(DateTime time) => FileNames.At(time) + (FfmpegVideo.IsInstalled ? ".mp4" : "");

    /// <summary>Whether a name is a video's.</summary>
    public static bool IsVideo(string target) => _videos.Contains(Path.GetExtension(target), StringComparer.OrdinalIgnoreCase);

    /// <summary>Adds a picture.</summary>
    /// <param name="rgb">[height, width, 3], top row first.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <exception cref="LivePoolException">It cannot be written; what was written before stays.</exception>
    public abstract void Write(ReadOnlySpan<byte> rgb, int width, int height);

    /// <summary>Writes what is still to be written.</summary>
    /// <exception cref="LivePoolException">It cannot be written.</exception>
    public abstract void Finish();

    public abstract void Dispose();

    /// <summary>frame000000.png and so on.</summary>
    private sealed class PngFolder : RecordingFile
    {
        private readonly string _folder;
        private int _next;

        public PngFolder(string folder)
        {
            RunWriter.CreateFolder(folder);
            // They would stand among the frames of this one.
            if (OldFrame(folder) is { } old)
                throw new LivePoolException($"{folder}: holds the frames of another recording, such as {Path.GetFileName(old)}; give another folder, or remove them");
            _folder = folder;
        }

        private static string? OldFrame(string folder)
        {
            try
            {
                return Directory.EnumerateFiles(folder, "frame*.png").FirstOrDefault();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new LivePoolException($"{folder}: cannot be looked into: {e.Message.TrimEnd('.')}; give another folder", e);
            }
        }

        public override void Write(ReadOnlySpan<byte> rgb, int width, int height)
        {
            string path = Path.Combine(_folder, $"frame{_next++:D6}.png");
            try
            {
                PngFile.WriteRgb(path, width, height, rgb);
            }
            catch (LivePoolException)
            {
                // Half a picture is none.
                Delete(path);
                throw;
            }
        }

        /// <summary>As far as it can be: why it could not be written is what matters.</summary>
        private static void Delete(string path)
        {
            try
            {
                File.Delete(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
            }
        }

        public override void Finish()
        {
        }

        public override void Dispose()
        {
        }
    }
}
