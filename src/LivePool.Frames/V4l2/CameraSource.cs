using System.Diagnostics;

namespace LivePool.Frames.V4l2;

/// <summary>
/// A camera's pictures, through V4L2. Reading waits for the next one, at most two seconds. What comes cut off, marked as bad or
/// not decodable is skipped and counted, and never shown.
/// </summary>
internal sealed class CameraSource : IFrameSource
{
    private const int LongestWaitMilliseconds = 2000;
    private const int SliceMilliseconds = 50;
    private const double LongestDecodingSeconds = 1;

    private readonly VideoDevice _device;
    private readonly CaptureFormat _format;
    private readonly CaptureBuffers _buffers;
    private readonly ImageLimits _limits;
    private readonly string _source;
    private readonly int _longestWait;
    private readonly Numbering _numbering = new();
    private bool _isStopped;
    private bool _isDisposed;
    private long _damaged;
    // Why the last picture was skipped; made into words when somebody asks.
    private Damage _lastDamage;
    private long _lastBytes;
    private FrameSourceException? _lastRefusal;

    private CameraSource(VideoDevice device, CameraRequest request, ImageLimits limits)
    {
        _device = device;
        _source = request.Source;
        _limits = limits with { MaxSeconds = Math.Min(limits.MaxSeconds, LongestDecodingSeconds) };
        List<OfferedFormat> offered = DeviceModes.Formats(device);
        CameraMode mode = Negotiation.Choose(request, offered, (fourCc, width, height) => DeviceModes.Intervals(device, fourCc, width, height))
            ?? throw new InvalidDataException(offered.Count == 0
                ? "it offers no format; give another camera"
                : $"it offers {string.Join(", ", offered.Select(format => format.Name))}, and none of them is read here, " +
                    $"only {CameraFormat.Names}; give another camera");
        _format = CaptureFormat.Set(device, mode, request.FramesPerSecond, limits);
        mode = _format.Mode;
        Description = $"{CameraRequest.Prefix}{device.Path} ({device.Card}, {Negotiation.Describe(mode)})";
        Note = Negotiation.Difference(request, mode);
        FramesPerSecond = mode.Interval?.FramesPerSecond;
        // A camera that takes a picture every few seconds is not late before.
        _longestWait = Math.Max(LongestWaitMilliseconds, (int)Math.Min(60_000, 2000 / (FramesPerSecond ?? 1000)));
        _buffers = new CaptureBuffers(device, _format);
    }

    public string Description { get; }

    public string? Note { get; }

    public FrameLosses Losses => new(_numbering.Missed, _damaged);

    public int? FrameCount => null;

    public double? FramesPerSecond { get; }

    public bool IsLive => true;

    public bool Looping { get; set; }

    /// <summary>The camera, to know it again.</summary>
    public CameraIdentity Identity => new(_device.Card, _device.BusInfo, _format.Mode.Format.FourCc);

    /// <summary>Opens the camera that is named.</summary>
    /// <param name="source">As given by the user.</param>
    /// <param name="limits">What a picture may cost.</param>
    /// <exception cref="FrameSourceException">It cannot be opened.</exception>
    public static CameraSource Open(string source, ImageLimits limits)
    {
        CameraRequest request = CameraRequest.Parse(source, limits);
        return Open(Find(request), request, limits);
    }

    /// <summary>Takes over a device; it is closed where it cannot be used.</summary>
    /// <param name="device">The device.</param>
    /// <param name="request">What the user asks for.</param>
    /// <param name="limits">What a picture may cost.</param>
    /// <exception cref="FrameSourceException">It cannot be used.</exception>
    public static CameraSource Open(VideoDevice device, CameraRequest request, ImageLimits limits)
    {
        string source = request.Source;
        try
        {
            return new CameraSource(device, request, limits);
        }
        catch (RequestException e)
        {
            device.Dispose();
            throw Unopened(source, device.Path, e.Request, e.Error, e);
        }
        catch (InvalidDataException e)
        {
            device.Dispose();
            throw new FrameSourceException($"cannot open '{source}': {device.Path}: {e.Message}", e);
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }

    public bool TryRead(Frame frame, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        cancellation.ThrowIfCancellationRequested();
        try
        {
            if (_isStopped)
            {
                _numbering.Restart();
                _buffers.Start();
                _isStopped = false;
            }
            long start = Stopwatch.GetTimestamp(), skipped = _damaged;
            for (; ; )
            {
                int left = _longestWait - (int)Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                if (left <= 0)
                    throw Stop(Silence(skipped));
                bool isReady = _device.Poll(Math.Min(left, SliceMilliseconds));
                cancellation.ThrowIfCancellationRequested();
                if (isReady && TryTake(frame))
                    return true;
            }
        }
        catch (RequestException e)
        {
            // It does not even begin again: only opening it anew can help.
            throw Failed(e.Request, e.Error, isLost: true, e);
        }
    }

    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        _buffers.Dispose();
        _device.Dispose();
    }

    /// <summary>Takes what the device has, if it is a good picture.</summary>
    private bool TryTake(Frame frame)
    {
        int error = _buffers.Dequeue(out CapturedBuffer captured);
        if (error == Errno.EAGAIN)
        {
            // Nothing there, whatever poll said; it must not be asked without a pause.
            Thread.Sleep(1);
            return false;
        }
        // The buffer may be lost with it, so all of them are given anew, unless the device is gone.
        if (error != 0)
            throw Stop(Failed("DQBUF", error, isLost: false, null));

        long now = Stopwatch.GetTimestamp();
        Damage damage;
        try
        {
            _numbering.Note(captured.Sequence);
            damage = Fill(frame, captured);
        }
        finally
        {
            _buffers.Queue(captured.Index);
        }
        if (damage != Damage.None)
        {
            (_lastDamage, _lastBytes) = (damage, captured.BytesUsed);
            _damaged++;
            return false;
        }
        bool isMonotonic = (captured.Flags & Videodev2.BufFlagTimestampMask) == Videodev2.BufFlagTimestampMonotonic;
        frame.Origin = _device.Path;
        frame.Sequence = _numbering.Number;
        (frame.CapturedAt, frame.Timestamp) = _numbering.Time(isMonotonic ? captured.Timestamp : null, now);
        return true;
    }

