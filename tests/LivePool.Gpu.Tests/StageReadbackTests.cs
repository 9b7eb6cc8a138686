namespace LivePool.Gpu.Tests;

/// <summary>A copy behind a fence is what the stages computed when it was begun.</summary>
public sealed class StageReadbackTests
{
    [Fact]
    public void Every_stage_and_its_indices_are_those_of_the_run_before()
    {
        using GpuBackend backend = Backends.CreateStrict();
        using GpuCompiledPipeline compiled = backend.Compile(Backends.Edge24(), new(1, 1, 20, 33));
        StageReadback readback = compiled.CreateReadback();
        Assert.Throws<InvalidOperationException>(() => readback.IsReady);
        for (int frame = 0; frame < 3; frame++)
        {
            float[] x = [.. Backends.Ramp(20 * 33).Select(value => (value * 31 + frame) % 17)];
            compiled.Run(x);
            float[][] outputs = [compiled.Output(0).ToArray(), compiled.Output(1).ToArray()];
            long[] indices = compiled.Indices(1).ToArray();
            readback.Begin();
            // What runs after it does not show in it.
            compiled.Run(new float[20 * 33]);
            while (!readback.IsReady)
                Thread.Sleep(1);
            for (int stage = 0; stage < 2; stage++)
            {
                float[] got = new float[outputs[stage].Length];
                readback.Read(stage, got);
                Assert.Equal(outputs[stage], got);
            }
            long[] gotIndices = new long[indices.Length];
            readback.ReadIndices(1, gotIndices);
            Assert.Equal(indices, gotIndices);
            long[] untouched = [7];
            readback.ReadIndices(0, untouched);
            Assert.Equal([7], untouched);
        }
    }

    [Fact]
    public void It_goes_with_its_pipeline()
    {
        using GpuBackend backend = Backends.CreateStrict();
        GpuCompiledPipeline compiled = backend.Compile(Backends.Edge24(), new(1, 1, 20, 33));
        StageReadback readback = compiled.CreateReadback();
        compiled.Dispose();
        readback.Dispose();
        Assert.Throws<ObjectDisposedException>(readback.Begin);
    }
}
