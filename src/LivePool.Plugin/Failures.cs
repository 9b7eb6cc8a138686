using System.Text;
using LivePool.Core;
using LivePool.Core.Backends;
using LivePool.Gpu.Textures;
using LivePool.Plugin.Unity;

namespace LivePool.Plugin;

/// <summary>An error that the caller made, with the code that it gets.</summary>
internal sealed class StatusException(Status status, string message) : Exception(message)
{
    public Status Status { get; } = status;
}

/// <summary>Exceptions end here: a code for the caller, a text for this thread, a line for the log.</summary>
internal static unsafe class Failures
{
    [ThreadStatic]
    private static string? _text;

    [ThreadStatic]
    private static bool _isLogging;

    private static readonly Lock _gate = new();
    private static delegate* unmanaged<void*, int, byte*, void> _log;
    private static void* _user;

    public static void SetLog(delegate* unmanaged<void*, int, byte*, void> log, void* user)
    {
        lock (_gate)
        {
            _log = log;
            _user = user;
        }
    }

    public static int Report(Exception e)
    {
        (Status status, _text) = e switch
        {
            StatusException known => (known.Status, known.Message),
            TextureException => (Status.InvalidArgument, e.Message),
            BackendUnavailableException or DeviceLimitException => (Status.Unavailable, e.Message),
            OutOfMemoryException => (Status.Unavailable, "there is not enough memory; use smaller frames or fewer channels"),
            LivePoolException => (Status.InvalidPipeline, e.Message),
            _ => (Status.Failed, $"{e.GetType().Name}: {e.Message}"),
        };
        // The program's options are the library's constants.
        _text = _text.Replace("--backend simd", "LIVEPOOL_BACKEND_SIMD", StringComparison.Ordinal)
            .Replace("--backend reference", "LIVEPOOL_BACKEND_REFERENCE", StringComparison.Ordinal);
        // Whoever asks before there is anything, or while another is at it, is not wrong.
        if (status is not (Status.NotReady or Status.Busy))
            Log(LogLevel.Error, _text);
        return (int)status;
    }

    /// <summary>Not an exception: threads that share an engine meet this often.</summary>
    public static int ReportBusy()
    {
        _text = "the engine is at work for another call; one engine does one thing at a time";
        return (int)Status.Busy;
    }

    private static void Log(LogLevel level, string message)
    {
        // A callback that calls the library in spite of the header would end in itself.
        if (_isLogging)
            return;
        _isLogging = true;
        UnityHost.Log(message);
        Tell(level, message);
        _isLogging = false;
    }

    private static void Tell(LogLevel level, string message)
    {
        delegate* unmanaged<void*, int, byte*, void> log;
        void* user;
        lock (_gate)
        {
            log = _log;
            user = _user;
        }
        if (log is null)
            return;
        byte[] text = Encoding.UTF8.GetBytes(message + "\0");
        fixed (byte* first = text)
            log(user, (int)level, first);
    }

    /// <summary>Copies this thread's text; returns its length in bytes.</summary>
    public static int CopyText(byte* buffer, int size)
    {
        byte[] text = Encoding.UTF8.GetBytes(_text ?? "");
        if (buffer is null || size <= 0)
            return text.Length;
        int count = Math.Min(text.Length, size - 1);
        // Not in the middle of a character.
        while (count < text.Length && count > 0 && (text[count] & 0xC0) == 0x80)
            count--;
        text.AsSpan(0, count).CopyTo(new(buffer, count));
        buffer[count] = 0;
        return text.Length;
    }
}
