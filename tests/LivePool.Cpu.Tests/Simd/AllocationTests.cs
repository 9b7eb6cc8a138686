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

    public static TheoryData<string, int, bool> Pipelines
    {
        get
        {
            var data = new TheoryData<string, int, bool>();
            foreach (string name in (string[])["edge24", "edge24-avg", "cnn", "indices", "normalize"])
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
        _ => PipelinePresets.Load(name),
    };

    [Theory]
    [MemberData(nameof(Pipelines))]
    public void A_warm_run_allocates_nothing(string name, int threads, bool isBytes)
    {
        Pipeline pipeline = Create(name);
        var input = new TensorShape(1, pipeline.Channels, 60, 80);
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
