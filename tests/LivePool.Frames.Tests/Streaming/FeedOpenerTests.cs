using System.Diagnostics;
using LivePool.Frames.Streaming;

namespace LivePool.Frames.Tests.Streaming;

/// <summary>Opening away from the thread that shows.</summary>
public sealed class FeedOpenerTests
{
    private static FrameFeed Open() => new(() => FrameSources.Open("scene:grass?size=32x24"), loops: true);

    private static FrameFeed Wait(FeedOpener opener)
    {
        for (long start = Stopwatch.GetTimestamp(); ; Thread.Sleep(1))
        {
            if (opener.TryTake() is { } feed)
                return feed;
            Assert.True(Stopwatch.GetElapsedTime(start).TotalSeconds < 20, "nothing was opened for 20 s");
        }
    }

    [Fact]
    public void Asking_and_looking_do_not_wait()
    {
        using var opener = new FeedOpener();
        using var goesOn = new ManualResetEventSlim();
        Assert.Null(opener.TryTake());
        opener.Begin("slow", () =>
        {
            goesOn.Wait();
            return Open();
        });
        Assert.Null(opener.TryTake());
        Assert.Equal("slow", opener.Pending);
        goesOn.Set();
        using FrameFeed feed = Wait(opener);
        Assert.Equal("scene:grass?size=32x24", feed.Description.Split('&')[0]);
        Assert.Null(opener.Pending);
        Assert.Null(opener.TryTake());
    }

    [Fact]
    public void The_last_one_counts_and_those_before_are_closed_when_they_are_open()
    {
        using var opener = new FeedOpener();
        using var goesOn = new ManualResetEventSlim();
        FrameFeed? first = null;
        opener.Begin("first", () =>
        {
            goesOn.Wait();
            return first = Open();
        });
        opener.Begin("second", Open);
        Wait(opener).Dispose();
        goesOn.Set();
        // A feed that was closed reads no more.
        for (long start = Stopwatch.GetTimestamp(), before = -1; first is null || first.Counts.Captured != before; Thread.Sleep(300))
        {
            before = first?.Counts.Captured ?? -1;
            Assert.True(Stopwatch.GetElapsedTime(start).TotalSeconds < 20, "the first one goes on");
        }
        Assert.Null(opener.TryTake());
    }

    [Fact]
    public void What_cannot_be_opened_is_said_once()
    {
        using var opener = new FeedOpener();
        opener.Begin("none", () => new(() => FrameSources.Open("/nowhere.png"), loops: true));
        Assert.Contains("/nowhere.png", Assert.Throws<FrameSourceException>(() => Wait(opener)).Message, StringComparison.Ordinal);
        Assert.Null(opener.Pending);
        Assert.Null(opener.TryTake());
    }
}
