using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using LivePool.Core;

namespace LivePool.App.Recording;

/// <summary>
/// A video that an installed ffmpeg encodes, every picture once. What it encodes is written here: ffmpeg itself may end well
/// though a disk was full. An mp4 is fragmented, so that it plays as far as it was written, whatever ends it.
/// </summary>
internal sealed class FfmpegVideo(string path, double framesPerSecond) : RecordingFile
{
    private Process? _process;
    private Task<string>? _log;
    private Task? _copy;
    private (int Width, int Height) _size;

    /// <summary>Whether there is an ffmpeg.</summary>
    public static bool IsInstalled { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, OperatingSystem.IsWindows() ? "ffmpeg.exe" : "ffmpeg")));

    public override void Write(ReadOnlySpan<byte> rgb, int width, int height)
    {
        if (_process is null)
        {
            _size = (width, height);
            Start();
        }
        else if (_size != (width, height))
        {
            throw new LivePoolException($"{path}: the picture is {width}x{height} now, and a video has one size, {_size.Width}x{_size.Height}");
        }
        try
        {
            _process!.StandardInput.BaseStream.Write(rgb);
        }
        catch (IOException e)
        {
            throw Failed(e);
        }
    }

    public override void Finish()
    {
        if (_process is null)
            return;
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException e)
        {
            throw Failed(e);
        }
        _process.WaitForExit();
        if (_process.ExitCode != 0 || WaitForCopy() is not null)
            throw Failed(null);
    }

    public override void Dispose()
    {
        if (_process is null)
            return;
        // Without an end it would wait for more.
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _ = WaitForCopy();
        _process.Dispose();
    }

    private void Start()
    {
        bool isGif = Path.GetExtension(path).Equals(".gif", StringComparison.OrdinalIgnoreCase);
        string[] encoding = isGif
            ? ["-vf", "split[a][b];[a]palettegen=stats_mode=single[p];[b][p]paletteuse=new=1"]
            // Chroma is halved, and so takes even sizes.
            : ["-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-c:v", "libx264", "-preset", "veryfast", "-crf", "12", "-pix_fmt", "yuv420p",
               "-g", "15", "-movflags", "+frag_keyframe+empty_moov+default_base_moof"];
        var start = new ProcessStartInfo("ffmpeg", [
            "-hide_banner", "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24",
            "-video_size", $"{_size.Width}x{_size.Height}", "-framerate", framesPerSecond.ToString(CultureInfo.InvariantCulture), "-i", "-",
            "-fps_mode", "passthrough", .. encoding, "-f", isGif ? "gif" : "mp4", "-"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        FileStream file = Create();
        try
        {
            _process = Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            file.Dispose();
            throw new LivePoolException($"{path}: videos need ffmpeg, which cannot be started; install it, or record to a folder", e);
        }
        _log = _process.StandardError.ReadToEndAsync();
        _copy = Task.Run(() => Copy(_process, file));
    }

    private FileStream Create()
    {
        try
        {
            FileStream file = File.Create(path);
            if (file.CanSeek)
                return file;
            file.Dispose();
            throw new LivePoolException($"{path}: is a pipe or a device; give a file");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new LivePoolException($"{path}: cannot be made: {e.Message}", e);
        }
    }

    private static void Copy(Process process, FileStream file)
    {
        using (file)
        {
            try
            {
                process.StandardOutput.BaseStream.CopyTo(file);
                file.Flush();
            }
            catch
            {
                // Nobody reads what it encodes any more.
                process.Kill(entireProcessTree: true);
                throw;
            }
        }
    }

    /// <summary>Why what was encoded could not be written; null if it was.</summary>
    private Exception? WaitForCopy()
    {
        try
        {
            _copy!.Wait();
            return null;
        }
        catch (AggregateException e)
        {
            return e.InnerException;
        }
    }

    private LivePoolException Failed(Exception? cause)
    {
        _process!.WaitForExit();
        if (WaitForCopy() is { } written)
            return new LivePoolException($"{path}: cannot be written: {written.Message}", written);
        string[] lines = _log!.GetAwaiter().GetResult().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        // The first line is the reason, the others what follows from it.
        return new LivePoolException($"{path}: ffmpeg ended: {(lines.Length > 0 ? lines[0] : $"exit code {_process.ExitCode}")}", cause);
    }
}
