using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Gpu.Context;
using LivePool.Shaders;
using LivePool.Verification;

namespace LivePool.Gpu.Tests;

/// <summary>The same shaders in an OpenGL ES context, whose language is stricter and which lacks some functions.</summary>
public sealed class EsTests : IDisposable
{
    private readonly GpuContext _context = GpuContext.CreateHeadless(debug: true, isEs: true);
    private readonly GpuBackend _backend;

    public EsTests() => _backend = new GpuBackend(_context, ShaderFolder.Locate(), Backends.Strict);

    public static TheoryData<string> Operators => OperatorTests.Operators;

    [Theory]
    [MemberData(nameof(Operators))]
    public void Every_case_is_within_its_bound_and_touches_nothing_else(string name)
    {
        Assert.StartsWith("OpenGL ES", _backend.Device.Version, StringComparison.Ordinal);
        CaseRunner.Check(_backend, OperatorCases.All.Where(c => c.Spec.Name == name));
    }

    [Fact]
    public void Fused_stages_and_8_bit_frames_give_the_bits_that_OpenGL_gives()
    {
        Pipeline pipeline = Backends.Edge24();
        pipeline = new(pipeline.Name, 1, [pipeline.Stages[0], new MaxPool2d(2)]);
        var shape = new TensorShape(1, 1, 53, 71);
        byte[] frame = new byte[shape.Count];
        new Random(3).NextBytes(frame);
        using GpuBackend gl = Backends.CreateStrict();
        using GpuCompiledPipeline expected = gl.Compile(pipeline, shape);
        using GpuCompiledPipeline fused = _backend.Compile(pipeline, shape, StageOutputs.Last);
        Assert.True(fused.IsFused(0));
        for (int run = 0; run < 4; run++)
        {
            expected.Run(frame);
            fused.Run(frame);
            Assert.Equal(expected.Output(1), fused.Output(1));
        }
        fused.Wait();
        Assert.True(fused.StageMilliseconds[1] > 0);
        Assert.Equal(_context.Gl.IsExtensionPresent("GL_EXT_buffer_storage"), fused.Uploads.IsMapped);
    }

    public void Dispose()
    {
        _backend.Dispose();
        _context.Dispose();
    }
}
