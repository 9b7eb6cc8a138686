using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using LivePool.Core.Backends;

namespace LivePool.Cpu.Simd;

/// <summary>Work that falls into items which may run in any order and at the same time.</summary>
internal interface IJob
{
    /// <summary>Does the items from <paramref name="start"/> up to <paramref name="end"/>.</summary>
    /// <param name="start">The first item.</param>
    /// <param name="end">One past the last item.</param>
    /// <param name="worker">Which worker does them, from 0: the index of its scratch memory.</param>
    void Run(int start, int end, int worker);
}

/// <summary>
/// Threads that stay and share the items of one job at a time with the caller. A worker that finds nothing to do spins
/// for a moment, because the next stage usually follows within microseconds, and then sleeps. The caller waits for workers
/// that have begun, never for one that is late: on a busy machine it then does all the work itself. Nothing is allocated.
/// </summary>
internal sealed class WorkerPool : IDisposable
{
    private const int SpinsBeforeSleep = 2000;
    private const int PiecesPerWorker = 4;
    private readonly Lock _oneJobAtATime = new();
    private readonly object _sleepers = new();
    private readonly Thread[] _threads;
    private Counters _counters;
    private IJob? _job;
    private int _count;
    private int _piece;
    private ExceptionDispatchInfo? _failure;
    private volatile bool _disposed;

    /// <summary>Each counter on its own cache line, so that waiting for one does not slow down another.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Counters
    {
        [FieldOffset(0)] public int Generation;
        // Each worker adds a piece beyond the last item, which may not fit 31 bits.
        [FieldOffset(64)] public long Next;
        // Workers that have begun; none begins a job that is not open.
        [FieldOffset(128)] public int Busy;
        [FieldOffset(160)] public int IsOpen;
        [FieldOffset(192)] public int Asleep;
    }

    public WorkerPool(int threads)
    {
        Workers = threads;
        _threads = new Thread[threads - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            int worker = i + 1;
            _threads[i] = new Thread(() => Work(worker)) { IsBackground = true, Name = $"LivePool worker {worker}" };
            try
            {
                _threads[i].Start();
            }
            catch (OutOfMemoryException e)
            {
                _threads = _threads[..i];
                Dispose();
                throw new DeviceLimitException($"simd: the system gives no more than {i + 1} of {threads} threads; use fewer", e);
            }
        }
    }

    /// <summary>Number of workers, the caller included.</summary>
    public int Workers { get; }

    /// <summary>Runs all items and returns when the last is done.</summary>
    /// <exception cref="ObjectDisposedException">The threads are gone.</exception>
    public void Run(IJob job, int count)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_threads.Length == 0 || count == 1)
        {
            job.Run(0, count, 0);
            return;
        }
        lock (_oneJobAtATime)
        {
            // Again, because Dispose may have come first.
            ObjectDisposedException.ThrowIf(_disposed, this);
            _job = job;
            _count = count;
            _piece = Math.Max(1, count / (Workers * PiecesPerWorker));
            _counters.Next = 0;
            Volatile.Write(ref _counters.IsOpen, 1);
            Interlocked.Increment(ref _counters.Generation);
            if (Volatile.Read(ref _counters.Asleep) > 0)
            {
                lock (_sleepers)
                    Monitor.PulseAll(_sleepers);
            }
            TakePieces(0);
            Interlocked.Exchange(ref _counters.IsOpen, 0);
            var spin = new SpinWait();
            while (Volatile.Read(ref _counters.Busy) > 0)
                spin.SpinOnce(sleep1Threshold: -1);
            _job = null;
            ExceptionDispatchInfo? failure = Interlocked.Exchange(ref _failure, null);
            failure?.Throw();
        }
    }

    private void TakePieces(int worker)
    {
        try
        {
            while (true)
            {
                long start = Interlocked.Add(ref _counters.Next, _piece) - _piece;
                if (start >= _count)
                    return;
                _job!.Run((int)start, (int)Math.Min(start + _piece, _count), worker);
            }
        }
        catch (Exception e)
        {
            // Rethrown by Run on the caller's thread.
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(e), null);
        }
    }

    private void Work(int worker)
    {
        int seen = 0;
        while (true)
        {
            seen = WaitForGeneration(seen);
            if (_disposed)
                return;
            Interlocked.Increment(ref _counters.Busy);
            if (Volatile.Read(ref _counters.IsOpen) != 0)
                TakePieces(worker);
            Interlocked.Decrement(ref _counters.Busy);
        }
    }

    /// <returns>The generation that is there now.</returns>
    private int WaitForGeneration(int seen)
    {
        int generation;
        for (int i = 0; i < SpinsBeforeSleep; i++)
        {
            generation = Volatile.Read(ref _counters.Generation);
            if (generation != seen)
                return generation;
            Thread.SpinWait(8);
        }
        lock (_sleepers)
        {
            Interlocked.Increment(ref _counters.Asleep);
            while ((generation = Volatile.Read(ref _counters.Generation)) == seen)
                Monitor.Wait(_sleepers);
            Interlocked.Decrement(ref _counters.Asleep);
        }
        return generation;
    }

    /// <summary>Waits for a job that is running, then ends the threads.</summary>
    public void Dispose()
    {
        // A worker that ended before it had counted itself out of a job would leave the job's caller waiting.
        lock (_oneJobAtATime)
        {
            if (_disposed)
                return;
            _disposed = true;
            Interlocked.Increment(ref _counters.Generation);
            lock (_sleepers)
                Monitor.PulseAll(_sleepers);
        }
        foreach (Thread thread in _threads)
            thread.Join();
    }
}
