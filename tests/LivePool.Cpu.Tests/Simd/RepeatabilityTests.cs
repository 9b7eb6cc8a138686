using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Cpu.Simd;
using LivePool.Verification;

namespace LivePool.Cpu.Tests.Simd;

/// <summary>A result depends on the frame's values and on nothing else: threads, kind of frame, frames before.</summary>
public sealed class RepeatabilityTests
{
    private static List<(int[] Outputs, long[] Indices)> RunAll(SimdBackend backend, Func<OperatorCase, float[]>? disturbance = null)
    {
        var results = new List<(int[], long[])>();
        foreach (OperatorCase operatorCase in OperatorCases.All)
        {
            using ICompiledPipeline compiled = backend.Compile(
                Pipeline.Of(operatorCase.Spec, operatorCase.Input.C), operatorCase.Input);
            float[] input = operatorCase.MakeInput();
            if (disturbance is not null)
            {
                compiled.Run(input);
                compiled.Run(disturbance(operatorCase));
            }
            compiled.Run(input);
            results.Add((Running.Bits(compiled.Output(0)), compiled.Indices(0).ToArray()));
        }
        return results;
    }

    private static void AssertEqual(List<(int[] Outputs, long[] Indices)> expected, List<(int[] Outputs, long[] Indices)> got)
    {
        var failures = new List<string>();
        for (int i = 0; i < expected.Count; i++)
        {
            if (!expected[i].Outputs.SequenceEqual(got[i].Outputs) || !expected[i].Indices.SequenceEqual(got[i].Indices))
                failures.Add($"{OperatorCases.All[i]}");
        }
        Running.AssertNone(failures);
    }

    [Fact]
    public void The_number_of_threads_does_not_change_a_bit()
    {
        using var one = new SimdBackend(1);
        List<(int[], long[])> expected = RunAll(one);
        foreach (int threads in (int[])[2, 3, 7])
        {
            using var backend = new SimdBackend(threads);
            AssertEqual(expected, RunAll(backend));
        }
    }

    [Fact]
    public void The_frame_before_leaves_nothing_behind()
    {
        using var backend = new SimdBackend(2);
        List<(int[], long[])> expected = RunAll(backend);

        AssertEqual(expected, RunAll(backend, operatorCase => Running.Values(operatorCase.Input, ValueKind.NeverFinite, 99)));
        AssertEqual(expected, RunAll(backend, operatorCase => Running.Values(operatorCase.Input, ValueKind.Special, 98)));
    }

    [Theory]
    [MemberData(nameof(VectorWidths.Data), MemberType = typeof(VectorWidths))]
    public void Bytes_are_the_same_as_their_floats(int vectorBits)
    {
        using var backend = new SimdBackend(2, vectorBits);
        var failures = new List<string>();
        foreach (OperatorCase operatorCase in OperatorCases.All.Where(c => c.Values == ValueKind.Pixels))
        {
            float[] singles = operatorCase.MakeInput();
            byte[] bytes = Array.ConvertAll(singles, value => (byte)value);
            using ICompiledPipeline first = backend.Run(operatorCase.Spec, operatorCase.Input, singles);
            using ICompiledPipeline second = backend.Run(operatorCase.Spec, operatorCase.Input, bytes);
            if (!Running.Bits(first.Output(0)).AsSpan().SequenceEqual(Running.Bits(second.Output(0))) ||
                !first.Indices(0).SequenceEqual(second.Indices(0)))
                failures.Add($"{operatorCase}");
        }
        Running.AssertNone(failures);
    }

    [Fact]
    public void Bytes_and_floats_may_alternate()
    {
        using var backend = new SimdBackend(2);
        var input = new TensorShape(1, 1, 40, 67);
        float[] singles = Running.Values(input, ValueKind.Pixels);
        byte[] bytes = Array.ConvertAll(singles, value => (byte)value);
        using ICompiledPipeline compiled = backend.Compile(PipelinePresets.Load("edge24"), input);
        compiled.Run(singles);
        int[] expected = Running.Bits(compiled.Output(1));
        for (int i = 0; i < 3; i++)
        {
            compiled.Run(new byte[bytes.Length]);
            compiled.Run(bytes);
            Assert.Equal(expected, Running.Bits(compiled.Output(1)));
            compiled.Run(new float[singles.Length]);
            compiled.Run(singles);
            Assert.Equal(expected, Running.Bits(compiled.Output(1)));
        }
    }

    [Fact]
    public void Every_byte_is_its_number()
    {
        using var backend = new SimdBackend(1);
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        Assert.Equal(
            Enumerable.Range(0, 256).Select(i => (float)i), backend.Output(Pointwise.Abs, new(1, 1, 16, 16), bytes));
    }
}
