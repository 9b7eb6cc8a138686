using LivePool.App.View.Editing;
using LivePool.App.View.Input;
using LivePool.App.View.Inspection;
using LivePool.App.View.Panels;
using LivePool.Frames;
using LivePool.Gpu.Display;
using LivePool.Shaders;
using Silk.NET.Input;
using Silk.NET.OpenGL;

namespace LivePool.App.View.Shaders;

/// <summary>All that the window does for who writes shaders.</summary>
internal sealed class ShaderLab : IDisposable
{
    private readonly Engine _engine;
    private readonly Redraw _redraw;
    private readonly ErrorBanner _banner;
    private readonly ShaderFiles _files;
    private long _animatedAt = -1;

    public ShaderLab(
        GL gl, ShaderFolder folder, float textSize, Engine engine, PipelineEdits edits, Picture picture, Verifier verifier, Inspector inspector,
        PanelCanvas canvas, StageControls controls, Messages messages, Redraw redraw)
    {
        (_engine, _redraw) = (engine, redraw);
        Reload = new(gl, folder, engine, edits, picture, verifier, messages, redraw);
        _banner = new(gl, textSize);
        Debug = new(engine, inspector);
        _files = new(engine, edits, verifier, messages);
        Page = new(canvas, engine, controls, Reload, Debug, _files);
    }

    public HotReload Reload { get; }

    public DebugValues Debug { get; }

    public ShaderPanel Page { get; }

    public IReadOnlyList<WindowCommand> CreateCommands(SidePanel panel, Func<Frame> frame) =>
    [
        new("Shaders of yours: parameters, DEBUG values, others to open", [new(Key.U)], () => panel.ToggleTo(Page)),
        new("Compile the shaders anew", [new(Key.F5)], () => Reload.Reload(frame(), "all shaders")),
    ];

    /// <summary>Opens a shader's file that was dropped.</summary>
    /// <returns>Whether it is one.</returns>
    public bool TryOpen(string path)
    {
        if (!path.EndsWith(".comp", StringComparison.OrdinalIgnoreCase))
            return false;
        _files.Open(path);
        return true;
    }

    /// <summary>Takes what was saved, and has run again what moves by itself.</summary>
    /// <param name="now">The window's time, in seconds.</param>
    /// <param name="frame">The last frame.</param>
    /// <param name="presented">Frames that were presented so far: nothing is run twice for one.</param>
    /// <param name="isPaused">Whether the frames stand still, and all that moves by itself with them.</param>
    /// <param name="isShown">Whether the page is to be seen.</param>
    public void Update(double now, Frame frame, long presented, bool isPaused, bool isShown)
    {
        Reload.Update(frame);
        Debug.Update(now, isShown);
        if (!_engine.IsAnimated || isPaused || presented == _animatedAt)
            return;
        _animatedAt = presented;
        _engine.GoOn();
        _redraw.Window();
    }

    /// <summary>A frame was run.</summary>
    public void NoteFrame()
    {
        Reload.NoteFrame();
        if (Debug.NoteFrame())
            _redraw.All();
    }

    /// <summary>Draws what is wrong.</summary>
    /// <param name="renderer">What draws.</param>
    /// <param name="x">The left edge, in pixels.</param>
    /// <param name="bottom">The lower edge.</param>
    /// <param name="width">The room for a line.</param>
    public void Draw(PlaneRenderer renderer, int x, int bottom, int width) => _banner.Draw(renderer, Reload.Error, x, bottom, width);

    public void Dispose()
    {
        Reload.Dispose();
        _banner.Dispose();
    }
}
