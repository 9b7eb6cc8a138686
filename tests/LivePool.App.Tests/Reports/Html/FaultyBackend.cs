using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Cpu.Reference;

namespace LivePool.App.Tests.Reports.Html;

/// <summary>Spoils an output of the reference.</summary>
internal delegate void Fault(OperatorSpec spec, float[] output, long[] indices);

/// <summary>The reference with a planted fault, under a name of its own.</summary>
internal sealed class FaultyBackend(Fault fault, DeviceInfo? device = null) : IBackend
{
    private readonly ReferenceBackend _reference = new();

    public string Name => _reference.Name;

    public DeviceInfo Device => device ?? _reference.Device;

    public bool RoundsToNearest => true;

    public ICompiledPipeline Compile(Pipeline pipeline, TensorShape input, StageOutputs keep) =>
        new Faulty(_reference.Compile(pipeline, input, keep), fault);

    public void Dispose() => _reference.Dispose();

    private sealed class Faulty(ICompiledPipeline compiled, Fault fault) : ICompiledPipeline
    {
        private float[] _output = [];
        private long[] _indices = [];

        public Pipeline Pipeline => compiled.Pipeline;

        public TensorShape InputShape => compiled.InputShape;

        public IReadOnlyList<TensorShape> Shapes => compiled.Shapes;

        public ReadOnlySpan<double> StageMilliseconds => compiled.StageMilliseconds;

        public bool IsFused(int stage) => compiled.IsFused(stage);

        public void Run(FrameView frame)
        {
            compiled.Run(frame);
            _output = compiled.Output(0).ToArray();
            _indices = compiled.Indices(0).ToArray();
            fault(Pipeline.Stages[0], _output, _indices);
        }

        public ReadOnlySpan<float> Output(int stage) => _output;

        public ReadOnlySpan<long> Indices(int stage) => _indices;

        public void Dispose() => compiled.Dispose();
    }
}
