using System.Globalization;
using LivePool.App.View.Comparing;
using LivePool.App.View.Counting;
using LivePool.App.View.Editing;
using LivePool.App.View.Input;
using LivePool.App.View.Inspection;
using LivePool.App.View.Panels;
using LivePool.App.View.Pooling;
using LivePool.App.View.Shaders;
using LivePool.App.View.Streaming;
using LivePool.Core;
using LivePool.Core.Backends;
using LivePool.Core.Pipelines;
using LivePool.Frames;
using LivePool.Frames.Streaming;
using LivePool.Gpu.Context;
using LivePool.Gpu.Display;
using LivePool.Gpu.UserShaders;
using LivePool.Shaders;
using Silk.NET.Input;
using Silk.NET.Maths;
using Silk.NET.OpenGL;
using Silk.NET.Windowing;

namespace LivePool.App.View;

/// <summary>The window: input and feature maps, live. One thread does everything here.</summary>
internal sealed partial class LiveWindow : IDisposable
{
    private const double TitleSeconds = 0.5;
    private const double LabelSeconds = 0.25;
    private const double IdleSeconds = 0.1;
    private const float TextSize = 13;
    private const double SoftwareFramesPerSecond = 60;

    private readonly IWindow _window;
    private readonly IInputContext _inputDevices;
    private readonly float _scale;
    private readonly Redraw _redraw = new();
    private readonly Messages _messages;
    private readonly Engine _engine;
    private readonly Comparison _comparison;
    private readonly Picture _picture;
    private readonly Verifier _verifier;
    private readonly PipelineEdits _edits;
    private readonly Inspector _inspector = new();
    private readonly SlidingWindow _sliding;
    private readonly ElementMarks _marks;
    private readonly CellNumbers _numbers;
    private readonly KernelPanel _kernels;
    private readonly StreamPanel _stream;
    private readonly ComparePanel _compare;
    private readonly StagesPanel _stages;
    private readonly PipelineFiles _files;
    private readonly PoolingMeter _meter = new();
    private readonly PoolingPanel _pooling;
    private readonly ShaderLab _shaders;
    private readonly ValueMeter _counter = new();
    private readonly ValuesPanel _values;
    private readonly SidePanel _panel;
    private readonly CommandPalette _palette;
    private readonly PointerInput _pointer;
    private readonly ScreenCapture _capture;
    private readonly StateFile? _stateFile;
    private readonly LatencyMeter _latency = new();
    private readonly FrameTimes _times = new();
    private readonly Func<IBackend[]> _findOthers;
    private readonly FeedOpener _opener = new();
    private FrameFeed _feed;
    private string _source;
    private string[] _dropped = [];
    private Frame _frame = new();
    private string? _note;
    private bool _isFrameNew;
    private bool _isPresentedNew;
    private bool _isStateNew;
    private bool _rangesAreLate;
    private bool _showsNumbers = true;
    private double _titleDue;
    private double _labelsDue;
    private double _titleSince;
    private double _workedSince;
    private int _presented;
    private long _presentedInAll;
    private double _framesPerSecond;
    private Vector2D<int> _drawnSize;
    private double _drawnAt;
    private bool _hasCompared;

