using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using LivePool.App.Checks;
using LivePool.App.Drawing;
using LivePool.App.Recording;
using LivePool.App.View.Editing;
using LivePool.App.View.Inspection;
using LivePool.Core;
using LivePool.Core.Backends;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Frames;
using LivePool.Frames.Streaming;
using LivePool.Gpu.Context;
using LivePool.Gpu.Display;
using LivePool.Shaders;
using LivePool.Verification;
using LivePool.Verification.Explanations;
using Silk.NET.Input;
using Silk.NET.Maths;
using Silk.NET.OpenGL;
using Silk.NET.Windowing;
using SkiaSharp;

namespace LivePool.App.View;

/// <summary>The window: input and feature maps, live. One thread does everything here.</summary>
internal sealed class LiveWindow : IDisposable
{
    private const double TitleSeconds = 0.5;
    private const double LabelSeconds = 0.25;
    private const double MessageSeconds = 4;
    private const double IdleSeconds = 0.1;
    private const float TextSize = 13;
    private const int DragUnits = 4;
    private const int LeastCell = 6;
    private const double DoubleClickSeconds = 0.4;
    private const int PanelWidthUnits = 336;
    private const int LeastWidthBesidePanel = 300;
    private const double SoftwareFramesPerSecond = 60;
    private const double RecordedFramesPerSecond = 30;
    private static readonly TimeSpan _step = TimeSpan.FromSeconds(5);
    private static readonly string[] _help =
    [
        "Esc: back, or quit",
        "Click: pin a pixel, arrow keys move it; double click or Enter: one channel alone",
        "Wheel: closer; drag: move; Home: all of it",
        "C: signed colours; L: light or dark; N: numbers; I: the panel that explains; K: the kernel, to be edited",
        "Ctrl+Z, Ctrl+Y: undo and redo what was edited",
        "Space: pause and go on",
        "B: next backend (gpu, simd, reference)",
        "P: next preset",
        "V: verify what is shown against the exact result",
        "Left, right: 5 s back or on in a video",
        "T: times and counts of the stream",
        "D: show the errors of the worst stage, as shares of their bounds",
        "S: screenshot into this folder",
        "R: record into this folder, and end the recording",
        "H: this help",
    ];

    private readonly IWindow _window;
    private readonly IInputContext _inputDevices;
    private readonly GL _gl;
    private FrameFeed _feed;
    private readonly LatencyMeter _latency = new();
    private readonly Engine _engine;
    private readonly Picture _picture;
    private readonly Inspector _inspector = new();
    private readonly PanelCanvas _panelCanvas;
    private readonly ExplainerPanel _explainer;
    private readonly PipelineEdits _edits;
    private readonly Func<IBackend[]> _findOthers;
    private readonly KernelPanel _kernelPanel;
    private readonly PanelLayer _panel;
    private readonly CellNumbers _numbers;
    private readonly TextLayer _overlayText;
    private readonly TextLayer _badgeText;
    private readonly StateFile? _stateFile;
    private readonly float _contentScale;
    private readonly LiveCheck _check = new(".");
    private readonly List<string> _overlay = [];
    private readonly List<string> _badge = [];
    private LiveReport? _shownReport;
    private int _checked;
    private bool _showsHeat;
    private bool _awaitsCheck;
    private string? _message;
    private string? _note;
    private double _messageUntil;
    private double _titleDue;
    private double _labelsDue;
    private double _titleSince;
    private int _presented;
    private long _presentedInAll;
    private double _framesPerSecond;
    private double _checksPerSecond;
    private Frame _frame = new();
    private bool _showsStream;
    private FrameRecorder? _recorder;
    private byte[] _bottomUp = [];
    private bool _isFrameNew;
    private bool _isPresentedNew;
    private bool _showsHelp;
    private bool _isStale = true;
    private bool _rangesAreLate;
    private bool _wantsScreenshot;
    private bool _isChanged = true;
    private Vector2D<int> _drawnSize;
    private double _drawnAt;
    private bool _showsPanel = true;
    private bool _showsNumbers = true;
    private bool _showsKernel;
    private bool _isOnPanel;
    private (int Width, int Height) _panelSize;
    private Vector2 _pointer = new(-1, -1);
    private Vector2? _pressedAt;
    private double _clickedAt = double.NegativeInfinity;
    private Vector2 _clickedOn;
    private bool _isDragging;

