using LivePool.Gpu.Context;
using Silk.NET.OpenGL;

namespace LivePool.Gpu;

/// <summary>
/// Times stages by GL_TIMESTAMP queries between them, because GL_TIME_ELAPSED around compute reads 0 on llvmpipe. A ring of
/// query sets, so that those read are of an earlier run, which the device has left behind.
/// </summary>
internal sealed class StageTimer : IDisposable
{
    /// <summary>Runs between the one that is submitted and the one whose times are read.</summary>
    public const int RunsLate = 2;

    private const int Sets = RunsLate + 1;
    private const double NanosecondsPerMillisecond = 1e6;

    private readonly GL _gl;
    private readonly bool _flushes;
    private readonly bool _isTimed;
    private readonly uint[][] _queries = new uint[Sets][];
    private readonly int[] _stages;
    private readonly double[] _milliseconds;
    private long _runs;
    private long _readRun;
    private int _next;

    /// <param name="context">The context.</param>
    /// <param name="stages">Stages of the pipeline.</param>
    /// <param name="timed">Those that end with a query, in order; the others' times are NaN, as all are where the device notes none.</param>
    public StageTimer(GpuContext context, int stages, int[] timed)
    {
        _gl = context.Gl;
        _flushes = context.Device.IsSoftware;
        _stages = timed;
        _milliseconds = new double[stages];
        Array.Fill(_milliseconds, double.NaN);
        _isTimed = context.Dialect.HasTimestamps;
        for (int i = 0; i < Sets; i++)
            _gl.GenQueries(_queries[i] = new uint[timed.Length + 1]);
    }

    /// <summary>
    /// The times of the run <see cref="RunsLate"/> before the last, or of the last one if they were read already; of the
    /// first while there are fewer. Waits only if the device is further behind.
    /// </summary>
    public ReadOnlySpan<double> Milliseconds => Read(Math.Max(_readRun, Math.Max(1, _runs - RunsLate)));

    /// <summary>The times of the last run. Waits until they are known.</summary>
    public ReadOnlySpan<double> LastMilliseconds => Read(_runs);

    public void Start()
    {
        _runs++;
        _next = 0;
        EndStage();
    }

    public void EndStage()
    {
        if (!_isTimed)
            return;
        _gl.QueryCounter(SetOf(_runs)[_next++], QueryCounterTarget.Timestamp);
        // With a framebuffer llvmpipe keeps queries for the next flush, and computes at once.
        if (_flushes)
            _gl.Flush();
    }

    public void Dispose()
    {
        foreach (uint[] set in _queries)
            _gl.DeleteQueries(set);
    }

    private double[] Read(long run)
    {
        if (run == _readRun || !_isTimed)
            return _milliseconds;
        uint[] set = SetOf(run);
        double start = Timestamp(set[0]);
        for (int i = 0; i < _stages.Length; i++)
        {
            double end = Timestamp(set[i + 1]);
            _milliseconds[_stages[i]] = (end - start) / NanosecondsPerMillisecond;
            start = end;
        }
        _readRun = run;
        return _milliseconds;
    }

    private uint[] SetOf(long run) => _queries[run % Sets];

    private double Timestamp(uint query)
    {
        _gl.GetQueryObject(query, QueryObjectParameterName.Result, out ulong nanoseconds);
        return nanoseconds;
    }
}
