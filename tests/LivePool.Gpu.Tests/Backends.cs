using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;

namespace LivePool.Gpu.Tests;

/// <summary>
/// Backends as the tests want them: errors throw, outputs are poisoned, guards stand behind buffers. Without a context the
/// test fails with the packages' names; it is never skipped.
/// </summary>
internal static class Backends
{
    public static GpuBackendOptions Strict { get; } = new() { Debug = true, GuardBytes = 256, PoisonOutputs = true };

    public static GpuBackend CreateStrict() => GpuBackend.CreateHeadless(options: Strict);

    /// <summary>The seed's pipeline: 5x5 convolution to two channels, then a max pool with indices.</summary>
    public static Pipeline Edge24()
    {
        var weight = new Tensor(new(2, 1, 5, 5));
        for (int i = 0; i < 25; i++)
        {
            weight.Elements[i] = i == 12 ? 24 : -1;
            weight.Elements[25 + i] = (i % 7 - 3) / 16f;
        }
        return new("edge24", 1, [new Conv2d(weight), new MaxPool2d(2) { ReturnIndices = true }]);
    }

    public static float[] Run(GpuBackend backend, OperatorSpec spec, TensorShape shape, float[] input)
    {
        using GpuCompiledPipeline compiled = backend.Compile(Pipeline.Of(spec, shape.C), shape);
        compiled.Run(input);
        return compiled.Output(0).ToArray();
    }

    public static float[] Ramp(int count) => [.. Enumerable.Range(0, count).Select(i => (float)i)];
}