    /// <param name="request">What was asked for.</param>
    /// <param name="folder">Where the shaders are.</param>
    /// <param name="pipeline">The stages.</param>
    /// <param name="second">A shader to be set beside the pipeline's; null for none.</param>
    /// <param name="feed">Where frames come from.</param>
    /// <param name="window">The window, open.</param>
    private LiveWindow(ViewRequest request, ShaderFolder folder, Pipeline pipeline, UserShader? second, FrameFeed feed, IWindow window)
    {
        _window = window;
        (_feed, _source) = (feed, request.Source);
        window.MakeCurrent();
        GpuContext context = GpuContext.FromWindow(window);
        GL gl = context.Gl;
        Vector2D<int> framebuffer = window.FramebufferSize;
        float pixelsPerUnit = window.Size.X > 0 && framebuffer.X > 0 ? Math.Max(1, (float)framebuffer.X / window.Size.X) : 1;
        _scale = pixelsPerUnit * request.Scale;

        _engine = new(request, pipeline, second, context, folder);
        _comparison = new(gl, _engine);
        _picture = new(gl, _engine.Shaders, _scale, _comparison);
        _messages = new(gl, TextSize * _scale, _redraw);
        _verifier = new(gl, _scale, _engine, _picture, _redraw, _messages);
        _edits = new(_engine, _verifier);
        _sliding = new(_picture, _inspector);
        _marks = new(_picture, _inspector);
        _numbers = new(gl, _scale);
        _capture = new(gl, _messages);
        _findOthers = () => _engine.Others(_inspector.Pinned is not null);

        var canvas = new PanelCanvas(_scale);
        _kernels = new(canvas, _edits);
        _stream = new(canvas, _engine, () => _feed, _times, _latency);
        _compare = new(canvas, _engine, _picture, _inspector);
        _files = new(_engine, _edits, () => _source, () => _inputDevices?.Keyboards.Count > 0 ? _inputDevices.Keyboards[0] : null, _messages);
        var controls = new StageControls(canvas, _edits);
        _stages = new(canvas, _engine, _edits, controls, _files);
        _shaders = new(gl, folder, TextSize * _scale, _engine, _edits, _picture, _verifier, _inspector, canvas, controls, _messages, _redraw);
        _pooling = new(canvas, _engine, _meter);
        _values = new(canvas, _engine, _counter);
        _panel = new(gl, canvas, _redraw, new ExplainerPanel(canvas, _picture.Stages, _inspector, _sliding), _kernels, _stages, _compare, _pooling, _values, _stream, _shaders.Page);
        IReadOnlyList<WindowCommand> commands = CreateCommands();
        _palette = new(gl, _scale, commands, _redraw);
        _pointer = new(pixelsPerUnit, _scale, () => window.Time, _picture, _inspector, _panel, _palette, _redraw, Enlarge, EndGestures, _kernels.EndTyping);
        _stateFile = request.StateFile is null ? null : new(request.StateFile, _engine, _picture, _inspector, _panel, _palette, _kernels, _sliding, _messages, _pooling, _values, _times, _shaders, () => _feed);

        if (context.Device.IsSoftware)
        {
            // A processor that draws does not wait for the display; without a limit it would draw as fast as it can.
            window.VSync = false;
            window.FramesPerSecond = SoftwareFramesPerSecond;
        }
        _inputDevices = window.CreateInput();
        var keyboard = new KeyboardInput(commands, [_palette, _kernels], _redraw);
        foreach (IKeyboard device in _inputDevices.Keyboards)
            keyboard.Attach(device);
        foreach (IMouse device in _inputDevices.Mice)
            _pointer.Attach(device);
        window.FileDrop += OnFileDrop;
        window.Update += _ => Update();
        window.Render += _ => Render();
        if (_engine.Reason is not null)
            _messages.Say(_engine.Reason);
        if (pipeline.HasShaders)
            _panel.Choose(_shaders.Page);
        UpdateTitle();
    }

    /// <summary>Opens the window and shows it until it is closed.</summary>
    /// <exception cref="BackendUnavailableException">There is no display, no GL, or not the backend asked for.</exception>
    /// <exception cref="LivePoolException">The source or the pipeline cannot be used.</exception>
    public static void Show(ViewRequest request)
    {
        // What the user gave is checked before a window flashes up.
        ShaderFolder folder = ShaderFolder.Locate(request.Shaders);
        (Pipeline pipeline, UserShader? second) = LoadPipeline(request, folder);
        using FrameFeed feed = OpenFeed(request.Source);
        using IWindow window = OpenedWindow.Open();
        using var live = new LiveWindow(request, folder, pipeline, second, feed, window);
        live.Run();
    }

