using System.Text.Json;
using System.Text.RegularExpressions;
using LivePool.Core.Npy;
using LivePool.Testing;

namespace LivePool.EndToEnd;

/// <summary>Pipelines whose stages name shaders of the user's, run, verified and explained by the program.</summary>
public sealed partial class ShaderStageTests : IDisposable
{
    private const int Width = 60;
    private const int Height = 48;

    private readonly TemporaryFolder _folder = new();

    public ShaderStageTests()
    {
        Directory.CreateDirectory(_folder["mine"]);
        // What it writes tells rows from columns, and is exact in float32.
        File.WriteAllText(_folder["mine", "plus.comp"], """
            // @param float gain 0..4 = 1
            // @param bool odd
            #include "include/grid.glsl"
            layout(local_size_x = LOCAL_X, local_size_y = LOCAL_Y) in;
            layout(std430, binding = 0) readonly restrict buffer Input { float x[]; };
            layout(std430, binding = 1) writeonly restrict buffer Output { float y[]; };
            void main()
            {
                ivec3 at = gridPosition();
                if (at.x >= outputWidth || at.y >= outputHeight)
                    return;
                int place = at.y * outputWidth + at.x;
                y[place] = gain * x[place] + float(1000 * at.y + at.x) + (odd ? 0.5 : 0.0);
            }
            """);
        File.WriteAllText(_folder["mine", "plus.json"],
            """{"stages":[{"op":"shader","shader":"plus.comp","params":{"gain":2.5,"odd":true}}]}""");
        // The experiment's fault shows where all of a window lies below 0.
        File.WriteAllText(_folder["wrong.json"], Pools("max_pool2d_wrong.comp"));
        File.WriteAllText(_folder["right.json"], Pools("max_pool2d_subgroup.comp"));
    }

    public void Dispose() => _folder.Dispose();

    private static string Experiment(string name) => Repository.PathOf("shaders", "experiments", name);

    private static string Pools(string shader) =>
        $$"""{"stages":[{"op":"scale_offset","offset":-300},{"op":"max_pool2d","kernel_size":2,"shader":"{{Experiment(shader)}}"}]}""";

    private Outcome Run(string pipeline, params string[] more) =>
        Livepool.Run(_folder.Root, ["run", "picture.png", "--pipeline", pipeline, .. more]);

    private Picture SavePicture()
    {
        var picture = new Picture(Width, Height, seed: 6);
        picture.Save(_folder["picture.png"]);
        return picture;
    }

