using LivePool.Core.Operators;

namespace LivePool.Cpu.Simd;

/// <summary>
/// Copies a rectangle of padded planes into scratch memory as float32, so that every tap of its windows is a plain vector
/// load: padding is filled in, and a row's columns are ordered by the stride's phases, <c>[planes, rows, phases, length]</c>.
/// </summary>
internal sealed unsafe class PaddedWindow<TVector> where TVector : struct, IVector<TVector>
{
    private readonly PaddedAxis _vertical;
    private readonly PaddedAxis _horizontal;
    private readonly PaddingMode _mode;
    private readonly int _stride;
    private readonly int _phases;

    /// <param name="p">The convolution.</param>
    /// <param name="columns">The most columns of outputs that a rectangle is for.</param>
    public PaddedWindow(in Conv2dParameters p, int columns)
    {
        _vertical = PaddedAxis.Vertical(p);
        _horizontal = PaddedAxis.Horizontal(p);
        _mode = (PaddingMode)p.PaddingMode;
        int reach = (columns - 1) * p.StrideWidth + (p.KernelWidth - 1) * p.DilationWidth + 1;
        // A stride wider than the row leaves phases that no tap reaches.
        _stride = p.StrideWidth;
        _phases = Math.Min(_stride, reach);
        PhaseLength = (reach - 1) / _stride + 1;
    }

    /// <summary>Elements of one phase of one row.</summary>
    public int PhaseLength { get; }

    /// <summary>Elements of one row of scratch memory.</summary>
    public long RowLength => (long)_phases * PhaseLength;

    /// <summary>Elements that a row needs behind the last rectangle before its phases are split.</summary>
    public long SplitLength => _stride == 1 ? 0 : RowLength;

    /// <summary>Whether the input itself can be read in place of a copy.</summary>
    public bool IsInput => _stride == 1 && _vertical.Before == 0 && _vertical.Padded <= _vertical.Length &&
        _horizontal.Before == 0 && _horizontal.Padded <= _horizontal.Length;

    /// <summary>Where the tap of a window's column <paramref name="column"/> begins within a row.</summary>
    public int ColumnOffset(int column) => column % _stride * PhaseLength + column / _stride;

    /// <summary>Copies rows of one plane.</summary>
    /// <param name="plane">The plane; float32 or bytes.</param>
    /// <param name="isBytes">Which of the two.</param>
    /// <param name="row">The first padded row.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="column">The first padded column.</param>
    /// <param name="target">Where the rows go.</param>
    /// <param name="split">Scratch memory of <see cref="SplitLength"/> elements.</param>
    public void Fill(void* plane, bool isBytes, int row, int rows, int column, float* target, float* split)
    {
        int length = (int)Math.Min(RowLength, _horizontal.Padded - column);
        for (int i = 0; i < rows; i++, target += RowLength)
        {
            int ih = _vertical.Resolve(row + i, _mode);
            if (ih < 0)
            {
                new Span<float>(target, (int)RowLength).Clear();
                continue;
            }
            long start = (long)ih * _horizontal.Length;
            void* source = isBytes ? (byte*)plane + start : (float*)plane + start;
            if (_stride == 1)
            {
                CopyRow(source, isBytes, column, length, target);
            }
            else
            {
                CopyRow(source, isBytes, column, length, split);
                SplitRow(split, length, target);
            }
        }
    }

    private void CopyRow(void* source, bool isBytes, int column, int length, float* target)
    {
        int first = column - _horizontal.Before;
        int inside = Math.Clamp(-first, 0, length);
        int behind = Math.Clamp(_horizontal.Length - first, inside, length);
        for (int i = 0; i < inside; i++)
            target[i] = Element(source, isBytes, column + i);
        if (isBytes)
            Widen((byte*)source + first + inside, target + inside, behind - inside);
        else
            new ReadOnlySpan<float>((float*)source + first + inside, behind - inside).CopyTo(new(target + inside, behind - inside));
        for (int i = behind; i < length; i++)
            target[i] = Element(source, isBytes, column + i);
    }

    private static void Widen(byte* source, float* target, int count)
    {
        int i = 0;
        for (; i + TVector.Count <= count; i += TVector.Count)
            TVector.Store(TVector.LoadBytes(source + i), target + i);
        for (; i < count; i++)
            target[i] = source[i];
    }

    private float Element(void* source, bool isBytes, int padded)
    {
        int column = _horizontal.Resolve(padded, _mode);
        return column < 0 ? 0 : isBytes ? ((byte*)source)[column] : ((float*)source)[column];
    }

    private void SplitRow(float* row, int length, float* target)
    {
        for (int phase = 0; phase < _phases; phase++, target += PhaseLength)
        {
            int i = 0;
            for (long column = phase; column < length; column += _stride)
                target[i++] = row[column];
        }
    }
}
