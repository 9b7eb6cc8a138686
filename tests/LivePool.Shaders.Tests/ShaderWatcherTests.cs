using System.Diagnostics;

namespace LivePool.Shaders.Tests;

public sealed class ShaderWatcherTests : IDisposable
{
    private static readonly TimeSpan _quiet = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    private readonly TemporaryFolder _folder = new TemporaryFolder()
        .Add("a.comp", "#include \"sub/b.glsl\"\na\n").Add("sub/b.glsl", "#include \"../c.glsl\"\nb\n").Add("c.glsl", "c\n");

    private readonly ShaderWatcher _watcher = new();

    public ShaderWatcherTests() => _watcher.Watch(Files());

    public void Dispose() => _folder.Dispose();

    private IReadOnlyList<ShaderFile> Files() => ShaderFolder.Locate(_folder.Root).FilesOf("a.comp");

    private string PathOf(string name) => Path.Combine(_folder.Root, name);

    /// <summary>The names in the first report; null where none comes.</summary>
    private string? Take(TimeSpan limit)
    {
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < limit; Thread.Sleep(5))
        {
            if (_watcher.TryTake(out IReadOnlyList<string> changed))
                return string.Join(' ', changed.Select(path => Path.GetRelativePath(_folder.Root, path)).Order(StringComparer.Ordinal));
        }
        return null;
    }

    [Fact]
    public void Every_file_of_the_include_graph_is_watched_and_no_other()
    {
        Assert.Null(Take(_quiet));
        _folder.Add("d.glsl", "d\n");
        Assert.Null(Take(_quiet));
        foreach (string name in (string[])["a.comp", "sub/b.glsl", "c.glsl"])
        {
            File.AppendAllText(PathOf(name), "more\n");
            Assert.Equal(name, Take(_patience));
        }
        Assert.Null(Take(_quiet));
    }

    [Fact]
    public void Another_text_of_the_same_length_and_time_is_a_change()
    {
        DateTime time = File.GetLastWriteTimeUtc(PathOf("c.glsl"));
        Assert.Null(Take(_quiet));
        File.WriteAllText(PathOf("new"), "d\n");
        File.SetLastWriteTimeUtc(PathOf("new"), time);
        File.Move(PathOf("new"), PathOf("c.glsl"), overwrite: true);
        Assert.Equal("c.glsl", Take(_patience));
        Assert.Null(Take(3 * _quiet));
    }

    [Fact]
    public void A_file_that_becomes_too_large_is_one_change_and_a_pipe_in_its_place_none()
    {
        File.WriteAllText(PathOf("c.glsl"), new string(' ', ShaderFolder.MaximumFileBytes + 1));
        Assert.Equal("c.glsl", Take(_patience));
        // Whoever is told so loads it in vain, and watches on.
        _watcher.Watch(Files());
        Assert.Null(Take(3 * _quiet));
        File.Delete(PathOf("c.glsl"));
        Process.Start("mkfifo", [PathOf("c.glsl")])!.WaitForExit();
        Assert.Null(Take(3 * _quiet));
        File.Delete(PathOf("c.glsl"));
        File.WriteAllText(PathOf("c.glsl"), "new\n");
        Assert.Equal("c.glsl", Take(_patience));
    }

    [Fact]
    public void A_NUL_is_refused_at_its_line_and_in_an_include_watched_over()
    {
        File.WriteAllText(PathOf("a.comp"), "one\n#include \"s\0b.glsl\"\n");
        Assert.Equal("a.comp", Take(_patience));
        Assert.Single(Files());
        string message = Assert.Throws<Core.LivePoolException>(() => ShaderFolder.Locate(_folder.Root).Load("a.comp", "430 core", "")).Message;
        Assert.Equal("a.comp:2: there is a NUL character; save the file as text", message);
    }

    [Fact]
    public void A_file_renamed_into_its_place_is_a_change()
    {
        // As vim saves: the old one aside, the new one in its place, the old one deleted.
        for (int i = 0; i < 3; i++)
        {
            File.Move(PathOf("c.glsl"), PathOf("c.glsl~"));
            File.WriteAllText(PathOf("4913"), $"version {i}\n");
            File.Move(PathOf("4913"), PathOf("c.glsl"));
            File.Delete(PathOf("c.glsl~"));
            Assert.Equal("c.glsl", Take(_patience));
        }
    }

    [Fact]
    public void A_file_that_is_gone_is_no_change_and_one_that_comes_back_changed_is()
    {
        File.Delete(PathOf("c.glsl"));
        Assert.Null(Take(_quiet));
        File.WriteAllText(PathOf("c.glsl"), "c\n");
        Assert.Null(Take(_quiet));
        Directory.Delete(PathOf("sub"), recursive: true);
        Assert.Null(Take(_quiet));
        _folder.Add("sub/b.glsl", "another b\n");
        Assert.Equal("sub/b.glsl", Take(_patience));
    }

    [Fact]
    public void A_file_that_was_gone_while_others_were_taken_is_a_change_when_it_is_back()
    {
        File.Delete(PathOf("c.glsl"));
        File.WriteAllText(PathOf("a.comp"), "#include \"c.glsl\"\n");
        Assert.Equal("a.comp", Take(_patience));
        File.WriteAllText(PathOf("c.glsl"), "c\n");
        Assert.Equal("c.glsl", Take(_patience));
    }

    [Fact]
    public void A_touch_without_a_change_is_none()
    {
        File.SetLastWriteTimeUtc(PathOf("a.comp"), DateTime.UtcNow.AddSeconds(5));
        File.WriteAllText(PathOf("c.glsl"), File.ReadAllText(PathOf("c.glsl")));
        Assert.Null(Take(_quiet));
    }

    [Fact]
    public void What_is_written_in_pieces_is_one_change_of_the_whole()
    {
        using (var stream = new FileStream(PathOf("c.glsl"), FileMode.Create, FileAccess.Write, FileShare.Read))
        {
            // Each piece comes before the file was quiet for long enough.
            for (int i = 0; i < 8; i++)
            {
                stream.WriteByte((byte)'x');
                stream.Flush();
                Thread.Sleep(10);
            }
        }
        Assert.Equal("c.glsl", Take(_patience));
        Assert.Null(Take(_quiet));
    }

    [Fact]
    public void Twenty_saves_a_second_are_at_most_ten_reports_a_second_and_the_last_save_is_among_them()
    {
        long start = Stopwatch.GetTimestamp();
        int reports = 0;
        var saving = new Thread(() =>
        {
            for (int i = 0; i < 40; i++, Thread.Sleep(50))
                File.WriteAllText(PathOf("a.comp"), $"save {i}\n");
        });
        saving.Start();
        while (saving.IsAlive)
        {
            if (Take(TimeSpan.FromMilliseconds(20)) is not null)
                reports++;
        }
        saving.Join();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Assert.InRange(reports, 1, 10 * seconds);
        // Nothing is lost: the last save is reported too.
        File.WriteAllText(PathOf("a.comp"), "the end\n");
        Assert.Equal("a.comp", Take(_patience));
    }

    [Fact]
    public void What_changed_between_loading_and_watching_is_not_lost()
    {
        IReadOnlyList<ShaderFile> files = Files();
        File.WriteAllText(PathOf("c.glsl"), "changed meanwhile\n");
        _watcher.Watch(files);
        Assert.Equal("c.glsl", Take(_patience));
    }

    [Fact]
    public void An_include_that_is_not_there_yet_or_includes_itself_is_watched()
    {
        File.WriteAllText(PathOf("a.comp"), "#include \"none.glsl\"\n#include \"a.comp\"\n");
        Assert.Throws<LivePool.Core.LivePoolException>(() => _folder.Load("a.comp"));
        _watcher.Watch(Files());
        Assert.Null(Take(_quiet));
        File.WriteAllText(PathOf("none.glsl"), "there\n");
        Assert.Equal("none.glsl", Take(_patience));
    }

    [Fact]
    public void Several_threads_may_ask_and_a_change_is_taken_once()
    {
        int taken = 0;
        File.WriteAllText(PathOf("c.glsl"), "changed\n");
        long start = Stopwatch.GetTimestamp();
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(_ => new Thread(Ask))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal(1, taken);

        void Ask()
        {
            while (Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(1))
            {
                if (_watcher.TryTake(out _))
                    Interlocked.Increment(ref taken);
            }
        }
    }
}
