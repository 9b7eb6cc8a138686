using LivePool.Benchmarks.Cases;
using LivePool.Core.Backends;

namespace LivePool.Benchmarks.Contenders;

/// <summary>Ours.</summary>
internal sealed class LivePoolContender : IContender
{
    private readonly ICompiledPipeline _compiled;
    private readonly byte[] _bytes;
    private readonly float[] _singles = [];

    public LivePoolContender(IBackend backend, BenchmarkCase item, InputKind kind)
    {
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

    public void Dispose() => _compiled.Dispose();
}
