using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Cpu.Simd;
using LivePool.Verification;

namespace LivePool.Cpu.Tests.Simd;

/// <summary>Alone in the process, because the garbage collector counts all threads' bytes together.</summary>
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
[Collection(nameof(AllocationTests))]
public sealed class AllocationTests
{
    private const int Runs = 200;
    private static readonly TensorShape _input = new(1, 1, 60, 80);

    public static TheoryData<string, int, bool> Pipelines
    {
        get
        {
            var data = new TheoryData<string, int, bool>();
            foreach (string name in (string[])["edge24", "edge24-avg", "cnn", "indices", "normalize", "decoder", "powers", "adaptive", "fractional", "unpool", "pools"])
            {
                foreach (int threads in (int[])[1, 2])
                {
                    data.Add(name, threads, false);
                    data.Add(name, threads, true);
                }
            }
            return data;
        }
    }

    private static Pipeline Create(string name) => name switch
    {
        "indices" => Pipeline.Of(new MaxPool2d(3) { Stride = 2, Padding = 1, ReturnIndices = true }, 1),
        "normalize" => new(name, 1, [Pointwise.Normalize, Pointwise.Sigmoid, Pointwise.Tanh]),
        "decoder" => new(name, 1,
        [
            Transposed(1, 3, 4) with { Stride = 2, Padding = 1 },
            Transposed(3, 2, 3) with { Stride = 3, Dilation = 2 },
            Transposed(2, 1, 3),
        ]),
        "powers" => new(name, 1, [new LpPool2d(2, 2) { Stride = 1 }, new LpPool2d(3, 2), new LpPool2d(1.5f, 3) { CeilMode = true }]),
        "adaptive" => new(name, 1,
        [
            new AdaptiveMaxPool2d(new(31, 47)) { ReturnIndices = true }, new AdaptiveMaxPool2d(50), new AdaptiveAvgPool2d(7),
        ]),
        "fractional" => new(name, 1,
        [
            new FractionalMaxPool2d(2) { OutputRatio = (0.5, 0.75) },
            new FractionalMaxPool2d(3) { OutputSize = 9, ReturnIndices = true },
        ]),
        "pools" => new(name, 1,
        [
            new MaxPool2d(5) { Stride = 1 }, new AvgPool2d(15) { Stride = 1, Padding = 7, CountIncludePad = false },
            new MaxPool2d(3) { Stride = 2 }, new AvgPool2d(2), new MaxPool2d(17) { Stride = 1, Padding = 8 },
        ]),
        "unpool" => Pipeline.Of(new MaxUnpool2d(new IndexTensor(_input, new long[_input.Count]), 2), 1),
        _ => PipelinePresets.Load(name),
    };

    private static ConvTranspose2d Transposed(int inChannels, int outChannels, int kernel) =>
        new(new Tensor(new(inChannels, outChannels, kernel, kernel)));

    [Theory]
    [MemberData(nameof(Pipelines))]
    public void A_warm_run_allocates_nothing(string name, int threads, bool isBytes)
    {
        Pipeline pipeline = Create(name);
        TensorShape input = _input with { C = pipeline.Channels };
        float[] singles = Running.Values(input, ValueKind.Pixels);
        byte[] bytes = Array.ConvertAll(singles, value => (byte)value);
        using var backend = new SimdBackend(threads);
        using ICompiledPipeline compiled = backend.Compile(pipeline, input);

        // The test runner's own threads may allocate meanwhile; a run that allocates does so in every attempt.
        long least = long.MaxValue;
        for (int attempt = 0; attempt < 20 && least > 0; attempt++)
            least = Math.Min(least, Measure(compiled, singles, bytes, isBytes));

        Assert.Equal(0, least);
    }

    private static long Measure(ICompiledPipeline compiled, float[] singles, byte[] bytes, bool isBytes)
    {
        Run(10);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        Run(Runs);
        return GC.GetTotalAllocatedBytes(precise: true) - before;

        void Run(int times)
        {
            for (int i = 0; i < times; i++)
            {
                if (isBytes)
                    compiled.Run(bytes);
                else
                    compiled.Run(singles);
            }
        }
    }
}
