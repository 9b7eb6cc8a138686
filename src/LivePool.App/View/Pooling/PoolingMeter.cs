using System.Diagnostics;
using LivePool.Core;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Cpu.Simd;

namespace LivePool.App.View.Pooling;

/// <summary>
/// Measures what pooling does to shown frames on a thread of its own, with SIMD on that thread alone, one frame at a time.
/// The render thread only copies.
/// </summary>
internal sealed class PoolingMeter : IDisposable
{
    /// <summary>While nothing is changed, so often: numbers that change faster cannot be read.</summary>
    private const double IntervalSeconds = 0.4;

    /// <summary>
    /// It rests so long after a frame, in times that the frame took: the processors are there for the frames first. At
    /// 1920x1080 on one thread edge24 takes about 0.1 s, and cnn more than 2 s.
    /// </summary>
    private const double Rest = 3;

    /// <summary>Always the same noise, so that what changes is the picture's doing.</summary>
    private const long Seed = 1;

    private readonly Thread _worker;
    private readonly SemaphoreSlim _work = new(0);
    private readonly Lock _lock = new();
    private readonly SimdBackend _backend = new(1);
    private readonly CancellationTokenSource _stop = new();
    private Settings? _settings;
    private byte[] _frame = [];
    private double _taken;
    private double _seconds;
    private bool _isBusy;
    private PoolingReport? _latest;
    private string? _failure;

    private sealed record Settings(Pipeline Pipeline, TensorShape Shape, (int X, int Y) Shift, double Sigma);

    /// <summary>Starts the thread.</summary>
    public PoolingMeter()
    {
        _worker = new Thread(Work) { IsBackground = true, Name = "pooling meter", Priority = ThreadPriority.BelowNormal };
        _worker.Start();
    }

    /// <summary>
    /// The last report, of the settings that its frame was offered with; null before the first, and where the last frame
    /// could not be measured.
    /// </summary>
    public PoolingReport? Latest
    {
        get
        {
            lock (_lock)
                return _latest;
        }
    }

    /// <summary>Why the last frame could not be measured, in a line; null where it could.</summary>
    public string? Failure
    {
        get
        {
            lock (_lock)
                return _failure;
        }
    }

    /// <summary>Takes a frame where none is being measured, and the last one was a while ago or had other settings.</summary>
    /// <param name="pipeline">The stages; another object is another setting.</param>
    /// <param name="shape">The frame's shape.</param>
    /// <param name="frame">The frame, which is copied.</param>
    /// <param name="shift">By how many pixels to move it: to the right, and down.</param>
    /// <param name="sigma">The noise's standard deviation, in grey levels.</param>
    /// <param name="now">The time in seconds.</param>
    /// <returns>Whether it was taken.</returns>
    public bool Offer(Pipeline pipeline, TensorShape shape, ReadOnlySpan<byte> frame, (int X, int Y) shift, double sigma, double now)
    {
        lock (_lock)
        {
            if (_isBusy)
                return false;
        }
        // From here on the worker waits.
        bool isSame = _settings is { } last && ReferenceEquals(last.Pipeline, pipeline) && last == new Settings(last.Pipeline, shape, shift, sigma);
        if (isSame && now < _taken + Math.Max(IntervalSeconds, (1 + Rest) * _seconds))
            return false;
        _settings = new(pipeline, shape, shift, sigma);
        if (_frame.Length != frame.Length)
            _frame = new byte[frame.Length];
        frame.CopyTo(_frame);
        _taken = now;
        lock (_lock)
            _isBusy = true;
        _work.Release();
        return true;
    }

    private void Work()
    {
        while (true)
        {
            _work.Wait();
            if (_stop.IsCancellationRequested)
                return;
            long start = Stopwatch.GetTimestamp();
            PoolingReport? report = null;
            string? failure = null;
            try
            {
                report = PoolingFacts.Of(_settings!.Pipeline, _settings.Shape, _frame, _settings.Shift, _settings.Sigma, Seed, _backend, _stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception e) when (e is LivePoolException or OutOfMemoryException or OverflowException)
            {
                // Whatever goes wrong here is shown: the thread has nobody else to tell.
                failure = e.Message;
            }
            _seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            lock (_lock)
            {
                (_latest, _failure) = (report, failure);
                _isBusy = false;
            }
        }
    }

    /// <summary>Ends the thread, after at most one run of the pipeline.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        _work.Release();
        _worker.Join();
        _work.Dispose();
        _stop.Dispose();
        _backend.Dispose();
    }
}
