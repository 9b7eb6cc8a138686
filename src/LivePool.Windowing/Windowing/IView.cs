using Silk.NET.Core.Contexts;
using Silk.NET.Maths;

namespace Silk.NET.Windowing;

/// <summary>
/// A surface with a loop. One thread initializes it, runs it and disposes of it (on macOS the main thread); only
/// <see cref="Invoke"/> and <see cref="ContinueEvents"/> may be called from others.
/// </summary>
public interface IView : IViewProperties, IGLContextSource, IDisposable
{
    /// <summary>Raised once, at the end of <see cref="Initialize"/>, with the context current.</summary>
    event Action? Load;

    /// <summary>Raised before each frame; the argument is the seconds since the last time.</summary>
    event Action<double>? Update;

    /// <summary>
    /// Raised for each frame with the context current; the argument is the seconds since the last time.
    /// </summary>
    event Action<double>? Render;

    /// <summary>Raised with the new <see cref="IViewProperties.Size"/>.</summary>
    event Action<Vector2D<int>>? Resize;

    /// <summary>Raised with the new <see cref="FramebufferSize"/>.</summary>
    event Action<Vector2D<int>>? FramebufferResize;

    /// <summary>Raised by <see cref="Close"/> and by the user's wish to close, while the context still lives.</summary>
    event Action? Closing;

    /// <summary>Raised with true when the keyboard's focus comes and with false when it goes.</summary>
    event Action<bool>? FocusChanged;

    /// <summary>The underlying window; zero before <see cref="Initialize"/> and after <see cref="Reset"/>.</summary>
    nint Handle { get; }

    /// <summary>The loop is to end. Also true while the view is not initialized.</summary>
    bool IsClosing { get; }

    /// <summary>Seconds since <see cref="Initialize"/>.</summary>
    double Time { get; }

    /// <summary>Width and height in pixels.</summary>
    Vector2D<int> FramebufferSize { get; }

    /// <summary>The underlying window exists.</summary>
    bool IsInitialized { get; }

    /// <summary>Creates the underlying window and raises <see cref="Load"/>; does nothing the second time.</summary>
    void Initialize();

    /// <summary>
    /// Handles what has happened since the last call; waits for something if the view is event-driven.
    /// </summary>
    void DoEvents();

    /// <summary>Raises <see cref="Update"/> if it is due.</summary>
    void DoUpdate();

    /// <summary>Raises <see cref="Render"/> if it is due, and swaps the buffers.</summary>
    void DoRender();

    /// <summary>Calls <paramref name="onFrame"/> until <see cref="IsClosing"/>.</summary>
    /// <param name="onFrame">Does one turn of the loop.</param>
    void Run(Action onFrame);

    /// <summary>Wakes an event-driven view that waits in <see cref="DoEvents"/>. Any thread may call it.</summary>
    void ContinueEvents();

    /// <summary>Destroys the underlying window. Not to be called from inside the loop.</summary>
    void Reset();

    /// <summary>Raises <see cref="Closing"/> and lets the loop end.</summary>
    void Close();

    /// <summary>Asks for the keyboard's focus.</summary>
    void Focus();

    /// <summary>Turns a point in the window's coordinates into pixels of the framebuffer.</summary>
    /// <param name="point">Where, from the content's top left corner.</param>
    Vector2D<int> PointToFramebuffer(Vector2D<int> point);

    /// <summary>
    /// Calls a delegate on the view's thread and waits for it. An exception comes back to the caller.
    /// </summary>
    /// <param name="d">What to call.</param>
    /// <param name="args">Its arguments.</param>
    /// <returns>What the delegate returns.</returns>
    object Invoke(Delegate d, params object[] args);
}
