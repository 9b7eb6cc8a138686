namespace LivePool.EndToEnd;

/// <summary>What cannot be done ends with one line that says what, where and what to do, and with the right exit code.</summary>
public sealed class RefusalTests : IDisposable
{
    private const string Scene = "scene:grass?size=30x20";
    private static readonly (string, string)[] _withoutGl = [("__EGL_VENDOR_LIBRARY_FILENAMES", "/nonexistent")];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("frobnicate", "frobnicate", "--help")]
    [InlineData("run|--nonsense", "--nonsense")]
    [InlineData("view|picture.png|--nonsense", "--nonsense", "view --help")]
    [InlineData("run|scene:grass|--frames|0", "--frames", "at least 1")]
    [InlineData("run|scene:grass|--frames|two", "--frames", "two")]
    [InlineData("run|scene:grass|--threads|many", "--threads", "many")]
    [InlineData("run|scene:grass|--threads|-1", "--threads", "0 to 1024")]
    [InlineData("run|scene:grass|--backend|cuda", "cuda", "simd")]
    [InlineData("run|missing.png", "missing.png", "no such file")]
    [InlineData("run|scene:meadow", "meadow", "grass")]
    [InlineData("run|" + Scene + "|--pipeline|nonsense", "nonsense", "edge24", "sobel", "cnn")]
    [InlineData("run|" + Scene + "|--backend|simd|--out|file", "file", "is a file; give a folder")]
    [InlineData("run|" + Scene + "|--backend|simd|--out|/proc/livepool/out", "/proc/livepool/out")]
    [InlineData("run|scene:grass?size=4x3|--backend|simd", "kernel 5x5", "3x4", "at least 5")]
    [InlineData("run|" + Scene + "|--backend|simd|--pipeline|syntax.json", "syntax.json", "line 2")]
    [InlineData("run|" + Scene + "|--backend|simd|--pipeline|property.json", "property.json", "stages[1]", "kernel_sighs")]
    [InlineData("run|" + Scene + "|--backend|simd|--pipeline|value.json", "conv2d", "stride is 0", "at least 1")]
    [InlineData("op|nonsense|--input|x.npy|--output|y.npy", "x.npy")]
    [InlineData("op|relu|--output|y.npy", "--input")]
    [InlineData("op|relu|--input|file|--output|y.npy", "file", ".npy")]
    public void Bad_usage_and_bad_input_are_exit_code_2(string arguments, params string[] parts)
    {
        File.WriteAllText(_folder["file"], "not an array");
        File.WriteAllText(_folder["syntax.json"], "{ \"stages\": [\n  { \"op\" \"conv2d\" }\n] }");
        File.WriteAllText(_folder["property.json"],
            """{ "stages": [{ "op": "conv2d", "weight": "edge24" }, { "op": "max_pool2d", "kernel_size": 2, "kernel_sighs": 2 }] }""");
        File.WriteAllText(_folder["value.json"], """{ "stages": [{ "op": "conv2d", "weight": "edge24", "stride": 0 }] }""");

        string line = Livepool.Run(_folder.Root, arguments.Split('|')).Refused(2);

        foreach (string part in parts)
            Assert.Contains(part, line);
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_exit_code_2()
    {
        // Not even root makes a folder there.
        string line = Livepool.Run(_folder.Root, "run", Scene, "--backend", "simd", "--out", "/proc/livepool/out").Refused(2);
        Assert.Contains("/proc/livepool/out", line);
    }

    [Fact]
    public void A_GPU_that_is_asked_for_and_not_there_is_exit_code_3_and_nothing_else_runs()
    {
        Outcome run = Livepool.Run(_folder.Root, _withoutGl, "run", Scene, "--backend", "gpu");
        string line = run.Refused(3);
        Assert.Contains("gpu", line);
        Assert.Contains("--backend simd", line);
        Assert.Empty(run.Output);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    [Fact]
    public void Auto_without_a_GPU_computes_in_SIMD_and_says_why()
    {
        Outcome run = Livepool.Run(_folder.Root, _withoutGl, "run", Scene);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("no GPU", run.OnlyLine());
        Assert.StartsWith("simd: ", run.Lines[^1]);
        Assert.True(File.Exists(_folder["out", "figure.png"]));
    }

    [Fact]
    public void A_shader_that_does_not_compile_is_shown_with_its_file_and_line()
    {
        CopyFolder(Testing.Repository.PathOf("shaders"), _folder["shaders"]);
        string[] lines = [.. File.ReadAllLines(_folder["shaders", "fused", "conv_pool2d.comp"]), "this is broken;"];
        File.WriteAllLines(_folder["shaders", "fused", "conv_pool2d.comp"], lines);

        string line = Livepool.Run(_folder.Root, "run", Scene, "--backend", "gpu", "--shaders", "shaders").Refused(2);
        Assert.Contains($"fused/conv_pool2d.comp:{lines.Length}: ", line);
        // A CPU backend does not care.
        Livepool.Run(_folder.Root, "run", Scene, "--backend", "simd", "--shaders", "shaders").Succeeded();
    }

    [Fact]
    public void View_without_a_display_is_exit_code_3_and_names_run()
    {
        string line = Livepool.Run(_folder.Root, "view", Scene).Refused(3);
        Assert.Contains("display", line);
        Assert.Contains("livepool run", line);
    }

    [Fact]
    public void View_on_a_display_that_does_not_answer_is_exit_code_3()
    {
        string line = Livepool.Run(_folder.Root, [("DISPLAY", ":98765")], "view", Scene).Refused(3);
        Assert.Contains(":98765", line);
    }

    [Fact]
    public void No_verb_without_a_display_runs_the_scene_and_says_why()
    {
        Outcome run = Livepool.Run(_folder.Root);
        Assert.Equal(0, run.ExitCode);
        Assert.DoesNotContain("   at ", run.Error);
        Assert.Contains("no window", run.Error.Split('\n')[0]);
        Assert.Contains("display", run.Error.Split('\n')[0]);
        Assert.Equal("input [1, 1, 720, 1280] 921600 values", run.Lines[0]);
        Assert.True(PngReader.Read(_folder["out", "figure.png"]).Width > 638);
    }

    private static void CopyFolder(string from, string to)
    {
        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
