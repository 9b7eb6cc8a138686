using LivePool.Frames.Streaming;

namespace LivePool.Frames.Tests;

public sealed class WatchedImageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("livepool").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void An_image_behind_a_link_is_read_again_too()
    {
        string path = Path.Combine(_folder, "a.png"), link = Path.Combine(_folder, "link.png");
        File.WriteAllBytes(path, Fixtures.Bytes("grey8.png"));
        File.CreateSymbolicLink(link, path);
        using var feed = new FrameFeed(() => FrameSources.Open(link, watches: true), loops: true);
        var frame = new Frame();
        Assert.True(SpinWait.SpinUntil(() => feed.TryTake(ref frame), TimeSpan.FromSeconds(20)));
        byte[] first = frame.Pixels.ToArray();
        File.WriteAllBytes(path, Fixtures.Bytes("rgb16.png"));
        Assert.True(SpinWait.SpinUntil(() => feed.TryTake(ref frame), TimeSpan.FromSeconds(20)));
        Assert.NotEqual(first, frame.Pixels.ToArray());
    }

    [Fact]
    public void An_image_is_read_again_when_it_has_changed_and_a_bad_one_is_only_a_message()
    {
        string path = Path.Combine(_folder, "a.png");
        Write("grey8.png");
        using var feed = new FrameFeed(() => FrameSources.Open(path, watches: true), loops: true);
        var frame = new Frame();
        Until(() => feed.TryTake(ref frame));
        byte[] first = frame.Pixels.ToArray();

        // As editors do it: a new file takes the old one's name.
        File.Copy(Path.Combine(Fixtures.Folder, "rgb16.png"), path + "~");
        File.Move(path + "~", path, overwrite: true);
        Until(() => feed.TryTake(ref frame));
        Assert.NotEqual(first, frame.Pixels.ToArray());

        File.WriteAllBytes(path, [1, 2, 3]);
        Until(() => feed.Failure is not null);
        File.Delete(path);
        Until(() => feed.Failure!.Contains("no such file", StringComparison.Ordinal));
        Write("grey8.png");
        Until(() => feed.TryTake(ref frame));
        Assert.Equal(first, frame.Pixels.ToArray());
        Assert.Null(feed.Failure);
        Assert.Equal((3, 0, 0), (feed.Counts.Captured, feed.Counts.Dropped, feed.Counts.Late));

        // One that is touched while time stands still is shown afterwards.
        feed.IsPaused = true;
        Write("rgb16.png");
        Thread.Sleep(400);
        Assert.False(feed.TryTake(ref frame));
        feed.IsPaused = false;
        Until(() => feed.TryTake(ref frame));
        Assert.NotEqual(first, frame.Pixels.ToArray());

        void Write(string fixture) => File.WriteAllBytes(path, Fixtures.Bytes(fixture));

        static void Until(Func<bool> condition)
        {
            for (int i = 0; !condition(); i++, Thread.Sleep(5))
                Assert.True(i < 4000, "nothing happened for 20 s");
        }
    }
}
