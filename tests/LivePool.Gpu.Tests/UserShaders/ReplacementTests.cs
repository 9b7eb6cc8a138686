using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Backends;
using LivePool.Gpu.UserShaders;

namespace LivePool.Gpu.Tests.UserShaders;

public sealed class ReplacementTests
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
    public void Only_the_operator_that_it_claims_to_be_is_replaced()
    {
        using var written = new WrittenShader(Relu);
        using GpuBackend backend = GpuBackend.CreateHeadless(options: Backends.Strict with { Replacement = written.Shader });
        Assert.Equal([100, 101, 102, 103, 104, 105], Backends.Run(backend, Pointwise.Relu, new(1, 2, 1, 3), Backends.Ramp(6)));
        Assert.Equal([0, 1, 2], Backends.Run(backend, Pointwise.Abs, new(1, 1, 1, 3), Backends.Ramp(3)));
    }

    [Fact]
    public void Nothing_is_fused_around_it()
    {
        using var written = new WrittenShader(Relu);
        using GpuBackend backend = GpuBackend.CreateHeadless(options: Backends.Strict with { Replacement = written.Shader });
        var pipeline = new Pipeline("chain", 1, [Backends.Edge24().Stages[0], Pointwise.Relu, new MaxPool2d(2)]);
        using GpuCompiledPipeline compiled = backend.Compile(pipeline, new(1, 1, 12, 12), StageOutputs.Last);
        Assert.False(compiled.IsFused(0));
        compiled.Run(new float[144]);
        Assert.All(compiled.Output(2).ToArray(), value => Assert.Equal(100, value));
    }

    [Fact]
    public void Every_operator_names_a_kernel_that_is_there()
    {
        foreach (string name in OperatorShader.Names)
            Assert.True(File.Exists(Path.Combine(AppContext.BaseDirectory, "shaders", OperatorShader.Of(name).Path)), name);
        Assert.Contains("known are conv2d", Assert.Throws<LivePool.Core.LivePoolException>(() => OperatorShader.Of("softmax")).Message, StringComparison.Ordinal);
    }
}
