using System.Diagnostics;
using LivePool.Core;

namespace LivePool.Shaders;

/// <summary>
/// Notices when the files of a shader have other content than when they were loaded. It looks at each file's time and length
/// whenever it is asked, at its content once a second, and not at directories' events: those get lost on network and container
/// mounts and when a directory is replaced, while a look at a name sees whatever stands there now, however it was saved. Any
/// thread may call it.
/// </summary>
public sealed class ShaderWatcher
{
    /// <summary>How long files must stay as they are before they are read: a program that writes one may take its time.</summary>
    public static readonly TimeSpan Debounce = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(40);

    private static readonly TimeSpan _read = TimeSpan.FromSeconds(1);

    // Of what is written without a pause.
    private static readonly TimeSpan _longestWait = TimeSpan.FromMilliseconds(300);

    private readonly Lock _gate = new();
    private Dictionary<string, WatchedFile> _files = [];
    private long? _lastLook;
    private long _lastMove;
    private long _lastReading = Stopwatch.GetTimestamp();
    private long? _pendingSince;

    /// <summary>Watches these files instead of those before. What counts as known is what was loaded.</summary>
    /// <param name="files">A shader and all that it includes: <see cref="ShaderFolder.FilesOf"/>.</param>
    public void Watch(IEnumerable<ShaderFile> files)
    {
        lock (_gate)
        {
            _files = files.ToDictionary(file => file.FullPath, file => new WatchedFile { Known = string.Join('\n', file.Lines) });
        }
    }

    /// <summary>The full paths of the files that changed since they were loaded or last taken. Does not wait.</summary>
    /// <remarks>A file that is gone is no change; that it is there again is one, if its content is another or others were taken meanwhile.</remarks>
    public bool TryTake(out IReadOnlyList<string> changed)
    {
        lock (_gate)
        {
            changed = [];
            long now = Stopwatch.GetTimestamp();
            if (_lastLook is { } last && Stopwatch.GetElapsedTime(last, now) < _look)
                return false;
            _lastLook = now;
            foreach ((string path, WatchedFile file) in _files)
            {
                (DateTime, long) state = State(path);
                if (state == file.State)
                    continue;
                file.State = state;
                _lastMove = now;
                _pendingSince ??= now;
            }
            // Time and length may be those of before, whatever the content is.
            if (_pendingSince is null && Stopwatch.GetElapsedTime(_lastReading, now) >= _read)
            {
                _lastReading = now;
                if (_files.Any(file => Read(file.Key) is { } content && content != file.Value.Known))
                    _pendingSince = _lastMove = now;
            }
            if (_pendingSince is not { } since ||
                (Stopwatch.GetElapsedTime(_lastMove, now) < Debounce && Stopwatch.GetElapsedTime(since, now) < _longestWait))
            {
                return false;
            }
            (_pendingSince, _lastReading) = (null, now);
            changed = TakeChanged(now);
            return changed.Count > 0;
        }
    }

    private List<string> TakeChanged(long now)
    {
        var changed = new List<string>();
        var gone = new List<WatchedFile>();
        foreach ((string path, WatchedFile file) in _files)
        {
            string? content = Read(path);
            if (content is null)
            {
                gone.Add(file);
                // Looked at again, should it only have been locked.
                file.State = null;
            }
            else if (content.Length == 0 && content != file.Known && !file.WasEmpty)
            {
                // Many programs empty a file before they write it.
                file.WasEmpty = true;
                _pendingSince = _lastMove = now;
                continue;
            }
            else if (content != file.Known)
            {
                file.Known = content;
                changed.Add(path);
            }
            file.WasEmpty = false;
        }
        // Whoever loads the others now does so without these, and must hear when they are there again.
        if (changed.Count > 0)
        {
            foreach (WatchedFile file in gone)
                file.Known = null;
        }
        return changed;
    }

    private static string? Read(string path)
    {
        try
        {
            // A pipe would be read for ever. It has no length, and neither has a file that is about to be written.
            if (State(path) is (_, 0))
                return File.Exists(path) ? "" : null;
            return string.Join('\n', ShaderFolder.ReadLines(RegularFile.Open(path, ShaderFolder.MaximumFileBytes)));
        }
        // As good as empty: whoever loads it is told why it is not read.
        catch (LivePoolException) when (State(path) is (_, > ShaderFolder.MaximumFileBytes))
        {
            return "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or LivePoolException)
        {
            return null;
        }
    }

    private static (DateTime, long) State(string path)
    {
        try
        {
            var link = new FileInfo(path);
            if (!link.Exists)
                return default;
            FileSystemInfo target = link.ResolveLinkTarget(returnFinalTarget: true) ?? link;
            return target is FileInfo { Exists: true } file ? (file.LastWriteTimeUtc, file.Length) : default;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }

    private sealed class WatchedFile
    {
        /// <summary>The content that was loaded or reported; null where the file was gone.</summary>
        public string? Known { get; set; }

        /// <summary>Whether it was empty when it was read last, and it is not yet known whether it is to stay so.</summary>
        public bool WasEmpty { get; set; }

        /// <summary>Time and length at the last look; null before the first.</summary>
        public (DateTime, long)? State { get; set; }
    }
}
