using System.Diagnostics;
using LivePool.Frames.Streaming;

namespace LivePool.Frames.Tests.Streaming;

/// <summary>Reading on a thread: pace, newest frame, failures, pauses. Times are only bounded from the side that load cannot break.</summary>
public sealed class FrameFeedTests
{
    /// <summary>A source whose reads a test writes down.</summary>
    private sealed class ScriptedSource(Func<int, Frame, CancellationToken, bool> read) : IFrameSource
    {
        private int _reads;

        public string Description { get; init; } = "script";

        public int? FrameCount { get; init; }

        public double? FramesPerSecond => 30;

        public bool IsLive { get; init; }

        public bool Looping { get; set; }

        public bool IsDisposed { get; private set; }

        public bool TryRead(Frame frame, CancellationToken cancellation = default)
        {
            frame.Reset(PixelFormat.Gray8, 1, 1);
            frame.CapturedAt = 0;
            frame.Sequence = _reads;
            return read(_reads++, frame, cancellation);
        }

        public void Dispose() => IsDisposed = true;
    }

    private static ScriptedSource Timed(int frames, double milliseconds) => new((i, frame, _) =>
    {
        frame.Timestamp = TimeSpan.FromMilliseconds(milliseconds * i);
        return i < frames;
    });

    private static void Until(Func<bool> condition)
    {
        for (long start = Stopwatch.GetTimestamp(); !condition(); Thread.Sleep(1))
            Assert.True(Stopwatch.GetElapsedTime(start).TotalSeconds < 20, "nothing happened for 20 s");
    }

    private static List<long> TakeAll(FrameFeed feed, int consumerMilliseconds = 0)
    {
        var taken = new List<long>();
        var frame = new Frame();
        Until(() =>
        {
            if (feed.TryTake(ref frame))
            {
                taken.Add(frame.Sequence);
                Thread.Sleep(consumerMilliseconds);
                return false;
            }
            return feed.HasEnded;
        });
        return taken;
    }

    [Fact]
    public void Frames_come_no_earlier_than_their_time_and_in_order()
    {
        long start = Stopwatch.GetTimestamp();
        using var feed = new FrameFeed(() => Timed(20, 10), loops: false);
        List<long> taken = TakeAll(feed);
        Assert.True(Stopwatch.GetElapsedTime(start).TotalMilliseconds >= 189);
        Assert.Equal(taken.Order(), taken);
        Assert.Equal(20, feed.Counts.Captured);
        Assert.Equal(19, taken[^1]);
    }

    [Fact]
    public void Frames_that_are_months_apart_are_waited_for_and_not_in_vain()
    {
        int reads = 0;
        long start;
        using (var feed = new FrameFeed(
            () => new ScriptedSource((i, frame, _) =>
            {
                Volatile.Write(ref reads, i + 1);
                frame.Timestamp = TimeSpan.FromDays(60 * i);
                return true;
            }),
            loops: false))
        {
            Until(() => Volatile.Read(ref reads) == 2);
            // Longer than a wait may be, which would end the thread with a fault that the taker is told.
            Thread.Sleep(100);
            var frame = new Frame();
            Assert.True(feed.TryTake(ref frame));
            Assert.False(feed.TryTake(ref frame));
            Assert.Equal((1, 2, null), (feed.Counts.Captured, Volatile.Read(ref reads), feed.Failure));
            start = Stopwatch.GetTimestamp();
        }
        Assert.True(Stopwatch.GetElapsedTime(start).TotalSeconds < 10);
    }

    [Fact]
    public void A_slow_consumer_gets_the_newest_frame_and_the_counts_add_up()
    {
        using var feed = new FrameFeed(() => Timed(60, 2), loops: false);
        List<long> taken = TakeAll(feed, consumerMilliseconds: 20);
        FeedCounts counts = feed.Counts;
        Assert.Equal(59, taken[^1]);
        Assert.Equal(60, counts.Captured);
        Assert.Equal(taken.Count, counts.Shown);
        Assert.Equal(counts.Captured, counts.Shown + counts.Dropped);
        Assert.True(counts.Dropped > 20);
    }

    [Fact]
    public void A_reader_that_is_too_slow_is_late_and_says_so()
    {
        using var feed = new FrameFeed(
            () => new ScriptedSource((i, frame, _) =>
            {
                Thread.Sleep(10);
                frame.Timestamp = TimeSpan.FromMilliseconds(i);
                return i < 10;
            }),
            loops: false);
        TakeAll(feed);
        Assert.Equal(9, feed.Counts.Late);
    }

