using LivePool.Core;
using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Cpu.Reference;
using LivePool.Cpu.Simd;
using LivePool.Gpu.UserShaders;
using LivePool.Shaders;

namespace LivePool.Gpu.Tests.UserShaders;

public sealed class FreeStageTests : IDisposable
{
    private readonly GpuBackend _backend = GpuBackend.CreateHeadless(options: Backends.Strict with { KeepDebugValues = true });

    public void Dispose() => _backend.Dispose();

    private static GpuCompiledPipeline Compile(GpuBackend backend, StageShader shader, TensorShape shape) =>
        backend.Compile(Pipeline.Of(new FreeStage(shader), shape.C), shape);

    private static float[] Run(GpuBackend backend, StageShader shader, TensorShape shape, FreeMoment moment = default)
    {
        using GpuCompiledPipeline compiled = Compile(backend, shader, shape);
        compiled.Moment = moment;
        compiled.Run(Backends.Ramp(shape.Count));
        return compiled.Output(0).ToArray();
    }

    [Fact]
    public void Every_element_is_written_once_whatever_the_size()
    {
        using var written = new WrittenShader(WrittenShader.Free + "void main() { put(gridPosition(), float(place())); }");
        foreach ((int height, int width) in ((int, int)[])[(1, 1), (3, 31), (5, 33), (70, 129)])
            Assert.Equal(Backends.Ramp(height * width), Run(_backend, written.Shader, new(1, 1, height, width)));
    }