    private LiveWindow(ViewRequest request, Pipeline pipeline, FrameFeed feed, IWindow window)
    {
        _window = window;
        _feed = feed;
        window.MakeCurrent();
        GpuContext context = GpuContext.FromWindow(window);
        _gl = context.Gl;
        ShaderFolder shaders = ShaderFolder.Locate(request.Shaders);
        _engine = new(request, pipeline, context, shaders);
        Vector2D<int> framebuffer = window.FramebufferSize;
        float contentScale = window.Size.X > 0 && framebuffer.X > 0 ? Math.Max(1, (float)framebuffer.X / window.Size.X) : 1;
        _contentScale = contentScale;
        _picture = new(_gl, shaders, contentScale);
        _panelCanvas = new(contentScale);
        _explainer = new(_panelCanvas);
        _edits = new(_engine, OnEdit);
        _findOthers = () => _engine.Others(_inspector.Pinned is not null);
        _kernelPanel = new(_panelCanvas, _edits);
        _stateFile = request.StateFile is null ? null : new(request.StateFile, _engine, _picture, _inspector, _panelCanvas, _kernelPanel);
        _panel = new(_gl);
        _numbers = new(_gl, contentScale);
        _overlayText = new(_gl, TextSize * contentScale);
        _badgeText = new(_gl, TextSize * contentScale);
        if (context.Device.IsSoftware)
        {
            // A processor that draws does not wait for the display; without a limit it would draw as fast as it can.
            window.VSync = false;
            window.FramesPerSecond = SoftwareFramesPerSecond;
        }
        _inputDevices = window.CreateInput();
        foreach (IKeyboard keyboard in _inputDevices.Keyboards)
        {
            keyboard.KeyDown += OnKeyDown;
            keyboard.KeyChar += OnKeyChar;
        }
        foreach (IMouse mouse in _inputDevices.Mice)
        {
            mouse.MouseMove += OnMouseMove;
            mouse.MouseDown += OnMouseDown;
            mouse.MouseUp += OnMouseUp;
            mouse.Scroll += OnScroll;
        }
        window.FileDrop += OnFileDrop;
        window.Update += _ => Update();
        window.Render += _ => Render();
        if (_engine.Reason is not null)
            Say(_engine.Reason);
        UpdateTitle();
    }

    /// <summary>Opens the window and shows it until it is closed.</summary>
    /// <exception cref="BackendUnavailableException">There is no display, no GL, or not the backend asked for.</exception>
    /// <exception cref="LivePoolException">The source or the pipeline cannot be used.</exception>
    public static void Show(ViewRequest request)
    {
        // What the user gave is checked before a window flashes up.
        Pipeline pipeline = PipelinePresets.LoadNameOrFile(request.Pipeline);
        using FrameFeed feed = OpenFeed(request.Source);
        using IWindow window = OpenWindow();
        using var live = new LiveWindow(request, pipeline, feed, window);
        live.Run();
    }

    private static FrameFeed OpenFeed(string source) => new(FrameSources.CreateOpener(source, watches: true), loops: true);

    private static IWindow OpenWindow()
    {
        if (OperatingSystem.IsLinux() && Display is null)
            throw new BackendUnavailableException("there is no display (DISPLAY is not set); use livepool run, which needs none");
        // Without compute shaders SIMD computes, and the window only shows. macOS ends at 4.1.
        var showOnly = new APIVersion(3, 3);
        try
        {
            return OpenWindow(OperatingSystem.IsMacOS() ? showOnly : new APIVersion(4, 3));
        }
        catch (Exception e) when (e is not LivePoolException)
        {
            try
            {
                return OpenWindow(showOnly);
            }
            catch (Exception without) when (without is not LivePoolException)
            {
                throw new BackendUnavailableException($"the window cannot be opened: {e.Message.TrimEnd('.')}; livepool run needs none", e);
            }
        }
    }

    /// <summary>The display that a window would open on, null without one.</summary>
    public static string? Display => Named("WAYLAND_DISPLAY") ?? Named("DISPLAY");

