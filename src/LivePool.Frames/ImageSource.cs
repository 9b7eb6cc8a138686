namespace LivePool.Frames;

/// <summary>Image files one after the other. A single file is decoded when the source opens, and then only copied.</summary>
internal sealed class ImageSource : IFrameSource
{
    private readonly string[] _paths;
    private readonly Frame? _still;
    private readonly ImageLimits _limits;
    private int _next;
    private long _sequence;

    /// <param name="description">For a title.</param>
    /// <param name="paths">At least one file, in the order to show them.</param>
    /// <param name="limits">What each file may cost.</param>
    /// <exception cref="FrameSourceException">The only file cannot be decoded.</exception>
    public ImageSource(string description, string[] paths, ImageLimits limits)
    {
        (Description, _paths, _limits) = (description, paths, limits);
        if (paths.Length != 1)
            return;
        _still = new Frame();
        ImageFile.Decode(paths[0], _still, limits);
    }

    public string Description { get; }

    public int? FrameCount => _paths.Length;

    public double? FramesPerSecond => null;

    public bool Looping { get; set; }

    public bool TryRead(Frame frame, CancellationToken cancellation = default)
    {
        if (_next == _paths.Length)
        {
            if (!Looping)
                return false;
            _next = 0;
        }
        // Counted before it is read: after an exception the next call goes on with the next file.
        var path = _paths[_next++];
        var sequence = _sequence++;
        if (_still is not null)
            frame.CopyFrom(_still);
        else
            ImageFile.Decode(path, frame, _limits);
        (frame.Sequence, frame.Timestamp, frame.CapturedAt) = (sequence, TimeSpan.Zero, 0);
        return true;
    }

    public void Dispose()
    {
    }
}
