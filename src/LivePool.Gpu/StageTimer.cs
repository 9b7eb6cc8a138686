using Silk.NET.OpenGL;

namespace LivePool.Gpu;

/// <summary>
/// Times stages by GL_TIMESTAMP queries between them, because GL_TIME_ELAPSED around compute reads 0 on llvmpipe.
/// </summary>
internal sealed class StageTimer : IDisposable
{
    private const double NanosecondsPerMillisecond = 1e6;

    private readonly GL _gl;
    private readonly uint[] _queries;
    private readonly double[] _milliseconds;
    private int _next;
    private bool _isRead;

    public StageTimer(GL gl, int stages)
    {
        _gl = gl;
        _queries = new uint[stages + 1];
        _milliseconds = new double[stages];
        gl.GenQueries(_queries);
    }

    /// <summary>The last run's times. Waits until they are known.</summary>
    public ReadOnlySpan<double> Milliseconds
    {
        get
        {
            for (int i = 0; !_isRead && i < _milliseconds.Length; i++)
                _milliseconds[i] = (Timestamp(i + 1) - Timestamp(i)) / NanosecondsPerMillisecond;
            _isRead = true;
            return _milliseconds;
        }
    }

    public void Start()
    {
        _isRead = false;
        _next = 0;
        EndStage();
    }

    public void EndStage() => _gl.QueryCounter(_queries[_next++], QueryCounterTarget.Timestamp);

    public void Dispose() => _gl.DeleteQueries(_queries);

    private double Timestamp(int index)
    {
        _gl.GetQueryObject(_queries[index], QueryObjectParameterName.Result, out ulong nanoseconds);
        return nanoseconds;
    }
}