    [Fact]
    public void A_failure_leaves_the_stream_alive_and_pauses_grow()
    {
        var attempts = new List<long>();
        using var feed = new FrameFeed(
            () => new ScriptedSource((i, frame, _) =>
            {
                attempts.Add(Stopwatch.GetTimestamp());
                return i is 0 or > 3 ? i < 5 : throw new FrameSourceException($"attempt {i} failed");
            })
            { IsLive = true },
            loops: false);
        Until(() => feed.Failure is not null);
        Assert.Equal("attempt 1 failed", feed.Failure);
        Until(() => feed.HasEnded);
        Assert.Null(feed.Failure);
        Assert.Equal(1, feed.Counts.Stalls);
        double first = Stopwatch.GetElapsedTime(attempts[1], attempts[2]).TotalSeconds;
        double second = Stopwatch.GetElapsedTime(attempts[2], attempts[3]).TotalSeconds;
        Assert.True(first >= 0.249 && second >= 0.499);
    }

    [Fact]
    public void A_lost_source_is_disposed_of_and_opened_again()
    {
        var opened = new List<ScriptedSource>();
        using var feed = new FrameFeed(
            () =>
            {
                if (opened.Count == 1 && opened[0].IsDisposed)
                {
                    // Not back yet.
                    opened.Add(Timed(0, 0));
                    throw new FrameSourceException("no such device") { IsSourceLost = true };
                }
                int number = opened.Count;
                opened.Add(new ScriptedSource((i, _, _) => i == 0 || number > 0 || i < 2
                    ? i < 2
                    : throw new FrameSourceException("unplugged") { IsSourceLost = true })
                { IsLive = true, Description = $"camera {number}" });
                return opened[^1];
            },
            loops: false);
        Until(() => feed.HasEnded);
        Assert.True(opened[0].IsDisposed);
        Assert.Equal("camera 2", feed.Description);
        Assert.Equal(4, feed.Counts.Captured);
    }

    [Fact]
    public void Paused_time_stands_still_and_a_camera_s_frames_are_passed_over()
    {
        using var still = new FrameFeed(() => Timed(1000, 1), loops: false);
        Until(() => still.Counts.Captured > 3);
        still.IsPaused = true;
        Thread.Sleep(50);
        long captured = still.Counts.Captured;
        Thread.Sleep(100);
        Assert.Equal(captured, still.Counts.Captured);
        still.IsPaused = false;
        Until(() => still.Counts.Captured > captured + 3);
        Assert.Equal(0, still.Counts.Stalls);

        long read = 0;
        using var live = new FrameFeed(
            () => new ScriptedSource((i, _, _) =>
            {
                Thread.Sleep(1);
                Volatile.Write(ref read, i);
                return true;
            })
            { IsLive = true },
            loops: false);
        live.IsPaused = true;
        Thread.Sleep(20);
        (long before, long counted) = (Volatile.Read(ref read), live.Counts.Captured);
        Until(() => Volatile.Read(ref read) > before + 20);
        Assert.Equal(counted, live.Counts.Captured);
    }

    [Fact]
    public void Disposing_ends_a_wait_for_a_camera_at_once()
    {
        var source = new ScriptedSource((_, _, cancellation) =>
        {
            cancellation.WaitHandle.WaitOne();
            cancellation.ThrowIfCancellationRequested();
            return true;
        })
        { IsLive = true };
        var feed = new FrameFeed(() => source, loops: false);
        long start = Stopwatch.GetTimestamp();
        feed.Dispose();
        Assert.True(source.IsDisposed);
        Assert.True(Stopwatch.GetElapsedTime(start).TotalSeconds < 5);
    }

    [Fact]
    public void A_fault_of_the_program_reaches_whoever_takes_frames()
    {
        using var feed = new FrameFeed(() => new ScriptedSource((_, _, _) => throw new InvalidOperationException("a bug")), loops: false);
        var frame = new Frame();
        var e = Assert.Throws<InvalidOperationException>(() => Until(() => feed.TryTake(ref frame)));
        Assert.Contains("a bug", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_single_picture_comes_once_and_a_folder_comes_again()
    {
        using var single = new FrameFeed(() => new ScriptedSource((i, _, _) => i < 1) { FrameCount = 1 }, loops: true);
        Until(() => single.HasEnded);
        Assert.Equal(1, single.Counts.Captured);
        ScriptedSource folder = new((i, frame, _) =>
        {
            frame.Timestamp = TimeSpan.FromMilliseconds(i);
            return true;
        })
        { FrameCount = 2 };
        using var feed = new FrameFeed(() => folder, loops: true);
        Assert.True(folder.Looping);
    }

    [Fact]
    public void Nothing_is_allocated_for_a_frame()
    {
        long allocated = 0;
        using var feed = new FrameFeed(
            () => new ScriptedSource((i, frame, _) =>
            {
                frame.Timestamp = TimeSpan.FromTicks(1000 * i);
                if (i == 100)
                    allocated = GC.GetAllocatedBytesForCurrentThread();
                if (i == 1100)
                    allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
                return i <= 1100;
            }),
            loops: false);
        TakeAll(feed);
        Assert.Equal(0, allocated);
    }
}
