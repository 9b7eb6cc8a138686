using LivePool.Core;
using LivePool.Core.Backends;
using LivePool.Core.Tensors;
using LivePool.Gpu;
using LivePool.Verification;

namespace LivePool.App.Checks;

/// <summary>What the check of one frame found.</summary>
/// <param name="Reports">A report for each stage; empty where <paramref name="Failure"/> says why there is none.</param>
/// <param name="WorstStage">The stage whose worst element came nearest to its bound, or went beyond it.</param>
/// <param name="Shape">That stage's shape.</param>
/// <param name="Heat">
/// That stage's errors, an element each: 0 equal, 1 at its bound, in between by powers of two down to 2^-14, 2 beyond.
/// </param>
/// <param name="SavedCase">Where the first case that failed was saved; null where none did.</param>
/// <param name="Failure">Why the frame could not be checked, or the case not saved; null where it could.</param>
internal sealed record LiveReport(
    ComparisonReport[] Reports, int WorstStage, TensorShape Shape, float[] Heat, string? SavedCase, string? Failure)
{
    public bool Passed => Failure is null && Reports.All(report => report.Passed);
}

/// <summary>
/// Checks shown frames against the exact result on a thread of its own, one at a time. The render thread only copies: from
/// the CPU's memory at once, from the GPU's when the copy is done, without waiting.
/// </summary>
internal sealed class LiveCheck : IDisposable
{
    /// <summary>At most so often, so that most of the processor stays with the frames.</summary>
    private const double IntervalSeconds = 0.25;
    private const double HeatOctaves = 14;

    private readonly Thread _worker;
    private readonly SemaphoreSlim _work = new(0);
    private readonly Lock _lock = new();
    private readonly StageSnapshot _snapshot = new();
    private readonly string _folder;
    private FrameCheck? _check;
    private string _backend = "";
    private ICompiledPipeline? _source;
    private StageReadback? _readback;
    private bool _isReading;
    private bool _isChecking;
    private bool _isStopping;
    private int _generation;
    private int _checkedGeneration;
    private double _due;
    private LiveReport? _latest;
    private string? _savedCase;

    /// <param name="folder">Where a case that fails is saved.</param>
    public LiveCheck(string folder)
    {
        _folder = folder;
        _worker = new Thread(Work) { IsBackground = true, Name = "live check", Priority = ThreadPriority.BelowNormal };
        _worker.Start();
    }

    /// <summary>Whether frames are checked.</summary>
    public bool IsOn => _check is not null;

    /// <summary>The last report since it was started; null before the first.</summary>
    public LiveReport? Latest
    {
        get
        {
            lock (_lock)
                return _latest;
        }
    }

    /// <summary>Starts anew with a backend.</summary>
    public void Start(IBackend backend)
    {
        Stop();
        var check = new FrameCheck(Arithmetic.Of(backend));
        lock (_lock)
            (_check, _backend) = (check, backend.Name);
    }

    /// <summary>Forgets what was found, and lets go of the pipeline before it is disposed of.</summary>
    public void Stop()
    {
        _source = null;
        _readback?.Dispose();
        _readback = null;
        _isReading = false;
        _due = 0;
        lock (_lock)
        {
            _check = null;
            _generation++;
            _latest = null;
            _savedCase = null;
        }
    }

    /// <summary>Takes what was run last, if no other frame is being checked.</summary>
    /// <returns>Whether it was taken.</returns>
    public bool Offer(ICompiledPipeline compiled, ReadOnlySpan<byte> frame, double now)
    {
        if (_check is null || now < _due || _isReading || IsChecking)
            return false;
        _due = now + IntervalSeconds;
        if (compiled is GpuCompiledPipeline gpu)
        {
            if (!ReferenceEquals(_source, compiled))
            {
                // The old one went with its pipeline.
                _readback = gpu.CreateReadback();
                _source = compiled;
            }
            _snapshot.Begin(compiled, frame);
            _readback!.Begin();
            _isReading = true;
            return true;
        }
        _snapshot.Take(compiled, frame);
        Check();
        return true;
    }

