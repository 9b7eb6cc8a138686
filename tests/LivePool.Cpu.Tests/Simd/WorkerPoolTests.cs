using LivePool.Cpu.Simd;

namespace LivePool.Cpu.Tests.Simd;

/// <summary>Each item is done exactly once, failures reach the caller, and nobody waits for a wake-up that was lost.</summary>
public sealed class WorkerPoolTests
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    private sealed class Counting(int count) : IJob
    {
        public int[] Done { get; } = new int[count];

        public void Run(int start, int end, int worker)
        {
            for (int i = start; i < end; i++)
                Interlocked.Increment(ref Done[i]);
        }
    }

    private sealed class Acting(Action<int, int, int> action) : IJob
    {
        public void Run(int start, int end, int worker) => action(start, end, worker);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Every_item_is_done_once(int threads)
    {
        using var pool = new WorkerPool(threads);
        for (int count = 1; count < 100; count++)
        {
            var job = new Counting(count);
            pool.Run(job, count);
            Assert.All(job.Done, times => Assert.Equal(1, times));
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    public void As_many_items_as_an_int_counts_are_done_once(int threads)
    {
        using var pool = new WorkerPool(threads);
        long items = 0;
        bool outside = false;
        pool.Run(new Acting((start, end, _) =>
        {
            if (start < 0 || end <= start)
                outside = true;
            Interlocked.Add(ref items, end - (long)start);
        }), int.MaxValue);
        Assert.False(outside, "an item outside the job");
        Assert.Equal(int.MaxValue, items);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Workers_are_numbered_below_their_count_and_never_two_at_once(int threads)
    {
        using var pool = new WorkerPool(threads);
        int[] busy = new int[threads];
        bool twice = false;
        for (int i = 0; i < 200; i++)
        {
            pool.Run(new Acting((_, _, worker) =>
            {
                if (Interlocked.Increment(ref busy[worker]) != 1)
                    twice = true;
                Interlocked.Decrement(ref busy[worker]);
            }), 50);
        }
        Assert.False(twice);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void An_exception_reaches_the_caller_and_the_pool_still_works(int threads)
    {
        using var pool = new WorkerPool(threads);
        for (int failing = 0; failing < 16; failing++)
        {
            int bad = failing;
            var error = Assert.Throws<InvalidOperationException>(() => pool.Run(new Acting((start, end, _) =>
            {
                if (start <= bad && bad < end)
                    throw new InvalidOperationException($"item {bad}");
            }), 16));
            Assert.Equal($"item {failing}", error.Message);

            var job = new Counting(16);
            pool.Run(job, 16);
            Assert.All(job.Done, times => Assert.Equal(1, times));
        }
        Assert.Throws<InvalidOperationException>(() => pool.Run(new Acting((_, _, _) => throw new InvalidOperationException("all")), 64));
        pool.Run(new Counting(8), 8);
    }

    [Fact]
    public async Task Nothing_is_lost_when_workers_fall_asleep_between_jobs()
    {
        using var pool = new WorkerPool(3);
        await Task.Run(() =>
        {
            var random = new Random(1);
            for (int i = 0; i < 400; i++)
            {
                var job = new Counting(9);
                pool.Run(job, 9);
                Assert.All(job.Done, times => Assert.Equal(1, times));
                // Around the time that a worker spins before it sleeps.
                if (i % 8 == 0)
                    Thread.Sleep(2);
                else
                    Thread.SpinWait(random.Next(20_000));
            }
        }, TestContext.Current.CancellationToken).WaitAsync(_patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Two_threads_may_share_a_pool()
    {
        using var pool = new WorkerPool(3);
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await Task.WhenAll(Enumerable.Range(1, 2).Select(seed => Task.Run(() =>
        {
            var random = new Random(seed);
            while (!end.IsCancellationRequested)
            {
                int count = random.Next(1, 40);
                var job = new Counting(count);
                pool.Run(job, count);
                Assert.All(job.Done, times => Assert.Equal(1, times));
            }
        }))).WaitAsync(_patience, TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task A_disposed_pool_refuses_jobs(int threads)
    {
        var pool = new WorkerPool(threads);
        pool.Run(new Counting(10), 10);
        pool.Dispose();
        pool.Dispose();
        foreach (int count in (int[])[1, 10])
        {
            Task run = Task.Run(() => pool.Run(new Counting(count), count), TestContext.Current.CancellationToken);
            await Assert.ThrowsAsync<ObjectDisposedException>(() => run.WaitAsync(_patience, TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public void A_pool_that_never_ran_is_disposed_at_once()
    {
        for (int i = 0; i < 50; i++)
            new WorkerPool(4).Dispose();
    }
}
