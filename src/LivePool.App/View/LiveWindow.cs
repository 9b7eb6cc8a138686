using System.Globalization;
using System.Runtime.InteropServices;
using LivePool.App.Checks;
using LivePool.App.Drawing;
using LivePool.App.Recording;
using LivePool.Core;
using LivePool.Core.Backends;
using LivePool.Core.Pipelines;
using LivePool.Frames;
using LivePool.Frames.Streaming;
using LivePool.Gpu.Context;
using LivePool.Shaders;
using LivePool.Verification;
using Silk.NET.Input;
using Silk.NET.Maths;
using Silk.NET.OpenGL;
using Silk.NET.Windowing;

namespace LivePool.App.View;

/// <summary>The window: input and feature maps, live. One thread does everything here.</summary>
internal sealed class LiveWindow : IDisposable
{
    private const double TitleSeconds = 0.5;
    private const double LabelSeconds = 0.25;
    private const double MessageSeconds = 4;
    private const double SoftwareFramesPerSecond = 60;
    private const double RecordedFramesPerSecond = 30;
    private static readonly TimeSpan _step = TimeSpan.FromSeconds(5);
    private static readonly string[] _help =
    [
        "Esc: quit",
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
        _picture = new(_gl, shaders, contentScale);
        if (context.Device.IsSoftware)
        {
            // A processor that draws does not wait for the display; without a limit it would draw as fast as it can.
            window.VSync = false;
            window.FramesPerSecond = SoftwareFramesPerSecond;
        }
        _inputDevices = window.CreateInput();
        foreach (IKeyboard keyboard in _inputDevices.Keyboards)
            keyboard.KeyDown += OnKeyDown;
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
        if (!_window.IsClosing)
            _window.DoRender();
        // Where the rate is limited, a frame that is not due returns at once.
        if (!_window.VSync && presented == _presentedInAll)
            Thread.Sleep(1);
    });

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
            _engine.Run(_frame, _picture, _check.IsOn ? StageOutputs.All : StageOutputs.Last);
            _rangesAreLate = _engine.Compiled is not null;
            _awaitsCheck = _engine.Compiled is not null;
        }
        else if (_rangesAreLate)
        {
            _rangesAreLate = false;
            _picture.Settle();
        }
        Verify();
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
        bool refreshLabels = now >= _labelsDue;
        if (refreshLabels)
        {
            _labelsDue = now + LabelSeconds;
            ComposeOverlay(now);
        }
        _picture.Draw(size.X, size.Y, refreshLabels, CollectionsMarshal.AsSpan(_overlay),
            CollectionsMarshal.AsSpan(_badge), _shownReport?.Passed);
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

    private void OnKeyDown(IKeyboard keyboard, Key key, int scancode)
    {
        switch (key)
        {
            case Key.Escape:
                _window.Close();
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
        _picture.Dispose();
        _engine.Dispose();
        _inputDevices.Dispose();
    }
}
