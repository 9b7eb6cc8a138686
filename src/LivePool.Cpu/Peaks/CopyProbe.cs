using LivePool.Cpu.Simd;

namespace LivePool.Cpu.Peaks;

/// <summary>
/// Reads every byte of one buffer and writes every byte of another, in pieces shared among threads, with the widest
/// vectors and ordinary, cached stores. As many bytes as both have are copied; what is left of the one is only read, into
/// a sum, and what is left of the other is only written.
/// </summary>
public abstract class CopyProbe : IDisposable
{
    private protected CopyProbe()
    {
    }

    /// <summary>Bytes that a run reads and writes: those asked for, rounded up to whole vectors in each piece.</summary>
    public abstract long Bytes { get; }

    /// <summary>Does it once.</summary>
    public abstract void Run();

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <inheritdoc/>
internal sealed unsafe class CopyProbe<TVector> : CopyProbe, IJob where TVector : struct, IVector<TVector>
{
    private const int PieceBytes = 1 << 15;

    private readonly WorkerPool _pool;
    private readonly NativeBuffer<float> _source;
    private readonly NativeBuffer<float> _target;
    private readonly NativeBuffer<float> _sums;
    private readonly int _pieces;
    private readonly int _sourcePiece;
    private readonly int _targetPiece;

    public CopyProbe(WorkerPool pool, long bytesRead, long bytesWritten)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytesRead, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(bytesWritten, 1);
        _pool = pool;
        _pieces = (int)((Math.Max(bytesRead, bytesWritten) + PieceBytes - 1) / PieceBytes);
        _sourcePiece = PieceLength(bytesRead);
        _targetPiece = PieceLength(bytesWritten);
        _source = new((long)_sourcePiece * _pieces);
        _target = new((long)_targetPiece * _pieces);
        _sums = new(4 * TVector.Count * pool.Workers);
        // Pages that were never written to are one page of zeros.
        _source.Span.Fill(1);
    }

    /// <summary>The elements of a piece, in whole rounds of four vectors.</summary>
    private int PieceLength(long bytes)
    {
        int round = 4 * TVector.Count;
        long elements = (bytes + (long)_pieces * sizeof(float) - 1) / ((long)_pieces * sizeof(float));
        return (int)((elements + round - 1) / round) * round;
    }

    public override long Bytes => ((long)_source.Length + _target.Length) * sizeof(float);

    public override void Run() => _pool.Run(this, _pieces);

    void IJob.Run(int start, int end, int worker)
    {
        float* sums = _sums.Pointer + worker * 4 * TVector.Count;
        int both = Math.Min(_sourcePiece, _targetPiece);
        for (long piece = start; piece < end; piece++)
        {
            float* source = _source.Pointer + piece * _sourcePiece;
            float* target = _target.Pointer + piece * _targetPiece;
            Copy(source, target, both);
            Sum(source + both, _sourcePiece - both, sums);
            Fill(target + both, _targetPiece - both);
        }
    }

    private static void Copy(float* source, float* target, int length)
    {
        for (int i = 0; i < length; i += 4 * TVector.Count)
        {
            TVector x0 = TVector.Load(source + i);
            TVector x1 = TVector.Load(source + i + TVector.Count);
            TVector x2 = TVector.Load(source + i + 2 * TVector.Count);
            TVector x3 = TVector.Load(source + i + 3 * TVector.Count);
            TVector.Store(x0, target + i);
            TVector.Store(x1, target + i + TVector.Count);
            TVector.Store(x2, target + i + 2 * TVector.Count);
            TVector.Store(x3, target + i + 3 * TVector.Count);
        }
    }

    private static void Sum(float* source, int length, float* sums)
    {
        TVector sum0 = TVector.Create(0);
        TVector sum1 = sum0;
        TVector sum2 = sum0;
        TVector sum3 = sum0;
        for (int i = 0; i < length; i += 4 * TVector.Count)
        {
            sum0 += TVector.Load(source + i);
            sum1 += TVector.Load(source + i + TVector.Count);
            sum2 += TVector.Load(source + i + 2 * TVector.Count);
            sum3 += TVector.Load(source + i + 3 * TVector.Count);
        }
        TVector.Store(sum0, sums);
        TVector.Store(sum1, sums + TVector.Count);
        TVector.Store(sum2, sums + 2 * TVector.Count);
        TVector.Store(sum3, sums + 3 * TVector.Count);
    }

    private static void Fill(float* target, int length)
    {
        TVector value = TVector.Create(1);
        for (int i = 0; i < length; i += TVector.Count)
            TVector.Store(value, target + i);
    }

    public override void Dispose()
    {
        _source.Dispose();
        _target.Dispose();
        _sums.Dispose();
    }
}
