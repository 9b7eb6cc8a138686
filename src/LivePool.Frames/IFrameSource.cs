namespace LivePool.Frames;

/// <summary>A sequence of frames. Used by one thread at a time.</summary>
public interface IFrameSource : IDisposable
{
    /// <summary>What is shown, for a title: a path, or a scene with its parameters.</summary>
    string Description { get; }

    /// <summary>Frames in one pass; null for a source without end.</summary>
    int? FrameCount { get; }

    /// <summary>The natural rate; null for stills, which may be shown as long as one likes.</summary>
    double? FramesPerSecond { get; }

    /// <summary>Whether reading starts again after the last frame. False at first; without effect on an endless source.</summary>
    bool Looping { get; set; }

    /// <summary>Fills the caller's frame with the next picture. In steady state scenes and single stills allocate nothing.</summary>
    /// <param name="frame">Takes picture, number, time and origin; undefined after false or an exception.</param>
    /// <returns>False after the last frame.</returns>
    /// <exception cref="FrameSourceException">This frame cannot be read; the next call goes on with the one after it.</exception>
    bool TryRead(Frame frame);
}
