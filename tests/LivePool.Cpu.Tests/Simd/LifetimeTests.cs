using LivePool.Core;
using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Cpu.Reference;
using LivePool.Cpu.Simd;
using LivePool.Verification;

namespace LivePool.Cpu.Tests.Simd;

/// <summary>Wrong calls are refused; they neither crash the process nor hang.</summary>
public sealed class LifetimeTests
{
    private static readonly TensorShape _input = new(1, 1, 12, 20);
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    public static TheoryData<string> Backends => ["reference", "simd"];

    private static IBackend Create(string name) => name == "simd" ? new SimdBackend(2) : new ReferenceBackend();

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_frame_of_another_length_is_refused(string name)
    {
        using IBackend backend = Create(name);
        using ICompiledPipeline compiled = backend.Compile(PipelinePresets.Load("edge24"), _input);
        foreach (int length in (int[])[0, 1, _input.Count - 1, _input.Count + 1])
        {
            var error = Assert.Throws<LivePoolException>(() => compiled.Run(new float[length]));
            Assert.Contains($"{length} elements", error.Message, StringComparison.Ordinal);
            Assert.Throws<LivePoolException>(() => compiled.Run(new byte[length]));
        }
        compiled.Run(new float[_input.Count]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_run_after_the_backend_is_disposed_is_refused(int threads)
    {
        var backend = new SimdBackend(threads);
        using ICompiledPipeline compiled = backend.Compile(PipelinePresets.Load("edge24"), _input);
        backend.Dispose();

        Task run = Task.Run(() => compiled.Run(new float[_input.Count]), TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<ObjectDisposedException>(() => run.WaitAsync(_patience, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_disposed_pipeline_is_refused()
    {
        using var backend = new SimdBackend(2);
        foreach (OperatorSpec spec in (OperatorSpec[])[
            new Conv2d(new Tensor(new(1, 1, 3, 3))), new MaxPool2d(2), new MaxPool2d(2) { ReturnIndices = true }, new AvgPool2d(2),
            new ConvTranspose2d(new Tensor(new(1, 1, 3, 3))), new LpPool2d(2, 2), new LpPool2d(3, 2), new AdaptiveAvgPool2d(3),
            new AdaptiveMaxPool2d(3) { ReturnIndices = true }, new FractionalMaxPool2d(2) { OutputSize = 3 },
            new MaxUnpool2d(new IndexTensor(_input, new long[_input.Count]), 2), Pointwise.Relu, Pointwise.Normalize])
        {
            ICompiledPipeline compiled = backend.Run(spec, _input, new float[_input.Count]);
            compiled.Dispose();
            compiled.Dispose();
            Assert.Throws<ObjectDisposedException>(() => compiled.Run(new float[_input.Count]));
            Assert.Throws<ObjectDisposedException>(() => compiled.Run(new byte[_input.Count]));
            Assert.Throws<ObjectDisposedException>(() => compiled.Output(0).Length);
            if (spec.ReturnsIndices)
                Assert.Throws<ObjectDisposedException>(() => compiled.Indices(0).Length);
        }
    }

    [Fact]
    public void A_backend_may_be_disposed_twice_and_before_its_pipelines()
    {
        var backend = new SimdBackend(3);
        ICompiledPipeline compiled = backend.Compile(PipelinePresets.Load("cnn"), new(1, PipelinePresets.Load("cnn").Channels, 30, 30));
        backend.Dispose();
        backend.Dispose();
        compiled.Dispose();
    }

    [Fact]
    public async Task Disposing_the_backend_waits_for_a_run_on_another_thread()
    {
        var input = new TensorShape(1, 1, 100, 100);
        for (int i = 0; i < 15; i++)
        {
            var backend = new SimdBackend(3);
            using ICompiledPipeline compiled = backend.Compile(PipelinePresets.Load("edge24"), input);
            using var running = new ManualResetEventSlim();
            Task run = Task.Run(() =>
            {
                float[] frame = new float[input.Count];
                while (true)
                {
                    compiled.Run(frame);
                    running.Set();
                }
            }, TestContext.Current.CancellationToken);
            running.Wait(TestContext.Current.CancellationToken);
            backend.Dispose();
            await Assert.ThrowsAsync<ObjectDisposedException>(() => run.WaitAsync(_patience, TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task Two_threads_may_run_two_pipelines_of_one_backend()
    {
        using var backend = new SimdBackend(2);
        await Task.WhenAll(Enumerable.Range(0, 2).Select(seed => Task.Run(() =>
        {
            using ICompiledPipeline compiled = backend.Compile(PipelinePresets.Load("edge24"), _input);
            float[] frame = Running.Values(_input, ValueKind.Pixels, seed + 1);
            compiled.Run(frame);
            int[] expected = Running.Bits(compiled.Output(1));
            for (int i = 0; i < 300; i++)
            {
                compiled.Run(frame);
                Assert.Equal(expected, Running.Bits(compiled.Output(1)));
            }
        })));
    }
}
