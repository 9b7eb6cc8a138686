using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;

namespace LivePool.Cpu.Simd;

/// <summary>
/// Runs pipelines on the processor's vector units, rows shared among threads, nothing allocated per frame. The widest
/// vectors that the hardware has are used; <c>DOTNET_EnableAVX512=0</c> and the like choose narrower ones.
/// </summary>
public sealed class SimdBackend : IBackend
{
    private readonly WorkerPool _pool;

    /// <summary>Creates the backend and its threads.</summary>
    /// <param name="threads">Number of threads, the caller's included; 0 for one per processor.</param>
    public SimdBackend(int threads = 0) : this(threads, WidestVectorBits)
    {
    }

    internal SimdBackend(int threads, int vectorBits)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        VectorBits = vectorBits;
        _pool = new(threads == 0 ? Environment.ProcessorCount : threads);
        string lanes = vectorBits == 32 ? "no vectors" : $"{vectorBits}-bit vectors";
        Device = new(
            RuntimeInformation.ProcessArchitecture.ToString(),
            $"{lanes}, {_pool.Workers} thread{(_pool.Workers == 1 ? "" : "s")}",
            RuntimeInformation.FrameworkDescription, IsSoftware: false);
    }

    /// <summary>Bits of the widest vectors that the hardware accelerates: 512, 256 or 128; 32 where there are none.</summary>
    public static int WidestVectorBits =>
        Vector512.IsHardwareAccelerated ? 512
        : Vector256.IsHardwareAccelerated ? 256
        : Vector128.IsHardwareAccelerated ? 128
        : 32;

    /// <summary>Bits of the vectors that this backend uses.</summary>
    public int VectorBits { get; }

    /// <summary>Number of threads, the caller's included.</summary>
    public int Threads => _pool.Workers;

    /// <inheritdoc/>
    public string Name => "simd";

    /// <inheritdoc/>
    public bool RoundsToNearest => true;

    /// <inheritdoc/>
    public DeviceInfo Device { get; }

    /// <inheritdoc/>
    public ICompiledPipeline Compile(Pipeline pipeline, TensorShape input, StageOutputs keep = StageOutputs.All) =>
        new SimdCompiledPipeline(pipeline, input, keep, CreateStage);

    private SimdStage CreateStage(ReadOnlySpan<OperatorSpec> stages, TensorShape input) => VectorBits switch
    {
        512 => CreateStage<Vector512F>(stages, input),
        256 => CreateStage<Vector256F>(stages, input),
        128 => CreateStage<Vector128F>(stages, input),
        _ => CreateStage<ScalarF>(stages, input),
    };

    private SimdStage CreateStage<TVector>(ReadOnlySpan<OperatorSpec> stages, TensorShape input)
        where TVector : struct, IVector<TVector> => stages.Length == 1
            ? SimdStages.Create<TVector>(stages[0], input, _pool)
            : SimdStages.CreateConv<TVector>((Conv2d)stages[0], stages[1..], input, _pool);

    /// <inheritdoc/>
    public void Dispose() => _pool.Dispose();
}
