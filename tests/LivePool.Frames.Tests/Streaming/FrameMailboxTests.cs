using LivePool.Frames.Streaming;

namespace LivePool.Frames.Tests.Streaming;

public sealed class FrameMailboxTests
{
    [Fact]
    public void The_newest_frame_wins_and_the_others_are_counted()
    {
        var mailbox = new FrameMailbox();
        Frame mine = new(), theirs = new();
        Assert.False(mailbox.TryTake(ref mine));
        for (int i = 0; i < 5; i++)
        {
            theirs.Sequence = i;
            mailbox.Post(ref theirs);
        }
        Assert.True(mailbox.TryTake(ref mine));
        Assert.Equal(4, mine.Sequence);
        Assert.False(mailbox.TryTake(ref mine));
        Assert.Equal(4, mine.Sequence);
        Assert.Equal((5, 4, 1), mailbox.Counts);
    }

    [Fact]
    public void No_frame_is_two_threads_at_once_and_every_frame_is_taken_or_counted()
    {
        const int Frames = 200_000;
        var mailbox = new FrameMailbox();
        var poster = new Thread(() =>
        {
            var frame = new Frame();
            for (int i = 1; i <= Frames; i++)
            {
                frame.Reset(PixelFormat.Gray8, 8, 1);
                frame.Pixels.Fill((byte)i);
                frame.Sequence = i;
                mailbox.Post(ref frame);
            }
        });
        poster.Start();
        var mine = new Frame();
        long last = 0;
        while (last < Frames)
        {
            if (!mailbox.TryTake(ref mine))
                continue;
            Assert.True(mine.Sequence > last);
            last = mine.Sequence;
            Assert.Equal(-1, mine.Pixels.IndexOfAnyExcept((byte)last));
        }
        poster.Join();
        Assert.Equal(Frames, mailbox.Posted);
        Assert.Equal(Frames, mailbox.Dropped + mailbox.Taken);
    }
}
