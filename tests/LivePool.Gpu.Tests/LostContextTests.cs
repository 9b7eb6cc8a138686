using LivePool.Core;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Gpu.Context;
using LivePool.Shaders;
using Silk.NET.OpenGL;

namespace LivePool.Gpu.Tests;

/// <summary>A device that is reset is said to be, once and for all, and nothing hangs or crashes after it.</summary>
public sealed class LostContextTests
{
    private static readonly TensorShape _shape = new(1, 1, 4, 6);
    private static readonly float[] _frame = Backends.Ramp(24);

    [Fact]
    public void A_headless_context_loses_itself_on_a_reset_and_can_be_asked()
    {
        using GpuContext context = GpuContext.CreateHeadless();
        Assert.Equal((int)GLEnum.LoseContextOnReset, context.Gl.GetInteger(GLEnum.ResetNotificationStrategy));
        Assert.Equal(GLEnum.NoError, context.AskReset?.Invoke());
    }

    [Theory]
    [InlineData(GLEnum.GuiltyContextReset, "by its own work (guilty); use smaller frames or kernels, or --backend simd")]
    [InlineData(GLEnum.InnocentContextReset, "by another program's work (innocent); start again")]
    [InlineData(GLEnum.UnknownContextReset, "for an unknown reason; start again, or use --backend simd")]
    [InlineData((GLEnum)0x92BB, "with status 0x92BB; start again, or use --backend simd")]
    public void A_reset_while_running_says_whose_fault_it_was_and_stays(GLEnum status, string reason)
    {
        using GpuBackend backend = Backends.CreateStrict();
        using GpuCompiledPipeline compiled = backend.Compile(Backends.Edge24(), new(1, 1, 10, 10));
        using PlaneRanges ranges = compiled.CreatePlaneRanges(0);
        using StageReadback readback = compiled.CreateReadback();
        compiled.Run(Backends.Ramp(100));
        readback.Begin();
        backend.Context.AskReset = () => status;
        string message = $"gpu: {backend.Device.Renderer} was reset while running edge24, and all that it held is lost: {reason}";
        Throws(() => compiled.Run(Backends.Ramp(100)));

        // The driver says so once only; the context stays lost.
        backend.Context.AskReset = () => GLEnum.NoError;
        Throws(() => compiled.Run(Backends.Ramp(100)));
        Throws(() => _ = compiled.Output(0));
        Throws(() => _ = compiled.Indices(1));
        Throws(() => _ = compiled.StageMilliseconds);
        Throws(compiled.Wait);
        Throws(() => _ = compiled.InputBuffer);
        Throws(() => _ = ranges.Update());
        Throws(() => compiled.CreatePlaneRanges(0));
        Throws(() => _ = readback.IsReady);
        Throws(readback.Begin);
        Throws(() => readback.Read(0, new float[72]));
        Throws(() => backend.Compile(Backends.Edge24(), new(1, 1, 10, 10)));

        void Throws(Action action) => Assert.Equal(message, Assert.Throws<BackendUnavailableException>(action).Message);
    }

    [Fact]
    public void A_reset_while_reading_or_compiling_is_found_there()
    {
        AssertLost("reading the results of edge24", (_, compiled) => compiled.Output(0).ToArray());
        AssertLost("reading the results of edge24", (_, compiled) => compiled.Indices(1).ToArray());
        AssertLost("reading the results of edge24", (_, compiled) => compiled.StageMilliseconds.ToArray());
        AssertLost("reading back its stages", (_, compiled) =>
        {
            using StageReadback readback = compiled.CreateReadback();
            readback.Begin();
            while (!readback.IsReady)
                Thread.Yield();
        });
        AssertLost("compiling relu", (backend, _) => backend.Compile(Pipeline.Of(Pointwise.Relu, 1), _shape));

        static void AssertLost(string action, Action<GpuBackend, GpuCompiledPipeline> act)
        {
            using GpuBackend backend = Backends.CreateStrict();
            using GpuCompiledPipeline compiled = backend.Compile(Backends.Edge24(), new(1, 1, 10, 10));
            compiled.Run(Backends.Ramp(100));
            backend.Context.AskReset = () => GLEnum.InnocentContextReset;
            var e = Assert.Throws<BackendUnavailableException>(() => act(backend, compiled));
            Assert.Contains($"was reset while {action}, ", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_shader_that_a_lost_context_refuses_is_not_blamed()
    {
        using var folder = new CopiedShaders();
        folder.Edit("include/float.glsl", text => text + "not GLSL");
        using GpuBackend backend = GpuBackend.CreateHeadless(ShaderFolder.Locate(folder.Root), Backends.Strict);
        backend.Context.AskReset = () => GLEnum.UnknownContextReset;
        Assert.Throws<BackendUnavailableException>(() => backend.Compile(Pipeline.Of(Pointwise.Relu, 1), _shape));
    }

    [Fact]
    public void Nothing_of_another_context_is_deleted_in_a_lost_one_s_place()
    {
        using GpuBackend alive = Backends.CreateStrict();
        GpuBackend lost = Backends.CreateStrict();
        GpuCompiledPipeline orphan = lost.Compile(Pipeline.Of(Pointwise.Relu, 1), _shape);
        lost.Context.AskReset = () => GLEnum.GuiltyContextReset;
        Assert.Throws<BackendUnavailableException>(() => orphan.Run(_frame));
        using GpuCompiledPipeline compiled = alive.Compile(Pipeline.Of(Pointwise.ScaleOffset(2), 1), _shape);
        orphan.Dispose();
        lost.Dispose();
        lost.Dispose();
        compiled.Run(_frame);
        Assert.Equal(_frame.Select(x => 2 * x), compiled.Output(0).ToArray());
    }

    [Fact]
    public void A_context_that_is_lost_unnoticed_is_disposed_of_in_peace()
    {
        GpuBackend backend = Backends.CreateStrict();
        GpuCompiledPipeline compiled = backend.Compile(Pipeline.Of(Pointwise.Relu, 1), _shape);
        PlaneRanges ranges = compiled.CreatePlaneRanges(0);
        backend.Context.AskReset = () => GLEnum.GuiltyContextReset;
        ranges.Dispose();
        backend.Dispose();
        compiled.Dispose();
    }

    [Fact]
    public void Without_a_way_to_ask_everything_works()
    {
        using GpuBackend backend = Backends.CreateStrict();
        backend.Context.AskReset = null;
        Assert.Equal(_frame, Backends.Run(backend, Pointwise.Relu, _shape, _frame));
    }
}
