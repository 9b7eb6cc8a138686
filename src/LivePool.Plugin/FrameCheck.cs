using LivePool.Frames;

namespace LivePool.Plugin;

/// <summary>Refuses frames that cannot be what the caller means.</summary>
internal static unsafe class FrameCheck
{
    private const int MostSide = 1 << 16;

    /// <summary>The frame, its stride filled in.</summary>
    /// <param name="frame">The caller's.</param>
    /// <param name="channels">The pipeline's.</param>
    public static FrameBlock Checked(FrameBlock frame, int channels)
    {
        if (!Enum.IsDefined((FrameFormat)frame.Format))
            throw Wrong($"format is {frame.Format}; there are 0 to 4");
        if (frame.Pixels is null)
            throw Wrong("pixels is null");
        if (frame.Width is < 1 or > MostSide || frame.Height is < 1 or > MostSide)
            throw Wrong($"the frame is {frame.Width}x{frame.Height}; each side must be from 1 to {MostSide}");
        if (frame.Reserved != 0)
            throw Wrong($"reserved is {frame.Reserved}; must be 0");
        bool isFloat = (FrameFormat)frame.Format == FrameFormat.Float32;
        if (isFloat ? frame.Channels != channels : frame.Channels != 0)
        {
            throw Wrong(isFloat
                ? $"channels is {frame.Channels}; the pipeline takes {channels}"
                : $"channels is {frame.Channels}; it must be 0 for pictures");
        }
        if (!isFloat && channels is not (1 or 3))
            throw Wrong($"the pipeline takes {channels} channels, and pictures have 1 or 3; submit float32 planes");
        long rowBytes = (long)frame.Width * (isFloat ? sizeof(float) : ((PixelFormat)frame.Format).BytesPerPixel());
        if (frame.Stride == 0)
            frame.Stride = rowBytes;
        if (frame.Stride is < -int.MaxValue or > int.MaxValue || Math.Abs(frame.Stride) < rowBytes)
            throw Wrong($"stride is {frame.Stride} bytes; a row has {rowBytes}");
        return frame;
    }

    private static StatusException Wrong(string message) => new(Status.InvalidArgument, message);
}
