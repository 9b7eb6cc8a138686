using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Cpu.Reference;

namespace LivePool.Verification.Tests;

/// <summary>Changes the elements of an output, given the operator, the input's and the output's shape.</summary>
internal delegate void Distortion(OperatorSpec spec, TensorShape input, TensorShape output, float[] y);

/// <summary>The reference with a fault in its outputs or indices.</summary>
internal sealed class DistortedBackend(Distortion distort, Action<long[]>? distortIndices = null) : IBackend
{
    private readonly ReferenceBackend _inner = new();

    public string Name => "distorted";

    public DeviceInfo Device => _inner.Device;

    public bool RoundsToNearest { get; init; } = true;

    public ICompiledPipeline Compile(Pipeline pipeline, TensorShape input, StageOutputs keep) =>
        new Compiled(_inner.Compile(pipeline, input, keep), distort, distortIndices);

    public void Dispose() => _inner.Dispose();

    private sealed class Compiled(ICompiledPipeline inner, Distortion distort, Action<long[]>? distortIndices) : ICompiledPipeline
    {
        public Pipeline Pipeline => inner.Pipeline;

        public TensorShape InputShape => inner.InputShape;

        public IReadOnlyList<TensorShape> Shapes => inner.Shapes;

        public ReadOnlySpan<double> StageMilliseconds => inner.StageMilliseconds;

        public bool IsFused(int stage) => inner.IsFused(stage);

        public void Run(FrameView frame) => inner.Run(frame);

        public ReadOnlySpan<float> Output(int stage)
        {
            float[] y = inner.Output(stage).ToArray();
            distort(Pipeline.Stages[stage], stage == 0 ? InputShape : Shapes[stage - 1], Shapes[stage], y);
            return y;
        }

        public ReadOnlySpan<long> Indices(int stage)
        {
            long[] indices = inner.Indices(stage).ToArray();
            distortIndices?.Invoke(indices);
            return indices;
        }

        public void Dispose() => inner.Dispose();
    }
}