    private JsonElement ReadReport()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(_folder["out", "report.json"]));
        return document.RootElement.Clone();
    }

    private float[] ReadChannel(params string[] parts)
    {
        NpyArray array = NpyArray.Read(_folder[parts]);
        Assert.Equal([Height, Width], array.Dimensions);
        return Assert.IsType<float[]>(array.Elements);
    }

    [Fact]
    public void A_free_stage_of_a_file_runs_on_the_GPU_without_being_asked_and_writes_what_its_shader_says()
    {
        Picture picture = SavePicture();

        Outcome run = Run("mine/plus.json").Succeeded();

        Assert.Equal([$"input [1, 1, {Height}, {Width}] 2880 values", $"plus [1, 1, {Height}, {Width}] 2880 values"], run.Lines[..^1]);
        Assert.StartsWith("gpu: ", run.Lines[^1], StringComparison.Ordinal);
        Assert.Equal(picture.Grey.Select((grey, i) => 2.5f * grey + 1000 * (i / Width) + i % Width + 0.5f), ReadChannel("out", "channel0.npy"));

        JsonElement report = ReadReport();
        JsonElement backend = report.GetProperty("backend");
        Assert.Equal(("gpu", "auto", false),
            (backend.GetProperty("name").GetString(), backend.GetProperty("requested").GetString(), backend.TryGetProperty("reason", out _)));
        Assert.Equal("shader", report.GetProperty("stages")[0].GetProperty("op").GetString());
        JsonElement stage = report.GetProperty("pipeline").GetProperty("stages")[0];
        Assert.Equal(_folder["mine", "plus.comp"], stage.GetProperty("shader").GetString());
        Assert.Equal("""{"gain":2.5,"odd":true}""", Whitespace().Replace(stage.GetProperty("params").GetRawText(), ""));
        // The report's pipeline is one: it runs again, and writes the same.
        byte[] first = File.ReadAllBytes(_folder["out", "channel0.npy"]);
        File.WriteAllText(_folder["again.json"], report.GetProperty("pipeline").GetRawText());
        Run("again.json", "--out", "again").Succeeded();
        Assert.Equal(first, File.ReadAllBytes(_folder["again", "channel0.npy"]));
    }

    [Fact]
    public void A_free_stage_is_not_compared_and_the_stages_around_it_are()
    {
        SavePicture();
        File.WriteAllText(_folder["around.json"],
            """{"stages":[{"op":"abs"},{"op":"shader","shader":"mine/plus.comp"},{"op":"max_pool2d","kernel_size":2}]}""");

        Outcome run = Run("around.json", "--verify").Succeeded();

        Assert.Equal(
            ["verified abs: 2,880 elements equal", "verified plus: not compared, it claims to be no operator", "verified max_pool2d: 720 elements equal"],
            run.Lines[4..^1]);
        JsonElement verification = ReadReport().GetProperty("verification");
        Assert.True(verification.GetProperty("passed").GetBoolean());
        Assert.Equal([true, false, true], verification.GetProperty("stages").EnumerateArray().Select(stage => !stage.TryGetProperty("compared", out JsonElement compared) || compared.GetBoolean()));
    }

    [Theory]
    [InlineData("simd")]
    [InlineData("reference")]
    public void A_backend_that_cannot_run_a_free_stage_says_which_can(string backend)
    {
        SavePicture();
        Outcome run = Run("mine/plus.json", "--backend", backend);
        Assert.Equal($"livepool: {backend}: mine/plus.comp is a shader without @op, which only the GPU runs; use --backend gpu", run.Refused(2));
        Assert.Empty(run.Output);
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("gpu")]
    public void Without_a_GPU_a_free_stage_is_exit_code_3_and_no_other_backend_is_advised(string backend)
    {
        SavePicture();
        Outcome run = Livepool.Run(_folder.Root, [("__EGL_VENDOR_LIBRARY_FILENAMES", "/nonexistent")],
            "run", "picture.png", "--pipeline", "mine/plus.json", "--backend", backend);
        Assert.DoesNotContain("--backend", run.Refused(3), StringComparison.Ordinal);
    }

    [Fact]
    public void A_free_stage_is_not_explained_and_an_operator_behind_it_is()
    {
        SavePicture();
        File.WriteAllText(_folder["chain.json"],
            """{"stages":[{"op":"shader","shader":"mine/plus.comp"},{"op":"max_pool2d","kernel_size":2}]}""");
        string[] explain = ["explain", "picture.png", "--pipeline", "chain.json", "--x", "3", "--y", "5"];

        Outcome refused = Livepool.Run(_folder.Root, [.. explain, "--stage", "1"]);
        Assert.Equal("livepool: stage 1, mine/plus.comp, claims to be no operator, and nothing says how its values come about; see livepool lab mine/plus.comp --pixel X,Y",
            refused.Refused(2));
        Assert.Empty(refused.Output);

        Outcome explained = Livepool.Run(_folder.Root, explain).Succeeded();
        Assert.StartsWith("max_pool2d [1, 1, 24, 30], channel 0, row 5, column 3", explained.Output, StringComparison.Ordinal);
        Assert.StartsWith("gpu: ", explained.Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void An_operators_shader_that_is_wrong_is_found_saved_and_found_again()
    {
        SavePicture();

        Outcome run = Run("wrong.json", "--verify");

        Assert.True(run.ExitCode == 1 && run.Error.Length == 0, run.ToString());
        Assert.Contains("max_pool2d by max_pool2d_wrong.comp [1, 1, 24, 30] 720 values, 4.0x fewer", run.Lines);
        Assert.Contains("verified max_pool2d: FAILED", run.Lines);
        Assert.Contains("verified scale_offset: 2,880 elements", run.Output, StringComparison.Ordinal);
        Assert.False(ReadReport().GetProperty("verification").GetProperty("passed").GetBoolean());
        // With the shader, and without anybody asking for the GPU.
        Match again = AgainWith().Match(run.Output);
        Assert.True(again.Success, run.ToString());
        string[] command = again.Groups[1].Value.Split(' ');
        foreach (string[] arguments in (string[][])[command, ["verify", "--case", command[^1]]])
        {
            Outcome verified = Livepool.Run(_folder.Root, arguments);
            Assert.True(verified.ExitCode == 1 && verified.Error.Length == 0, verified.ToString());
            Assert.Contains("got 0, exact -", verified.Output, StringComparison.Ordinal);
        }
        // What it claims to be is right.
        Assert.Equal(0, Livepool.Run(_folder.Root, "verify", "--backend", "simd", "--case", command[^1]).ExitCode);
    }

    [Theory]
    [InlineData("right.json", "gpu")]
    [InlineData("wrong.json", "simd")]
    public void An_operators_shader_that_is_right_passes_as_does_what_it_claims_to_be(string pipeline, string backend)
    {
        SavePicture();
        Outcome run = Run(pipeline, "--verify", "--backend", backend).Succeeded();
        Assert.Contains("verified max_pool2d: 720 elements equal", run.Lines);
    }

    [Fact]
    public void Another_generation_of_life_comes_with_each_frame()
    {
        Directory.CreateDirectory(_folder["pictures"]);
        Picture[] pictures = [.. Enumerable.Range(0, 3).Select(i => new Picture(Width, Height, seed: 10 + i))];
        for (int i = 0; i < pictures.Length; i++)
            pictures[i].Save(_folder["pictures", $"{i}.png"]);
        string life = Experiment("game_of_life.comp");
        File.WriteAllText(_folder["life.json"], $$"""{"stages":[{"op":"shader","shader":"{{life}}"}]}""");

        Livepool.Run(_folder.Root, "run", "pictures", "--pipeline", "life.json").Succeeded();

        // Of the first picture alone, by Conway's rule.
        bool[] alive = Array.ConvertAll(pictures[0].Grey, grey => grey >= 128);
        for (int i = 0; i < 3; i++)
        {
            float[] frame = ReadChannel("out", $"{i:D6}", "channel0.npy");
            Assert.Equal(alive.Select(lives => lives ? 255f : 0), frame);
            Livepool.Run(_folder.Root, "lab", life, "--input", "pictures/0.png", "--no-times", "--frames", $"{i + 1}", "--out", "lab.png").Succeeded();
            Assert.Equal(frame.Select(value => (byte)value), PngReader.Read(_folder["lab.png"]).Grey());
            bool[] next = Next(alive);
            Assert.NotEqual(alive, next);
            alive = next;
        }
    }

    /// <summary>The next generation, on a torus.</summary>
    private static bool[] Next(bool[] alive) => [.. alive.Select((lives, i) =>
    {
        int neighbours = 0;
        for (int k = 0; k < 9; k++)
        {
            int row = (i / Width + k / 3 - 1 + Height) % Height, column = (i % Width + k % 3 - 1 + Width) % Width;
            neighbours += k != 4 && alive[row * Width + column] ? 1 : 0;
        }
        return neighbours == 3 || (lives && neighbours == 2);
    })];

    [Theory]
    [InlineData("""{"op":"shader","shader":"plus.comp","params":{"gain":5}}""", "stages[0].params: gain is '5'; it must be a number from 0 to 4")]
    [InlineData("""{"op":"shader","shader":"none.comp"}""", "none.comp: there is no such file; check the path")]
    [InlineData("""{"op":"abs","shader":"plus.comp"}""", "stages[0].shader claims to be no operator, and the stage is abs; write // @op abs if it is that")]
    public void A_pipeline_whose_shader_is_wrong_is_refused_in_one_line_with_its_place(string stage, string message)
    {
        SavePicture();
        File.WriteAllText(_folder["mine", "bad.json"], $$"""{"stages":[{{stage}}]}""");
        string line = Run("mine/bad.json").Refused(2);
        Assert.StartsWith("livepool: mine/bad.json: stages[0].", line, StringComparison.Ordinal);
        Assert.EndsWith(message, line, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"again with: livepool (verify --backend gpu --case \S+)")]
    private static partial Regex AgainWith();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Whitespace();
}
