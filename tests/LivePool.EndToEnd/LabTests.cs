using System.Diagnostics;
using System.Text.Json;
using LivePool.Testing;

namespace LivePool.EndToEnd;

/// <summary><c>livepool lab</c> and <c>livepool new shader</c>: the experiments, a wrong shader, errors, and saves while it watches.</summary>
public sealed class LabTests : IDisposable
{
    private static readonly string[] _untimed = ["--no-times"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static string Experiment(string name) => Repository.PathOf("shaders", "experiments", name);

    private Outcome Lab(string shader, params string[] arguments) => Livepool.Run(_folder.Root, ["lab", shader, .. arguments]);

    private void Write(string name, string text) => File.WriteAllText(_folder[name], text);

    [Fact]
    public void Every_experiment_is_tested() => Assert.Equal(
        ["bilateral.comp", "conv2d_direct.comp", "conv2d_separable.comp", "conv2d_tiled.comp", "dilation_erosion.comp", "edge_glow.comp",
            "game_of_life.comp", "max_pool2d_subgroup.comp", "max_pool2d_wrong.comp"],
        Directory.GetFiles(Experiment(""), "*.comp").Select(Path.GetFileName).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("conv2d_direct.comp")]
    [InlineData("conv2d_tiled.comp")]
    [InlineData("conv2d_separable.comp")]
    [InlineData("max_pool2d_subgroup.comp")]
    public void An_operator_of_the_experiments_is_right(string name)
    {
        Outcome outcome = Lab(Experiment(name), ["--cases", "200", "--seed", "5", "--json", "r.json", .. _untimed]).Succeeded();
        Assert.Contains($"{name}: right in all ", outcome.Output, StringComparison.Ordinal);
        using JsonDocument report = JsonDocument.Parse(File.ReadAllBytes(_folder["r.json"]));
        JsonElement shader = report.RootElement.GetProperty("shaders")[0];
        Assert.True(shader.GetProperty("passed").GetBoolean());
        Assert.Equal((5, 200), (shader.GetProperty("seed").GetInt32(), shader.GetProperty("random_cases").GetInt32()));
        Assert.True(shader.GetProperty("table_cases").GetInt32() > 100);
    }

    [Fact]
    public void The_two_passes_of_the_separable_convolution_are_among_what_is_checked()
    {
        string text = File.ReadAllText(Experiment("conv2d_separable.comp"));
        const string Right = "result = fma(columnFactors[i], ";
        Assert.Contains(Right, text, StringComparison.Ordinal);
        Write("s.comp", text.Replace(Right, "result = fma(1.01 * columnFactors[i], ", StringComparison.Ordinal));
        Assert.Equal(1, Lab("s.comp", ["--cases", "0", .. _untimed]).ExitCode);
    }

    [Fact]
    public void The_wrong_pool_s_fault_is_pointed_out()
    {
        Outcome outcome = Lab(Experiment("max_pool2d_wrong.comp"), _untimed);
        Assert.True(outcome.ExitCode == 1 && outcome.Error.Length == 0, outcome.ToString());
        Assert.Matches(@"max_pool2d_wrong.comp: WRONG in \d+ of \d+ cases; smallest: input \[1, 1, 1, 1\] at \[0, 0, 0, 0\]: got 0, exact -", outcome.Output);
        Assert.Contains("first wrong element [0, 0, 0, 0]", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_coordinates_are_those_of_what_is_wrong()
    {
        Assert.Equal(0, Livepool.Run(_folder.Root, "new", "shader", "mine", "--op", "abs").ExitCode);
        string text = File.ReadAllText(_folder["mine.comp"]);
        Assert.Contains("= apply(", text, StringComparison.Ordinal);
        Write("mine.comp", text.Replace("= apply(", "= (elements[k] == 5 ? 1.0 : 0.0) + apply(", StringComparison.Ordinal));
        Outcome outcome = Lab("mine.comp", _untimed);
        Assert.True(outcome.ExitCode == 1, outcome.ToString());
        // The sixth element of a plane, whatever its shape is when it is made as small as it goes.
        Assert.Matches(@"first wrong element \[0, 0, (0, 5|5, 0|1, 2|2, 1|1, 0|1, 1)\]", outcome.Output);
    }

    [Fact]
    public void It_is_timed_beside_the_built_in_kernel_at_two_sizes_and_another_file()
    {
        Outcome outcome = Lab(Experiment("max_pool2d_subgroup.comp"), "--cases", "0", "--compare", Experiment("max_pool2d_wrong.comp"), "--json", "r.json");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Matches(@"1080p ms +p95 +ratio +4K ms +p95 +ratio", outcome.Output);
        Assert.Contains("max_pool2d_subgroup.comp and max_pool2d_wrong.comp at 1080p: all 518,400 values are equal", outcome.Output, StringComparison.Ordinal);
        using JsonDocument report = JsonDocument.Parse(File.ReadAllBytes(_folder["r.json"]));
        JsonElement[] times = [.. report.RootElement.GetProperty("times").EnumerateArray()];
        Assert.Equal(["built-in 1080p", "max_pool2d_subgroup.comp 1080p", "max_pool2d_wrong.comp 1080p", "built-in 4K", "max_pool2d_subgroup.comp 4K", "max_pool2d_wrong.comp 4K"],
            times.Select(time => $"{time.GetProperty("name").GetString()} {time.GetProperty("size").GetString()}"));
        Assert.All(times, time => Assert.True(time.GetProperty("median_ms").GetDouble() > 0 && time.GetProperty("ratio").GetDouble() > 0));
        Assert.Equal([true, false], report.RootElement.GetProperty("shaders").EnumerateArray().Select(shader => shader.GetProperty("passed").GetBoolean()));
    }

    [Theory]
    [InlineData("bilateral.comp", 1, new[] { "--set", "radius=2" })]
    [InlineData("dilation_erosion.comp", 1, new[] { "--set", "mode=outline" })]
    [InlineData("edge_glow.comp", 3, new[] { "--set", "glow=#ff0000" })]
    [InlineData("game_of_life.comp", 1, new[] { "--frames", "3" })]
    public void A_free_experiment_writes_a_picture_of_numbers(string name, int channels, string[] more)
    {
        new Picture(60, 48, seed: 3).Save(_folder["in.png"]);
        Outcome outcome = Lab(Experiment(name), ["--input", "in.png", "--out", "out.png", "--json", "r.json", .. more]).Succeeded();
        Assert.Contains($"{name}: [1, {channels}, 48, 60] to [1, {channels}, 48, 60]", outcome.Output, StringComparison.Ordinal);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(_folder["out.png"])[..4]);
        using JsonDocument report = JsonDocument.Parse(File.ReadAllBytes(_folder["r.json"]));
        JsonElement values = report.RootElement.GetProperty("shaders")[0].GetProperty("values");
        Assert.Equal((60 * 48 * channels, 0, 0),
            (values.GetProperty("count").GetInt32(), values.GetProperty("nan").GetInt32(), values.GetProperty("infinite").GetInt32()));
        Assert.True(values.GetProperty("greatest").GetDouble() > values.GetProperty("least").GetDouble());
    }

    [Fact]
    public void A_compile_error_is_file_line_message_and_the_lines_around_it()
    {
        Write("part.glsl", "float part()\n{\n    return nothing;\n}\n");
        Write("a.comp", "// @op relu\n#include \"part.glsl\"\nlayout(local_size_x = 1) in;\nvoid main() { part(); }\n");
        Outcome outcome = Lab("a.comp");
        Assert.Equal(2, outcome.ExitCode);
        string[] lines = outcome.Error.Split('\n');
        Assert.StartsWith("livepool: part.glsl:3: error: ", lines[0], StringComparison.Ordinal);
        Assert.Equal(["    2 | {", "  > 3 |     return nothing;", "    4 | }"], lines[1..4]);
        Assert.Empty(outcome.Output);
    }

    [Theory]
    [InlineData("", "", "a shader's name is empty")]
    [InlineData("d.comp", "--json none/r.json", "--json none/r.json: ")]
    [InlineData("none.comp", "", "none.comp: there is no such file")]
    [InlineData("a.comp", "", "a.comp:2: there is no annotation @opp")]
    [InlineData("b.comp", "", "there is no operator softmax with a shader; known are conv2d")]
    [InlineData("c.comp", "--set gain=9", "gain is '9'; it must be a number from 0 to 4")]
    [InlineData("c.comp", "--set gian=1", "c.comp has no parameter gian; it has gain")]
    [InlineData("c.comp", "--set gain", "--set is 'gain'")]
    [InlineData("c.comp", "--pixel 3", "--pixel is '3'")]
    [InlineData("c.comp", "--pixel 9999,1 --no-times", "--pixel 9999,1,0: c.comp writes columns 0 to ")]
    [InlineData("c.comp", "--input none.png", "none.png")]
    [InlineData("c.comp", "--frames 0", "--frames is '0'")]
    [InlineData("c.comp", "--compare d.comp", "--compare needs two shaders of a kind")]
    [InlineData("d.comp", "--out o.png", "--out is for shaders without @op")]
    public void Bad_usage_is_one_line(string file, string arguments, string expected)
    {
        Write("a.comp", "\n// @opp relu\n");
        Write("b.comp", "// @op softmax\n");
        Write("c.comp", "// @param float gain 0..4 = 1\nlayout(local_size_x = 1) in;\nvoid main() { }\n");
        Write("d.comp", "// @op relu\nlayout(local_size_x = 1) in;\nvoid main() { }\n");
        Outcome outcome = Lab(file, arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(expected, outcome.Refused(2), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_GL_the_exit_code_is_3()
    {
        Outcome outcome = Livepool.Run(_folder.Root, [("__EGL_VENDOR_LIBRARY_FILENAMES", "/nonexistent")], "lab", Experiment("conv2d_direct.comp"));
        Assert.DoesNotContain("--backend", outcome.Refused(3), StringComparison.Ordinal);
    }

    [Fact]
    public void A_pixel_is_taken_apart_with_the_values_of_its_invocation()
    {
        new Picture(60, 48, seed: 3).Save(_folder["in.png"]);
        string text = File.ReadAllText(Experiment("conv2d_direct.comp"));
        Write("c.comp", text.Replace("    precise float sum", "    DEBUG(position);\n    precise float sum", StringComparison.Ordinal));
        Outcome outcome = Lab("c.comp", ["--input", "in.png", "--pixel", "17,20", "--cases", "0", .. _untimed]).Succeeded();
        Assert.Contains("invocation (17, 20, 0), work group (1, 1, 0), in it (1, 4, 0) of 16x16x1", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("channel 0, row 20, column 17", outcome.Output, StringComparison.Ordinal);
        Assert.Matches(@"  c\.comp +[0-9.]+", outcome.Output);
        Assert.Contains("DEBUG on in.png: 1 values:", outcome.Output, StringComparison.Ordinal);
        Assert.Matches(@"  c\.comp:\d+ \(17, 20, 0\) 17, 20, 0\n", outcome.Output);
    }

    [Fact]
    public void A_new_shader_runs_and_is_never_written_over_another()
    {
        Assert.Contains("wrote mine.comp", Livepool.Run(_folder.Root, "new", "shader", "mine").Succeeded().Output, StringComparison.Ordinal);
        Lab("mine.comp", "--set", "gain=0.5", "--no-times").Succeeded();
        string before = File.ReadAllText(_folder["mine.comp"]);
        Assert.Contains("mine.comp is there already", Livepool.Run(_folder.Root, "new", "shader", "mine", "--op", "conv2d").Refused(2), StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(_folder["mine.comp"]));
        Assert.Contains("there is no operator softmax", Livepool.Run(_folder.Root, "new", "shader", "other", "--op", "softmax").Refused(2), StringComparison.Ordinal);
        Assert.Contains("none/mine.comp cannot be written", Livepool.Run(_folder.Root, "new", "shader", "none/mine").Refused(2), StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["other.comp"]));
        Livepool.Run(_folder.Root, "new", "shader", "pool", "--op", "avg_pool2d").Succeeded();
        Assert.Contains("pool.comp: right in all", Lab("pool.comp", ["--cases", "20", .. _untimed]).Succeeded().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Watching_it_runs_again_after_every_save_and_outlives_errors()
    {
        Write("half.glsl", "float part(float value) { return 0.5 * value; }\n");
        Write("a.comp", """
            #include "include/grid.glsl"
            #include "half.glsl"
            layout(local_size_x = LOCAL_X, local_size_y = LOCAL_Y) in;
            layout(std430, binding = 0) readonly restrict buffer Input { float x[]; };
            layout(std430, binding = 1) writeonly restrict buffer Output { float y[]; };
            void main()
            {
                ivec3 at = gridPosition();
                if (at.x < outputWidth && at.y < outputHeight)
                    y[at.y * outputWidth + at.x] = part(100.0);
            }
            """);
        // Whoever runs the tests in the background may have Ctrl-C ignored, and what is ignored is inherited.
        using var lab = new RunningProgram("env", _folder.Root, [], ["--default-signal=INT", Livepool.Program, "lab", "a.comp", "--watch", "--no-times", "--out", "o.png"]);
        WaitFor(() => Runs(lab) == 1, lab);
        Assert.Contains("from 50 to 50", lab.Output, StringComparison.Ordinal);
        byte[] picture = File.ReadAllBytes(_folder["o.png"]);

        // Broken, in the file that is included: told, and what was written stays.
        Write("half.glsl", "float part(float value) { return nothing; }\n");
        WaitFor(() => Runs(lab) == 2, lab);
        Assert.Contains("livepool: half.glsl:1: error: ", lab.Error, StringComparison.Ordinal);
        Assert.Contains("the last good program", lab.Error, StringComparison.Ordinal);
        Assert.Equal(picture, File.ReadAllBytes(_folder["o.png"]));

        // Mended there, by a rename as editors do it.
        Write("half.glsl~", "float part(float value) { return 0.25 * value; }\n");
        File.Move(_folder["half.glsl~"], _folder["half.glsl"], overwrite: true);
        WaitFor(() => Runs(lab) == 3, lab);
        Assert.Contains("from 25 to 25", lab.Output, StringComparison.Ordinal);

        // Gone, and back as another.
        File.Delete(_folder["half.glsl"]);
        Thread.Sleep(400);
        Write("half.glsl", "float part(float value) { return 0.75 * value; }\n");
        WaitFor(() => Runs(lab) == 4, lab);
        Assert.Contains("from 75 to 75", lab.Output, StringComparison.Ordinal);

        Process.Start("kill", ["-INT", $"{lab.Id}"]).WaitForExit();
        Assert.Equal(0, lab.WaitForExit());
        Assert.Equal(4, Runs(lab));
    }

    private static int Runs(RunningProgram lab) => lab.Output.Split("watching a.comp").Length - 1;

    private static void WaitFor(Func<bool> condition, RunningProgram lab)
    {
        for (long start = Stopwatch.GetTimestamp(); !condition(); Thread.Sleep(20))
        {
            if (lab.HasExited || Stopwatch.GetElapsedTime(start) > Livepool.Patience)
                Assert.Fail($"nothing more came\nstdout: {lab.Output}\nstderr: {lab.Error}");
        }
    }
}
