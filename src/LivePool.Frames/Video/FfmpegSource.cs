using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using LivePool.Frames.V4l2;

namespace LivePool.Frames.Video;

/// <summary>
/// Videos, network streams, and cameras of other systems, decoded by an installed ffmpeg: a child process that writes raw
/// frames to a pipe. Every frame that ffmpeg decodes comes once, in order, with its own time.
/// </summary>
internal sealed class FfmpegSource : IFrameSource
{
    private const double MostSeconds = 1e9;

    // Not those that are lists of other files, such as concat, hls and dash, which any name may hide.
    private const string FileFormats = "mov,matroska,avi,mpeg,mpegts,mpegvideo,m4v,h264,hevc,asf,flv,ogg,yuv4mpegpipe,mjpeg,jpeg_pipe";

    private static readonly TimeSpan _longestStart = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan _longestWait = TimeSpan.FromSeconds(5);

    private readonly string _name;
    private readonly string[] _input;
    private readonly ImageLimits _limits;
    private TimeSpan _start;
    private Process? _process;
    private FfmpegLog? _log;
    private readonly Timer _deadline;
    private volatile bool _isLate;
    private CancellationTokenRegistration _cancellation;
    private CancellationToken _registered;
    private AnnouncedFrame? _first;
    private double? _framesPerSecond;
    private long _sequence;
    private bool _hasRead;
    private bool _hasEnded;
    // Where this pass began in the time that goes on through all passes, and how far it has come.
    private TimeSpan _passStart;
    private TimeSpan _timestamp;

