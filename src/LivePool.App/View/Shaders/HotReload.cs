using System.Diagnostics;
using LivePool.App.Lab;
using LivePool.App.View.Comparing;
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
    private readonly ManualResetEvent _ends = new(false);
    private readonly IReadOnlyList<string> _own;
    private IReadOnlyList<string>? _changed;
    private Pipeline? _watched;
    private IReadOnlyList<string> _refused = [];
    private IReadOnlyList<string> _failed = [];
    private IReadOnlyList<string> _beside = [];

    public HotReload(GL gl, ShaderFolder folder, Engine engine, PipelineEdits edits, Picture picture, Verifier verifier, Messages messages, Redraw redraw)
    {
        (_gl, _folder, _engine, _edits, _picture, _verifier, _messages, _redraw) = (gl, folder, engine, edits, picture, verifier, messages, redraw);
        _own = folder.Shaders;
        WatchUsed();
        new Thread(Look) { IsBackground = true, Name = "shaders' files" }.Start();
    }

    /// <summary>Why the files as they are now are not what is shown, or nothing is, or nothing beside it: each line that there is to say; empty where they are.</summary>
    public IReadOnlyList<string> Error => _refused.Count > 0 ? _refused : _failed.Count > 0 ? _failed : _beside;

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
        if (_picture.Comparison is { Mode: not CompareMode.Off, Failure: ShaderCompileException beside })
            Tell(beside, ref _beside);
        else
            _beside = [];
    }

    /// <summary>Compiles everything anew.</summary>
    /// <param name="frame">The last frame.</param>
    /// <param name="what">What is said of it.</param>
    public void Reload(Frame frame, string what)
    {
        long begin = Stopwatch.GetTimestamp();
        ShaderFolder shaders = _folder.Remembering();
        Attempts++;
        _redraw.All();
        DisplayPrograms? display = null;
        try
        {
            // First, so that nothing is compiled that the watcher does not know.
            Watch([.. _own.SelectMany(shaders.FilesOf), .. UsersShaders(_engine.Pipeline).SelectMany(shader => shaders.FilesOf(shader.FullPath))]);
            display = new(_gl, shaders);
            _edits.Renew(_engine.Reload(shaders, frame, _verifier.Around));
        }
        catch (LivePoolException e) when (e is not BackendUnavailableException)
        {
            display?.Dispose();
            Tell(e, ref _refused);
            return;
        }
        _watched = _engine.Pipeline;
        _picture.Renderer.Take(display);
        _picture.Comparison.Restart();
        _refused = [];
        Taken++;
        double milliseconds = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        Last = (DateTime.Now, milliseconds);
        _messages.Say($"{what} taken, {milliseconds:F0} ms");
        Console.Out.WriteLine($"{what} taken at {DateTime.Now:HH:mm:ss}, {milliseconds:F0} ms");
    }

    /// <summary>A frame was run: what does not compile although it was never another is said too.</summary>
    public void NoteFrame()
    {
        if (_engine.Failure is ShaderCompileException failure)
            Tell(failure, ref _failed);
        else
            _failed = [];
    }

    /// <summary>Keeps what there is to say, and says on the terminal what has not been said just before.</summary>
    private static void Tell(LivePoolException e, ref IReadOnlyList<string> kept)
    {
        IReadOnlyList<string> lines = LabErrors.LinesOf(e);
        if (lines.SequenceEqual(kept))
            return;
        LabErrors.Write(e);
        kept = lines;
    }

    private void Look()
    {
        while (!_ends.WaitOne(_look))
        {
            if (_watcher.TryTake(out IReadOnlyList<string> changed))
                Interlocked.Exchange(ref _changed, changed);
        }
    }

    private UserShader[] UsersShaders(Pipeline pipeline) =>
        [.. pipeline.Stages.Select(stage => stage.Shader).Append(_engine.Second).OfType<UserShader>().DistinctBy(shader => shader.FullPath)];

    /// <summary>
    /// Watches what another pipeline has. Known is what is in use: a file that is another by now, because it was saved since its
    /// shader was read or was refused, is found at once.
    /// </summary>
    private void WatchOthers()
    {
        bool areOthers = _watched is null || !UsersShaders(_watched).Select(shader => shader.FullPath)
            .SequenceEqual(UsersShaders(_engine.Pipeline).Select(shader => shader.FullPath));
        _watched = _engine.Pipeline;
        if (!areOthers)
            return;
        _refused = [];
        WatchUsed();
    }

    private void WatchUsed() =>
        Watch([.. _own.SelectMany(_engine.Shaders.FilesOf), .. UsersShaders(_engine.Pipeline).SelectMany(shader => shader.Folder.FilesOf(shader.FullPath))]);

    private void Watch(IEnumerable<ShaderFile> files) => _watcher.Watch(files.DistinctBy(file => file.FullPath));

    public void Dispose() => _ends.Set();
}
