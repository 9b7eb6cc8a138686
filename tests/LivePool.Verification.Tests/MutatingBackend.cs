using System.Runtime.InteropServices;
using LivePool.Core.Backends;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Cpu.Reference;

namespace LivePool.Verification.Tests;

/// <summary>The reference, but it writes into the caller's frame.</summary>
internal sealed class MutatingBackend : IBackend
{
    private readonly ReferenceBackend _inner = new();

    public string Name => "mutating";

    public DeviceInfo Device => _inner.Device;

    public bool RoundsToNearest => true;

    public ICompiledPipeline Compile(Pipeline pipeline, TensorShape input, StageOutputs keep) => new Compiled(_inner.Compile(pipeline, input, keep));

    public void Dispose() => _inner.Dispose();

    private sealed class Compiled(ICompiledPipeline inner) : ICompiledPipeline
    {
        public Pipeline Pipeline => inner.Pipeline;

        public TensorShape InputShape => inner.InputShape;

        public IReadOnlyList<TensorShape> Shapes => inner.Shapes;

        public ReadOnlySpan<double> StageMilliseconds => inner.StageMilliseconds;

        public bool IsFused(int stage) => inner.IsFused(stage);

        public void Run(FrameView frame)
        {
            inner.Run(frame);
            MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(frame.Singles), frame.Length)[0] += 1;
        }

        public ReadOnlySpan<float> Output(int stage) => inner.Output(stage);

        public ReadOnlySpan<long> Indices(int stage) => inner.Indices(stage);

        public void Dispose() => inner.Dispose();
    }
}