    [Fact]
    public void Parameters_have_their_defaults_until_they_are_set()
    {
        using var written = new WrittenShader("""
            // @param float gain 0..4 = 1.5
            // @param int count 0..9 = 3
            // @param bool on = true
            // @param colour tint = #ff0033
            // @param choice mode soft|hard = hard

            """ + WrittenShader.Free + """
            void main()
            {
                float values[7] = float[](gain, float(count), on ? 1.0 : 0.0, tint.r, tint.g, tint.b, float(mode));
                put(gridPosition(), values[gridPosition().x]);
            }
            """);
        using GpuCompiledPipeline compiled = Compile(_backend, written.Shader, new(1, 1, 1, 7));
        compiled.Run(new float[7]);
        Assert.Equal([1.5f, 3, 1, 1, 0, 0.2f, 1], compiled.Output(0));
        StageShader shader = written.Shader;
        foreach ((string name, string value) in ((string, string)[])[("gain", "0.25"), ("count", "9"), ("on", "false"), ("tint", "#00ff00"), ("mode", "soft")])
            shader = shader.WithValue(name, value);
        Assert.True(compiled.TryTakeValues(Pipeline.Of(new FreeStage(shader), 1)));
        compiled.RunAgain();
        Assert.Equal([0.25f, 9, 0, 0, 1, 0, 0], compiled.Output(0));
        Assert.Contains("it must be a number from 0 to 4", Assert.Throws<LivePoolException>(() => written.Shader.WithValue("gain", "5")).Message, StringComparison.Ordinal);
        Assert.Contains("it has gain, count", Assert.Throws<LivePoolException>(() => written.Shader.WithValue("none", "5")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_that_were_set_are_kept_by_the_next_version_where_they_fit()
    {
        using var before = new WrittenShader("// @param float a 0..4 = 1\n// @param float b 0..4 = 1\n// @param bool c\n// @param float d 0..4 = 1\n");
        using var after = new WrittenShader("// @param float a 0..9 = 2\n// @param float b 0..2 = 2\n// @param float c 0..1\n// @param float d 0..4 = 2\n");
        StageShader set = before.Shader.WithValue("a", "3").WithValue("b", "3").WithValue("c", "true");
        UserShader kept = after.Shader.WithValuesOf((UserShader)set);
        // b is beyond its new range, c another type, and d was never set.
        Assert.Equal([3, 2, 0, 2], kept.Annotations.Parameters.Select(parameter => kept[parameter][0]));
    }

    [Fact]
    public void Time_and_mouse_are_what_they_are_told_and_frames_are_counted()
    {
        using var written = new WrittenShader(WrittenShader.Free + """
            void main()
            {
                float values[5] = float[](float(frame), time, mouseX, mouseY, float(mouseDown));
                put(gridPosition(), values[gridPosition().x]);
            }
            """);
        var pipeline = new Pipeline("two", 1, [new FreeStage(written.Shader), new FreeStage(written.Shader)]);
        using GpuCompiledPipeline compiled = _backend.Compile(pipeline, new(1, 1, 1, 5));
        compiled.Run(new float[5]);
        Assert.Equal([0, 0, -1, -1, 0], compiled.Output(0));
        compiled.Moment = new(1.5f, new(1, 3, 4, true));
        compiled.Run(new float[5]);
        // The pointer is on one of the outputs.
        Assert.Equal([1, 1.5f, -1, -1, 0], compiled.Output(0));
        Assert.Equal([1, 1.5f, 3, 4, 1], compiled.Output(1));
        compiled.Moment = compiled.Moment with { DoesAgain = true };
        compiled.RunAgain();
        Assert.Equal([1, 1.5f, 3, 4, 1], compiled.Output(1));
    }

    [Fact]
    public void The_output_of_the_frame_before_is_there_and_a_frame_that_is_done_again_finds_the_same()
    {
        // Whatever it calls its elements.
        using var written = new WrittenShader((WrittenShader.Free + "void main() { put(gridPosition(), 2.0 * previous[place()] + 1.0); }").Replace("previous", "last", StringComparison.Ordinal));
        using GpuCompiledPipeline compiled = Compile(_backend, written.Shader, new(1, 1, 1, 3));
        Assert.True(compiled.IsAnimated);
        compiled.Run(new float[3]);
        foreach (float expected in (float[])[1, 3, 7, 15])
        {
            Assert.Equal(new[] { expected, expected, expected }, compiled.Output(0).ToArray());
            compiled.Moment = new(0, DoesAgain: true);
            compiled.RunAgain();
            compiled.Run(new float[3]);
            Assert.Equal(new[] { expected, expected, expected }, compiled.Output(0).ToArray());
            compiled.Moment = new(0);
            compiled.RunAgain();
        }
    }

    [Fact]
    public void The_size_and_the_channels_are_those_that_the_shader_asks_for()
    {
        using var half = new WrittenShader("// @size half\n// @input 3\n" + WrittenShader.Free + "void main() { put(gridPosition(), float(place())); }");
        using GpuCompiledPipeline compiled = Compile(_backend, half.Shader, new(1, 3, 5, 7));
        Assert.Equal(new TensorShape(1, 3, 3, 4), compiled.Shapes[0]);
        compiled.Run(new float[105]);
        Assert.Equal(Backends.Ramp(36), compiled.Output(0));
        var e = Assert.Throws<LivePoolException>(() => Compile(_backend, half.Shader, new(1, 1, 5, 7)));
        Assert.Contains("takes 3 channels", e.Message, StringComparison.Ordinal);
        using var exact = new WrittenShader("// @size 9,2\n" + WrittenShader.Free + "void main() { put(gridPosition(), 1.0); }");
        Assert.Equal(18, Run(_backend, exact.Shader, new(1, 1, 5, 7)).Count(value => value == 1));
    }

    [Fact]
    public void A_write_behind_the_output_is_found()
    {
        using var written = new WrittenShader(WrittenShader.Free + "void main() { y[place()] = 1.0; }");
        Assert.Contains("behind the end of", Assert.Throws<LivePoolException>(() => Run(_backend, written.Shader, new(1, 1, 3, 5))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("// @local 8,2\n", "LOCAL_X", "LOCAL_Y", 8, 2)]
    [InlineData("", "4", "3", 4, 3)]
    public void The_local_size_is_the_shader_s(string annotation, string x, string y, int expectedX, int expectedY)
    {
        using var written = new WrittenShader(annotation + $$"""
            layout(local_size_x = {{x}}, local_size_y = {{y}}) in;
            layout(std430, binding = 1) writeonly restrict buffer Output { float y[]; };
            void main()
            {
                ivec2 at = ivec2(gl_GlobalInvocationID.xy);
                if (at.x < outputWidth && at.y < outputHeight)
                    y[at.y * outputWidth + at.x] = float(at.y * outputWidth + at.x);
            }
            """);
        using GpuCompiledPipeline compiled = Compile(_backend, written.Shader, new(1, 1, 13, 17));
        compiled.Run(new float[13 * 17]);
        Assert.Equal(Backends.Ramp(13 * 17), compiled.Output(0));
        ShaderReflection reflection = compiled.Reflection(0)!;
        Assert.Equal((expectedX, expectedY, 1), reflection.Local);
        Assert.Contains(new ReflectedBuffer("Output", 1), reflection.Buffers);
        Assert.Equal([new ReflectedBuffer("Parameters", 0)], reflection.Blocks);
    }

    [Fact]
    public void Several_elements_of_an_invocation_are_as_many_fewer_groups()
    {
        using var written = new WrittenShader("// @elements 4\n" + WrittenShader.Free + """
            void main()
            {
                ivec4 columns = gridColumns();
                for (int k = 0; k < 4; k++)
                    put(ivec3(columns[k], gridPosition().yz), float(gl_NumWorkGroups.x));
            }
            """);
        // 32 invocations of 4 elements in a group.
        Assert.All(Run(_backend, written.Shader, new(1, 1, 2, 300)), value => Assert.Equal(3, value));
    }

    [Fact]
    public void Debug_values_have_their_line_invocation_and_type()
    {
        using var written = new WrittenShader("#include \"include/grid.glsl\"\n" + WrittenShader.Free + """
            void main()
            {
                ivec3 at = gridPosition();
                put(at, 0.0);
                if (at.x != 5 || at.y != 1)
                    return;
                DEBUG(1.5);
                DEBUG(vec2(0.25, at.x));
                DEBUG(at);
                DEBUG(uvec4(1, 2, 3, 4000000000u));
                DEBUG(at.x == 5);
                DEBUG(uintBitsToFloat(0x7FC00000u));
            }
            """);
        using GpuCompiledPipeline compiled = Compile(_backend, written.Shader, new(1, 1, 2, 9));
        compiled.Run(new float[18]);
        (long count, IReadOnlyList<DebugRecord> kept) = compiled.ReadDebugValues(0);
        Assert.Equal(6, count);
        Assert.Equal(["1.5", "0.25, 5", "5, 1, 0", "1, 2, 3, 4000000000", "true", "NaN"], kept.Select(record => record.Text));
        Assert.All(kept, record => Assert.Equal((5, 1, 0), (record.X, record.Y, record.Z)));
        int first = Array.FindIndex(File.ReadAllLines(written.Shader.FullPath), line => line.Contains("DEBUG(1.5)", StringComparison.Ordinal)) + 1;
        Assert.Equal(Enumerable.Range(first, 6).Select(line => $"{written.Shader.Name}:{line}"), kept.Select(record => record.Place.ToString()));
    }

    [Fact]
    public void Debug_values_are_bounded_cleared_and_those_of_one_invocation_if_that_is_wanted()
    {
        using var written = new WrittenShader(WrittenShader.Free + "void main() { put(gridPosition(), 0.0); DEBUG(place()); }");
        using GpuCompiledPipeline compiled = Compile(_backend, written.Shader, new(1, 1, 128, 128));
        compiled.Run(new float[128 * 128]);
        (long count, IReadOnlyList<DebugRecord> kept) = compiled.ReadDebugValues(0);
        Assert.Equal((128 * 128, 4096), (count, kept.Count));
        Assert.Equal(4096, kept.DistinctBy(record => (record.X, record.Y)).Count());
        compiled.ClearDebugValues(0, (100, 50, 0));
        compiled.RunAgain();
        (count, kept) = compiled.ReadDebugValues(0);
        Assert.Equal(1, count);
        Assert.Equal("6500", Assert.Single(kept).Text);
    }

    [Fact]
    public void Debug_is_not_even_compiled_where_its_values_are_not_kept()
    {
        using GpuBackend backend = Backends.CreateStrict();
        using var written = new WrittenShader(WrittenShader.Free + "void main() { put(gridPosition(), 1.0); DEBUG(not even GLSL); }");
        using GpuCompiledPipeline compiled = Compile(backend, written.Shader, new(1, 1, 1, 2));
        compiled.Run(new float[2]);
        Assert.Equal([1, 1], compiled.Output(0));
        Assert.DoesNotContain(compiled.Reflection(0)!.Buffers, buffer => buffer.Name == "DebugBuffer");
        Assert.Equal(0, compiled.ReadDebugValues(0).Written);
        Assert.Throws<ShaderCompileException>(() => Compile(_backend, written.Shader, new(1, 1, 1, 2)));
    }

    [Fact]
    public void Five_hundred_backends_leave_no_program_and_no_buffer_behind()
    {
        using var written = new WrittenShader(WrittenShader.Free + "void main() { put(gridPosition(), previous[place()]); DEBUG(1); }");
        using var bad = new WrittenShader(WrittenShader.Free + "void main() { put(gridPosition(), nothing); }");
        Reload(written.Shader);
        (int, int, int) before = Objects();
        for (int i = 0; i < 500; i++)
        {
            Reload(written.Shader);
            if (i % 10 == 0)
                Assert.Throws<ShaderCompileException>(() => Reload(bad.Shader));
        }
        Assert.Equal(before, Objects());

        void Reload(UserShader shader)
        {
            using var backend = new GpuBackend(_backend.Context, ShaderFolder.Locate(), Backends.Strict with { KeepDebugValues = true });
            Run(backend, shader, new(1, 1, 4, 4));
        }

        (int Programs, int Buffers, int Shaders) Objects()
        {
            uint[] names = [.. Enumerable.Range(1, 10_000).Select(name => (uint)name)];
            Silk.NET.OpenGL.GL gl = _backend.Context.Gl;
            return (names.Count(gl.IsProgram), names.Count(gl.IsBuffer), names.Count(gl.IsShader));
        }
    }

    [Fact]
    public void Values_are_taken_without_compiling_and_other_pipelines_are_not()
    {
        using var written = new WrittenShader("// @param float gain 0..4 = 1\n" + WrittenShader.Free + "void main() { put(gridPosition(), gain); }");
        using var other = new WrittenShader("// @param float gain 0..4 = 1\n" + WrittenShader.Free + "void main() { put(gridPosition(), 2.0 * gain); }");
        Pipeline Of(StageShader shader, params OperatorSpec[] more) => new("chain", 1, [new FreeStage(shader), Pointwise.Relu, .. more]);
        using GpuCompiledPipeline compiled = _backend.Compile(Of(written.Shader), new(1, 1, 1, 2));
        Assert.True(compiled.TryTakeValues(Of(written.Shader.WithValue("gain", "3"))));
        compiled.Run(new float[2]);
        Assert.Equal([3, 3], compiled.Output(1));
        Assert.False(compiled.TryTakeValues(Of(other.Shader)));
        Assert.False(compiled.TryTakeValues(Of(written.Shader, Pointwise.Relu)));
        Assert.False(compiled.TryTakeValues(new("chain", 1, [new FreeStage(written.Shader), Pointwise.Abs])));
        compiled.RunAgain();
        Assert.Equal([3, 3], compiled.Output(1));
    }

    [Fact]
    public void A_new_version_does_again_what_the_one_before_did_last_and_then_goes_on()
    {
        using var written = new WrittenShader(WrittenShader.Free + "void main() { put(gridPosition(), previous[place()] + 1.0 + 100.0 * float(frame)); }");
        using GpuCompiledPipeline before = Compile(_backend, written.Shader, new(1, 1, 1, 2));
        before.Run(new float[2]);
        before.RunAgain();
        Assert.Equal([102, 102], before.Output(0));
        using GpuBackend backend = new(_backend.Context, ShaderFolder.Locate(), Backends.Strict);
        using GpuCompiledPipeline after = Compile(backend, UserShader.Load(ShaderFolder.Locate(), written.Shader.FullPath), new(1, 1, 1, 2));
        after.Follow(before);
        after.Moment = new(0, DoesAgain: true);
        after.Run(new float[2]);
        Assert.Equal([102, 102], after.Output(0));
        after.Moment = new(0);
        after.RunAgain();
        Assert.Equal([303, 303], after.Output(0));
        // Where it goes on at once, it goes on from there too.
        using GpuCompiledPipeline atOnce = Compile(backend, written.Shader, new(1, 1, 1, 2));
        atOnce.Run(new float[2]);
        atOnce.Follow(before);
        atOnce.RunAgain();
        Assert.Equal([303, 303], atOnce.Output(0));
        using var still = new WrittenShader(WrittenShader.Free + "void main() { put(gridPosition(), float(frame)); }");
        using GpuCompiledPipeline without = Compile(backend, still.Shader, new(1, 1, 1, 2));
        without.Run(new float[2]);
        without.Follow(before);
        without.RunAgain();
        Assert.Equal([2, 2], without.Output(0));
        // One that reads what there was not begins by itself.
        using GpuCompiledPipeline begun = Compile(backend, written.Shader, new(1, 1, 1, 2));
        begun.Follow(without);
        begun.Run(new float[2]);
        Assert.Equal([1, 1], begun.Output(0));
        using GpuCompiledPipeline larger = Compile(backend, written.Shader, new(1, 1, 1, 3));
        larger.Follow(before);
        larger.Run(new float[3]);
        Assert.Equal([1, 1, 1], larger.Output(0));
    }

    [Fact]
    public void Only_the_gpu_takes_it()
    {
        using var written = new WrittenShader(WrittenShader.Free + "void main() { put(gridPosition(), 1.0); }");
        foreach (IBackend backend in (IBackend[])[new SimdBackend(1), new ReferenceBackend()])
        {
            using (backend)
            {
                string message = Assert.Throws<LivePoolException>(() => backend.Compile(Pipeline.Of(new FreeStage(written.Shader), 1), new(1, 1, 2, 2))).Message;
                Assert.Equal($"{backend.Name}: {written.Shader.Name} is a shader without @op, which only the GPU runs; use --backend gpu", message);
            }
        }
    }

    [Theory]
    [InlineData("float v = time;", true)]
    [InlineData("float v = float(frame + 1);", true)]
    [InlineData("float v = mouseX;", true)]
    [InlineData("float v = mouseY;", true)]
    [InlineData("int v = mouseDown;", true)]
    [InlineData("float v = 0.0; // at this time of the frame", false)]
    [InlineData("float timely = 0.0; /* the\nframe */", false)]
    [InlineData("float v = previous[0];", true)]
    [InlineData("int v = previous.length();", true)]
    [InlineData("#define JOIN(a, b) a ## b\nfloat v = JOIN(prev, ious)[0];", true)]
    [InlineData("// previous[0]", false)]
    public void It_is_animated_if_its_text_has_what_changes_from_run_to_run(string line, bool isAnimated)
    {
        using var written = new WrittenShader(WrittenShader.Free + "void main()\n{\n" + line + "\nput(gridPosition(), 1.0);\n}\n");
        using GpuCompiledPipeline compiled = Compile(_backend, written.Shader, new(1, 1, 1, 2));
        Assert.Equal(isAnimated, compiled.IsAnimated);
    }

    [Theory]
    [InlineData("float", "time")]
    [InlineData("int", "channels")]
    [InlineData("bool", "DEBUG")]
    [InlineData("float", "main")]
    [InlineData("colour", "vec3")]
    public void A_parameter_with_a_name_that_is_taken_is_refused_at_its_line(string type, string name)
    {
        var e = Assert.Throws<LivePoolException>(() => new WrittenShader($"// one\n// @param {type} {name}{(type is "float" or "int" ? " 0..1" : "")}\n" + WrittenShader.Free));
        Assert.Contains($"a.comp:2: @param {name}: ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shader_that_does_not_compile_leaves_the_one_before_running()
    {
        using var good = new WrittenShader(WrittenShader.Free + "void main() { put(gridPosition(), 1.0); }");
        using var bad = new WrittenShader(WrittenShader.Free + "void main()\n{\n    put(gridPosition(), nothing);\n}\n");
        using GpuCompiledPipeline compiled = Compile(_backend, good.Shader, new(1, 1, 1, 2));
        for (int i = 0; i < 50; i++)
        {
            var e = Assert.Throws<ShaderCompileException>(() => Compile(_backend, bad.Shader, new(1, 1, 1, 2)));
            int line = Array.FindIndex(File.ReadAllLines(bad.Shader.FullPath), text => text.Contains("nothing", StringComparison.Ordinal)) + 1;
            Assert.StartsWith($"{bad.Shader.Name}:{line}: ", e.Message, StringComparison.Ordinal);
            Assert.Contains(e.Lines, text => text.EndsWith("put(gridPosition(), nothing);", StringComparison.Ordinal) && text.StartsWith("  >", StringComparison.Ordinal));
        }
        compiled.Run(new float[2]);
        Assert.Equal([1, 1], compiled.Output(0));
    }
}
