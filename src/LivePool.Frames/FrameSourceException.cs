using LivePool.Core;

namespace LivePool.Frames;

/// <summary>A source or an image was refused. The message is one line: what, where, what to do.</summary>
public sealed class FrameSourceException : LivePoolException
{
    /// <summary>An error of one line.</summary>
    /// <param name="message">What, where, what to do.</param>
    /// <param name="innerException">What the decoder or the file system said, if anything.</param>
    public FrameSourceException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>Whether the source gives nothing any more, as a camera that was pulled out; it may be opened again.</summary>
    public bool IsSourceLost { get; init; }

    /// <summary>Whether the device that was asked for is not there.</summary>
    public bool IsDeviceMissing { get; init; }
}
