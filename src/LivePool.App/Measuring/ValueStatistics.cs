using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LivePool.App.Measuring;

/// <summary>What values there are: counts of what is no number, and the range, mean and histogram of the finite ones.</summary>
internal sealed class ValueStatistics
{
    private readonly int[] _histogram;

    /// <param name="values">The values, in any order.</param>
    /// <param name="bins">Into how many parts of one width the histogram takes the range apart.</param>
    public ValueStatistics(ReadOnlySpan<float> values, int bins)
    {
        _histogram = new int[bins];
        Count = values.Length;
        ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        ReadOnlySpan<float> rest = values[(vectors.Length * Vector<float>.Count)..];
        Span<float> filled = stackalloc float[Vector<float>.Count];
        filled.Fill(float.NaN);
        rest.CopyTo(filled);
        var last = new Vector<float>(filled);

        var range = new RangeSum();
        foreach (Vector<float> vector in vectors)
            range.Add(vector);
        range.Add(last);
        NaNs = range.NaNs - (Vector<float>.Count - rest.Length);
        Infinities = range.Infinities;
        (Least, Greatest, Mean) = (range.Least, range.Greatest, range.Sum / Finite);
        if (Finite == 0)
            return;

        var histogram = new LaneHistogram(Least, Greatest, bins, stackalloc int[Vector<double>.Count * (bins + 1)]);
        foreach (Vector<float> vector in vectors)
            histogram.Add(vector);
        histogram.Add(last);
        histogram.CopyTo(_histogram);
    }

    public int Count { get; }

    public int NaNs { get; }

    public int Infinities { get; }

    public int Finite => Count - NaNs - Infinities;

    /// <summary>The least finite value; infinite where there is none.</summary>
    public float Least { get; }

    /// <summary>The greatest finite value; minus infinity where there is none.</summary>
    public float Greatest { get; }

    /// <summary>Of the finite values; NaN where there is none.</summary>
    public double Mean { get; }

    /// <summary>How many finite values there are in each part of the range; the greatest is in the last, and equal ones are in the first.</summary>
    public ReadOnlySpan<int> Histogram => _histogram;

    /// <summary>How many there are where there are most.</summary>
    public int Most => _histogram.Max();

    /// <summary>The first look at the values, a vector at a time.</summary>
    private struct RangeSum()
    {
        private Vector<int> _nans;
        private Vector<int> _infinities;
        private Vector<float> _least = new(float.PositiveInfinity);
        private Vector<float> _greatest = new(float.NegativeInfinity);
        private Vector<double> _low;
        private Vector<double> _high;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(Vector<float> values)
        {
            Vector<int> isFinite = IsFinite(values);
            // A mask is -1.
            _nans -= ~Vector.Equals(values, values);
            _infinities -= Vector.Equals(Vector.Abs(values), new Vector<float>(float.PositiveInfinity));
            _least = Vector.Min(_least, Vector.ConditionalSelect(isFinite, values, _least));
            _greatest = Vector.Max(_greatest, Vector.ConditionalSelect(isFinite, values, _greatest));
            Vector.Widen(Vector.ConditionalSelect(isFinite, values, Vector<float>.Zero), out Vector<double> low, out Vector<double> high);
            _low += low;
            _high += high;
        }

        public readonly int NaNs => Vector.Sum(_nans);

        public readonly int Infinities => Vector.Sum(_infinities);

        public readonly double Sum => Vector.Sum(_low) + Vector.Sum(_high);

        public readonly float Least => Fold(_least, Math.Min);

        public readonly float Greatest => Fold(_greatest, Math.Max);

        private static float Fold(Vector<float> lanes, Func<float, float, float> choose)
        {
            float chosen = lanes[0];
            for (int i = 1; i < Vector<float>.Count; i++)
                chosen = choose(chosen, lanes[i]);
            return chosen;
        }
    }

    /// <summary>
    /// Counts how many values there are in each part of the range. Each lane has counts of its own, so that equal neighbours do not
    /// wait for each other, and one more for what is not finite.
    /// </summary>
    private readonly ref struct LaneHistogram
    {
        // Its unit is that of the last digit of a double from here on: a sum has the whole number in its lowest bits.
        private const double Whole = 1L << 52;

        private readonly Span<int> _counts;
        private readonly int _bins;
        private readonly Vector<double> _least;
        private readonly Vector<double> _binsPerUnit;
        private readonly Vector<long> _lanes;

        /// <param name="least">The least finite value.</param>
        /// <param name="greatest">The greatest finite value.</param>
        /// <param name="bins">The parts.</param>
        /// <param name="counts">One more than the parts for each lane, zeros.</param>
        public LaneHistogram(float least, float greatest, int bins, Span<int> counts)
        {
            // A float would not hold the range of the largest ones.
            double range = (double)greatest - least;
            _counts = counts;
            (_bins, _least, _binsPerUnit) = (bins, new(least), new(range > 0 ? bins / range : 0));
            _lanes = Vector.CreateSequence<long>(0, bins + 1);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(Vector<float> values)
        {
            Vector.Widen(values, out Vector<double> low, out Vector<double> high);
            Add(low);
            Add(high);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Add(Vector<double> values)
        {
            Vector<double> place = Vector.MinNative(Vector.Floor((values - _least) * _binsPerUnit), new Vector<double>(_bins - 1));
            Vector<long> isFinite = Vector.LessThan(Vector.Abs(values), new Vector<double>(double.PositiveInfinity));
            place = Vector.ConditionalSelect(isFinite, place, new Vector<double>(_bins));
            Vector<long> at = Vector.AsVectorInt64(place + new Vector<double>(Whole)) - Vector.AsVectorInt64(new Vector<double>(Whole)) + _lanes;
            for (int i = 0; i < Vector<long>.Count; i++)
                _counts[(int)at[i]]++;
        }

        public void CopyTo(Span<int> histogram)
        {
            for (int i = 0; i < _counts.Length; i++)
            {
                int bin = i % (_bins + 1);
                if (bin < _bins)
                    histogram[bin] += _counts[i];
            }
        }
    }

    private static Vector<int> IsFinite(Vector<float> values) => Vector.LessThan(Vector.Abs(values), new Vector<float>(float.PositiveInfinity));
}