    /// <summary>Goes on with a copy that is under way. Call it once per frame.</summary>
    /// <param name="current">The pipeline that is there now; a copy of another one is given up.</param>
    public void Poll(ICompiledPipeline? current)
    {
        if (!_isReading)
            return;
        if (!ReferenceEquals(_source, current))
        {
            _isReading = false;
            _source = null;
            _readback?.Dispose();
            _readback = null;
            return;
        }
        if (!_readback!.IsReady)
            return;
        _isReading = false;
        for (int i = 0; i < _snapshot.Shapes.Count; i++)
        {
            _readback.Read(i, _snapshot.Output(i));
            _readback.ReadIndices(i, _snapshot.Indices(i));
        }
        Check();
    }

    private bool IsChecking
    {
        get
        {
            lock (_lock)
                return _isChecking;
        }
    }

    private void Check()
    {
        lock (_lock)
        {
            _isChecking = true;
            _checkedGeneration = _generation;
        }
        _work.Release();
    }

    private void Work()
    {
        while (true)
        {
            _work.Wait();
            if (_isStopping)
                return;
            FrameCheck? check;
            string backend;
            string? saved;
            lock (_lock)
            {
                // What was stopped since is not worth looking at.
                check = _generation == _checkedGeneration ? _check : null;
                (backend, saved) = (_backend, _savedCase);
            }
            LiveReport? report = check is null ? null : Examine(check, backend, saved);
            lock (_lock)
            {
                if (_generation == _checkedGeneration)
                    (_latest, _savedCase) = (report, report?.SavedCase);
                _isChecking = false;
            }
        }
    }

    /// <summary>Whatever goes wrong here is shown: the thread has nobody else to tell.</summary>
    private LiveReport Examine(FrameCheck check, string backend, string? saved)
    {
        try
        {
            var reports = new ComparisonReport[_snapshot.Shapes.Count];
            int worst = 0;
            float[] heat = [];
            for (int i = 0; i < reports.Length; i++)
            {
                float[] shares = new float[_snapshot.Shapes[i].Count];
                reports[i] = check.Check(_snapshot, i, shares);
                if (i == 0 || Badness(reports[i]) > Badness(reports[worst]))
                    (worst, heat) = (i, shares);
            }
            foreach (ref float share in heat.AsSpan())
                share = HeatOf(share);
            string? failure = null;
            try
            {
                if (!reports[worst].Passed)
                    saved ??= Save(worst, reports[worst], backend);
            }
            catch (LivePoolException e)
            {
                failure = $"the case is not saved: {e.Message}";
            }
            return new(reports, worst, _snapshot.Shapes[worst], heat, saved, failure);
        }
        catch (Exception e) when (e is LivePoolException or OutOfMemoryException or OverflowException)
        {
            return new([], 0, default, [], saved, e.Message);
        }
    }

    private static double Badness(ComparisonReport report) =>
        report.IndexMismatches > 0 ? double.PositiveInfinity : report.WorstShare;

    private static float HeatOf(float share) => share == 0 ? 0
        : share > 1 ? 2
        : (float)Math.Max(1 / HeatOctaves, 1 + Math.Log2(share) / HeatOctaves);

    private string Save(int stage, ComparisonReport report, string backend)
    {
        string path = Path.GetFullPath(Path.Combine(_folder, $"{FileNames.At(DateTime.Now)}-{report.Operator}-{backend}.case.json"));
        CaseFile.Write(path, FrameCheck.CaseOf(_snapshot, stage, $"live, stage {stage + 1} of {_snapshot.Pipeline.Name}"));
        return path;
    }

    public void Dispose()
    {
        _isStopping = true;
        _work.Release();
        _worker.Join();
        _readback?.Dispose();
        _work.Dispose();
    }
}
