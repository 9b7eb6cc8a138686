using System.Diagnostics;
using LivePool.App.Lab;
using LivePool.App.View.Editing;
using LivePool.Core;
using LivePool.Core.Pipelines;
using LivePool.Frames;
using LivePool.Gpu.Display;
using LivePool.Gpu.UserShaders;
using LivePool.Shaders;
using Silk.NET.OpenGL;

namespace LivePool.App.View.Shaders;

/// <summary>
/// Takes shaders when their files are saved: LivePool's own, those of the pipeline, and all that they include. A thread of its
/// own looks at the files; everything else happens on the window's. What does not compile changes nothing that is shown.
/// </summary>
internal sealed class HotReload : IDisposable
{
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(40);

    private readonly GL _gl;
    private readonly ShaderFolder _folder;
    private readonly Engine _engine;
    private readonly PipelineEdits _edits;
    private readonly Picture _picture;
    private readonly Verifier _verifier;
    private readonly Messages _messages;
    private readonly Redraw _redraw;
    private readonly ShaderWatcher _watcher = new();
    private readonly Timer _timer;
    private readonly IReadOnlyList<string> _own;
    private IReadOnlyList<string>? _changed;
    private Pipeline? _watched;
    private IReadOnlyList<string> _refused = [];
    private IReadOnlyList<string> _failed = [];

    public HotReload(GL gl, ShaderFolder folder, Engine engine, PipelineEdits edits, Picture picture, Verifier verifier, Messages messages, Redraw redraw)
    {
        (_gl, _folder, _engine, _edits, _picture, _verifier, _messages, _redraw) = (gl, folder, engine, edits, picture, verifier, messages, redraw);
        _own = folder.Shaders;
        Watch(engine.Shaders);
        _timer = new(_ => Look(), null, _look, _look);
    }

    /// <summary>Why the files as they are now are not what is shown, or nothing is: each line that there is to say; empty where they are.</summary>
    public IReadOnlyList<string> Error => _refused.Count > 0 ? _refused : _failed;

    /// <summary>Whether what is shown is what compiled last, and not the files as they are now.</summary>
    public bool ShowsFormer => _refused.Count > 0;

    /// <summary>How often shaders were compiled anew, whether that went well or not.</summary>
    public int Attempts { get; private set; }

    /// <summary>How often they were taken.</summary>
    public int Taken { get; private set; }

    /// <summary>When they were taken last, and how many milliseconds that took; null before the first time.</summary>
    public (DateTime At, double Milliseconds)? Last { get; private set; }

    /// <summary>Takes what was saved.</summary>
    /// <param name="frame">The last frame.</param>
    public void Update(Frame frame)
    {
        if (!ReferenceEquals(_watched, _engine.Pipeline))
            WatchOthers();
        if (Interlocked.Exchange(ref _changed, null) is { } changed)
            Reload(frame, string.Join(", ", changed.Select(Path.GetFileName)));
    }

    /// <summary>Compiles everything anew.</summary>
    /// <param name="frame">The last frame.</param>
    /// <param name="what">What is said of it.</param>
    public void Reload(Frame frame, string what)
    {
        long begin = Stopwatch.GetTimestamp();
        ShaderFolder shaders = _folder.Remembering();
        Watch(shaders);
        Attempts++;
        _redraw.All();
        DisplayPrograms? display = null;
        try
        {
            display = new(_gl, shaders);
            _edits.Renew(_engine.Reload(shaders, frame, _verifier.Around));
            _picture.Renderer.Take(display);
            _picture.Comparison.Restart();
        }
        catch (LivePoolException e) when (e is not BackendUnavailableException)
        {
            display?.Dispose();
            _refused = Tell(e, _refused);
            return;
        }
        _refused = [];
        Taken++;
        double milliseconds = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        Last = (DateTime.Now, milliseconds);
        _messages.Say($"{what} compiled and taken, {milliseconds:F0} ms");
        Console.Out.WriteLine($"{what} taken at {DateTime.Now:HH:mm:ss}, {milliseconds:F0} ms");
    }

    /// <summary>A frame was run: what does not compile although it was never another is said too.</summary>
    public void NoteFrame()
    {
        if (_engine.Failure is not ShaderCompileException failure)
            _failed = [];
        else if (!_failed.SequenceEqual(failure.Lines))
            _failed = Tell(failure, _failed);
    }

    /// <summary>Says on the terminal what has not been said just before.</summary>
    private static IReadOnlyList<string> Tell(LivePoolException e, IReadOnlyList<string> former)
    {
        IReadOnlyList<string> lines = LabErrors.LinesOf(e);
        if (!lines.SequenceEqual(former))
            LabErrors.Write(e);
        return lines;
    }

    private void Look()
    {
        if (_watcher.TryTake(out IReadOnlyList<string> changed))
            Interlocked.Exchange(ref _changed, changed);
    }

    private UserShader[] UsersShaders(Pipeline pipeline) =>
        [.. pipeline.Stages.Select(stage => stage.Shader).Append(_engine.Second).OfType<UserShader>().DistinctBy(shader => shader.FullPath)];

    /// <summary>Watches what another pipeline has. Its shaders may have been read long ago, and saved since.</summary>
    private void WatchOthers()
    {
        UserShader[] shaders = UsersShaders(_engine.Pipeline);
        bool areOthers = _watched is null || !UsersShaders(_watched).Select(shader => shader.FullPath).SequenceEqual(shaders.Select(shader => shader.FullPath));
        _watched = _engine.Pipeline;
        if (!areOthers)
            return;
        Dictionary<string, ShaderFile> files = Watch(_engine.Shaders);
        string[] stale = [.. shaders.SelectMany(shader => shader.Files)
            .Where(file => files.TryGetValue(file.FullPath, out ShaderFile? now) && !now.Lines.SequenceEqual(file.Lines)).Select(file => file.FullPath)];
        if (stale.Length > 0)
            _changed = stale;
    }

    /// <summary>Reads all that is to be watched, so that nothing is compiled that is not known to the watcher.</summary>
    private Dictionary<string, ShaderFile> Watch(ShaderFolder shaders)
    {
        _watched = _engine.Pipeline;
        var files = _own.Concat(UsersShaders(_engine.Pipeline).Select(shader => shader.FullPath)).SelectMany(shaders.FilesOf)
            .DistinctBy(file => file.FullPath).ToDictionary(file => file.FullPath);
        _watcher.Watch(files.Values);
        return files;
    }

    public void Dispose() => _timer.Dispose();
}
