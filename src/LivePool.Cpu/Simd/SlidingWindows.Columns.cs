namespace LivePool.Cpu.Simd;

/// <content>The columns of a tile's windows.</content>
internal sealed unsafe partial class SlidingWindows<TVector, TReducer>
{
    private void ReduceColumns<T>(float* reduced, int oh, int rows, int ow, int count, float* output) where T : struct, IReducer
    {
        float* levels = reduced + _blockRows * _rowLength;
        for (int row = 0; row < rows; row++, reduced += _rowLength, output += _p.OutputWidth)
        {
            if (_p.KernelWidth <= SlidInRegisters.MostColumns && _slid is not null)
            {
                SlideRow<T>(reduced, oh + row, count, output);
            }
            else
            {
                WidenWindows<T>(reduced, count + _p.KernelWidth - 1, levels);
                CombineTerms<T>(reduced, levels, oh + row, count, output);
            }
            if (_divisors is { IsUniform: false })
                _divisors.Divide(output, oh + row, ow, count);
        }
    }

    private void SlideRow<T>(float* reduced, int oh, int count, float* target) where T : struct, IReducer
    {
        float divisor = _divisors is { IsUniform: true } ? _divisors.Uniform(oh) : 1;
        bool multiplies = WindowDivisors<TVector>.IsPowerOfTwo(divisor);
        _slid!.Reduce<T>(reduced, count, target, Vector512F.Create(multiplies ? 1 / divisor : divisor), multiplies);
    }

    /// <summary>Makes the levels of a row.</summary>
    private void WidenWindows<T>(float* row, int length, float* levels) where T : struct, IReducer
    {
        for (int level = 1; level <= _terms.Levels; level++, levels += _rowLength)
        {
            int columns = _terms.LevelColumns[level - 1];
            length -= _terms.LevelColumns[level] - columns;
            if (level == 1 && _slid is not null)
                _slid.Reduce<T>(row, length, levels, Vector512F.Create(1), multiplies: true);
            else
                QuadrupleWindows<T>(row, columns, length, levels);
            row = levels;
        }
    }

    private static void QuadrupleWindows<T>(float* source, int columns, int length, float* target) where T : struct, IReducer
    {
        for (int x = 0; ; x += TVector.Count)
        {
            x = Math.Min(x, length - TVector.Count);
            TVector left = T.Combine(TVector.Load(source + x), TVector.Load(source + x + columns));
            TVector right = T.Combine(TVector.Load(source + x + 2 * columns), TVector.Load(source + x + 3 * columns));
            TVector.Store(T.Combine(left, right), target + x);
            if (x == length - TVector.Count)
                return;
        }
    }

    private void CombineTerms<T>(float* row, float* levels, int oh, int count, float* target) where T : struct, IReducer
    {
        int last = _terms.Terms.Length - 1;
        float** terms = stackalloc float*[last + 1];
        for (int i = 0; i <= last; i++)
        {
            (int level, int offset) = _terms.Terms[i];
            terms[i] = (level == 0 ? row : levels + (level - 1) * _rowLength) + offset;
        }
        float divisor = _divisors is { IsUniform: true } ? _divisors.Uniform(oh) : 1;
        bool multiplies = WindowDivisors<TVector>.IsPowerOfTwo(divisor);
        TVector scale = TVector.Create(multiplies ? 1 / divisor : divisor);
        int x = 0;
        for (; x + 2 * TVector.Count <= count; x += 2 * TVector.Count)
        {
            float* term = terms[0] + x;
            TVector first = TVector.Load(term);
            TVector second = TVector.Load(term + TVector.Count);
            for (int i = 1; i <= last; i++)
            {
                term = terms[i] + x;
                first = T.Combine(first, TVector.Load(term));
                second = T.Combine(second, TVector.Load(term + TVector.Count));
            }
            if (typeof(T) == typeof(SumReducer))
            {
                first = multiplies ? first * scale : first / scale;
                second = multiplies ? second * scale : second / scale;
            }
            TVector.Store(first, target + x);
            TVector.Store(second, target + x + TVector.Count);
        }
        for (; x < count; x += TVector.Count)
        {
            x = Math.Min(x, count - TVector.Count);
            TVector accumulator = TVector.Load(terms[0] + x);
            for (int i = 1; i <= last; i++)
                accumulator = T.Combine(accumulator, TVector.Load(terms[i] + x));
            if (typeof(T) == typeof(SumReducer))
                accumulator = multiplies ? accumulator * scale : accumulator / scale;
            TVector.Store(accumulator, target + x);
        }
    }
}