    private static (Pipeline, UserShader?) LoadPipeline(ViewRequest request, ShaderFolder folder)
    {
        Pipeline? given = request.Pipeline is null ? null : PipelinePresets.LoadNameOrFile(request.Pipeline, path => UserShader.Load(folder.Remembering(), path));
        if (request.Shader is not { } path)
            return (given ?? PipelinePresets.Load(PipelinePresets.Default), null);
        UserShader shader = UserShader.Load(folder.Remembering(), path);
        UserShader? second = request.Second is null ? null : UserShader.Load(folder.Remembering(), request.Second);
        if (second is not null && second.Claim != shader.Claim)
            throw new LivePoolException($"--compare needs two shaders of a kind: {shader.Name} claims to be {shader.Claim ?? "no operator"}, {second.Name} {second.Claim ?? "none"}");
        return (GivenPipeline.With(shader, given), second);
    }

    private static FrameFeed OpenFeed(string source) => new(FrameSources.CreateOpener(source, watches: true), loops: true);

    private void Run() => _window.Run(() =>
    {
        _pointer.BeginEvents();
        _window.DoEvents();
        _workedSince = _window.Time;
        if (!_window.IsClosing)
            _window.DoUpdate();
        long presented = _presentedInAll;
        if (!_window.IsClosing && IsDue)
            _window.DoRender();
        // Where the rate is limited, a frame that is not due returns at once.
        if (presented == _presentedInAll)
            Thread.Sleep(1);
        else
            _stateFile?.Update(_window.Time, _isStateNew);
    });

    /// <summary>Whether there is anything new to draw; now and then without, because a screen may lose what it showed.</summary>
    private bool IsDue => _redraw.IsWindowDue || _isFrameNew || _window.FramebufferSize != _drawnSize || _window.Time >= _drawnAt + IdleSeconds;

    private void Update()
    {
        if (_isPresentedNew)
            _latency.Record(_frame.CapturedAt);
        _isPresentedNew = false;
        if (_feed.Note is { } note && note != _note)
            _messages.Say(_note = note);
        TakeDropped();
        _capture.Update();
        if (_feed.TryTake(ref _frame))
        {
            _isFrameNew = true;
            _engine.GoOn();
        }
        _shaders.Update(_window.Time, _frame, _presentedInAll, _feed.IsPaused, _panel.Shows(_shaders.Page));
        if (_engine.IsStale && HasFrame)
            RunFrame();
        else if (_rangesAreLate)
            Settle();
        double now = _window.Time;
        _verifier.Update(now);
        _sliding.Update(now);
        _inspector.Clamp(_picture.Stages);
        bool isNew = _inspector.Update(now, _picture.Stages, _engine.Backend, _findOthers);
        isNew |= _comparison.Update(now, _picture.Stages);
        isNew |= _pooling.Update(now);
        isNew |= _values.Update(now);
        if (isNew)
            _redraw.All();
    }

    private void RunFrame()
    {
        _engine.Run(_frame, _picture, _window.Time, _pointer.OnFreeStage);
        _shaders.NoteFrame();
        _inspector.NoteFrame();
        _numbers.NoteFrame();
        _comparison.NoteFrame();
        _verifier.NoteFrame();
        _pooling.NoteFrame();
        _values.NoteFrame();
        _rangesAreLate = _engine.Compiled is not null;
        if (_engine.Second is not null && !_hasCompared && _engine.Compiled is not null)
        {
            _hasCompared = true;
            _compare.Choose(CompareMode.Split);
        }
    }

    private void Settle()
    {
        _rangesAreLate = false;
        _redraw.Window();
        _picture.Stages.Settle();
    }

    private bool HasFrame => _frame.Width > 0;

