using LivePool.Core.Operators;
using LivePool.Core.Tensors;

namespace LivePool.Cpu.Simd;

/// <summary>Where a convolution's sums go from the registers.</summary>
internal enum ConvTailKind
{
    /// <summary>To the output, through at most one function.</summary>
    Store,

    /// <summary>Through at most one function and a 2x2 maximum to the output.</summary>
    MaxPool2x2,

    /// <summary>Through at most one function and a 2x2 mean to the output.</summary>
    AvgPool2x2,

    /// <summary>To scratch memory, band by band, and from there through any functions and any pool to the output.</summary>
    Scratch,
}

/// <summary>Applies a pointwise function to a row of elements.</summary>
internal unsafe interface IRowFunction
{
    /// <summary>Source and target may be the same.</summary>
    void Apply(float* source, float* target, int count);
}

/// <summary>Computes one row of a pool's output.</summary>
internal unsafe interface IRowPool
{
    /// <param name="plane">The input's plane, of which only the rows that the windows reach are read.</param>
    /// <param name="oh">The output row.</param>
    /// <param name="worker">Whose scratch memory is used.</param>
    /// <param name="target">The output row's elements.</param>
    void PoolRow(float* plane, int oh, int worker, float* target);
}

/// <summary>What follows a convolution in the same pass: pointwise functions, then perhaps a pool.</summary>
internal sealed unsafe class ConvTail : IDisposable
{
    /// <summary>Floats of input and sums that a band of windows may take.</summary>
    private const int LargestScratch = 128 << 10;

    private readonly SimdStage[] _functions;
    private readonly SimdStage? _pool;
    private readonly Pool2dParameters _p;

    private ConvTail(ConvTailKind kind, PointwiseFunction? function, SimdStage[] functions, SimdStage? pool, Pool2dParameters p)
    {
        Kind = kind;
        Function = function;
        _functions = functions;
        _pool = pool;
        _p = p;
    }

    public ConvTailKind Kind { get; }

    /// <summary>What is applied in registers; null for nothing.</summary>
    public PointwiseFunction? Function { get; }

    /// <summary>Columns, and rows, of sums for one of the result where the kind is not <see cref="ConvTailKind.Scratch"/>.</summary>
    public int Columns => Kind is ConvTailKind.MaxPool2x2 or ConvTailKind.AvgPool2x2 ? 2 : 1;

    /// <summary>
    /// The fewest rows of the result that make a band: sums that the next band computes again are a fifth of it at most.
    /// </summary>
    public int FewestRows => Columns == 2 ? 1 : _p.Planes == 0 ? 2 : FewestRowsOf(_p);

    private static int FewestRowsOf(in Pool2dParameters p)
    {
        long again = Math.Max(0, (p.KernelHeight - 1L) * p.DilationHeight + 1 - p.StrideHeight);
        return (int)Math.Min(p.OutputHeight, Math.Max(2, (4 * again - 1) / p.StrideHeight + 1));
    }

    /// <summary>The last stage that a convolution takes along.</summary>
    /// <param name="stages">The convolution and what follows it.</param>
    /// <param name="input">The convolution's input.</param>
    public static int LastFused(ReadOnlySpan<OperatorSpec> stages, TensorShape input)
    {
        var conv = (Conv2d)stages[0];
        int last = 0;
        while (last + 1 < stages.Length && stages[last + 1] is Pointwise { Function: not PointwiseFunction.Normalize })
            last++;
        bool takesPool = last + 1 < stages.Length && IsPool(stages[last + 1]) &&
            (IsInRegisters(stages[1..(last + 1)], Bind(stages[last + 1], conv.OutputShape(input))) ||
                FitsScratch(conv.Bind(input), Bind(stages[last + 1], conv.OutputShape(input))));
        return takesPool ? last + 1 : last;
    }

    /// <summary>Whether a pool can be taken row by row out of a band that is small enough to stay in a cache.</summary>
    private static bool FitsScratch(in Conv2dParameters conv, in Pool2dParameters pool)
    {
        // Overlapping windows have a loop of their own, which adds in another order.
        if (pool is { StrideHeight: 1, StrideWidth: 1 })
            return false;
        Int128 sums = (FewestRowsOf(pool) - 1) * (Int128)pool.StrideHeight + (pool.KernelHeight - 1) * (Int128)pool.DilationHeight + 1;
        Int128 inputRows = (sums - 1) * conv.StrideHeight + (conv.KernelHeight - 1) * (Int128)conv.DilationHeight + 1;
        Int128 reach = (conv.OutputWidth - 1) * (Int128)conv.StrideWidth + (conv.KernelWidth - 1) * (Int128)conv.DilationWidth + 1;
        return inputRows * reach * conv.InputChannelsPerGroup + 2 * sums * conv.OutputWidth <= LargestScratch;
    }

