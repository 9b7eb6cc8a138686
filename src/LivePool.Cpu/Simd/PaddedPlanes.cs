namespace LivePool.Cpu.Simd;

/// <summary>
/// A padded copy of planes in which every tap of every window is inside and a stride's taps lie side by side: element
/// <c>c</c> of a padded row is at phase <c>c % stride</c>, position <c>c / stride</c>. So any stride and dilation
/// becomes plain vector loads. Layout <c>[planes, rows, phases, phaseLength]</c>.
/// </summary>
internal sealed unsafe class PaddedPlanes : IJob, IDisposable
{
    private readonly PaddedAxis _vertical;
    private readonly PaddedAxis _horizontal;
    private readonly int _phases;
    private readonly int _phaseLength;
    private readonly float _fill;
    private readonly NativeBuffer<float> _buffer;
    private readonly int _rows;
    private float* _source;

    public PaddedPlanes(int planes, PaddedAxis vertical, PaddedAxis horizontal, int strideWidth, float fill)
    {
        _vertical = vertical;
        _horizontal = horizontal;
        _fill = fill;
        // A stride wider than the row leaves phases that no tap reaches.
        _phases = Math.Min(strideWidth, horizontal.Padded);
        _phaseLength = (horizontal.Padded - 1) / strideWidth + 1;
        Int128 rowLength = (Int128)_phases * _phaseLength;
        _buffer = new(rowLength * vertical.Padded * planes);
        RowLength = (int)rowLength;
        PlaneLength = RowLength * vertical.Padded;
        _rows = planes * vertical.Padded;
        StrideWidth = strideWidth;
    }

    public int RowLength { get; }

    public int PlaneLength { get; }

    private int StrideWidth { get; }

    public float* Pointer => _buffer.Pointer;

    /// <summary>Where the tap of column <paramref name="column"/> begins within a row.</summary>
    public int ColumnOffset(int column) => column % StrideWidth * _phaseLength + column / StrideWidth;

    /// <summary>Copies planes <c>[planes, H, W]</c> in.</summary>
    public void Fill(float* source, WorkerPool pool)
    {
        _source = source;
        pool.Run(this, _rows);
    }

    void IJob.Run(int start, int end, int worker)
    {
        for (int i = start; i < end; i++)
        {
            (int plane, int row) = Math.DivRem(i, _vertical.Padded);
            float* target = _buffer.Pointer + (long)i * RowLength;
            int ih = _vertical.Resolve(row);
            if (ih < 0)
            {
                new Span<float>(target, RowLength).Fill(_fill);
                continue;
            }
            float* source = _source + ((long)plane * _vertical.Length + ih) * _horizontal.Length;
            if (StrideWidth == 1)
                CopyRow(source, target);
            else
                SplitRow(source, target);
        }
    }

    private void CopyRow(float* source, float* target)
    {
        int inside = Math.Min(_horizontal.Length, _horizontal.Padded - _horizontal.Before);
        for (int c = 0; c < Math.Min(_horizontal.Before, _horizontal.Padded); c++)
            target[c] = Element(source, c);
        if (inside > 0)
            new ReadOnlySpan<float>(source, inside).CopyTo(new Span<float>(target + _horizontal.Before, inside));
        for (int c = _horizontal.Before + Math.Max(inside, 0); c < _horizontal.Padded; c++)
            target[c] = Element(source, c);
    }

    private void SplitRow(float* source, float* target)
    {
        for (int phase = 0; phase < _phases; phase++)
        {
            for (int i = 0; i < _phaseLength; i++)
                *target++ = Element(source, i * StrideWidth + phase);
        }
    }

    private float Element(float* source, int column)
    {
        int iw = _horizontal.Resolve(column);
        return iw < 0 ? _fill : source[iw];
    }

    public void Dispose() => _buffer.Dispose();
}