    /// <param name="name">As given by the user, without passwords.</param>
    /// <param name="input">ffmpeg's arguments up to and with its input.</param>
    /// <param name="limits">What a frame may cost.</param>
    /// <param name="isLive">Whether the frames come at their own pace.</param>
    /// <exception cref="FrameSourceException">There is no ffmpeg, or it cannot read the input.</exception>
    private FfmpegSource(string name, string[] input, ImageLimits limits, bool isLive)
    {
        (_name, _input, _limits, IsLive) = (name, input, limits, isLive);
        _deadline = new Timer(_ =>
        {
            _isLate = true;
            Kill();
        });
        FfmpegProcess.Ending += Kill;
        try
        {
            Begin();
            // What comes over a network may take its time, which a reader can end.
            if (!isLive)
                _first = Next(_longestStart, CancellationToken.None) ?? throw Failed(_log!.Error ?? "it has no frame", isLost: true);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Opens a video file. One that only names other files is refused.</summary>
    public static FfmpegSource OpenFile(string path, ImageLimits limits) =>
        new(path, ["-protocol_whitelist", "file", "-format_whitelist", FileFormats, "-i", $"file:{path}"], limits, isLive: false);

    /// <summary>Opens a network stream or a video at an address; ffmpeg itself lets a list there name no files.</summary>
    public static FfmpegSource OpenAddress(string address, ImageLimits limits)
    {
        bool isFile = address.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || address.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
        string[] transport = address.StartsWith("rtsp://", StringComparison.OrdinalIgnoreCase) ? ["-rtsp_transport", "tcp"] : [];
        return new(Address.WithoutSecrets(address), [.. transport, "-i", address], limits, isLive: !isFile);
    }

    /// <summary>Opens a camera through Windows' or macOS' own interface.</summary>
    public static FfmpegSource OpenCamera(CameraRequest request, ImageLimits limits) =>
        new(request.Source, ForeignCamera.Input(request, OperatingSystem.IsMacOS()), limits, isLive: true);

    public string Description => _name;

    public int? FrameCount => null;

    public double? FramesPerSecond => _framesPerSecond;

    public bool IsLive { get; }

    public bool PlaysInTime => true;

    public bool Looping { get; set; }

    public bool CanSkip => !IsLive;

    public void Skip(TimeSpan by)
    {
        if (IsLive)
            return;
        TimeSpan target = _start + (_timestamp - _passStart) + by;
        End();
        (_start, _passStart, _hasRead, _hasEnded) = (target > TimeSpan.Zero ? target : TimeSpan.Zero, _timestamp + Interval, false, false);
    }

    public bool TryRead(Frame frame, CancellationToken cancellation = default)
    {
        if (_hasEnded && !Looping)
            return false;
        for (int passes = 0; ; passes++)
        {
            if (_process is null)
                Begin();
            KillWhen(cancellation);
            AnnouncedFrame? announced = _first ?? Next(_hasRead ? _longestWait : _longestStart, cancellation);
            _first = null;
            if (announced is { } next)
            {
                Fill(frame, next, cancellation);
                return true;
            }
            _process!.WaitForExit();
            bool isSound = _process.ExitCode == 0 && (_hasRead || passes == 0);
            string? error = _log!.Error;
            End();
            if (IsLive || !isSound)
                throw Failed(error ?? "it ended", isLost: true);
            (_start, _passStart, _hasRead, _hasEnded) = (TimeSpan.Zero, _timestamp + Interval, false, true);
            if (!Looping)
                return false;
        }
    }

    public void Dispose()
    {
        FfmpegProcess.Ending -= Kill;
        _deadline.Dispose();
        End();
    }

    private TimeSpan Interval => TimeSpan.FromSeconds(1 / (_framesPerSecond ?? 25));

    private void Begin()
    {
        // A name that nothing in a file can know.
        string filter = $"showinfo@{Guid.NewGuid():N}";
        string[] seek = _start > TimeSpan.Zero ? ["-ss", _start.TotalSeconds.ToString("F6", CultureInfo.InvariantCulture)] : [];
        try
        {
            _process = FfmpegProcess.Start([
                "-hide_banner", "-nostdin", "-nostats", "-loglevel", "repeat+level+info", .. seek, .. _input,
                "-map", "0:v:0", "-fps_mode", "passthrough", "-vf", $"{filter}=checksum=0", "-pix_fmt", "rgb24", "-f", "rawvideo", "-"]);
        }
        catch (Win32Exception e)
        {
            const int NoSuchFile = 2;
            string reason = e.NativeErrorCode == NoSuchFile ? "is not installed" : $"does not start ({e.Message})";
            throw new FrameSourceException($"cannot open '{_name}': it needs ffmpeg, which {reason}; install it, in Debian with apt-get install ffmpeg", e);
        }
        _log = new FfmpegLog(_process.StandardError.BaseStream, filter);
    }

    private void End()
    {
        _cancellation.Dispose();
        (_cancellation, _registered) = (default, default);
        if (_process is null)
            return;
        Kill();
        // Whoever still writes there is to notice.
        _process.StandardOutput.Close();
        _log?.Dispose();
        _process.WaitForExit();
        _process.Dispose();
        (_process, _log, _first) = (null, null, null);
    }

    private void Kill()
    {
        try
        {
            _process?.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended by itself, or ends when its pipe is closed.
        }
    }

    /// <summary>Reading from a pipe cannot be cancelled, but its other end can be closed.</summary>
    private void KillWhen(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (cancellation == _registered)
            return;
        _cancellation.Dispose();
        _registered = cancellation;
        _cancellation = cancellation.Register(Kill);
    }

    /// <summary>The next frame; null after the last.</summary>
    private AnnouncedFrame? Next(TimeSpan timeout, CancellationToken cancellation)
    {
        if (_log!.TryTake(timeout, cancellation, out AnnouncedFrame frame, out bool hasEnded))
        {
            _framesPerSecond = _log.FramesPerSecond;
            return frame;
        }
        return hasEnded ? null : throw Failed($"nothing came for {timeout.TotalSeconds:F0} s", isLost: IsLive);
    }

    private void Fill(Frame frame, AnnouncedFrame announced, CancellationToken cancellation)
    {
        try
        {
            _limits.CheckSize(announced.Width, announced.Height);
        }
        catch (InvalidDataException e)
        {
            End();
            throw Failed(e.Message, isLost: true);
        }
        frame.Reset(PixelFormat.Rgb24, announced.Width, announced.Height);
        // It may hold a frame back that it has announced.
        _isLate = false;
        _deadline.Change(_longestWait, Timeout.InfiniteTimeSpan);
        int count = _process!.StandardOutput.BaseStream.ReadAtLeast(frame.Pixels, frame.Pixels.Length, throwOnEndOfStream: false);
        _deadline.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        cancellation.ThrowIfCancellationRequested();
        if (_isLate)
            throw Failed($"nothing came for {_longestWait.TotalSeconds:F0} s", isLost: true);
        if (count < frame.Pixels.Length)
            throw Failed(_log!.Error ?? "it ended within a frame", isLost: true);

        TimeSpan time = Math.Abs(announced.Time) < MostSeconds ? _passStart + TimeSpan.FromSeconds(announced.Time) : _timestamp + Interval;
        // A time that goes back is the one before.
        _timestamp = !_hasRead && _passStart == TimeSpan.Zero || time > _timestamp ? time : _timestamp;
        _hasRead = true;
        (frame.Sequence, frame.Timestamp, frame.CapturedAt, frame.Origin) = (_sequence++, _timestamp, IsLive ? Stopwatch.GetTimestamp() : 0, _name);
    }

    private FrameSourceException Failed(string reason, bool isLost) => new(_log is { IsListRefused: true }
        ? $"cannot read '{_name}': it is a list of other files, or no kind of video that is read here; give the video itself"
        : $"cannot read '{_name}': {Address.WithoutSecrets(reason)}; check that ffmpeg can play it")
    { IsSourceLost = isLost };
}
