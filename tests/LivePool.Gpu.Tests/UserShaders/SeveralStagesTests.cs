using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Gpu.UserShaders;

namespace LivePool.Gpu.Tests.UserShaders;

/// <summary>Several stages with shaders of the user's: values, DEBUG and what was written before are each stage's own.</summary>
public sealed class SeveralStagesTests : IDisposable
{
    private const string Gain = "// @param float gain 0..9 = 1\n";

    // Those of a group beyond the output write nothing.
    private const string Within = "if (gridPosition().x < outputWidth && gridPosition().y < outputHeight) ";

    private readonly GpuBackend _backend = GpuBackend.CreateHeadless(options: Backends.Strict with { KeepDebugValues = true });

    public void Dispose() => _backend.Dispose();

    private static string[] Texts(GpuCompiledPipeline compiled, int stage)
    {
        (long written, IReadOnlyList<DebugRecord> kept) = compiled.ReadDebugValues(stage);
        Assert.Equal(written, kept.Count);
        return [.. kept.Select(record => record.Text)];
    }

    [Fact]
    public void Two_stages_of_one_shader_have_each_its_own_values()
    {
        using var written = new WrittenShader(Gain + WrittenShader.Free + "void main() { put(gridPosition(), gain * x[place()] + 1.0); }");
        Pipeline With(string first, string second) =>
            new("chain", 1, [new FreeStage(written.Shader.WithValue("gain", first)), new FreeStage(written.Shader.WithValue("gain", second))]);
        using GpuCompiledPipeline compiled = _backend.Compile(With("2", "5"), new(1, 1, 1, 3));
        compiled.Run(Backends.Ramp(3));
        Assert.Equal([1, 3, 5], compiled.Output(0));
        Assert.Equal([6, 16, 26], compiled.Output(1));
        Assert.True(compiled.TryTakeValues(With("0.5", "3")));
        compiled.RunAgain();
        Assert.Equal([1, 1.5f, 2], compiled.Output(0));
        Assert.Equal([4, 5.5f, 7], compiled.Output(1));
    }

    [Fact]
    public void A_pipeline_that_is_compiled_again_has_the_values_of_now()
    {
        using var written = new WrittenShader(Gain + WrittenShader.Free + "void main() { put(gridPosition(), gain); }");
        foreach (int width in (int[])[1, 2, 3])
        {
            using GpuCompiledPipeline compiled = _backend.Compile(Pipeline.Of(new FreeStage(written.Shader.WithValue("gain", $"{width}")), 1), new(1, 1, 1, width));
            compiled.Run(new float[width]);
            Assert.All(compiled.Output(0).ToArray(), value => Assert.Equal(width, value));
        }
    }

    [Fact]
    public void Two_stages_of_one_shader_have_each_its_own_output_before()
    {
        using var written = new WrittenShader(WrittenShader.Free + "void main() { put(gridPosition(), x[place()] + previous[place()]); }");
        using GpuCompiledPipeline compiled = _backend.Compile(new("chain", 1, [new FreeStage(written.Shader), new FreeStage(written.Shader)]), new(1, 1, 1, 2));
        compiled.Run(new float[] { 1, 10 });
        compiled.RunAgain();
        compiled.RunAgain();
        Assert.Equal([3, 30], compiled.Output(0));
        Assert.Equal([6, 60], compiled.Output(1));
    }

    [Fact]
    public void What_two_stages_of_one_shader_write_by_DEBUG_is_not_mixed()
    {
        using var written = new WrittenShader(Gain + WrittenShader.Free + "void main() { put(gridPosition(), 10.0 * x[place()]); " + Within + "DEBUG(gain * x[place()]); }");
        var pipeline = new Pipeline("chain", 1, [new FreeStage(written.Shader.WithValue("gain", "2")), new FreeStage(written.Shader.WithValue("gain", "3"))]);
        using GpuCompiledPipeline compiled = _backend.Compile(pipeline, new(1, 1, 1, 2));
        compiled.Run(new float[] { 1, 2 });
        Assert.Equal(["2", "4"], Texts(compiled, 0));
        Assert.Equal(["30", "60"], Texts(compiled, 1));

        // The invocation that is wanted of one is not wanted of the other.
        compiled.ClearDebugValues(0, (1, 0, 0));
        compiled.ClearDebugValues(1);
        compiled.RunAgain();
        Assert.Equal(["4"], Texts(compiled, 0));
        Assert.Equal(["30", "60"], Texts(compiled, 1));

        // And so it is of another pipeline of the same backend, whose programs these are.
        using GpuCompiledPipeline other = _backend.Compile(pipeline, new(1, 1, 1, 2));
        other.Run(new float[] { 5, 6 });
        Assert.Equal(["4"], Texts(compiled, 0));
        Assert.Equal(["10", "12"], Texts(other, 0));
    }

    [Fact]
    public void What_stages_of_an_operators_shader_write_by_DEBUG_is_not_mixed()
    {
        using var written = new WrittenShader("""
            // @op relu
            #include "include/grid.glsl"
            layout(local_size_x = LOCAL_X, local_size_y = LOCAL_Y) in;
            layout(std430, binding = 0) readonly restrict buffer Input { float x[]; };
            layout(std430, binding = 1) writeonly restrict buffer Output { float y[]; };
            void main()
            {
                ivec3 at = gridPosition();
                if (at.x >= planeSize || at.y > 0 || at.z >= planes)
                    return;
                y[at.z * planeSize + at.x] = 1.0 + x[at.z * planeSize + at.x];
                DEBUG(x[at.z * planeSize + at.x]);
            }
            """);
        OperatorSpec relu = Pointwise.Relu with { Shader = written.Shader };
        using GpuCompiledPipeline compiled = _backend.Compile(new("chain", 1, [relu, Pointwise.Abs, relu]), new(1, 1, 1, 2));
        compiled.Run(new float[] { 5, 7 });
        Assert.Equal(["5", "7"], Texts(compiled, 0));
        Assert.Empty(Texts(compiled, 1));
        Assert.Equal(["6", "8"], Texts(compiled, 2));
    }

    [Fact]
    public void DEBUG_of_two_files_names_each_its_own_though_their_text_is_the_same()
    {
        const string Text = WrittenShader.Free + "void main() { put(gridPosition(), x[place()] + 1.0); " + Within + "DEBUG(x[place()]); }";
        using var one = new WrittenShader(Text);
        using var other = new WrittenShader(Text);
        using var longer = new WrittenShader("\n\n" + Text);
        using GpuCompiledPipeline compiled = _backend.Compile(
            new("chain", 1, [new FreeStage(one.Shader), new FreeStage(other.Shader), new FreeStage(longer.Shader)]), new(1, 1, 1, 1));
        compiled.Run(new float[] { 3 });
        int line = Text.Split('\n').Length;
        Assert.Equal([$"{one.Shader.Name}:{line} 3", $"{other.Shader.Name}:{line} 4", $"{longer.Shader.Name}:{line + 2} 5"],
            Enumerable.Range(0, 3).Select(stage => compiled.ReadDebugValues(stage).Kept.Single()).Select(record => $"{record.Place} {record.Text}"));
    }
}
