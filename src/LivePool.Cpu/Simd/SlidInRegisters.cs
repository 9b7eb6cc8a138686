using System.Runtime.CompilerServices;

namespace LivePool.Cpu.Simd;

/// <summary>
/// A row's windows of up to 32 columns at a stride of 1, where a vector holds half as many and slides in one instruction. From
/// right to left, each step widens the windows by those of an earlier step some columns on, which are in the same
/// register and in the one before, so that each element is loaded once.
/// </summary>
internal sealed unsafe class SlidInRegisters
{
    /// <summary>The widest window.</summary>
    public const int MostColumns = 32;

    private const int MostSteps = 8;
    private readonly int _steps;
    private readonly int _behind;
    private readonly Vector512F[] _distances = new Vector512F[MostSteps];
    private readonly bool[] _addsOne = new bool[MostSteps];

    /// <param name="columns">Columns of a window.</param>
    /// <param name="mayOverlap">Whether an element may be taken more than once.</param>
    public SlidInRegisters(int columns, bool mayOverlap)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(columns, MostColumns);
        _behind = (columns - 1 + Vector512F.Count - 1) / Vector512F.Count * Vector512F.Count;
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
    /// <param name="source">The row; up to 15 elements behind the last window are read, and do not matter.</param>
    /// <param name="count">At least 16.</param>
    /// <param name="target">The windows; not the source.</param>
    /// <param name="scale">What a sum is multiplied by or divided by.</param>
    /// <param name="multiplies">Whether it is multiplied.</param>
    public void Reduce<TReducer>(float* source, int count, float* target, Vector512F scale, bool multiplies)
        where TReducer : struct, IReducer
    {
        int rest = count % Vector512F.Count;
        ReduceVectors<TReducer>(source, count - Vector512F.Count, rest, target, scale, multiplies);
        if (rest != 0)
            ReduceVectors<TReducer>(source, 0, 0, target, scale, multiplies);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ReduceVectors<TReducer>(float* source, int last, int first, float* target, Vector512F scale, bool multiplies)
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
        Vector512F next0 = Vector512F.Create(0);
        Vector512F next1 = next0;
        Vector512F next2 = next0;
        Vector512F next3 = next0;
        Vector512F next4 = next0;
        Vector512F next5 = next0;
        Vector512F next6 = next0;
        Vector512F next7 = next0;
        // The vectors behind the last only fill the registers.
        for (int x = last + _behind; x >= first; x -= Vector512F.Count)
        {
            Vector512F elements = Vector512F.Load(source + x);
            Vector512F windows = elements;
            if (steps > 0)
                windows = Widen<TReducer>(windows, windows, ref next0, distance0);
            if (steps > 1)
                windows = Widen<TReducer>(addsOne1 ? elements : windows, windows, ref next1, distance1);
            if (steps > 2)
                windows = Widen<TReducer>(addsOne2 ? elements : windows, windows, ref next2, distance2);
            if (steps > 3)
                windows = Widen<TReducer>(addsOne3 ? elements : windows, windows, ref next3, distance3);
            if (steps > 4)
                windows = Widen<TReducer>(addsOne4 ? elements : windows, windows, ref next4, distance4);
            if (steps > 5)
                windows = Widen<TReducer>(addsOne5 ? elements : windows, windows, ref next5, distance5);
            if (steps > 6)
                windows = Widen<TReducer>(addsOne6 ? elements : windows, windows, ref next6, distance6);
            if (steps > 7)
                windows = Widen<TReducer>(addsOne7 ? elements : windows, windows, ref next7, distance7);
            if (x > last)
                continue;
            if (typeof(TReducer) == typeof(SumReducer))
                windows = multiplies ? windows * scale : windows / scale;
            Vector512F.Store(windows, target + x);
        }
    }

    /// <summary>Widens windows by those some columns on, of which <paramref name="next"/> has the next vector's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512F Widen<TReducer>(Vector512F first, Vector512F windows, ref Vector512F next, Vector512F distance)
        where TReducer : struct, IReducer
    {
        Vector512F slid = Vector512F.Slide(windows, next, distance);
        next = windows;
        return TReducer.Combine(first, slid);
    }
}
