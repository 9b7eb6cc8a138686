using LivePool.Core.Backends;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Cpu.Reference;

namespace LivePool.Verification.Tests;

/// <summary>A backend's arithmetic is found by trying it, so that a flushing GPU is neither wronged nor excused.</summary>
public sealed class ArithmeticTests
{
    [Fact]
    public void The_reference_rounds_to_nearest_and_keeps_subnormals()
    {
        using var backend = new ReferenceBackend();
        Assert.Equal(new Arithmetic(ErrorBound.RoundToNearest), Arithmetic.Of(backend));
    }

    [Fact]
    public void A_device_that_flushes_is_found_out()
    {
        using var backend = new FlushingBackend();
        Assert.Equal(new Arithmetic(ErrorBound.AnyRounding, FlushesSubnormals: true), Arithmetic.Of(backend));
    }

    /// <summary>The reference with subnormal outputs set to 0.</summary>
    private sealed class FlushingBackend : IBackend
    {
        private readonly ReferenceBackend _inner = new();

        public string Name => "flushing";

        public DeviceInfo Device => _inner.Device;

        public bool RoundsToNearest => false;

        public ICompiledPipeline Compile(Pipeline pipeline, TensorShape input) => new Compiled(_inner.Compile(pipeline, input));

        public void Dispose() => _inner.Dispose();
    }

    private sealed class Compiled(ICompiledPipeline inner) : ICompiledPipeline
    {
        public Pipeline Pipeline => inner.Pipeline;

        public TensorShape InputShape => inner.InputShape;

        public IReadOnlyList<TensorShape> Shapes => inner.Shapes;

        public ReadOnlySpan<double> StageMilliseconds => inner.StageMilliseconds;

        public void Run(FrameView frame) => inner.Run(frame);

        public ReadOnlySpan<float> Output(int stage) =>
            Array.ConvertAll(inner.Output(stage).ToArray(), value => float.IsSubnormal(value) ? 0 : value);

        public ReadOnlySpan<long> Indices(int stage) => inner.Indices(stage);

        public void Dispose() => inner.Dispose();
    }
}