    private void Render()
    {
        Vector2D<int> size = _window.FramebufferSize;
        // A minimised window has no pixels.
        if (size.X < 1 || size.Y < 1)
            return;
        double now = _window.Time;
        _redraw.TakeWindow();
        _isStateNew = _redraw.TakeState();
        (_drawnSize, _drawnAt) = (size, now);
        int gap = (int)(StageGrid.Gap * _scale);
        bool refreshLabels = _redraw.TakeLabels() || now >= _labelsDue;
        if (refreshLabels)
        {
            _labelsDue = now + LabelSeconds;
            _messages.Update(now, size.X - 4 * gap, _feed.Failure is { } failure ? $"source lost, trying again: {failure}" : null,
                _opener.Pending is { } pending ? $"opening {pending}" : null, _engine.Failure is ShaderCompileException ? null : _engine.Failure?.Message);
            _verifier.Compose();
        }
        var area = new PixelRectangle(0, 0, size.X - _panel.WidthIn(size.X), size.Y);
        _picture.Draw(size.X, size.Y, area, refreshLabels, _verifier.Report);
        if (_showsNumbers)
            _numbers.Draw(_picture, area, now);
        _sliding.Draw();
        _capture.OnPictures(area, size.Y);
        _pointer.Hover();
        _marks.Draw();
        _panel.Draw(_picture.Renderer, size.X, size.Y, _picture.Theme, now);
        _messages.Draw(_picture.Renderer, gap, size.Y);
        _shaders.Draw(_picture.Renderer, gap, size.Y - 2 * gap - _messages.Height, area.Width - 4 * gap);
        _verifier.Draw(gap, area.Width, size.Y);
        _palette.Draw(_picture.Renderer, size.X, size.Y, _picture.Theme);
        _capture.OnWindow(size.X, size.Y, _isFrameNew);
        _presented++;
        _presentedInAll++;
        _times.Add(now, _window.Time - _workedSince);
        (_isPresentedNew, _isFrameNew) = (_isFrameNew, false);
        if (_redraw.TakeTitle() || now >= _titleDue)
            UpdateTitle();
    }

    private void UpdateTitle()
    {
        double now = _window.Time;
        // A title may be due sooner, but rates are those of a while.
        if (now >= _titleDue)
        {
            if (_titleSince > 0)
                _framesPerSecond = _presented / (now - _titleSince);
            _verifier.Count(now);
            (_presented, _titleSince, _titleDue) = (0, now, now + TitleSeconds);
        }
        string size = HasFrame ? $"{_frame.Width}x{_frame.Height}" : "no frame";
        string state = (_feed.IsPaused ? " - paused" : "") +
            (_capture.Recording is (long written, long dropped) ? $" - recording, {written} frames{(dropped > 0 ? $", {dropped} dropped" : "")}"
                : _capture.IsEnding ? " - ending the recording" : "");
        _window.Title = $"LivePool - {_engine.Pipeline.Name} - {_engine.Backend.Name} ({_engine.Backend.Device.Renderer}) - " +
            $"{size} - {_framesPerSecond.ToString("F1", CultureInfo.InvariantCulture)} fps{StageTimes()}{state}{_verifier.Verdict}";
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

    /// <summary>Opens the first of the files that were dropped; what is shown goes on until it is there.</summary>
    private void OnFileDrop(string[] paths)
    {
        if (paths[0].EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            _files.Open(paths[0]);
            return;
        }
        if (_shaders.TryOpen(paths[0]))
            return;
        _dropped = paths;
        _opener.Begin(paths[0], () => OpenFeed(paths[0]));
        _redraw.All();
    }

    /// <summary>Shows the file that was dropped once it is open, or goes on as it was.</summary>
    private void TakeDropped()
    {
        try
        {
            if (_opener.TryTake() is not { } feed)
                return;
            _feed.Dispose();
            (_feed, _source) = (feed, _dropped[0]);
            _messages.Say($"{_feed.Description}{(_dropped.Length > 1 ? $", the first of {_dropped.Length}" : "")}");
        }
        catch (FrameSourceException e)
        {
            _messages.Say(e.Message);
        }
        _redraw.All();
    }

    private void EndGestures()
    {
        _kernels.EndPainting();
        _edits.EndGesture();
    }

    public void Dispose()
    {
        _opener.Dispose();
        _feed.Dispose();
        _shaders.Dispose();
        _meter.Dispose();
        _counter.Dispose();
        _capture.Dispose();
        _verifier.Dispose();
        _panel.Dispose();
        _palette.Dispose();
        _numbers.Dispose();
        _messages.Dispose();
        _comparison.Dispose();
        _picture.Dispose();
        _engine.Dispose();
        _inputDevices.Dispose();
    }
}
