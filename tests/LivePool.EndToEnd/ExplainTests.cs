using System.Globalization;
using System.Text.RegularExpressions;
using LivePool.Core.Npy;
using LivePool.Testing;

namespace LivePool.EndToEnd;

/// <summary><c>livepool explain</c>: what it says of an element is what <c>livepool run</c> computes there.</summary>
public sealed partial class ExplainTests(ITestOutputHelper output) : IDisposable
{
    private const int Width = 90;
    private const int Height = 50;
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Backends => ["simd", "reference", "gpu"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Backends))]
    public void An_element_is_what_run_computes_there(string backend)
    {
        var picture = new Picture(Width, Height, seed: 4);
        picture.Save(_folder["picture.png"]);
        Livepool.Run(_folder.Root, "run", "picture.png", "--backend", backend).Succeeded();
        EdgePipeline exact = EdgePipeline.Of(picture.Grey, Width, Height);
        foreach ((int channel, int x, int y) in ((int, int, int)[])[(0, 0, 0), (1, 42, 22), (1, 17, 9)])
        {
            Outcome explained = Explain("picture.png", backend, x, y, "--channel", $"{channel}");

            Assert.Equal($"max_pool2d [1, 2, 23, 43], channel {channel}, row {y}, column {x}", explained.Lines[0]);
            Assert.Equal(ReadChannel(channel)[y * 43 + x], (float)Value(explained, backend));
            // The pool's exact value follows from the backend's own convolution.
            Assert.Equal(Value(explained, backend), Value(explained, "exact"));
            Assert.Equal("equal", Reason(explained, "error"));
            string[][] taps = Taps(explained);
            Assert.Equal([$"{2 * y} {2 * x}", $"{2 * y} {2 * x + 1}", $"{2 * y + 1} {2 * x}", $"{2 * y + 1} {2 * x + 1}"],
                taps.Select(tap => $"{tap[1]} {tap[2]}"));
            Assert.Equal(Value(explained, "maximum"), taps.Max(tap => Number(tap[3])));
            Assert.Single(explained.Lines, line => line.EndsWith("  wins", StringComparison.Ordinal));
            if (channel == 0)
                Assert.Equal(exact.Exact[0][y * 43 + x], Value(explained, "exact"));
        }
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_stage_before_the_last_shows_all_its_taps_and_how_near_the_bound_it_is(string backend)
    {
        var picture = new Picture(Width, Height, seed: 5);
        picture.Save(_folder["picture.png"]);
        // What the convolution alone gives.
        File.WriteAllText(_folder["conv.json"],
            """{ "stages": [{ "op": "conv2d", "weight": { "init": "pytorch", "seed": 3 }, "out_channels": 2, "kernel_size": 5, "padding": 2 }, { "op": "max_pool2d", "kernel_size": 2 }] }""");
        File.WriteAllText(_folder["alone.json"],
            """{ "stages": [{ "op": "conv2d", "weight": { "init": "pytorch", "seed": 3 }, "out_channels": 2, "kernel_size": 5, "padding": 2 }] }""");
        Livepool.Run(_folder.Root, "run", "picture.png", "--backend", backend, "--pipeline", "alone.json").Succeeded();

        Outcome corner = Explain("picture.png", backend, Width - 1, Height - 1, "--channel", "1", "--stage", "conv2d", "--pipeline", "conv.json");
        Outcome same = Explain("picture.png", backend, Width - 1, Height - 1, "--channel", "1", "--stage", "1", "--pipeline", "conv.json");
        Assert.Equal(corner.Output, same.Output);

        float got = ReadChannel(1)[^1];
        Assert.Equal(got, (float)Value(corner, backend));
        string[][] taps = Taps(corner);
        Assert.Equal(25, taps.Length);
        Assert.Equal(16, corner.Lines.Count(line => line.EndsWith("padding: 0", StringComparison.Ordinal)));
        double sum = (float)Value(corner, "bias");
        for (int i = 0; i < 25; i++)
        {
            (int row, int column) = (Height - 3 + i / 5, Width - 3 + i % 5);
            float pixel = row < Height && column < Width ? picture.Grey[row * Width + column] : 0;
            Assert.Equal([$"{i / 5},{i % 5}", "0", $"{row}", $"{column}", $"{pixel}"], taps[i][..5]);
            double product = pixel * (double)(float)Number(taps[i][5]);
            sum += product;
            Assert.Equal(product, Number(taps[i][6]), Math.Abs(product) * 1e-7);
            Assert.Equal(sum, Number(taps[i][7]), 1e-6);
        }
        // Round-trip weights: the exact value comes out to the last bit.
        Assert.Equal(sum, Value(corner, "exact"));
        Assert.Equal(Math.Abs(got - sum), Value(corner, "error"), Value(corner, "error") * 0.01);
        Assert.StartsWith("gamma(25 + 4) * sum|w*x|", Reason(corner, "bound"));
        Assert.EndsWith(backend == "gpu" ? "u = 2^-23" : "u = 2^-24", Reason(corner, "bound").Split(';')[0]);
        if (Value(corner, "error") > 0)
            Assert.Matches(@"ULP, \S+% of the bound", Reason(corner, "error"));
    }

    [Theory]
    [InlineData("camera.png", 200, 100)]
    [InlineData("grass.png", 253, 253)]
    public void An_element_of_a_photograph_is_the_same_on_every_backend(string file, int x, int y)
    {
        string? path = SharedImages.PathOf(file);
        Assert.SkipWhen(path is null, SharedImages.Missing);
        string[] values = [.. ((string[])["simd", "reference", "gpu"]).Select(backend =>
        {
            Outcome explained = Explain(path!, backend, x, y);
            output.WriteLine($"{backend}: {explained.Duration.TotalSeconds:F2} s");
            Livepool.Run(_folder.Root, "run", path!, "--backend", backend).Succeeded();
            float computed = ReadChannel(0)[y * 254 + x];
            Assert.Equal(computed, (float)Value(explained, backend));
            return $"{computed:R}";
        })];
        Assert.Single(values.Distinct());
    }

    [Fact]
    public void Of_many_taps_some_are_shown_and_the_rest_counted_unless_all_are_asked_for()
    {
        new Picture(Width, Height, seed: 6).Save(_folder["picture.png"]);
        File.WriteAllText(_folder["global.json"], """{ "stages": [{ "op": "global_avg_pool2d" }] }""");

        Outcome some = Explain("picture.png", "reference", 0, 0, "--pipeline", "global.json");
        Assert.Equal(60, Taps(some).Length);
        Assert.Contains(some.Lines, line => line.EndsWith("… 4,460 taps left out", StringComparison.Ordinal));
        Assert.Contains("the 20 largest of all 4,500; --all shows every tap", some.Lines);
        double[] largest = [.. Taps(some)[40..].Select(tap => Number(tap[3]))];
        Assert.Equal(largest.OrderDescending(), largest);

        Outcome all = Explain("picture.png", "reference", 0, 0, "--pipeline", "global.json", "--all");
        string[][] taps = Taps(all);
        Assert.Equal(4500, taps.Length);
        Assert.Equal(largest, taps.Select(tap => Number(tap[3])).OrderDescending().Take(20));
        Assert.Equal(taps.Sum(tap => Number(tap[3])), Value(all, "sum"));
        Assert.Equal((4500, Value(all, "sum") / 4500), (Value(all, "divisor"), Value(all, "exact")));
        Assert.Equal(Value(all, "reference"), Value(some, "reference"));
    }

    [Fact]
    public void A_frame_is_one_of_the_source_s()
    {
        Directory.CreateDirectory(_folder["many"]);
        foreach (int i in (int[])[1, 2, 10])
            new Picture(40, 30, seed: i).Save(_folder["many", $"{i}.png"]);
        // What comes before the frame may be broken.
        File.WriteAllBytes(_folder["many", "1.png"], [1, 2, 3]);

        Outcome third = Explain("many", "reference", 3, 4, "--frame", "2");
        Assert.EndsWith($"on {Path.Combine("many", "10.png")}, input [1, 2, 26, 36]", third.Lines[1]);
        Assert.Equal(Value(Explain(Path.Combine("many", "10.png"), "reference", 3, 4), "exact"), Value(third, "exact"));
        Assert.Contains("frames 0 to 2", Livepool.Run(_folder.Root, "explain", "many", "--x", "0", "--y", "0", "--frame", "3").Refused(2));
    }

    [Fact]
    public void A_wrong_value_is_marked_and_ends_with_exit_code_1()
    {
        new Picture(40, 30, seed: 7).Save(_folder["picture.png"]);
        CopyShaders();
        string shader = _folder["shaders", "pointwise", "pointwise.comp"];
        string text = File.ReadAllText(shader);
        Assert.Contains("= apply(", text);
        File.WriteAllText(shader, text.Replace("= apply(", "= 1.0 + apply(", StringComparison.Ordinal));
        File.WriteAllText(_folder["relu.json"], """{ "stages": [{ "op": "relu" }] }""");

        Outcome explained = Livepool.Run(_folder.Root, "explain", "picture.png", "--x", "5", "--y", "6", "--backend", "gpu",
            "--pipeline", "relu.json", "--shaders", "shaders");
        Assert.True(explained.ExitCode == 1, explained.ToString());
        Assert.Equal(Value(explained, "exact") + 1, Value(explained, "gpu"));
        Assert.EndsWith("WRONG", Reason(explained, "error"));
    }

    [Theory]
    [InlineData("--x|43|--y|0", "--x is 43", "max_pool2d [1, 2, 23, 43] has columns 0 to 42")]
    [InlineData("--x|-1|--y|0", "--x is -1", "columns 0 to 42")]
    [InlineData("--x|0|--y|23", "--y is 23", "rows 0 to 22")]
    [InlineData("--x|86|--y|0|--stage|1", "--x is 86", "conv2d [1, 2, 46, 86] has columns 0 to 85")]
    [InlineData("--x|0|--y|0|--channel|2", "--channel is 2", "channels 0 to 1")]
    [InlineData("--x|0|--y|0|--channel|-1", "--channel is -1", "channels 0 to 1")]
    [InlineData("--x|0|--y|0|--stage|3", "--stage 3", "1 conv2d, 2 max_pool2d")]
    [InlineData("--x|0|--y|0|--stage|0", "--stage 0", "1 conv2d, 2 max_pool2d")]
    [InlineData("--x|0|--y|0|--stage|avg_pool2d", "--stage avg_pool2d", "1 conv2d, 2 max_pool2d")]
    [InlineData("--x|0|--y|0|--stage|conv2d|--pipeline|cnn", "--stage conv2d", "2 of that name", "2, 5")]
    [InlineData("--x|0|--y|0|--frame|1", "--frame is 1", "0")]
    [InlineData("--x|0|--y|0|--frame|-1", "--frame is -1")]
    [InlineData("--x|left|--y|0", "--x is 'left'", "whole number")]
    [InlineData("--y|0", "--x", "explain --help")]
    [InlineData("--x|0", "--y", "explain --help")]
    [InlineData("--x|0|--y|0|--nonsense", "--nonsense", "explain --help")]
    public void What_is_not_there_is_refused_with_what_is(string arguments, params string[] parts)
    {
        new Picture(Width, Height, seed: 8).Save(_folder["picture.png"]);
        Outcome explained = Livepool.Run(_folder.Root, ["explain", "picture.png", "--backend", "simd", .. arguments.Split('|')]);
        string line = explained.Refused(2);
        Assert.Empty(explained.Output);
        foreach (string part in parts)
            Assert.Contains(part, line);
    }

    [Fact]
    public void A_terminal_shows_the_winner_in_colour_and_a_narrow_one_loses_no_digit()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "/usr/bin/script, which lends a terminal, is not here (Debian: bsdutils)");
        new Picture(Width, Height, seed: 9).Save(_folder["picture.png"]);
        Outcome plain = Explain("picture.png", "simd", 3, 4, "--channel", "1", "--stage", "1");
        string command = $"stty cols 40; '{Livepool.Program}' explain picture.png --x 3 --y 4 --channel 1 --stage 1 --backend simd";
        using var script = new RunningProgram("/usr/bin/script", _folder.Root, [("TERM", "xterm-256color")], ["-qec", command, "/dev/null"]);
        Assert.True(script.WaitForExit() == 0, script.Output + script.Error);
        Assert.Contains("\e[", script.Output);
        string shown = EscapeCodes().Replace(script.Output.Replace("\r", "", StringComparison.Ordinal), "");
        Assert.All(plain.Lines, line => Assert.Contains(line, shown));
    }

    /// <summary>Explains in a pipe: no escape codes, and no line is broken or filled up.</summary>
    private Outcome Explain(string source, string backend, int x, int y, params string[] more)
    {
        Outcome explained = Livepool.Run(_folder.Root, ["explain", source, "--x", $"{x}", "--y", $"{y}", "--backend", backend, .. more]).Succeeded();
        Assert.DoesNotContain('\e', explained.Output);
        Assert.All(explained.Lines, line => Assert.Equal(line.TrimEnd(), line));
        Assert.StartsWith($"{backend}: ", explained.Lines[^1]);
        // Each row of the taps has its numbers; each step its name.
        foreach (string line in explained.Lines.SkipWhile(line => !line.StartsWith('─')).Skip(1).SkipLast(1))
            Assert.Matches(@"^ +(-?\d|…)|^  [a-z]+ |^─|^the 20 largest|^  channel ", line);
        return explained;
    }

    /// <summary>The rows of the taps' tables, split at blanks.</summary>
    private static string[][] Taps(Outcome explained) =>
        [.. explained.Lines.Where(line => RowOfTap().IsMatch(line)).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))];

    private static double Value(Outcome explained, string step) => Number(Step(explained, step).Groups[1].Value);

    private static string Reason(Outcome explained, string step) => Step(explained, step).Groups[2].Value;

    private static Match Step(Outcome explained, string step)
    {
        string line = Assert.Single(explained.Lines, line => line.StartsWith($"  {step} ", StringComparison.Ordinal));
        return Regex.Match(line, $@"^  {step} +(\S+) *(.*)$");
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private float[] ReadChannel(int channel) => NpyArray.Read(_folder["out", $"channel{channel}.npy"]).ToSingles();

    private void CopyShaders()
    {
        string shaders = Repository.PathOf("shaders");
        foreach (string file in Directory.GetFiles(shaders, "*", SearchOption.AllDirectories))
        {
            string target = _folder["shaders", Path.GetRelativePath(shaders, file)];
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    [GeneratedRegex(@"^ +(\d+,\d+ +)?\d+ +-?\d+ +-?\d+ ")]
    private static partial Regex RowOfTap();

    [GeneratedRegex(@"\e\[[0-9;?]*[a-zA-Z]|\e=")]
    private static partial Regex EscapeCodes();
}
