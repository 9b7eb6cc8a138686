using LivePool.Core;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Gpu.Display;

namespace LivePool.Gpu.Tests;

/// <summary>What a compiled pipeline promises besides its arithmetic.</summary>
public sealed class PipelineTests
{
    private static readonly TensorShape _shape = new(1, 1, 37, 53);

    [Fact]
    public void Eight_bit_input_equals_float_input_bit_for_bit()
    {
        using GpuBackend backend = Backends.CreateStrict();
        using GpuCompiledPipeline compiled = backend.Compile(Backends.Edge24(), _shape);
        byte[] bytes = [.. Enumerable.Range(0, _shape.Count).Select(i => (byte)(i * 7))];
        compiled.Run(bytes);
        float[] fromBytes = compiled.Output(0).ToArray();
        compiled.CheckGuards();
        compiled.Run(Array.ConvertAll(bytes, b => (float)b));
        Assert.Equal(fromBytes, compiled.Output(0).ToArray());
    }

    [Fact]
    public void Every_stage_s_output_is_this_run_s()
    {
        using GpuBackend backend = Backends.CreateStrict();
        using GpuCompiledPipeline compiled = backend.Compile(new("two", 1, [Pointwise.ScaleOffset(2), Pointwise.ScaleOffset(1, 1)]), new(1, 1, 1, 2));
        compiled.Run(new float[] { 1f, 2f });
        Assert.Equal([2f, 4f], compiled.Output(0).ToArray());
        Assert.Equal([3f, 5f], compiled.Output(1).ToArray());
        compiled.Run(new float[] { 10f, 20f });
        Assert.Equal([21f, 41f], compiled.Output(1).ToArray());
        Assert.Equal([20f, 40f], compiled.Output(0).ToArray());
        Assert.True(compiled.Indices(0).IsEmpty);
    }

    [Fact]
    public void A_run_allocates_nothing_on_the_managed_heap_after_the_first()
    {
        using GpuBackend backend = GpuBackend.CreateHeadless();
        using GpuCompiledPipeline compiled = backend.Compile(Backends.Edge24(), _shape);
        using PlaneRanges ranges = compiled.CreatePlaneRanges(1);
        var bytes = new byte[_shape.Count];
        var floats = new float[_shape.Count];
        for (int i = 0; i < 3; i++)
            Frame();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++)
            Frame();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Frame()
        {
            compiled.Run(bytes);
            compiled.Run(floats);
            _ = compiled.Output(1);
            _ = compiled.Indices(1);
            _ = compiled.StageMilliseconds;
            _ = ranges.Update();
        }
    }

    [Fact]
    public void Stage_times_are_measured()
    {
        using GpuBackend backend = Backends.CreateStrict();
        using GpuCompiledPipeline compiled = backend.Compile(Backends.Edge24(), new(1, 1, 200, 200));
        compiled.Run(new byte[200 * 200]);
        Assert.Equal(2, compiled.StageMilliseconds.Length);
        Assert.All(compiled.StageMilliseconds.ToArray(), ms => Assert.InRange(ms, 1e-6, 10_000));
    }

    [Fact]
    public void A_frame_of_another_size_is_refused_and_a_result_before_a_run_too()
    {
        using GpuBackend backend = Backends.CreateStrict();
        using GpuCompiledPipeline compiled = backend.Compile(Backends.Edge24(), _shape);
        Assert.Contains("has 3 elements", Assert.Throws<LivePoolException>(() => compiled.Run(new float[3])).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => compiled.Output(0).Length);
        Assert.Throws<InvalidOperationException>(() => compiled.StageMilliseconds.Length);
    }

    [Fact]
    public void The_device_s_buffers_hold_what_is_read()
    {
        using GpuBackend backend = Backends.CreateStrict();
        using GpuCompiledPipeline compiled = backend.Compile(Pipeline.Of(Pointwise.ScaleOffset(2), 1), new(1, 1, 1, 3));
        compiled.Run(new float[] { 1f, 2f, 3f });
        Assert.Equal([1f, 2f, 3f], Read(backend, compiled.InputBuffer, 3));
        Assert.Equal([2f, 4f, 6f], Read(backend, compiled.OutputBuffer(0), 3));
    }

    [Fact]
    public void Plane_ranges_lag_by_one_update()
    {
        using GpuBackend backend = Backends.CreateStrict();
        using GpuCompiledPipeline compiled = backend.Compile(Pipeline.Of(Pointwise.ScaleOffset(2), 2), new(1, 2, 1, 3));
        using PlaneRanges ranges = compiled.CreatePlaneRanges(0);
        compiled.Run(new float[] { 1f, 2f, 3f, float.NaN, -1f, float.PositiveInfinity });
        Assert.Equal([new PlaneRange(2, 6), new(-2, -2)], ranges.Update().ToArray());
        compiled.Run(new float[] { 10f, 20f, 30f, float.NaN, float.NaN, float.NaN });
        Assert.Equal([new PlaneRange(2, 6), new(-2, -2)], ranges.Update().ToArray());
        Assert.Equal([new PlaneRange(20, 60), new(0, 0)], ranges.Update().ToArray());
        Assert.Equal(new PlaneRange(-1, 3), PlaneRange.Of([3, float.NaN, -1, float.NegativeInfinity]));
        Assert.Equal(default, PlaneRange.Of([float.NaN]));
    }

    [Fact]
    public void A_write_behind_a_buffer_is_found()
    {
        using GpuBackend backend = Backends.CreateStrict();
        using GpuCompiledPipeline compiled = backend.Compile(Pipeline.Of(Pointwise.Relu, 1), new(1, 1, 1, 3));
        compiled.CheckGuards();
        var gl = backend.Context.Gl;
        gl.BindBuffer(Silk.NET.OpenGL.BufferTargetARB.ShaderStorageBuffer, compiled.OutputBuffer(0));
        gl.BufferSubData<float>(Silk.NET.OpenGL.BufferTargetARB.ShaderStorageBuffer, 3 * sizeof(float), [1f]);
        Assert.Contains("behind the end", Assert.Throws<LivePoolException>(compiled.CheckGuards).Message, StringComparison.Ordinal);
    }

    private static float[] Read(GpuBackend backend, uint buffer, int count)
    {
        var elements = new float[count];
        var gl = backend.Context.Gl;
        gl.BindBuffer(Silk.NET.OpenGL.BufferTargetARB.CopyReadBuffer, buffer);
        gl.GetBufferSubData<float>(Silk.NET.OpenGL.BufferTargetARB.CopyReadBuffer, 0, elements.AsSpan());
        return elements;
    }
}
