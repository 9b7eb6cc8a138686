using LivePool.Core.Operators;

namespace LivePool.Cpu.Simd;

/// <summary>
/// Convolution: one item is one output row of one or two output channels. The taps are one flat list of offsets into
/// the padded input, so that the inner loop is the same for every kernel, stride, dilation and number of channels.
/// </summary>
internal sealed unsafe class SimdConv2d<TVector> : SimdStage, IJob where TVector : struct, IVector<TVector>
{
    private readonly Conv2dParameters _p;
    private readonly WorkerPool _pool;
    private readonly PaddedPlanes? _padded;
    private readonly NativeBuffer<float> _weights;
    private readonly NativeBuffer<int> _offsets;
    private readonly float[] _bias;
    private readonly int _taps;
    private readonly int _rowLength;
    private readonly int _planeLength;
    private readonly int _pairs;
    private float* _source;
    private float* _output;

    public SimdConv2d(Conv2d spec, in Conv2dParameters p, WorkerPool pool)
    {
        _p = p;
        _pool = pool;
        _taps = p.InputChannelsPerGroup * p.KernelHeight * p.KernelWidth;
        _bias = spec.Bias is null ? new float[p.OutputChannels] : spec.Bias.Elements.ToArray();
        _weights = new(p.OutputChannels * _taps);
        spec.Weight.Elements.CopyTo(_weights.Span);
        _offsets = new(_taps);
        _pairs = (p.OutputChannelsPerGroup + 1) / 2;

        var vertical = PaddedAxis.Create(p.InputHeight, p.OutputHeight, p.KernelHeight, p.StrideHeight, p.DilationHeight, p.PaddingTop);
        var horizontal = PaddedAxis.Create(p.InputWidth, p.OutputWidth, p.KernelWidth, p.StrideWidth, p.DilationWidth, p.PaddingLeft);
        bool inputServes = p.StrideWidth == 1 && vertical.Before == 0 && vertical.Padded <= vertical.Length &&
            horizontal.Before == 0 && horizontal.Padded <= horizontal.Length;
        if (!inputServes)
            _padded = new(p.Batch * p.InputChannels, vertical, horizontal, p.StrideWidth, (PaddingMode)p.PaddingMode, fill: 0);
        _rowLength = _padded?.RowLength ?? p.InputWidth;
        _planeLength = _padded?.PlaneLength ?? p.InputHeight * p.InputWidth;

        int tap = 0;
        for (int ci = 0; ci < p.InputChannelsPerGroup; ci++)
        {
            for (int kh = 0; kh < p.KernelHeight; kh++)
            {
                for (int kw = 0; kw < p.KernelWidth; kw++)
                {
                    int column = kw * p.DilationWidth;
                    _offsets.Span[tap++] = checked(ci * _planeLength + kh * p.DilationHeight * _rowLength +
                        (_padded?.ColumnOffset(column) ?? column));
                }
            }
        }
    }

    public override void Run(float* input, float* output, long* indices)
    {
        _padded?.Fill(input, _pool);
        _source = _padded is null ? input : _padded.Pointer;
        _output = output;
        int groups = _p.OutputChannels / _p.OutputChannelsPerGroup;
        _pool.Run(this, _p.Batch * groups * _pairs * _p.OutputHeight);
    }

    void IJob.Run(int start, int end, int worker)
    {
        int groups = _p.OutputChannels / _p.OutputChannelsPerGroup;
        for (int item = start; item < end; item++)
        {
            (int rest, int oh) = Math.DivRem(item, _p.OutputHeight);
            (rest, int pair) = Math.DivRem(rest, _pairs);
            (int n, int group) = Math.DivRem(rest, groups);
            int firstInput = n * _p.InputChannels + group * _p.InputChannelsPerGroup;
            int co = group * _p.OutputChannelsPerGroup + pair * 2;
            float* source = _source + (long)firstInput * _planeLength + (long)oh * _p.StrideHeight * _rowLength;
            float* target = _output + (((long)n * _p.OutputChannels + co) * _p.OutputHeight + oh) * _p.OutputWidth;
            if (pair * 2 + 1 < _p.OutputChannelsPerGroup)
                RowOfTwo(source, target, target + (long)_p.OutputHeight * _p.OutputWidth, co);
            else
                RowOfOne(source, target, co);
        }
    }

    private void RowOfTwo(float* source, float* target, float* secondTarget, int co)
    {
        int width = _p.OutputWidth;
        int x = 0;
        for (; x + 4 * TVector.Count <= width; x += 4 * TVector.Count)
            TwoByFour(source + x, target + x, secondTarget + x, co);
        RestOfRow(source, target, co, x);
        RestOfRow(source, secondTarget, co + 1, x);
    }

