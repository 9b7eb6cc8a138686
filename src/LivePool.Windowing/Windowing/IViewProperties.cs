using Silk.NET.Maths;

namespace Silk.NET.Windowing;

/// <summary>The properties that a view and the options of a window share.</summary>
public interface IViewProperties
{
    /// <summary>Swap the buffers after each <see cref="IView.Render"/>.</summary>
    bool ShouldSwapAutomatically { get; set; }

    /// <summary>Wait for an event before each frame instead of drawing all the time.</summary>
    bool IsEventDriven { get; set; }

    /// <summary>Width and height in screen coordinates.</summary>
    Vector2D<int> Size { get; }

    /// <summary>
    /// The most <see cref="IView.Render"/> events per second; 0 is no limit. While <see cref="VSync"/> is on, the
    /// monitor sets the rate of a window with a GL context and this limit is not looked at.
    /// </summary>
    double FramesPerSecond { get; set; }

    /// <summary>The most <see cref="IView.Update"/> events per second; 0 is no limit.</summary>
    double UpdatesPerSecond { get; set; }

    /// <summary>The graphics API that was asked for.</summary>
    GraphicsAPI API { get; }

    /// <summary>Swaps wait for the monitor.</summary>
    bool VSync { get; set; }

    /// <summary>Bits of the depth buffer; null is 24, -1 is whatever the system prefers.</summary>
    int? PreferredDepthBufferBits { get; }

    /// <summary>Samples per pixel of the framebuffer; null and -1 are whatever the system prefers.</summary>
    int? Samples { get; }
}
