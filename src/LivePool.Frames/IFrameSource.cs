namespace LivePool.Frames;

/// <summary>Frames that a live source took and that nobody sees.</summary>
/// <param name="Missed">Frames that never came: gaps in the device's numbers.</param>
/// <param name="Damaged">Frames that came cut off, marked as bad or not decodable, and were skipped.</param>
public readonly record struct FrameLosses(long Missed, long Damaged);

/// <summary>A sequence of frames. Used by one thread at a time.</summary>
public interface IFrameSource : IDisposable
{
    /// <summary>What is shown, for a title: a path, or a scene with its parameters.</summary>
    string Description { get; }

    /// <summary>In one line, what the source gives instead of what was asked for; null where it gives that.</summary>
    string? Note => null;

    /// <summary>What was lost so far.</summary>
    FrameLosses Losses => default;

    /// <summary>Frames in one pass; null where that is not known, or there is no end.</summary>
    int? FrameCount { get; }

    /// <summary>The natural rate; null for stills, which may be shown as long as one likes.</summary>
    double? FramesPerSecond { get; }

    /// <summary>
    /// Whether frames come at the source's own pace, as a camera's do: reading waits for the next one, and what is not read in
    /// time is lost. Others are read as fast as one likes, and their timestamps say when to show them.
    /// </summary>
    bool IsLive => false;

    /// <summary>Whether frames come as long as one reads.</summary>
    bool IsEndless => IsLive;

    /// <summary>Whether frames are meant to be shown at their timestamps and not as fast as they can be computed, as a video's are.</summary>
    bool PlaysInTime => IsLive;

    /// <summary>Whether <see cref="Skip"/> does anything.</summary>
    bool CanSkip => false;

    /// <summary>Lets reading go on so much later, or earlier, in the source. Timestamps go on from where they were.</summary>
    void Skip(TimeSpan by)
    {
    }

    /// <summary>Whether reading starts again after the last frame. False at first; without effect on an endless source.</summary>
    bool Looping { get; set; }

    /// <summary>Fills the caller's frame with the next picture. In steady state scenes and single stills allocate nothing.</summary>
    /// <param name="frame">Takes picture, number, time and origin; undefined after false or an exception.</param>
    /// <param name="cancellation">Ends a wait; a source that never waits does not look at it.</param>
    /// <returns>False after the last frame.</returns>
    /// <exception cref="FrameSourceException">
    /// This frame cannot be read; the next call goes on with the one after it, unless the source is lost.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    bool TryRead(Frame frame, CancellationToken cancellation = default);
}
