using LivePool.Core.Backends;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;

namespace LivePool.Cpu.Tests;

/// <summary>Changes a stage's results.</summary>
internal delegate void Fault(TensorShape shape, Span<float> output, Span<long> indices);

/// <summary>Another backend, which it does not own, with a fault in the results of every stage.</summary>
internal sealed class FaultyBackend(IBackend inner, Fault fault) : IBackend
{
    public string Name => inner.Name;

    public DeviceInfo Device => inner.Device;

    public bool RoundsToNearest => inner.RoundsToNearest;

    public ICompiledPipeline Compile(Pipeline pipeline, TensorShape input, StageOutputs keep) => new Compiled(inner.Compile(pipeline, input, keep), fault);

    public void Dispose()
    {
    }

    private sealed class Compiled(ICompiledPipeline inner, Fault fault) : ICompiledPipeline
    {
        private readonly float[][] _outputs = new float[inner.Shapes.Count][];
        private readonly long[][] _indices = new long[inner.Shapes.Count][];

        public Pipeline Pipeline => inner.Pipeline;

        public TensorShape InputShape => inner.InputShape;

        public IReadOnlyList<TensorShape> Shapes => inner.Shapes;

        public ReadOnlySpan<double> StageMilliseconds => inner.StageMilliseconds;

        public bool IsFused(int stage) => inner.IsFused(stage);

        public void Run(FrameView frame)
        {
            inner.Run(frame);
            for (int stage = 0; stage < _outputs.Length; stage++)
            {
                _outputs[stage] = inner.Output(stage).ToArray();
                _indices[stage] = inner.Indices(stage).ToArray();
                fault(Shapes[stage], _outputs[stage], _indices[stage]);
            }
        }

        public ReadOnlySpan<float> Output(int stage) => _outputs[stage];

        public ReadOnlySpan<long> Indices(int stage) => _indices[stage];

        public void Dispose() => inner.Dispose();
    }
}