    private static bool IsPool(OperatorSpec spec) => spec is MaxPool2d { ReturnIndices: false } or AvgPool2d;

    /// <param name="stages">Functions and then perhaps a pool.</param>
    /// <param name="sums">The convolution's output.</param>
    /// <param name="create">Makes a stage's kernel.</param>
    public static ConvTail Create(
        ReadOnlySpan<OperatorSpec> stages, TensorShape sums, Func<OperatorSpec, TensorShape, SimdStage> create)
    {
        OperatorSpec? poolSpec = stages.Length > 0 && IsPool(stages[^1]) ? stages[^1] : null;
        ReadOnlySpan<OperatorSpec> functions = poolSpec is null ? stages : stages[..^1];
        Pool2dParameters p = Bind(poolSpec, sums);
        if (IsInRegisters(functions, p))
        {
            ConvTailKind kind = poolSpec is null ? ConvTailKind.Store
                : poolSpec is MaxPool2d ? ConvTailKind.MaxPool2x2
                : ConvTailKind.AvgPool2x2;
            return new(kind, functions.Length == 1 ? ((Pointwise)functions[0]).Function : null, [], null, p);
        }
        var kernels = new SimdStage[functions.Length];
        for (int i = 0; i < kernels.Length; i++)
            kernels[i] = create(functions[i], sums);
        return new(ConvTailKind.Scratch, null, kernels, poolSpec is null ? null : create(poolSpec, sums), p);
    }

    private static Pool2dParameters Bind(OperatorSpec? pool, TensorShape sums) => pool switch
    {
        MaxPool2d max => max.Bind(sums),
        AvgPool2d average => average.Bind(sums),
        _ => default,
    };

    private static bool IsInRegisters(ReadOnlySpan<OperatorSpec> functions, in Pool2dParameters pool) =>
        (functions.Length == 0 ||
            (functions.Length == 1 && ((Pointwise)functions[0]).Function is PointwiseFunction.Relu or PointwiseFunction.Abs)) &&
        (pool.Planes == 0 || pool.IsPlain2x2);

    /// <summary>Rows and columns of the result.</summary>
    public (int Rows, int Columns) OutputSize(in Conv2dParameters p) =>
        _p.Planes > 0 ? (_p.OutputHeight, _p.OutputWidth) : (p.OutputHeight, p.OutputWidth);

    /// <summary>How many rows of the result so many rows of sums are enough for; at least 1.</summary>
    public int RowsFrom(int sums) => _p.Planes == 0 ? sums
        : (int)Math.Clamp((sums - (_p.KernelHeight - 1L) * _p.DilationHeight - 1) / _p.StrideHeight + 1, 1, _p.OutputHeight);

    /// <summary>How many rows of sums a band of results needs at most.</summary>
    public int SumsFor(int rows, int height) => (int)Math.Min(height, _p.Planes == 0 ? rows
        : (rows - 1L) * _p.StrideHeight + (_p.KernelHeight - 1L) * _p.DilationHeight + 1);

    /// <summary>The rows of sums that rows of the result are made of.</summary>
    public (int First, int Count) Sums(int row, int rows, int height)
    {
        if (_p.Planes == 0)
            return (row, rows);
        int first = row * _p.StrideHeight - _p.PaddingTop;
        long last = first + (rows - 1L) * _p.StrideHeight + (_p.KernelHeight - 1L) * _p.DilationHeight;
        first = Math.Clamp(first, 0, height - 1);
        return (first, (int)Math.Max(1, Math.Min(last, height - 1) - first + 1));
    }

    /// <summary>Makes rows of the result out of a band of one channel's sums.</summary>
    /// <param name="sums">The band; it is overwritten.</param>
    /// <param name="count">Its elements.</param>
    /// <param name="firstSum">Its first row among the channel's sums.</param>
    /// <param name="row">The first row of the result.</param>
    /// <param name="rows">How many of them.</param>
    /// <param name="target">Where they go.</param>
    /// <param name="worker">Whose scratch memory is used.</param>
    public void Finish(float* sums, int count, int firstSum, int row, int rows, float* target, int worker)
    {
        foreach (SimdStage function in _functions)
            ((IRowFunction)function).Apply(sums, sums, count);
        if (_pool is null)
        {
            new ReadOnlySpan<float>(sums, count).CopyTo(new(target, count));
            return;
        }
        float* plane = sums - (long)firstSum * _p.InputWidth;
        for (int i = 0; i < rows; i++)
            ((IRowPool)_pool).PoolRow(plane, row + i, worker, target + (long)i * _p.OutputWidth);
    }

    public void Dispose()
    {
        foreach (SimdStage function in _functions)
            function.Dispose();
        _pool?.Dispose();
    }
}
