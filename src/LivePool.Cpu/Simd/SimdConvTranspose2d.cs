using LivePool.Core.Operators;

namespace LivePool.Cpu.Simd;

/// <summary>
/// Transposed convolution, gathered: one item is one output row of one or two output channels. Along each axis the
/// outputs fall into the stride's phases, and those of one phase are weighted sums of input rows, as in a convolution.
/// Only elements that exist take part: outputs near the border, which some taps do not reach, are summed one by one.
/// </summary>
internal sealed unsafe class SimdConvTranspose2d<TVector> : SimdStage, IJob where TVector : struct, IVector<TVector>
{
    private readonly ConvTranspose2dParameters _p;
    private readonly WorkerPool _pool;
    private readonly TransposedAxis _vertical;
    private readonly TransposedAxis _horizontal;
    private readonly float[] _bias;
    private readonly int _taps;
    private readonly int _pairs;
    private readonly int _phaseLength;
    private readonly NativeBuffer<float> _weights;
    private readonly NativeBuffer<long> _offsets;
    private readonly NativeBuffer<float>? _scratch;
    private float* _input;
    private float* _output;

    public SimdConvTranspose2d(ConvTranspose2d spec, in ConvTranspose2dParameters p, WorkerPool pool)
    {
        _p = p;
        _pool = pool;
        _vertical = new(p.InputHeight, p.OutputHeight, p.KernelHeight, p.StrideHeight, p.DilationHeight, p.PaddingTop);
        _horizontal = new(p.InputWidth, p.OutputWidth, p.KernelWidth, p.StrideWidth, p.DilationWidth, p.PaddingLeft);
        _bias = spec.Bias is null ? new float[p.OutputChannels] : spec.Bias.Elements.ToArray();
        _taps = p.InputChannelsPerGroup * _vertical.Taps * _horizontal.Taps;
        _pairs = (p.OutputChannelsPerGroup + 1) / 2;
        // Whole cache lines, which workers do not share.
        _phaseLength = p.StrideWidth == 1 ? 0 : ((p.OutputWidth - 1) / p.StrideWidth + 16) / 16 * 16;
        try
        {
            _weights = new((Int128)p.OutputChannels * _taps);
            _offsets = new(_taps);
            // Two rows by phases, before they are put together.
            if (p.StrideWidth > 1)
                _scratch = new((Int128)2 * _horizontal.Phases.Length * _phaseLength * pool.Workers);
            Arrange(spec.Weight.Elements);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Where the taps of a pair of phases begin. Their order is kernel row, channel, kernel column.</summary>
    private int FirstTap(in TransposedPhase rows, in TransposedPhase columns) =>
        _p.InputChannelsPerGroup * (rows.TapsBefore * _horizontal.Taps + rows.Taps * columns.TapsBefore);

    private void Arrange(ReadOnlySpan<float> weight)
    {
        foreach (ref readonly TransposedPhase rows in _vertical.Phases)
        {
            foreach (ref readonly TransposedPhase columns in _horizontal.Phases)
                Arrange(weight, rows, columns);
        }
    }

    private void Arrange(ReadOnlySpan<float> weight, in TransposedPhase rows, in TransposedPhase columns)
    {
        Span<float> weights = _weights.Span;
        int tap = FirstTap(rows, columns);
        for (int row = 0; row < rows.Taps; row++)
        {
            int kh = rows.FirstTap + row * _vertical.TapStep;
            long ih = rows.Offset - (long)row * _vertical.InputStep;
            for (int ci = 0; ci < _p.InputChannelsPerGroup; ci++)
            {
                for (int column = 0; column < columns.Taps; column++, tap++)
                {
                    int kw = columns.FirstTap + column * _horizontal.TapStep;
                    long iw = columns.Offset - (long)column * _horizontal.InputStep;
                    _offsets.Span[tap] = ((long)ci * _p.InputHeight + ih) * _p.InputWidth + iw;
                    for (int co = 0; co < _p.OutputChannels; co++)
                    {
                        (int group, int channel) = Math.DivRem(co, _p.OutputChannelsPerGroup);
                        int kernel = (group * _p.InputChannelsPerGroup + ci) * _p.OutputChannelsPerGroup + channel;
                        weights[co * _taps + tap] = weight[(kernel * _p.KernelHeight + kh) * _p.KernelWidth + kw];
                    }
                }
            }
        }
    }

    public override void Run(float* input, float* output, long* indices)
    {
        _input = input;
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
            float* source = _input + (long)firstInput * _p.InputHeight * _p.InputWidth;
            float* target = _output + (((long)n * _p.OutputChannels + co) * _p.OutputHeight + oh) * _p.OutputWidth;
            float* secondTarget = pair * 2 + 1 < _p.OutputChannelsPerGroup
                ? target + (long)_p.OutputHeight * _p.OutputWidth
                : null;
            Rows(source, oh, co, target, secondTarget, worker);
        }
    }

    /// <summary>Output row <paramref name="oh"/> of channel <paramref name="co"/> and, unless null, of the next.</summary>
    private void Rows(float* source, int oh, int co, float* target, float* secondTarget, int worker)
    {
        (int firstRow, int endRow) = (0, 0);
        if (_vertical.TryFind(oh, out TransposedPhase rows, out int j))
            (firstRow, endRow) = _vertical.TapsInside(rows, j);
        if (firstRow == endRow || !_horizontal.CoversOutput)
        {
            new Span<float>(target, _p.OutputWidth).Fill(_bias[co]);
            if (secondTarget is not null)
                new Span<float>(secondTarget, _p.OutputWidth).Fill(_bias[co + 1]);
        }
        if (firstRow == endRow)
            return;

        source += (long)j * _p.InputWidth;
        if (_scratch is null)
        {
            Phase(source, rows, firstRow, endRow, _horizontal.Phases[0], co, target, secondTarget);
            return;
        }
        int length = _horizontal.Phases.Length * _phaseLength;
        float* byPhase = _scratch.Pointer + 2L * worker * length;
        for (int i = 0; i < _horizontal.Phases.Length; i++)
        {
            float* phase = byPhase + (long)i * _phaseLength;
            Phase(source, rows, firstRow, endRow, _horizontal.Phases[i], co, phase, secondTarget is null ? null : phase + length);
        }
        Merge(byPhase, target);
        if (secondTarget is not null)
            Merge(byPhase + length, secondTarget);
    }

    /// <summary>The outputs of one phase of a row, side by side.</summary>
    private void Phase(
        float* source, in TransposedPhase rows, int firstRow, int endRow, in TransposedPhase columns, int co,
        float* target, float* secondTarget)
    {
        int rowTaps = _p.InputChannelsPerGroup * columns.Taps;
        int firstTap = FirstTap(rows, columns) + firstRow * rowTaps;
        int taps = (endRow - firstRow) * rowTaps;
        long* offsets = _offsets.Pointer + firstTap;
        float* weights = _weights.Pointer + (long)co * _taps + firstTap;
        (int start, int end) = _horizontal.Interior(columns);
        if (secondTarget is null)
        {
            WeightedRows<TVector>.Sum(source + start, offsets, weights, taps, _bias[co], target + start, end - start);
        }
        else
        {
            WeightedRows<TVector>.SumTwo(
                source + start, offsets, weights, weights + _taps, taps, _bias[co], _bias[co + 1],
                target + start, secondTarget + start, end - start);
        }
        Border(source, columns, offsets, weights, taps, _bias[co], target, 0, start);
        Border(source, columns, offsets, weights, taps, _bias[co], target, end, _horizontal.Outputs(columns));
        if (secondTarget is null)
            return;
        Border(source, columns, offsets, weights + _taps, taps, _bias[co + 1], secondTarget, 0, start);
        Border(source, columns, offsets, weights + _taps, taps, _bias[co + 1], secondTarget, end, _horizontal.Outputs(columns));
    }

    /// <summary>The outputs that only some of their phase's columns of taps reach.</summary>
    private void Border(
        float* source, in TransposedPhase columns, long* offsets, float* weights, int taps, float bias,
        float* target, int start, int end)
    {
        for (int j = start; j < end; j++)
        {
            (int firstColumn, int endColumn) = _horizontal.TapsInside(columns, j);
            float sum = bias;
            for (int row = 0; row < taps; row += columns.Taps)
            {
                for (int tap = row + firstColumn; tap < row + endColumn; tap++)
                    sum += weights[tap] * source[offsets[tap] + j];
            }
            target[j] = sum;
        }
    }

    /// <summary>Puts the phases of a row in their places.</summary>
    private void Merge(float* byPhase, float* target)
    {
        if (_p.StrideWidth == 2 && _horizontal.CoversOutput)
        {
            MergeTwo(byPhase, byPhase + _phaseLength, target);
            return;
        }
        int stride = _p.StrideWidth;
        for (int i = 0; i < _horizontal.Phases.Length; i++)
        {
            float* source = byPhase + (long)i * _phaseLength;
            float* end = source + _horizontal.Outputs(_horizontal.Phases[i]);
            for (float* place = target + _horizontal.Phases[i].First; source < end; source++, place += stride)
                *place = *source;
        }
    }

    private void MergeTwo(float* even, float* odd, float* target)
    {
        int x = 0;
        for (; x + 2 * TVector.Count <= _p.OutputWidth; x += 2 * TVector.Count)
        {
            TVector.Interleave(TVector.Load(even + x / 2), TVector.Load(odd + x / 2), out TVector first, out TVector second);
            TVector.Store(first, target + x);
            TVector.Store(second, target + x + TVector.Count);
        }
        for (; x < _p.OutputWidth; x++)
            target[x] = (x % 2 == 0 ? even : odd)[x / 2];
    }

    public override void Dispose()
    {
        // What a constructor that failed had not made is null.
        _weights?.Dispose();
        _offsets?.Dispose();
        _scratch?.Dispose();
    }
}
