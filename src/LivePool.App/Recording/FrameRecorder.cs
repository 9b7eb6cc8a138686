using System.Collections.Concurrent;
using LivePool.Core;

namespace LivePool.App.Recording;

/// <summary>
/// Writes pictures on a thread of its own. A few may wait; whoever cannot wait loses the next one, which is counted. What goes
/// wrong ends the recording and keeps what was written.
/// </summary>
internal sealed class FrameRecorder : IDisposable
{
    private const int MostWaiting = 4;

    private readonly RecordingFile _file;
    private readonly string _target;
    private readonly BlockingCollection<Picture> _free = [];
    private readonly BlockingCollection<Picture> _full = [];
    private readonly Thread _thread;
    private volatile string? _failure;
    private long _written;
    private bool _isDisposed;

    /// <param name="target">As for <see cref="RecordingFile.Create"/>.</param>
    /// <param name="framesPerSecond">At which a video plays.</param>
    /// <exception cref="LivePoolException">It cannot be made.</exception>
    public FrameRecorder(string target, double framesPerSecond)
    {
        _target = target;
        _file = RecordingFile.Create(target, framesPerSecond);
        for (int i = 0; i < MostWaiting; i++)
            _free.Add(new Picture());
        _thread = new Thread(Write) { IsBackground = true, Name = "recording" };
        _thread.Start();
    }

    /// <summary>Pictures that were written.</summary>
    public long Written => Volatile.Read(ref _written);

    /// <summary>Pictures that were lost because too many waited.</summary>
    public long Dropped { get; private set; }

    /// <summary>Why the recording has ended; null while it goes on.</summary>
    public string? Failure => _failure;

    /// <summary>Gives a picture to be written, filled by the caller.</summary>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="waits">Whether to wait until there is room; else the picture is lost, and counted.</param>
    /// <param name="fill">Writes [height, width, 3], top row first.</param>
    public void Add(int width, int height, bool waits, Action<Span<byte>> fill)
    {
        if (_failure is not null)
            return;
        if (!_free.TryTake(out Picture? picture, waits ? Timeout.Infinite : 0))
        {
            Dropped++;
            return;
        }
        picture.Reset(width, height);
        fill(picture.Rgb);
        _full.Add(picture);
    }

    /// <summary>Waits until all is written, and ends the recording.</summary>
    /// <returns>What was recorded, for people; it names <see cref="Failure"/> and what was lost.</returns>
    public string Finish()
    {
        Dispose();
        string lost = Dropped > 0 ? $", {Dropped} dropped because writing was slower" : "";
        return _failure is null
            ? $"recorded {Written} frames{lost}: {_target}"
            : $"the recording ended after {Written} frames{lost}: {_failure}";
    }

    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        _full.CompleteAdding();
        _thread.Join();
        _file.Dispose();
        _free.Dispose();
        _full.Dispose();
    }

    private void Write()
    {
        foreach (Picture picture in _full.GetConsumingEnumerable())
        {
            Try(() => _file.Write(picture.Rgb, picture.Width, picture.Height), ref _written);
            _free.Add(picture);
        }
        // Also where the recording has ended by a failure: what was written before is to be whole.
        try
        {
            _file.Finish();
        }
        catch (Exception e)
        {
            _failure ??= e.Message;
        }
    }

    private void Try(Action write, ref long count)
    {
        if (_failure is not null)
            return;
        try
        {
            write();
            Interlocked.Increment(ref count);
        }
        catch (Exception e)
        {
            // Whatever it is, it ends the recording alone.
            _failure = e.Message;
        }
    }

    private sealed class Picture
    {
        private byte[] _buffer = [];

        public int Width { get; private set; }

        public int Height { get; private set; }

        public Span<byte> Rgb => _buffer.AsSpan(0, 3 * Width * Height);

        public void Reset(int width, int height)
        {
            (Width, Height) = (width, height);
            if (_buffer.Length < 3 * width * height)
                _buffer = new byte[3 * width * height];
        }
    }
}
