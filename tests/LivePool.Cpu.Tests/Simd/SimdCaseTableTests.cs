using System.Runtime.InteropServices;
using LivePool.Core.Pipelines;
using LivePool.Cpu.Reference;
using LivePool.Cpu.Simd;
using LivePool.Verification;

namespace LivePool.Cpu.Tests.Simd;

/// <summary>Every row of the case table stays inside its bound at every vector width, on one thread and on several.</summary>
public sealed class SimdCaseTableTests
{
    public static TheoryData<int, int> WidthsAndThreads
    {
        get
        {
            var data = new TheoryData<int, int>();
            foreach (int bits in (int[])[32, 128, 256, 512])
            {
                data.Add(bits, 1);
                data.Add(bits, 3);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(WidthsAndThreads))]
    public void Every_case_is_within_its_bound(int vectorBits, int threads)
    {
        using var backend = new SimdBackend(threads, vectorBits);
        var check = new OperatorCheck(new ReferenceOperators());
        var failures = new List<string>();
        foreach (OperatorCase operatorCase in OperatorCases.All)
        {
            float[] input = operatorCase.MakeInput();
            float[] before = [.. input];
            using var compiled = (SimdCompiledPipeline)backend.Compile(
                Pipeline.Of(operatorCase.Spec, operatorCase.Input.C), operatorCase.Input);
            foreach (NativeBuffer<float> buffer in compiled.OutputBuffers)
                buffer.Poison();
            foreach (NativeBuffer<long> buffer in compiled.IndexBuffers)
                buffer.Poison();

            compiled.Run(input);

            ComparisonReport report = check.Compare(operatorCase.Spec, operatorCase.Input, input,
                compiled.Output(0), compiled.Indices(0), ErrorBound.RoundToNearest);
            if (!report.Passed)
                failures.Add($"{operatorCase}: {report}");
            if (!compiled.OutputBuffers.All(buffer => buffer.RedZonesAreIntact) ||
                !compiled.IndexBuffers.All(buffer => buffer.RedZonesAreIntact))
                failures.Add($"{operatorCase}: wrote outside its output");
            if (!MemoryMarshal.AsBytes(input.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(before.AsSpan())))
                failures.Add($"{operatorCase}: changed its input");
        }
        Assert.True(failures.Count == 0, string.Join("\n", failures.Take(20)) + $"\n{failures.Count} in all");
    }
}
