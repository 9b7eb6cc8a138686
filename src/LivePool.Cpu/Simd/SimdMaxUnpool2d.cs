using LivePool.Core.Operators;

namespace LivePool.Cpu.Simd;

/// <summary>
/// The reverse of a max pool: one item is a band of the output that fits the first-level cache. It is cleared, and then
/// its elements are put in their places in the input's order, so that the last of equal indices stays. The indices say
/// beforehand which elements a band gets.
/// </summary>
internal sealed unsafe class SimdMaxUnpool2d : SimdStage, IJob
{
    private const int BandLength = 4096;
    private readonly WorkerPool _pool;
    private readonly int _bands;
    private readonly int _outputLength;
    private readonly NativeBuffer<Move> _moves;
    private readonly NativeBuffer<int> _firstMoves;
    private float* _input;
    private float* _output;

    /// <summary>The position of an element in the input and in the output.</summary>
    private readonly record struct Move(int From, int To);

    public SimdMaxUnpool2d(MaxUnpool2d spec, in MaxUnpool2dParameters p, WorkerPool pool)
    {
        _pool = pool;
        _outputLength = p.Planes * p.OutputPlaneSize;
        _bands = (_outputLength - 1) / BandLength + 1;
        try
        {
            _moves = new(p.Planes * p.InputPlaneSize);
            _firstMoves = new(_bands + 1);
            SortByBand(spec.Indices.Elements, p);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>A counting sort, which keeps the order within a band.</summary>
    private void SortByBand(ReadOnlySpan<long> indices, in MaxUnpool2dParameters p)
    {
        Span<int> ends = _firstMoves.Span;
        for (int i = 0; i < indices.Length; i++)
            ends[Target(indices, p, i) / BandLength]++;
        for (int band = 1; band <= _bands; band++)
            ends[band] += ends[band - 1];
        // Each band is filled from its end, which so becomes its start.
        for (int i = indices.Length - 1; i >= 0; i--)
        {
            int target = Target(indices, p, i);
            _moves.Span[--ends[target / BandLength]] = new(i, target);
        }
    }

    private static int Target(ReadOnlySpan<long> indices, in MaxUnpool2dParameters p, int i) =>
        i / p.InputPlaneSize * p.OutputPlaneSize + (int)indices[i];

    public override void Run(float* input, float* output, long* indices)
    {
        _input = input;
        _output = output;
        _pool.Run(this, _bands);
    }

    void IJob.Run(int start, int end, int worker)
    {
        Move* moves = _moves.Pointer;
        int* firstMoves = _firstMoves.Pointer;
        for (int band = start; band < end; band++)
        {
            int first = band * BandLength;
            new Span<float>(_output + first, Math.Min(BandLength, _outputLength - first)).Clear();
            for (int i = firstMoves[band]; i < firstMoves[band + 1]; i++)
                _output[moves[i].To] = _input[moves[i].From];
        }
    }

    public override void Dispose()
    {
        // What a constructor that failed had not made is null.
        _moves?.Dispose();
        _firstMoves?.Dispose();
    }
}
