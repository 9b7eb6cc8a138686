using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Cpu.Simd;
using LivePool.Verification;

namespace LivePool.Cpu.Tests;

/// <summary>Every vector width, those that the processor lacks included: the runtime emulates them.</summary>
internal static class VectorWidths
{
    public static int[] All { get; } = [32, 128, 256, 512];

    public static TheoryData<int> Data => [.. All];

    /// <summary>Each width on each number of threads.</summary>
    public static TheoryData<int, int> With(params int[] threads)
    {
        var data = new TheoryData<int, int>();
        foreach (int bits in All)
        {
            foreach (int count in threads)
                data.Add(bits, count);
        }
        return data;
    }
}

/// <summary>Shorthand for tests.</summary>
internal static class Running
{
    /// <summary>Compiles one operator and runs it once; the caller disposes the result.</summary>
    public static ICompiledPipeline Run(this IBackend backend, OperatorSpec spec, TensorShape input, FrameView frame)
    {
        ICompiledPipeline compiled = backend.Compile(Pipeline.Of(spec, input.C), input);
        compiled.Run(frame);
        return compiled;
    }

    /// <summary>The output of one operator's run.</summary>
    public static float[] Output(this IBackend backend, OperatorSpec spec, TensorShape input, FrameView frame)
    {
        using ICompiledPipeline compiled = backend.Run(spec, input, frame);
        return compiled.Output(0).ToArray();
    }

    /// <summary>The bits, so that +0 differs from -0; a NaN's are free, because a sum may keep either operand's.</summary>
    public static int[] Bits(ReadOnlySpan<float> values) =>
        Array.ConvertAll(values.ToArray(), value => BitConverter.SingleToInt32Bits(float.IsNaN(value) ? float.NaN : value));

    /// <summary>Values of a kind, the same on every machine.</summary>
    public static float[] Values(TensorShape shape, ValueKind kind, int seed = 1) =>
        new OperatorCase(Pointwise.Abs, shape, kind, seed).MakeInput();

    /// <summary>Fails with the first few of many messages.</summary>
    public static void AssertNone(List<string> failures) =>
        Assert.True(failures.Count == 0, string.Join("\n", failures.Take(20)) + $"\n{failures.Count} in all");

    public static SimdBackend Simd(int threads, int vectorBits) => new(threads, vectorBits);
}