    private static string? Named(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;

    private static IWindow OpenWindow(APIVersion version)
    {
        WindowOptions options = WindowOptions.Default;
        options.Title = "LivePool";
        options.Size = new(1280, 720);
        options.API = new(ContextAPI.OpenGL, ContextProfile.Core, ContextFlags.ForwardCompatible, version);
        IWindow window = Window.Create(options);
        try
        {
            window.Initialize();
            return window;
        }
        catch
        {
            window.Dispose();
            throw;
        }
    }

    private void Run() => _window.Run(() =>
    {
        _window.DoEvents();
        if (!_window.IsClosing)
            _window.DoUpdate();
        long presented = _presentedInAll;
        if (!_window.IsClosing && IsDue)
            _window.DoRender();
        // Where the rate is limited, a frame that is not due returns at once.
        if (presented == _presentedInAll)
            Thread.Sleep(1);
    });

    /// <summary>Whether there is anything new to draw; now and then without, because a screen may lose what it showed.</summary>
    private bool IsDue => _isChanged || _isFrameNew || _window.FramebufferSize != _drawnSize || _window.Time >= _drawnAt + IdleSeconds;

    private void Update()
    {
        if (_isPresentedNew)
            _latency.Record(_frame.CapturedAt);
        _isPresentedNew = false;
        if (_feed.Note is { } note && note != _note)
            Say(_note = note);
        if (_feed.TryTake(ref _frame))
            (_isStale, _isFrameNew) = (true, true);
        if (_isStale && HasFrame)
        {
            _isStale = false;
            _engine.Run(_frame, _picture);
            _inspector.NoteFrame();
            _numbers.NoteFrame();
            _rangesAreLate = _engine.Compiled is not null;
            _awaitsCheck = _engine.Compiled is not null;
        }
        else if (_rangesAreLate)
        {
            _rangesAreLate = false;
            _isChanged = true;
            _picture.Stages.Settle();
        }
        Verify();
        _inspector.Clamp(_picture.Stages);
        if (_inspector.Update(_window.Time, _picture.Stages, _engine.Backend, _findOthers))
        {
            _panelSize = default;
            _isChanged = true;
            _stateFile?.Hurry();
        }
    }

    /// <summary>Hands what is shown to the check when it has time, and takes over what it found.</summary>
    private void Verify()
    {
        if (!_check.IsOn)
            return;
        try
        {
            VerifyOrThrow();
        }
        catch (LivePoolException e) when (e is not BackendUnavailableException)
        {
            StopChecking();
            _isStale = true;
            Say($"not verified: {e.Message}");
        }
    }

    private void VerifyOrThrow()
    {
        _check.Poll(_engine.Compiled);
        if (_awaitsCheck && _engine.Compiled is { } compiled && _check.Offer(compiled, _engine.Input, _window.Time))
            _awaitsCheck = false;
        LiveReport? latest = _check.Latest;
        if (ReferenceEquals(latest, _shownReport))
            return;
        _shownReport = latest;
        _isChanged = true;
        _checked++;
        if (_showsHeat && latest is { Heat.Length: > 0 })
            _picture.ShowHeat(latest);
    }

    private bool HasFrame => _frame.Width > 0;

    private void Render()
    {
        Vector2D<int> size = _window.FramebufferSize;
        // A minimised window has no pixels.
        if (size.X < 1 || size.Y < 1)
            return;
        double now = _window.Time;
        (_isChanged, _drawnSize, _drawnAt) = (false, size, now);
        bool refreshLabels = now >= _labelsDue;
        if (refreshLabels)
        {
            _labelsDue = now + LabelSeconds;
            ComposeOverlay(now);
        }
        int panel = PanelWidth(size.X);
        _picture.Draw(size.X, size.Y, new(0, 0, size.X - panel, size.Y), refreshLabels, _shownReport);
        Hover();
        if (_showsNumbers)
            _numbers.Draw(_picture, new(0, 0, size.X - panel, size.Y), now);
        DrawMarks();
        DrawPanel(size.X - panel, panel, size.Y);
        DrawTexts(size.X - panel, size.Y);
        _stateFile?.Update(now, size.X - panel, _overlay);
        if (_wantsScreenshot)
        {
            _wantsScreenshot = false;
            SaveScreenshot(size.X, size.Y);
        }
        if (_isFrameNew && _recorder is not null)
            Record(size.X, size.Y);
        _presented++;
        _presentedInAll++;
        (_isPresentedNew, _isFrameNew) = (_isFrameNew, false);
        if (now >= _titleDue)
            UpdateTitle();
    }

    private void ComposeOverlay(double now)
    {
        _overlay.Clear();
        if (_showsHelp)
            _overlay.AddRange(_help);
        if (_showsStream)
            AddStream();
        if (_feed.Failure is { } failure)
            _overlay.Add($"source lost, trying again: {failure}");
        if (_engine.Failure is not null)
            _overlay.Add(_engine.Failure);
        if (_message is not null && now < _messageUntil)
            _overlay.Add(_message);
        ComposeBadge();
    }

    private void AddStream()
    {
        FeedCounts counts = _feed.Counts;
        _overlay.Add($"{_feed.Description}");
        _overlay.Add($"{counts.Captured} captured, {counts.Shown} shown, {counts.Dropped} dropped, {counts.Late} late, {counts.Stalls} stalls" +
            (counts.Missed + counts.Damaged > 0 ? $", {counts.Missed} missed, {counts.Damaged} damaged" : ""));
        if (_latency.IsEmpty)
            return;
        (double p50, double p95, double p99) = _latency.Percentiles();
        _overlay.Add(string.Create(CultureInfo.InvariantCulture, $"capture to present: p50 {p50:F1}, p95 {p95:F1}, p99 {p99:F1} ms"));
    }

    private void ComposeBadge()
    {
        _badge.Clear();
        if (!_check.IsOn)
            return;
        if (_shownReport is not { } report)
        {
            _badge.Add("verifying ...");
            return;
        }
        if (report.Failure is not null)
            _badge.Add(report.Failure);
        foreach (ComparisonReport stage in report.Reports)
        {
            _badge.Add(!stage.Passed ? $"{stage.Operator} FAILED: {FirstWrong(stage)}"
                : stage.WorstShare == 0 ? $"{stage.Operator}: equal"
                : string.Create(CultureInfo.InvariantCulture, $"{stage.Operator}: at worst {100 * stage.WorstShare:F1}% of its bound"));
        }
        if (report.SavedCase is not null)
            _badge.Add($"saved {report.SavedCase}");
    }

    private static string FirstWrong(ComparisonReport stage) =>
        stage.Failures == 0 ? $"{stage.FirstWrongIndex}" : $"{stage.Failures} of {stage.Compared}, worst at {stage.Worst}";

    private string Verdict() => !_check.IsOn ? ""
        : _shownReport is not { } report ? " - verifying"
        : report.Passed ? string.Create(CultureInfo.InvariantCulture,
            $" - verified, {100 * report.Reports.Max(stage => stage.WorstShare):F1}% of the bound{(_checksPerSecond > 0 ? $", {_checksPerSecond:F1}/s" : "")}")
        : " - NOT VERIFIED";

    private void UpdateTitle()
    {
        double now = _window.Time;
        if (_titleSince > 0)
        {
            _framesPerSecond = _presented / (now - _titleSince);
            _checksPerSecond = _checked / (now - _titleSince);
        }
        _presented = 0;
        _checked = 0;
        _titleSince = now;
        _titleDue = now + TitleSeconds;
        string size = HasFrame ? $"{_frame.Width}x{_frame.Height}" : "no frame";
        string state = (_feed.IsPaused ? " - paused" : "") +
            (_recorder is { } recorder ? $" - recording, {recorder.Written} frames{(recorder.Dropped > 0 ? $", {recorder.Dropped} dropped" : "")}" : "");
        _window.Title = $"LivePool - {_engine.Pipeline.Name} - {_engine.Backend.Name} ({_engine.Backend.Device.Renderer}) - " +
            $"{size} - {_framesPerSecond:F1} fps{StageTimes()}{state}{Verdict()}";
    }

    /// <summary>What the stages took; fused ones are in the time of the one behind them.</summary>
    private string StageTimes()
    {
        if (_engine.Compiled is not { } compiled)
            return "";
        IEnumerable<string> times = compiled.StageMilliseconds.ToArray().Where(double.IsFinite)
            .Select(ms => ms.ToString("F2", CultureInfo.InvariantCulture));
        return $" - {string.Join(" + ", times)} ms";
    }

    private void Say(string message)
    {
        _message = message;
        _messageUntil = _window.Time + MessageSeconds;
        _isChanged = true;
        _labelsDue = 0;
    }

    /// <summary>Shows the first of the files that were dropped, or goes on as it was.</summary>
    private void OnFileDrop(string[] paths)
    {
        try
        {
            FrameFeed feed = OpenFeed(paths[0]);
            _feed.Dispose();
            _feed = feed;
            Say($"{_feed.Description}{(paths.Length > 1 ? $", the first of {paths.Length}" : "")}");
        }
        catch (FrameSourceException e)
        {
            Say(e.Message);
        }
        _titleDue = 0;
    }

    /// <summary>The pipeline is about to be another one, or was refused.</summary>
    private void OnEdit()
    {
        bool goesOn = StopChecking();
        if (goesOn)
            _check.Start(_engine.Backend);
        _isStale = true;
        _isChanged = true;
        _panelSize = default;
        _stateFile?.Hurry();
    }

    /// <summary>Whether a cell that can be seen takes what is typed.</summary>
    private bool IsTyping => _showsKernel && PanelWidth(_window.FramebufferSize.X) > 0 && _kernelPanel.IsTyping;

    private void OnKeyChar(IKeyboard keyboard, char character)
    {
        if (!IsTyping)
            return;
        _kernelPanel.Type(character);
        _isChanged = true;
        _panelSize = default;
    }

    /// <returns>Whether the key was for the cell that takes what is typed.</returns>
    private bool TypeInto(Key key)
    {
        if (!IsTyping)
            return false;
        switch (key)
        {
            case Key.Enter or Key.KeypadEnter:
                _kernelPanel.EndTyping();
                break;
            case Key.Escape:
                _kernelPanel.CancelTyping();
                break;
            case Key.Backspace:
                _kernelPanel.Erase();
                break;
            case Key.Tab or Key.Right:
                _kernelPanel.MoveBy(0, 1);
                break;
            case Key.Left:
                _kernelPanel.MoveBy(0, -1);
                break;
            case Key.Up:
                _kernelPanel.MoveBy(-1, 0);
                break;
            case Key.Down:
                _kernelPanel.MoveBy(1, 0);
                break;
        }
        _panelSize = default;
        _stateFile?.Hurry();
        return true;
    }

    private void OnKeyDown(IKeyboard keyboard, Key key, int scancode)
    {
        _isChanged = true;
        bool isControl = keyboard.IsKeyPressed(Key.ControlLeft) || keyboard.IsKeyPressed(Key.ControlRight);
        if (!isControl && TypeInto(key))
            return;
        switch (key)
        {
            case Key.Z when isControl:
                _edits.Undo();
                break;
            case Key.Y when isControl:
                _edits.Redo();
                break;
            case Key.K when !isControl:
                _showsKernel = !_showsKernel;
                _showsPanel = true;
                break;
            default:
                // Others' shortcuts are not these.
                if (!isControl)
                    OnPlainKey(key);
                return;
        }
        _panelSize = default;
        _stateFile?.Hurry();
    }

    private void OnPlainKey(Key key)
    {
        switch (key)
        {
            case Key.Escape:
                if (_inspector.Pinned is not null)
                    _inspector.Pin(null);
                else if (_picture.Enlarged is not null)
                    _picture.Enlarged = null;
                else
                    _window.Close();
                break;
            case Key.Enter:
                Enlarge();
                break;
            case Key.Home:
                _picture.Viewport.Reset();
                break;
            case Key.C:
                _picture.IsSigned = !_picture.IsSigned;
                break;
            case Key.L:
                _picture.NextTheme();
                break;
            case Key.N:
                _showsNumbers = !_showsNumbers;
                break;
            case Key.I:
                _showsPanel = !_showsPanel;
                break;
            case Key.Left or Key.Right or Key.Up or Key.Down when _inspector.Pinned is { } pinned:
                _inspector.MoveBy(key == Key.Left ? -1 : key == Key.Right ? 1 : 0, key == Key.Up ? -1 : key == Key.Down ? 1 : 0, _picture.Stages.Shape(pinned.Stage));
                break;
            case Key.Space:
                _feed.IsPaused = !_feed.IsPaused;
                Say(_feed.IsPaused ? "paused" : "going on");
                break;
            case Key.B:
                bool wasOn = StopChecking();
                string? passedOver = _engine.NextBackend();
                if (wasOn)
                    _check.Start(_engine.Backend);
                Say($"{_engine.Backend.Name}: {_engine.Backend.Device.Renderer}{(passedOver is null ? "" : $" ({passedOver})")}");
                _isStale = true;
                break;
            case Key.P:
                bool goesOn = StopChecking();
                _engine.NextPipeline();
                _edits.Forget();
                if (goesOn)
                    _check.Start(_engine.Backend);
                Say(_engine.Pipeline.Name);
                _isStale = true;
                break;
            case Key.V:
                if (_check.IsOn)
                    StopChecking();
                else
                    _check.Start(_engine.Backend);
                _showsHeat = false;
                _isStale = true;
                break;
            case Key.D:
                _showsHeat = !_showsHeat;
                if (_showsHeat && !_check.IsOn)
                    _check.Start(_engine.Backend);
                // A report that is there is shown as if it were new.
                if (_showsHeat)
                    _shownReport = null;
                else
                    _picture.HideHeat();
                _isStale = true;
                break;
            case Key.R:
                if (_recorder is null)
                    StartRecording();
                else
                    StopRecording();
                break;
            case Key.S:
                _wantsScreenshot = true;
                break;
            case Key.Left:
                _feed.Skip(-_step);
                break;
            case Key.Right:
                _feed.Skip(_step);
                break;
            case Key.T:
                _showsStream = !_showsStream;
                break;
            case Key.H:
                _showsHelp = !_showsHelp;
                _labelsDue = 0;
                break;
            default:
                return;
        }
        _titleDue = 0;
        _labelsDue = 0;
        _panelSize = default;
        _stateFile?.Hurry();
    }

    /// <summary>Shows one channel alone, that of the element that is looked at, or all again.</summary>
    private void Enlarge() => _picture.Enlarged =
        _picture.Enlarged is null && _inspector.At is { Stage: >= 0 } at ? (at.Stage, at.Channel) : null;

    private void OnMouseMove(IMouse mouse, Vector2 position)
    {
        _isChanged = true;
        Vector2 before = _pointer;
        _pointer = position * _contentScale;
        if (_isOnPanel)
        {
            if (PanelAreaAt(_pointer) is { Drag: { } drag })
                Act(drag);
            return;
        }
        if (_pressedAt is { } pressed && Vector2.Distance(pressed, _pointer) > DragUnits * _contentScale)
            _isDragging = true;
        if (_isDragging && _picture.Find(_pointer.X, _pointer.Y) is { } dragged)
            _picture.Viewport.Pan(_pointer.X - before.X, _pointer.Y - before.Y, dragged.Tile.Whole);
    }

    /// <summary>Looks at what the pointer is on, which a picture may have moved to.</summary>
    private void Hover()
    {
        if (_isDragging)
            return;
        bool wasThere = _inspector.At is not null;
        _inspector.Hover(_picture.Find(_pointer.X, _pointer.Y)?.Element);
        if (wasThere && _inspector.At is null)
        {
            _panelSize = default;
            _stateFile?.Hurry();
        }
    }

    private void OnMouseDown(IMouse mouse, MouseButton button)
    {
        if (button != MouseButton.Left)
            return;
        _isChanged = true;
        if (_pointer.X >= PanelLeft)
        {
            _isOnPanel = true;
            if (PanelAreaAt(_pointer)?.Click is { } click)
                Act(click);
            return;
        }
        (_pressedAt, _isDragging) = (_pointer, false);
    }

    private int PanelLeft => _window.FramebufferSize.X - PanelWidth(_window.FramebufferSize.X);

    private PanelArea? PanelAreaAt(Vector2 pointer) => pointer.X < PanelLeft ? null : _panelCanvas.Find(pointer.X - PanelLeft, pointer.Y);

    private void Act(Action action)
    {
        action();
        _panelSize = default;
        _stateFile?.Hurry();
    }

    private void OnMouseUp(IMouse mouse, MouseButton button)
    {
        if (button != MouseButton.Left)
            return;
        _isOnPanel = false;
        _isChanged = true;
        _kernelPanel.EndPainting();
        if (_pressedAt is null)
            return;
        bool wasDragging = _isDragging;
        (_pressedAt, _isDragging) = (null, false);
        if (wasDragging || _picture.Find(_pointer.X, _pointer.Y) is not { } found)
            return;
        double now = _window.Time;
        bool isDouble = now - _clickedAt < DoubleClickSeconds && Vector2.Distance(_clickedOn, _pointer) <= DragUnits * _contentScale;
        (_clickedAt, _clickedOn) = (isDouble ? double.NegativeInfinity : now, _pointer);
        if (isDouble)
        {
            _inspector.Pin(null);
            _inspector.Hover(found.Element);
            Enlarge();
        }
        else
        {
            _inspector.Pin(found.Element);
        }
        _labelsDue = 0;
        _panelSize = default;
        _stateFile?.Hurry();
    }

    private void OnScroll(IMouse mouse, ScrollWheel wheel)
    {
        _isChanged = true;
        if (PanelAreaAt(_pointer) is { Wheel: { } turn })
            Act(() => turn(wheel.Y));
        if (_picture.Find(_pointer.X, _pointer.Y) is not { } found)
            return;
        TensorShape shape = _picture.Stages.Shape(found.Tile.Stage);
        _picture.Viewport.ZoomBy(wheel.Y, found.Tile.Place, found.Tile.Whole, shape.W, shape.H, (_pointer.X, _pointer.Y));
        _stateFile?.Hurry();
    }

    /// <summary>The explaining panel's width; 0 where it is hidden, or would leave too little.</summary>
    private int PanelWidth(int width)
    {
        int panel = (int)(PanelWidthUnits * _contentScale);
        return _showsPanel && width - panel >= LeastWidthBesidePanel * _contentScale ? panel : 0;
    }

    /// <summary>The element that is looked at, and the taps that it was computed from, in their pictures.</summary>
    private void DrawMarks()
    {
        if (_inspector.At is not { } at || _picture.Stages.Compiled is null)
            return;
        foreach (Tile tile in _picture.Tiles)
        {
            if (tile.Stage == at.Stage && tile.Channel == at.Channel)
                _picture.Outline(_picture.PlaceOf(tile, at.Row, at.Column), tile.Place, _picture.Theme.Accent, 2);
            else if (tile.Stage < at.Stage && _inspector.Current is { } found)
                DrawField(tile, found);
        }
    }

    private void DrawField(in Tile tile, ElementInspection found)
    {
        IReadOnlyList<Tap> taps = tile.Stage == found.At.Stage - 1 ? found.Explanation!.Taps : [];
        bool isSeen = taps.Count == 0;
        for (int i = 0; i < taps.Count; i++)
        {
            if (!taps[i].IsInside || taps[i].Channel != tile.Channel)
                continue;
            isSeen = true;
            PixelRectangle place = _picture.PlaceOf(tile, taps[i].Row!.Value, taps[i].Column!.Value);
            // Holes between the taps show where they are wide enough to be seen.
            if (place.Width >= LeastCell && place.Height >= LeastCell)
                _picture.Outline(new(place.X + 1, place.Y + 1, place.Width - 2, place.Height - 2), tile.Place, _picture.Theme.Accent, 1);
        }
        for (int i = 0; i < found.Fields.Count; i++)
        {
            Field field = found.Fields[i];
            if (field.Stage != tile.Stage || !isSeen)
                continue;
            PixelRectangle first = _picture.PlaceOf(tile, field.Top, field.Left), last = _picture.PlaceOf(tile, field.Bottom, field.Right);
            _picture.Outline(new(first.X, first.Y, last.X + last.Width - first.X, last.Y + last.Height - first.Y), tile.Place, _picture.Theme.Accent, 2);
        }
    }

    private void DrawPanel(int x, int width, int height)
    {
        if (width == 0)
            return;
        if (_panelSize != (width, height))
        {
            _panelSize = (width, height);
            _panel.Update(width, height, canvas => FillPanel(canvas, width, height));
        }
        _panel.Draw(_picture.Renderer, x, 0);
    }

    private void FillPanel(SKCanvas canvas, int width, int height)
    {
        _panelCanvas.Begin(canvas, width, height, _picture.Theme);
        float tab = 0.5f * _panelCanvas.Inner - 3 * _contentScale, top = 10 * _contentScale, tall = 24 * _contentScale;
        _panelCanvas.Button(SKRect.Create(_panelCanvas.Margin, top, tab, tall), "Explain", () => _showsKernel = false, !_showsKernel);
        _panelCanvas.Button(SKRect.Create(width - _panelCanvas.Margin - tab, top, tab, tall), "Kernel", () => _showsKernel = true, _showsKernel);
        _panelCanvas.Space(28);
        if (_showsKernel)
            _kernelPanel.Draw(_engine.Pipeline);
        else if (_picture.Stages.Compiled is { } compiled)
            _explainer.Draw(compiled, _inspector.Current, _inspector.Pinned is not null);
    }

    /// <summary>Messages in the lower left corner, the verdict in the lower right one within a frame of its colour.</summary>
    private void DrawTexts(int width, int height)
    {
        int gap = (int)(StageGrid.Gap * _contentScale);
        _overlayText.Update(CollectionsMarshal.AsSpan(_overlay));
        _overlayText.Draw(_picture.Renderer, gap, height - gap - _overlayText.Height);
        _badgeText.Update(CollectionsMarshal.AsSpan(_badge));
        if (_badgeText.Height == 0)
            return;
        (int x, int y) = (width - gap - _badgeText.Width, height - gap - _badgeText.Height);
        int border = (int)(4 * _contentScale);
        _picture.Fill(new(x - border, y - border, _badgeText.Width + 2 * border, _badgeText.Height + 2 * border),
            _shownReport?.Passed switch { true => _picture.Theme.Good, false => _picture.Theme.Bad, null => _picture.Theme.Faint });
        _badgeText.Draw(_picture.Renderer, x, y);
    }

    /// <summary>Lets go of the pipeline that is checked and shown, before it is disposed of.</summary>
    /// <returns>Whether it was being checked.</returns>
    private bool StopChecking()
    {
        bool wasOn = _check.IsOn;
        _check.Stop();
        _shownReport = null;
        _picture.Forget();
        return wasOn;
    }

    private void StartRecording()
    {
        string name = $"livepool-{DateTime.Now:yyyyMMdd-HHmmss}";
        string target = FfmpegVideo.IsInstalled ? $"{name}.mp4" : name;
        try
        {
            _recorder = new(target, _feed.FramesPerSecond ?? RecordedFramesPerSecond);
            Say($"recording {Path.GetFullPath(target)}");
        }
        catch (LivePoolException e)
        {
            Say($"not recording: {e.Message}");
        }
    }

    private void StopRecording()
    {
        Say(_recorder!.Finish());
        _recorder = null;
    }

    /// <summary>Records what is shown: the picture of a new frame, once.</summary>
    private void Record(int width, int height)
    {
        _recorder!.Add(width, height, waits: false, rgb => ReadScreen(width, height, rgb));
        if (_recorder.Failure is not null)
            StopRecording();
    }

    /// <summary>The window's pixels, [height, width, 3], top row first.</summary>
    private unsafe void ReadScreen(int width, int height, Span<byte> rgb)
    {
        if (_bottomUp.Length < rgb.Length)
            _bottomUp = new byte[rgb.Length];
        _gl.PixelStore(PixelStoreParameter.PackAlignment, 1);
        fixed (byte* first = _bottomUp)
            _gl.ReadPixels(0, 0, (uint)width, (uint)height, Silk.NET.OpenGL.PixelFormat.Rgb, PixelType.UnsignedByte, first);
        for (int y = 0; y < height; y++)
            _bottomUp.AsSpan(3 * width * (height - 1 - y), 3 * width).CopyTo(rgb[(3 * width * y)..]);
    }

    private void SaveScreenshot(int width, int height)
    {
        byte[] pixels = new byte[3 * width * height];
        ReadScreen(width, height, pixels);
        string path = $"livepool-{DateTime.Now:yyyyMMdd-HHmmss-fff}.png";
        try
        {
            PngFile.WriteRgb(path, width, height, pixels);
            Say($"saved {Path.GetFullPath(path)}");
        }
        catch (LivePoolException e)
        {
            Say($"not saved: {e.Message}");
        }
    }

    public void Dispose()
    {
        _feed.Dispose();
        if (_recorder is not null)
            Console.Out.WriteLine(_recorder.Finish());
        _check.Dispose();
        _panel.Dispose();
        _numbers.Dispose();
        _overlayText.Dispose();
        _badgeText.Dispose();
        _picture.Dispose();
        _engine.Dispose();
        _inputDevices.Dispose();
    }
}