    private Damage Fill(Frame frame, in CapturedBuffer captured)
    {
        if ((captured.Flags & Videodev2.BufFlagError) != 0)
            return Damage.Marked;
        if (captured.BytesUsed == 0)
            return Damage.Empty;
        if (captured.Data.Length < _format.LeastImage)
            return Damage.Short;
        if (captured.BytesUsed > captured.Capacity || captured.BytesUsed > _limits.MaxFileBytes)
            return Damage.Long;
        if (_format.Mode.Format.Raw is { } raw)
        {
            // Larger than what the device was set to: nobody knows how it lies.
            if (_format.LargestImage != 0 && captured.BytesUsed > _format.LargestImage)
                return Damage.Long;
            CopyRows(frame, raw, captured.Data);
            return Damage.None;
        }
        try
        {
            MotionJpeg.Decode(captured.Data, _device.Path, frame, _limits);
            return Damage.None;
        }
        catch (FrameSourceException e)
        {
            _lastRefusal = e;
            return Damage.Undecodable;
        }
    }

    private void CopyRows(Frame frame, PixelFormat raw, ReadOnlySpan<byte> data)
    {
        (int width, int height, int stride) = (_format.Mode.Width, _format.Mode.Height, _format.Stride);
        frame.Reset(raw, width, height);
        frame.Encoding = _format.Encoding;
        Span<byte> pixels = frame.Pixels;
        int row = frame.Stride;
        if (stride == row)
        {
            data[..pixels.Length].CopyTo(pixels);
            return;
        }
        for (int y = 0; y * row < pixels.Length; y++)
            data.Slice(y * stride, row).CopyTo(pixels[(y * row)..]);
    }

    /// <summary>Stops the device; the next call lets it begin again.</summary>
    /// <returns>The error to throw.</returns>
    private FrameSourceException Stop(FrameSourceException reason)
    {
        int error = _buffers.Stop();
        _isStopped = true;
        return Errno.IsGone(error) ? Failed("STREAMOFF", error, isLost: true, reason) : reason;
    }

    private FrameSourceException Failed(string request, int error, bool isLost, Exception? inner) => Errno.IsGone(error)
        ? new($"cannot read '{_source}': {_device.Card} at {_device.Path} is gone ({CameraErrors.Name(error)}); plug it in again", inner) { IsSourceLost = true }
        : new($"cannot read '{_source}': {CameraErrors.Explain(_device.Path, request, error)}{(isLost ? "" : " if it does not go on by itself")}", inner) { IsSourceLost = isLost };

    private FrameSourceException Silence(long skipped)
    {
        string seconds = $"{_longestWait / 1000.0:0.#} s";
        if (_damaged == skipped)
            return new($"cannot read '{_source}': {_device.Path} gave no picture for {seconds}; check that it is switched on and uncovered, or plug it in again");
        string reason = _lastDamage switch
        {
            Damage.Marked => "the camera itself marked the last as damaged; use another cable or port",
            Damage.Empty => "the last was empty; use another cable or port",
            Damage.Undecodable => $"the last: {_lastRefusal!.Message}",
            _ => $"the last had {_lastBytes} bytes, too {(_lastDamage == Damage.Short ? "few" : "many")} for " +
                $"{_format.Mode.Width}x{_format.Mode.Height} {_format.Mode.Format.Name}; give another size or format",
        };
        return new($"cannot read '{_source}': {_device.Path} gave {_damaged - skipped} pictures in {seconds} and no good one: {reason}", _lastRefusal);
    }

    private static FrameSourceException Unopened(string source, string path, string request, int error, Exception? inner = null) =>
        new($"cannot open '{source}': {CameraErrors.Explain(path, request, error)}", inner) { IsDeviceMissing = Errno.IsGone(error) };

    private static VideoDevice Find(CameraRequest request)
    {
        if (request.Path is not { } path)
            return FindByName(request);
        VideoDevice device = VideoDevice.Open(path, out int error) ?? throw Unopened(request.Source, path, error is Errno.ENOTTY or Errno.EINVAL ? "QUERYCAP" : "open", error);
        string? reason = !device.CapturesVideo
            ? "takes no pictures, as a camera's file for metadata or a screen's"
            : (device.Capabilities & Videodev2.CapStreaming) == 0 ? "does not stream through memory" : null;
        if (reason is null)
            return device;
        device.Dispose();
        throw new FrameSourceException($"cannot open '{request.Source}': {path} {reason}; {Cameras.Choices()}");
    }

    /// <summary>The camera whose name has these words in it, or that is plugged in there.</summary>
    private static VideoDevice FindByName(CameraRequest request)
    {
        string name = request.Camera;
        return Cameras.Find(device => device.Card.Contains(name, StringComparison.OrdinalIgnoreCase) || device.BusInfo == name)
            ?? throw new FrameSourceException($"cannot open '{request.Source}': no camera's name has '{name}' in it; {Cameras.Choices()}") { IsDeviceMissing = true };
    }

    private enum Damage
    {
        None,
        Marked,
        Empty,
        Short,
        Long,
        Undecodable,
    }
}