    private void RowOfOne(float* source, float* target, int co)
    {
        int width = _p.OutputWidth;
        int x = 0;
        for (; x + 4 * TVector.Count <= width; x += 4 * TVector.Count)
            OneByFour(source + x, target + x, co);
        RestOfRow(source, target, co, x);
    }

    /// <summary>Vector by vector; the last one overlaps its neighbour, unless the row is shorter than a vector.</summary>
    private void RestOfRow(float* source, float* target, int co, int x)
    {
        int width = _p.OutputWidth;
        if (width < TVector.Count)
        {
            for (x = 0; x < width; x++)
                One<ScalarF>(source + x, target + x, co);
            return;
        }
        for (; x + TVector.Count <= width; x += TVector.Count)
            One<TVector>(source + x, target + x, co);
        if (x < width)
            One<TVector>(source + width - TVector.Count, target + width - TVector.Count, co);
    }

    private void One<T>(float* source, float* target, int co) where T : struct, IVector<T>
    {
        float* weights = _weights.Pointer + (long)co * _taps;
        int* offsets = _offsets.Pointer;
        T sum = T.Create(_bias[co]);
        for (int tap = 0; tap < _taps; tap++)
            sum = T.MultiplyAdd(T.Create(weights[tap]), T.Load(source + offsets[tap]), sum);
        T.Store(sum, target);
    }

    private void OneByFour(float* source, float* target, int co)
    {
        float* weights = _weights.Pointer + (long)co * _taps;
        int* offsets = _offsets.Pointer;
        TVector sum0 = TVector.Create(_bias[co]);
        TVector sum1 = sum0;
        TVector sum2 = sum0;
        TVector sum3 = sum0;
        for (int tap = 0; tap < _taps; tap++)
        {
            float* x = source + offsets[tap];
            TVector weight = TVector.Create(weights[tap]);
            sum0 = TVector.MultiplyAdd(weight, TVector.Load(x), sum0);
            sum1 = TVector.MultiplyAdd(weight, TVector.Load(x + TVector.Count), sum1);
            sum2 = TVector.MultiplyAdd(weight, TVector.Load(x + 2 * TVector.Count), sum2);
            sum3 = TVector.MultiplyAdd(weight, TVector.Load(x + 3 * TVector.Count), sum3);
        }
        StoreFour(target, sum0, sum1, sum2, sum3);
    }

    private void TwoByFour(float* source, float* target, float* secondTarget, int co)
    {
        float* weights = _weights.Pointer + (long)co * _taps;
        float* secondWeights = weights + _taps;
        int* offsets = _offsets.Pointer;
        TVector sum0 = TVector.Create(_bias[co]);
        TVector sum1 = sum0;
        TVector sum2 = sum0;
        TVector sum3 = sum0;
        TVector second0 = TVector.Create(_bias[co + 1]);
        TVector second1 = second0;
        TVector second2 = second0;
        TVector second3 = second0;
        for (int tap = 0; tap < _taps; tap++)
        {
            float* x = source + offsets[tap];
            TVector x0 = TVector.Load(x);
            TVector x1 = TVector.Load(x + TVector.Count);
            TVector x2 = TVector.Load(x + 2 * TVector.Count);
            TVector x3 = TVector.Load(x + 3 * TVector.Count);
            TVector weight = TVector.Create(weights[tap]);
            sum0 = TVector.MultiplyAdd(weight, x0, sum0);
            sum1 = TVector.MultiplyAdd(weight, x1, sum1);
            sum2 = TVector.MultiplyAdd(weight, x2, sum2);
            sum3 = TVector.MultiplyAdd(weight, x3, sum3);
            weight = TVector.Create(secondWeights[tap]);
            second0 = TVector.MultiplyAdd(weight, x0, second0);
            second1 = TVector.MultiplyAdd(weight, x1, second1);
            second2 = TVector.MultiplyAdd(weight, x2, second2);
            second3 = TVector.MultiplyAdd(weight, x3, second3);
        }
        StoreFour(target, sum0, sum1, sum2, sum3);
        StoreFour(secondTarget, second0, second1, second2, second3);
    }

    private static void StoreFour(float* target, TVector a, TVector b, TVector c, TVector d)
    {
        TVector.Store(a, target);
        TVector.Store(b, target + TVector.Count);
        TVector.Store(c, target + 2 * TVector.Count);
        TVector.Store(d, target + 3 * TVector.Count);
    }

    public override void Dispose()
    {
        _padded?.Dispose();
        _weights.Dispose();
        _offsets.Dispose();
    }
}
