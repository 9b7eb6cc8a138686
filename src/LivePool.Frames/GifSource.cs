namespace LivePool.Frames;

/// <summary>An animated GIF: its pictures put together as they are to be seen, each at its time.</summary>
internal sealed class GifSource : IFrameSource
{
    private const int BytesPerPixel = 4;

    private readonly string _path;
    private readonly GifAnimation _animation;
    private readonly ImageLimits _limits;
    private readonly Frame _picture = new();
    private readonly byte[] _canvas;
    private readonly byte[] _before;
    private readonly TimeSpan _length;
    private int _next;
    private long _sequence;
    private TimeSpan _timestamp;

    public GifSource(string path, GifAnimation animation, ImageLimits limits)
    {
        (_path, _animation, _limits) = (path, animation, limits);
        _canvas = new byte[BytesPerPixel * animation.Width * animation.Height];
        _before = animation.Pictures.Any(picture => picture.After == GifAnimation.Disposal.Restore) ? new byte[_canvas.Length] : [];
        _length = TimeSpan.FromTicks(animation.Pictures.Sum(picture => picture.Duration.Ticks));
    }

    public string Description => _path;

    public int? FrameCount => _animation.Pictures.Count;

    public double? FramesPerSecond => _animation.Pictures.Count / _length.TotalSeconds;

    public bool Looping { get; set; }

    public bool TryRead(Frame frame, CancellationToken cancellation = default)
    {
        if (_next == _animation.Pictures.Count)
        {
            if (!Looping)
                return false;
            _next = 0;
        }
        if (_next == 0)
            _canvas.AsSpan().Clear();
        else
            TakeAway(_animation.Pictures[_next - 1]);
        GifAnimation.Picture picture = _animation.Pictures[_next++];
        if (picture.After == GifAnimation.Disposal.Restore)
            _canvas.CopyTo(_before.AsSpan());
        TimeSpan time = _timestamp;
        long sequence = _sequence++;
        _timestamp += picture.Duration;
        ImageFile.Decode(_animation.Extract(picture), _path, _picture, _limits);
        Draw(picture);
        frame.Reset(PixelFormat.Rgba32, _animation.Width, _animation.Height);
        _canvas.CopyTo(frame.Pixels);
        (frame.Sequence, frame.Timestamp, frame.CapturedAt, frame.Origin) = (sequence, time, 0, _path);
        return true;
    }

    public void Dispose()
    {
    }

    private Span<byte> CanvasRow(GifAnimation.Picture picture, int y, byte[] canvas) =>
        canvas.AsSpan(BytesPerPixel * ((picture.Y + y) * _animation.Width + picture.X), BytesPerPixel * picture.Width);

    private void Draw(GifAnimation.Picture picture)
    {
        for (int y = 0; y < picture.Height; y++)
        {
            Span<byte> target = CanvasRow(picture, y, _canvas);
            Span<byte> row = _picture.Row(y);
            int bytes = _picture.Format.BytesPerPixel();
            for (int x = 0; x < picture.Width; x++)
            {
                Span<byte> pixel = row.Slice(bytes * x, bytes);
                if (bytes == BytesPerPixel && pixel[3] == 0)
                    continue;
                Span<byte> place = target.Slice(BytesPerPixel * x, BytesPerPixel);
                (place[0], place[1], place[2], place[3]) = (pixel[0], pixel[bytes > 1 ? 1 : 0], pixel[bytes > 1 ? 2 : 0], byte.MaxValue);
            }
        }
    }

    private void TakeAway(GifAnimation.Picture picture)
    {
        for (int y = 0; y < picture.Height; y++)
        {
            Span<byte> target = CanvasRow(picture, y, _canvas);
            if (picture.After == GifAnimation.Disposal.Clear)
                target.Clear();
            else if (picture.After == GifAnimation.Disposal.Restore)
                CanvasRow(picture, y, _before).CopyTo(target);
        }
    }
}
