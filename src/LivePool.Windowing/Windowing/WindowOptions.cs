using System.Reflection;
using Silk.NET.Maths;

namespace Silk.NET.Windowing;

/// <summary>What a window is made from. Start from <see cref="Default"/>.</summary>
public struct WindowOptions : IWindowProperties
{
    /// <summary>
    /// A visible, resizable window of 1280x720 at (50, 50) with OpenGL 3.3, vertical synchronisation and no other
    /// limit on its rate, called like the program.
    /// </summary>
    public static WindowOptions Default { get; } = new()
    {
        IsVisible = true,
        Position = new Vector2D<int>(50, 50),
        Size = new Vector2D<int>(1280, 720),
        API = GraphicsAPI.Default,
        Title = Assembly.GetEntryAssembly()?.GetName().Name ?? "Silk.NET Window",
        VSync = true,
        ShouldSwapAutomatically = true,
    };

    /// <inheritdoc/>
    public bool IsVisible { get; set; }

    /// <inheritdoc/>
    public bool ShouldSwapAutomatically { get; set; }

    /// <inheritdoc/>
    public bool IsEventDriven { get; set; }

    /// <inheritdoc/>
    public int? PreferredDepthBufferBits { get; set; }

    /// <inheritdoc/>
    public int? Samples { get; set; }

    /// <inheritdoc/>
    public Vector2D<int> Position { get; set; }

    /// <inheritdoc cref="IWindowProperties.Size"/>
    public Vector2D<int> Size { get; set; }

    /// <inheritdoc/>
    public double FramesPerSecond { get; set; }

    /// <inheritdoc/>
    public double UpdatesPerSecond { get; set; }

    /// <inheritdoc/>
    public GraphicsAPI API { get; set; }

    /// <inheritdoc/>
    public bool VSync { get; set; }

    /// <inheritdoc/>
    public string Title { get; set; }

    /// <inheritdoc/>
    public WindowState WindowState { get; set; }

    /// <inheritdoc/>
    public WindowBorder WindowBorder { get; set; }

    /// <inheritdoc/>
    public bool TransparentFramebuffer { get; set; }

    /// <inheritdoc/>
    public bool TopMost { get; set; }
}
