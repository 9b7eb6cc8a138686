using System.Diagnostics;

namespace LivePool.Frames;

/// <summary>An image file that is read again whenever it has changed: reading waits for that.</summary>
internal sealed class WatchedImage : IFrameSource
{
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(100);

    private readonly string _path;
    // The folder that a path is relative to may go away.
    private readonly string _fullPath;
    private readonly ImageLimits _limits;
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly Frame _first = new();
    private (DateTime Written, long Length) _known;
    private bool _hasFirst = true;
    private long _sequence;

    /// <exception cref="FrameSourceException">The file cannot be decoded.</exception>
    public WatchedImage(string path, ImageLimits limits)
    {
        (_path, _fullPath, _limits) = (path, Path.GetFullPath(path), limits);
        _known = State();
        ImageFile.Decode(path, _first, limits);
    }

    public string Description => _path;

    public int? FrameCount => null;

    public double? FramesPerSecond => null;

    public bool IsEndless => true;

    public bool Looping { get; set; }

    public bool TryRead(Frame frame, CancellationToken cancellation = default)
    {
        if (_hasFirst)
        {
            _hasFirst = false;
            frame.CopyFrom(_first);
        }
        else
        {
            _known = WaitForChange(cancellation);
            ImageFile.Decode(_fullPath, frame, _limits);
        }
        // When it changed is its time.
        (frame.Sequence, frame.Timestamp, frame.CapturedAt) = (_sequence++, Stopwatch.GetElapsedTime(_start), 0);
        return true;
    }

    public void Dispose()
    {
    }

    /// <summary>The file's state once it is another one and stays so: a program that writes it may take its time.</summary>
    private (DateTime, long) WaitForChange(CancellationToken cancellation)
    {
        (DateTime, long) last = _known;
        for (; ; )
        {
            if (cancellation.WaitHandle.WaitOne(_look))
                throw new OperationCanceledException(cancellation);
            (DateTime, long) now = State();
            if (now != _known && now == last)
                return now;
            last = now;
        }
    }

    private (DateTime, long) State()
    {
        var link = new FileInfo(_fullPath);
        if (!link.Exists)
            return default;
        FileSystemInfo target = link.ResolveLinkTarget(returnFinalTarget: true) ?? link;
        return target is FileInfo { Exists: true } file ? (file.LastWriteTimeUtc, file.Length) : default;
    }
}
