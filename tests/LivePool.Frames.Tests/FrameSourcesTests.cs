namespace LivePool.Frames.Tests;

public sealed class FrameSourcesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("livepool-frames-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Put(string name, string fixture = "rgb8.png")
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Copy(Path.Combine(Fixtures.Folder, fixture), path);
        return path;
    }

    private string[] Names(string source)
    {
        using var frames = FrameSources.Open(source);
        var frame = new Frame();
        var names = new List<string>();
        while (frames.TryRead(frame, TestContext.Current.CancellationToken))
            names.Add(Path.GetRelativePath(_folder, frame.Origin));
        Assert.Equal(frames.FrameCount, names.Count);
        return [.. names];
    }

    private static string Refused(string source)
    {
        var error = Assert.Throws<FrameSourceException>(() => FrameSources.Open(source));
        Assert.DoesNotContain('\n', error.Message);
        return error.Message;
    }

    [Fact]
    public void A_folder_shows_its_images_once_in_natural_order_and_nothing_else()
    {
        foreach (var name in new[] { "img10.png", "img2.png", "IMG1.PNG", "img002b.png", "b.png", ".hidden.png", "sub/c.png" })
            Put(name);
        File.WriteAllText(Path.Combine(_folder, "notes.txt"), "no image");
        Assert.Equal(["b.png", "IMG1.PNG", "img2.png", "img002b.png", "img10.png"], Names(_folder));
    }

    [Fact]
    public void Globs_find_by_star_question_mark_and_double_star()
    {
        foreach (var name in new[] { "a1.png", "a2.png", "a10.png", "b.jpg", "x/a3.png", "x/y/a4.png", ".h/a5.png" })
            Put(name);
        File.WriteAllText(Path.Combine(_folder, "a0.txt"), "no image");
        Assert.Equal(["a1.png", "a2.png", "a10.png"], Names(_folder + "/a*"));
        Assert.Equal(["a1.png", "a2.png"], Names(_folder + "/a?.png"));
        Assert.Equal(["x/a3.png"], Names(_folder + "/*/a*.png"));
        Assert.Equal(["a1.png", "a2.png", "a10.png", "x/a3.png", "x/y/a4.png"], Names(_folder + "/**/*.png"));
        Assert.Equal(["a1.png", "a2.png", "a10.png", "b.jpg", "x/a3.png", "x/y/a4.png"], Names(_folder + "/**"));
        Assert.Contains("no file matches", Refused(_folder + "/z*.png"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_glob_survives_a_link_that_leads_in_a_circle()
    {
        Put("x/a.png");
        Directory.CreateSymbolicLink(Path.Combine(_folder, "x", "loop"), _folder);
        Assert.Equal(["x/a.png"], Names(_folder + "/**/a.png"));
    }

    [Fact]
    public void A_file_whose_name_looks_like_a_glob_is_taken_literally()
    {
        Put("a1.png");
        Put("a?.png");
        Assert.Equal(["a?.png"], Names(_folder + "/a?.png"));
    }

    [Fact]
    public void Looping_starts_again_and_the_numbers_go_on()
    {
        Put("a.png");
        Put("b.png", "grey8.png");
        using var frames = FrameSources.Open(_folder);
        frames.Looping = true;
        var frame = new Frame();
        for (var i = 0; i < 5; i++)
        {
            Assert.True(frames.TryRead(frame, TestContext.Current.CancellationToken));
            Assert.Equal((i, i % 2 == 0 ? "a.png" : "b.png"), ((int)frame.Sequence, Path.GetFileName(frame.Origin)));
        }
        Assert.Null(frames.FramesPerSecond);
        frames.Looping = false;
        Assert.True(frames.TryRead(frame, TestContext.Current.CancellationToken));
        Assert.False(frames.TryRead(frame, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_bad_image_in_a_folder_is_reported_and_the_next_one_follows()
    {
        Put("a.png");
        File.WriteAllText(Path.Combine(_folder, "b.png"), "no image");
        Put("c.png");
        using var frames = FrameSources.Open(_folder);
        var frame = new Frame();
        Assert.True(frames.TryRead(frame, TestContext.Current.CancellationToken));
        Assert.Contains("b.png", Assert.Throws<FrameSourceException>(() => frames.TryRead(frame, TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
        Assert.True(frames.TryRead(frame, TestContext.Current.CancellationToken));
        Assert.EndsWith("c.png", frame.Origin, StringComparison.Ordinal);
        Assert.False(frames.TryRead(frame, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_single_bad_image_is_refused_when_it_is_opened()
    {
        var path = Path.Combine(_folder, "b.png");
        File.WriteAllText(path, "no image");
        Assert.Contains("not a PNG", Refused(path), StringComparison.Ordinal);
    }

    [Fact]
    public void A_still_that_loops_and_a_scene_allocate_nothing()
    {
        foreach (var source in new[] { Put("a.png"), "scene:grass?size=320x180" })
        {
            using var frames = FrameSources.Open(source);
            frames.Looping = true;
            var frame = new Frame();
            for (var i = 0; i < 5; i++)
                frames.TryRead(frame, TestContext.Current.CancellationToken);
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 20; i++)
                frames.TryRead(frame, TestContext.Current.CancellationToken);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    [Theory]
    [InlineData("", "no name")]
    [InlineData("ftp://example.org/a.png", "addresses begin with rtsp://")]
    [InlineData("camera:99", "there is no /dev/video99")]
    [InlineData("/nowhere/at/all", "no such file or folder")]
    [InlineData("/nowhere/at\nall", "no such file or folder")]
    [InlineData("scene:desert", "the scenes are: grass")]
    [InlineData("scene:grass?colour=red", "the parameters are: size=1280x720, seed=1")]
    [InlineData("scene:grass?size=12", "WIDTHxHEIGHT")]
    [InlineData("scene:grass?size=0x10", "WIDTHxHEIGHT")]
    [InlineData("scene:grass?size=16384x16384", "at most")]
    [InlineData("scene:grass?size=99999999999x1", "WIDTHxHEIGHT")]
    [InlineData("scene:grass?seed=-1", "whole number")]
    [InlineData("scene:grass?seed=1&seed=2", "twice")]
    public void What_cannot_be_opened_is_refused_with_the_way_out(string source, string message) =>
        Assert.Contains(message, Refused(source), StringComparison.Ordinal);

    [Fact]
    public void A_folder_without_images_and_a_glob_of_videos_are_refused()
    {
        Assert.Contains("no image files", Refused(_folder), StringComparison.Ordinal);
        var video = Path.Combine(_folder, "film.MP4");
        File.WriteAllBytes(video, [1, 2, 3]);
        Assert.Contains("it matches videos", Refused(_folder + "/*.MP4"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_scene_has_defaults_and_says_them()
    {
        using var scene = FrameSources.Open("scene:grass");
        Assert.Equal("scene:grass?size=1280x720&seed=1", scene.Description);
        Assert.Null(scene.FrameCount);
        Assert.Equal(60, scene.FramesPerSecond);
        using var other = FrameSources.Open("scene:grass?seed=9&size=64x48");
        var frame = new Frame();
        Assert.True(other.TryRead(frame, TestContext.Current.CancellationToken) && other.TryRead(frame, TestContext.Current.CancellationToken));
        Assert.Equal((64, 48, 1L, TimeSpan.FromTicks(166666)), (frame.Width, frame.Height, frame.Sequence, frame.Timestamp));
    }
}
