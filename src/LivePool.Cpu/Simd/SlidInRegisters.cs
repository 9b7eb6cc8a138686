using System.Runtime.CompilerServices;

namespace LivePool.Cpu.Simd;

/// <summary>
/// A row's windows of up to 32 columns at a stride of 1, where a vector holds half as many and slides in one
/// instruction. Each step widens the windows that end at a column by those that end some columns before, which are in
/// the same register and in the one before, so that each element is loaded once.
/// </summary>
internal sealed unsafe class SlidInRegisters
{
    /// <summary>The widest window.</summary>
    public const int MostColumns = 32;

    private const int MostSteps = 8;
    private readonly int _steps;
    private readonly int _columns;
    private readonly int _before;
    private readonly Vector512F[] _distances = new Vector512F[MostSteps];
    private readonly bool[] _addsOne = new bool[MostSteps];

    /// <param name="columns">Columns of a window.</param>
    /// <param name="mayOverlap">Whether an element may be taken more than once.</param>
    public SlidInRegisters(int columns, bool mayOverlap)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(columns, MostColumns);
        _columns = columns;
        _before = (columns - 1 + Vector512F.Count - 1) / Vector512F.Count * Vector512F.Count;
        for (int width = columns; width > 1;)
        {
            bool addsOne = !mayOverlap && width % 2 != 0;
            int distance = addsOne ? 1 : width / 2;
            _addsOne[_steps] = addsOne;
            _distances[_steps] = Vector512F.SlideDistance(distance);
            _steps++;
            width -= distance;
        }
        Array.Reverse(_distances, 0, _steps);
        Array.Reverse(_addsOne, 0, _steps);
    }

    /// <summary>Reduces the windows that begin at each of <paramref name="count"/> columns.</summary>
    /// <param name="source">The row; up to 16 elements before it are read, and do not matter.</param>
    /// <param name="count">At least 16.</param>
    /// <param name="target">The windows; not the source.</param>
    /// <param name="scale">What a sum is multiplied by or divided by.</param>
    /// <param name="multiplies">Whether it is multiplied.</param>
    public void Reduce<TReducer>(float* source, int count, float* target, Vector512F scale, bool multiplies)
        where TReducer : struct, IReducer
    {
        int last = count - Vector512F.Count;
        ReduceVectors<TReducer>(source, 0, last, target, scale, multiplies);
        if (count % Vector512F.Count != 0)
            ReduceVectors<TReducer>(source, last, last, target, scale, multiplies);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ReduceVectors<TReducer>(float* source, int first, int last, float* target, Vector512F scale, bool multiplies)
        where TReducer : struct, IReducer
    {
        int steps = _steps;
        ReadOnlySpan<Vector512F> distances = _distances;
        ReadOnlySpan<bool> addsOne = _addsOne;
        Vector512F distance0 = distances[0];
        Vector512F distance1 = distances[1];
        Vector512F distance2 = distances[2];
        Vector512F distance3 = distances[3];
        Vector512F distance4 = distances[4];
        Vector512F distance5 = distances[5];
        Vector512F distance6 = distances[6];
        Vector512F distance7 = distances[7];
        bool addsOne1 = addsOne[1];
        bool addsOne2 = addsOne[2];
        bool addsOne3 = addsOne[3];
        bool addsOne4 = addsOne[4];
        bool addsOne5 = addsOne[5];
        bool addsOne6 = addsOne[6];
        bool addsOne7 = addsOne[7];
        Vector512F before0 = Vector512F.Create(0);
        Vector512F before1 = before0;
        Vector512F before2 = before0;
        Vector512F before3 = before0;
        Vector512F before4 = before0;
        Vector512F before5 = before0;
        Vector512F before6 = before0;
        Vector512F before7 = before0;
        // The vectors before the first only fill the registers.
        source += _columns - 1;
        for (int x = first - _before; x <= last; x += Vector512F.Count)
        {
            Vector512F elements = Vector512F.Load(source + x);
            Vector512F windows = elements;
            if (steps > 0)
                windows = Widen<TReducer>(windows, windows, ref before0, distance0);
            if (steps > 1)
                windows = Widen<TReducer>(addsOne1 ? elements : windows, windows, ref before1, distance1);
            if (steps > 2)
                windows = Widen<TReducer>(addsOne2 ? elements : windows, windows, ref before2, distance2);
            if (steps > 3)
                windows = Widen<TReducer>(addsOne3 ? elements : windows, windows, ref before3, distance3);
            if (steps > 4)
                windows = Widen<TReducer>(addsOne4 ? elements : windows, windows, ref before4, distance4);
            if (steps > 5)
                windows = Widen<TReducer>(addsOne5 ? elements : windows, windows, ref before5, distance5);
            if (steps > 6)
                windows = Widen<TReducer>(addsOne6 ? elements : windows, windows, ref before6, distance6);
            if (steps > 7)
                windows = Widen<TReducer>(addsOne7 ? elements : windows, windows, ref before7, distance7);
            if (x < first)
                continue;
            if (typeof(TReducer) == typeof(SumReducer))
                windows = multiplies ? windows * scale : windows / scale;
            Vector512F.Store(windows, target + x);
        }
    }

    /// <summary>Widens windows by those some columns back, of which <paramref name="before"/> has the vector before's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512F Widen<TReducer>(Vector512F first, Vector512F windows, ref Vector512F before, Vector512F distance)
        where TReducer : struct, IReducer
    {
        Vector512F slid = Vector512F.Slide(before, windows, distance);
        before = windows;
        return TReducer.Combine(first, slid);
    }
}
