using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Backends;
using LivePool.Gpu.UserShaders;

namespace LivePool.Gpu.Tests.UserShaders;

public sealed class OperatorShaderTests
{
    private const string Relu = """
        // @op relu
        #include "include/grid.glsl"
        layout(local_size_x = LOCAL_X, local_size_y = LOCAL_Y) in;
        layout(std430, binding = 0) readonly restrict buffer Input { float x[]; };
        layout(std430, binding = 1) writeonly restrict buffer Output { float y[]; };
        void main()
        {
            ivec3 at = gridPosition();
            if (at.x < planeSize && at.z < planes)
                y[at.z * planeSize + at.x] = 100.0 + x[at.z * planeSize + at.x];
        }
        """;

    [Fact]
    public void Only_the_stage_that_names_it_runs_it()
    {
        using var written = new WrittenShader(Relu);
        using GpuBackend backend = Backends.CreateStrict();
        var pipeline = new Pipeline("chain", 2, [Pointwise.Relu with { Shader = written.Shader }, Pointwise.Relu, Pointwise.Abs]);
        using GpuCompiledPipeline compiled = backend.Compile(pipeline, new(1, 2, 1, 3));
        compiled.Run(Backends.Ramp(6));
        for (int stage = 0; stage < 3; stage++)
            Assert.Equal([100, 101, 102, 103, 104, 105], compiled.Output(stage));
        Assert.NotNull(compiled.Reflection(0));
        Assert.Null(compiled.Reflection(1));
    }

    [Fact]
    public void Nothing_is_fused_around_it()
    {
        using var written = new WrittenShader(Relu);
        using GpuBackend backend = Backends.CreateStrict();
        var pipeline = new Pipeline("chain", 1, [Backends.Edge24().Stages[0], Pointwise.Relu with { Shader = written.Shader }, new MaxPool2d(2)]);
        using GpuCompiledPipeline compiled = backend.Compile(pipeline, new(1, 1, 12, 12), StageOutputs.Last);
        Assert.False(compiled.IsFused(0));
        compiled.Run(new float[144]);
        Assert.All(compiled.Output(2).ToArray(), value => Assert.Equal(100, value));
    }

    [Fact]
    public void A_stage_of_another_operator_does_not_take_it()
    {
        using var written = new WrittenShader(Relu);
        using GpuBackend backend = Backends.CreateStrict();
        string message = Assert.Throws<Core.LivePoolException>(() => backend.Compile(Pipeline.Of(Pointwise.Abs with { Shader = written.Shader }, 1), new(1, 1, 2, 2))).Message;
        Assert.EndsWith("claims to be relu, and the stage is abs", message, StringComparison.Ordinal);
        Assert.Contains("name it in a stage of that operator", Assert.Throws<Core.LivePoolException>(() => new FreeStage(written.Shader)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_operator_names_a_kernel_that_is_there()
    {
        foreach (string name in OperatorShader.Names)
            Assert.True(File.Exists(Path.Combine(AppContext.BaseDirectory, "shaders", OperatorShader.Of(name).Path)), name);
        Assert.Contains("known are conv2d", Assert.Throws<LivePool.Core.LivePoolException>(() => OperatorShader.Of("softmax")).Message, StringComparison.Ordinal);
    }
}
