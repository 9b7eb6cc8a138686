using LivePool.Benchmarks.Cases;
using LivePool.Core.Backends;
using LivePool.Cpu.Simd;

namespace LivePool.Benchmarks.Contenders;

/// <summary>Ours.</summary>
internal sealed class LivePoolContender : IContender
{
    private readonly IBackend? _owned;
    private readonly ICompiledPipeline _compiled;
    private readonly byte[] _bytes;
    private readonly float[] _singles = [];

    /// <summary>On threads of its own.</summary>
    public LivePoolContender(int threads, BenchmarkCase item, InputKind kind) : this(new SimdBackend(threads), item, kind, owns: true)
    {
    }

    /// <summary>On a backend that others use too.</summary>
    public LivePoolContender(IBackend backend, BenchmarkCase item, InputKind kind) : this(backend, item, kind, owns: false)
    {
    }

    private LivePoolContender(IBackend backend, BenchmarkCase item, InputKind kind, bool owns)
    {
        _owned = owns ? backend : null;
        _bytes = item.MakeInput();
        Kind = kind;
        if (kind == InputKind.Float)
            _singles = Array.ConvertAll(_bytes, value => (float)value);
        _compiled = Compile(backend, item);
    }

    public InputKind Kind { get; }

    /// <summary>The one place that says how a pipeline is compiled for speed.</summary>
    private static ICompiledPipeline Compile(IBackend backend, BenchmarkCase item) =>
        backend.Compile(item.Pipeline, item.Input, StageOutputs.Last);

    public void Run()
    {
        if (Kind == InputKind.Byte)
            _compiled.Run(_bytes);
        else
            _compiled.Run(_singles);
    }

    public float[] Output() => _compiled.Output(_compiled.Shapes.Count - 1).ToArray();

    public void Dispose()
    {
        _compiled.Dispose();
        _owned?.Dispose();
    }
}
