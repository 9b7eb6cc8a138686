using LivePool.Core.Operators;

namespace LivePool.Cpu.Simd;

/// <summary>
/// A power-average pool: one item is one output row. The reducer sums squares, or the elements of a plane of powers that
/// is made first, so that windows that overlap do not raise an element twice.
/// </summary>
internal sealed unsafe class SimdLpPool2d<TVector, TReducer> : SimdStage, IJob
    where TVector : struct, IVector<TVector>
    where TReducer : struct, IReducer
{
    private readonly LpPool2dParameters _p;
    private readonly WorkerPool _pool;
    private readonly SimdPowers<TVector>? _powers;
    private readonly WindowRows<TVector, TReducer> _rows;
    private readonly int _lastColumns;
    private float* _input;
    private float* _output;

    /// <param name="p">The numbers.</param>
    /// <param name="pool">The threads.</param>
    /// <param name="raises">Whether the elements are raised to the power before the reducer gets them.</param>
    public SimdLpPool2d(in LpPool2dParameters p, WorkerPool pool, bool raises)
    {
        _p = p;
        _pool = pool;
        _lastColumns = Counted(p.OutputWidth - 1, p.StrideWidth, p.KernelWidth, p.InputWidth);
        try
        {
            if (raises)
                _powers = new(p.Planes * p.InputHeight * p.InputWidth, p.NormType);
            _rows = new(Windows(p), pool.Workers);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private static Pool2dParameters Windows(in LpPool2dParameters p) => new()
    {
        Planes = p.Planes,
        InputHeight = p.InputHeight,
        InputWidth = p.InputWidth,
        OutputHeight = p.OutputHeight,
        OutputWidth = p.OutputWidth,
        KernelHeight = p.KernelHeight,
        KernelWidth = p.KernelWidth,
        StrideHeight = p.StrideHeight,
        StrideWidth = p.StrideWidth,
        DilationHeight = 1,
        DilationWidth = 1,
    };

    /// <summary>How many of a window's positions along one axis are inside the input.</summary>
    private static int Counted(int output, int stride, int kernel, int length) => Math.Min(kernel, length - output * stride);

    public override void Run(float* input, float* output, long* indices)
    {
        _input = _powers is null ? input : _powers.Raise(input, _pool);
        _output = output;
        _pool.Run(this, _p.Planes * _p.OutputHeight);
    }

    void IJob.Run(int start, int end, int worker)
    {
        for (int item = start; item < end; item++)
        {
            (int plane, int oh) = Math.DivRem(item, _p.OutputHeight);
            float* target = _output + (long)item * _p.OutputWidth;
            _rows.Reduce(_input + (long)plane * _p.InputHeight * _p.InputWidth, oh, worker, target);
            ScaleToWholeKernel(target, Counted(oh, _p.StrideHeight, _p.KernelHeight, _p.InputHeight));
            TakeRoot(target);
        }
    }

    /// <summary>
    /// A window's mean times the kernel's area. Only the last window of an axis may have fewer elements than the kernel;
    /// the sum of a whole one is what is asked for, exactly.
    /// </summary>
    private void ScaleToWholeKernel(float* target, int rows)
    {
        float factor = _p.KernelArea / ((float)rows * _p.KernelWidth);
        int last = _p.OutputWidth - 1;
        int x = factor == 1 ? last : 0;
        for (; x + TVector.Count <= last; x += TVector.Count)
            TVector.Store(TVector.Load(target + x) * TVector.Create(factor), target + x);
        for (; x < last; x++)
            target[x] *= factor;
        target[last] *= _p.KernelArea / ((float)rows * _lastColumns);
    }

    private void TakeRoot(float* target)
    {
        int x = 0;
        if (_p.NormType == 1)
            return;
        if (_p.NormType == 2)
        {
            for (; x + TVector.Count <= _p.OutputWidth; x += TVector.Count)
                TVector.Store(TVector.Sqrt(TVector.Load(target + x)), target + x);
            for (; x < _p.OutputWidth; x++)
                target[x] = MathF.Sqrt(target[x]);
            return;
        }
        double exponent = 1.0 / _p.NormType;
        for (; x < _p.OutputWidth; x++)
            target[x] = (float)Math.Pow(target[x], exponent);
    }

    public override void Dispose()
    {
        // What a constructor that failed had not made is null.
        _powers?.Dispose();
        _rows?.Dispose();
    }
}
