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
    private readonly NativeBuffer<long> _offsets;
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
                    _offsets.Span[tap++] = (long)ci * _planeLength + (long)kh * p.DilationHeight * _rowLength +
                        (_padded?.ColumnOffset(column) ?? column);
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
            float* weights = _weights.Pointer + (long)co * _taps;
            if (pair * 2 + 1 < _p.OutputChannelsPerGroup)
            {
                WeightedRows<TVector>.SumTwo(
                    source, _offsets.Pointer, weights, weights + _taps, _taps, _bias[co], _bias[co + 1],
                    target, target + (long)_p.OutputHeight * _p.OutputWidth, _p.OutputWidth);
            }
            else
            {
                WeightedRows<TVector>.Sum(source, _offsets.Pointer, weights, _taps, _bias[co], target, _p.OutputWidth);
            }
        }
    }

    public override void Dispose()
    {
        _padded?.Dispose();
        _weights.Dispose();
        _offsets.Dispose();
    }
}
