using System.Buffers.Text;
using System.Text;

namespace LivePool.Frames.Video;

/// <summary>A frame that ffmpeg is about to write.</summary>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Rows.</param>
/// <param name="Time">Seconds since the video's beginning; NaN where the video does not say.</param>
internal readonly record struct AnnouncedFrame(int Width, int Height, double Time);

/// <summary>
/// Reads what ffmpeg logs, on a thread of its own: a line of its showinfo filter for each frame, the rate, and the last error.
/// Lines of showinfo are known by the filter's name, which nothing that a file says about itself can have.
/// </summary>
internal sealed class FfmpegLog : IDisposable
{
    private const int LongestLine = 4096;

    private readonly Stream _stream;
    private readonly byte[] _prefix;
    private readonly Thread _thread;
    private readonly Lock _gate = new();
    private readonly Queue<AnnouncedFrame> _frames = new();
    private readonly SemaphoreSlim _changed = new(0);
    private double? _framesPerSecond;
    private double? _timeBase;
    private string? _error;
    private bool _isListRefused;
    private bool _hasEnded;

    /// <param name="stream">ffmpeg's standard error.</param>
    /// <param name="filter">The name of the showinfo filter, which its lines begin with.</param>
    public FfmpegLog(Stream stream, string filter)
    {
        _stream = stream;
        _prefix = Encoding.ASCII.GetBytes($"[{filter} @ ");
        _thread = new Thread(Read) { IsBackground = true, Name = "ffmpeg log" };
        _thread.Start();
    }

    /// <summary>Frames a second; null where ffmpeg did not say, or not yet.</summary>
    public double? FramesPerSecond
    {
        get
        {
            lock (_gate)
                return _framesPerSecond;
        }
    }

    /// <summary>The last error; null without one.</summary>
    public string? Error
    {
        get
        {
            lock (_gate)
                return _error;
        }
    }

    /// <summary>Whether the input is of a format that is not wanted.</summary>
    public bool IsListRefused
    {
        get
        {
            lock (_gate)
                return _isListRefused;
        }
    }

    /// <summary>Waits for the next frame's line.</summary>
    /// <returns>False where none came in time, or none will come: <paramref name="hasEnded"/>.</returns>
    public bool TryTake(TimeSpan timeout, CancellationToken cancellation, out AnnouncedFrame frame, out bool hasEnded)
    {
        bool isChanged = _changed.Wait(timeout, cancellation);
        lock (_gate)
        {
            hasEnded = isChanged && _hasEnded && _frames.Count == 0;
            // For whoever asks again.
            if (hasEnded)
                _changed.Release();
            return _frames.TryDequeue(out frame);
        }
    }

    /// <summary>Ends when ffmpeg has closed its side.</summary>
    public void Dispose()
    {
        _thread.Join();
        _changed.Dispose();
    }

    private void Read()
    {
        byte[] buffer = new byte[LongestLine];
        int length = 0;
        try
        {
            for (int count; (count = _stream.Read(buffer, length, buffer.Length - length)) > 0;)
            {
                length += count;
                Span<byte> rest = buffer.AsSpan(0, length);
                for (int end; (end = rest.IndexOf((byte)'\n')) >= 0; rest = rest[(end + 1)..])
                    Take(rest[..end].TrimEnd("\r "u8));
                // What is longer than any line of interest is passed over.
                length = rest.Length < buffer.Length ? rest.Length : 0;
                rest[..length].CopyTo(buffer);
            }
        }
        catch (IOException e)
        {
            Note(e.Message);
        }
        lock (_gate)
            _hasEnded = true;
        _changed.Release();
    }

    private void Take(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith(_prefix))
        {
            if (TryRatio(line, "time_base: "u8, out double timeBase))
                _timeBase = timeBase;
            if (TryRatio(line, "frame_rate: "u8, out double rate))
            {
                lock (_gate)
                    _framesPerSecond ??= rate;
            }
            else if (TryFrame(line, out AnnouncedFrame frame))
            {
                lock (_gate)
                    _frames.Enqueue(frame);
                _changed.Release();
            }
        }
        else if (line.IndexOf("[error] "u8) is var error and >= 0)
        {
            Note(Encoding.UTF8.GetString(line[(error + "[error] "u8.Length)..]));
        }
        else if (line.IndexOf("[fatal] "u8) is var fatal and >= 0)
        {
            Note(Encoding.UTF8.GetString(line[(fatal + "[fatal] "u8.Length)..]));
        }
    }

    private static bool TryRatio(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name, out double ratio)
    {
        bool isThere = TryNumber(line, name, out double numerator, out ReadOnlySpan<byte> after);
        double denominator = 0;
        isThere = isThere && after is [(byte)'/', .. var below] && Utf8Parser.TryParse(below, out denominator, out _)
            && numerator > 0 && denominator > 0;
        ratio = isThere ? numerator / denominator : 0;
        return isThere;
    }

    private bool TryFrame(ReadOnlySpan<byte> line, out AnnouncedFrame frame)
    {
        frame = default;
        if (line.IndexOf(" pts_time:"u8) is not (var at and >= 0))
            return false;
        if (!TryNumber(line, " pts_time:"u8, out double time, out _))
            time = double.NaN;
        // Those seconds have six digits, which is too few after some hours.
        int units = line.IndexOf(" pts:"u8);
        if (_timeBase is { } timeBase && units >= 0 && Utf8Parser.TryParse(line[(units + 5)..].TrimStart((byte)' '), out long pts, out _))
            time = pts * timeBase;
        if (!TryNumber(line, " s:"u8, out double width, out ReadOnlySpan<byte> after)
            || after is not [(byte)'x', .. var rest] || !Utf8Parser.TryParse(rest, out int height, out _))
        {
            return false;
        }
        frame = new((int)width, height, time);
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name, out double number, out ReadOnlySpan<byte> after)
    {
        number = 0;
        after = default;
        int at = line.IndexOf(name);
        if (at < 0 || !Utf8Parser.TryParse(line[(at + name.Length)..], out number, out int used))
            return false;
        after = line[(at + name.Length + used)..];
        return true;
    }

    private void Note(string error)
    {
        lock (_gate)
        {
            _error = error;
            _isListRefused |= error.StartsWith("Format not on whitelist", StringComparison.Ordinal);
        }
    }
}
