using System.Globalization;
using System.Text.Json;

namespace LivePool.EndToEnd;

/// <summary><c>livepool bench</c> says what each stage took, and of what; the figures of table and JSON go together.</summary>
public sealed class BenchTests : IDisposable
{
    private const string Scene = "scene:grass?size=160x90";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private Outcome Bench(params string[] arguments) => Livepool.Run(_folder.Root, ["bench", .. arguments]);

    private JsonElement ReadJson() => JsonDocument.Parse(File.ReadAllBytes(_folder["b.json"])).RootElement;

    private static double? Number(JsonElement owner, string property) =>
        owner.GetProperty(property) is { ValueKind: not JsonValueKind.Null } number ? number.GetDouble() : null;

    private static void AssertNear(double expected, double? actual) =>
        Assert.InRange(actual!.Value, 0.999 * expected, 1.001 * expected);

    [Fact]
    public void On_simd_every_stage_has_a_rate_a_peak_and_a_share()
    {
        Outcome outcome = Bench(Scene, "--pipeline", "cnn", "--backend", "simd", "--threads", "1", "--frames", "20", "--json", "b.json").Succeeded();

        Assert.Equal($"cnn on {Scene}&seed=1, input [1, 1, 90, 160], 20 frames", outcome.Lines[0]);
        Assert.Contains($"{Environment.ProcessorCount} processors", outcome.Lines[1], StringComparison.Ordinal);
        Assert.Matches(@"^simd: .*1 thread; at most [0-9.]+ GFLOP/s of multiply-adds, [0-9.]+ GB/s of copying", outcome.Lines[2]);
        Assert.Equal("wrote b.json", outcome.Lines[^1]);

        JsonElement json = ReadJson();
        Assert.Equal(20, json.GetProperty("frames").GetInt32());
        Assert.Equal("simd", json.GetProperty("backend").GetProperty("name").GetString());
        JsonElement peaks = json.GetProperty("peaks");
        Assert.Equal(1, peaks.GetProperty("threads").GetInt32());
        double fmaPeak = peaks.GetProperty("fma_gflops").GetDouble();
        JsonElement[] stages = [.. json.GetProperty("stages").EnumerateArray()];
        Assert.Equal(
            ["scale_offset", "conv2d + relu + max_pool2d", "conv2d + relu + max_pool2d"],
            stages.Select(stage => stage.GetProperty("op").GetString()!));
        // 8 channels of 9 taps on each pixel, then 16 of 72.
        double[] operations = [.. stages.Select((_, i) => i == 1 ? 2.0 * 8 * 9 * 90 * 160 : i == 2 ? 2.0 * 16 * 72 * 45 * 80 : 0)];
        int[] elements = [90 * 160, 90 * 160, 8 * 45 * 80, 16 * 22 * 40];
        for (int i = 0; i < stages.Length; i++)
        {
            JsonElement stage = stages[i];
            double median = stage.GetProperty("milliseconds").GetProperty("median").GetDouble();
            Assert.True(median > 0 && median <= stage.GetProperty("milliseconds").GetProperty("p95").GetDouble());
            bool isConvolution = operations[i] > 0;
            (string rate, string peak, string share) = isConvolution
                ? ("gflops", "fma_peak_gflops", "fma_share") : ("gb_per_s", "copy_peak_gb_per_s", "copy_share");
            (string otherRate, string otherShare) = isConvolution ? ("gb_per_s", "copy_share") : ("gflops", "fma_share");
            double work = isConvolution ? operations[i] : 4.0 * (elements[i] + elements[i + 1]);
            AssertNear(work / (median * 1e6), Number(stage, rate));
            AssertNear(Number(stage, rate)!.Value / Number(stage, peak)!.Value, Number(stage, share));
            Assert.Null(Number(stage, otherRate));
            Assert.Null(Number(stage, otherShare));
            if (isConvolution)
                Assert.Equal(fmaPeak, Number(stage, peak));
            string expected = (100 * Number(stage, share)!.Value).ToString("F1", CultureInfo.InvariantCulture);
            string[] row = [.. TableRows(outcome)[i]];
            Assert.StartsWith(row[0], stage.GetProperty("op").GetString(), StringComparison.Ordinal);
            Assert.True(Math.Abs(double.Parse(row[^2], CultureInfo.InvariantCulture) - double.Parse(expected, CultureInfo.InvariantCulture)) < 0.11, outcome.ToString());
        }
        double total = json.GetProperty("total_milliseconds").GetProperty("median").GetDouble();
        AssertNear(1000 / total, Number(json, "frames_per_second"));
    }

    private static List<string[]> TableRows(Outcome outcome) =>
        [.. outcome.Lines.SkipWhile(line => !line.Contains('─', StringComparison.Ordinal)).Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))];

    [Fact]
    public void On_a_GPU_every_stage_has_a_share_of_copying_and_a_convolution_one_of_multiply_adds_too()
    {
        File.WriteAllText(_folder["p.json"], """
            {"stages":[{"op":"conv2d","weight":"edge24","out_channels":2,"kernel_size":5,"bias":false},{"op":"max_pool2d","kernel_size":2},
            {"op":"conv2d","weight":{"init":"pytorch","seed":1},"out_channels":4,"kernel_size":3},{"op":"avg_pool2d","kernel_size":3}]}
            """);
        Outcome outcome = Bench(Scene, "--pipeline", "p.json", "--backend", "gpu", "--frames", "15", "--json", "b.json").Succeeded();

        JsonElement json = ReadJson();
        JsonElement backend = json.GetProperty("backend");
        Assert.Matches(@"^gpu: .+; at most [0-9.]+ GFLOP/s of multiply-adds, [0-9.]+ GB/s of copying [0-9]+ MiB$", outcome.Lines[2]);
        Assert.Contains(backend.GetProperty("renderer").GetString()!, outcome.Lines[2], StringComparison.Ordinal);
        Assert.Equal(backend.GetProperty("software").GetBoolean(), outcome.Output.Contains("no claim about any GPU", StringComparison.Ordinal));
        Assert.Contains("stages joined by + are one pass", outcome.Lines);
        JsonElement peaks = json.GetProperty("peaks");
        double fmaPeak = peaks.GetProperty("fma_gflops").GetDouble();
        foreach (string peak in (string[])["fma_gflops", "copy_gb_per_s", "copy_bytes"])
            Assert.InRange(Number(peaks, peak)!.Value, 1e-3, 1e12);

        JsonElement[] stages = [.. json.GetProperty("stages").EnumerateArray()];
        Assert.Equal(["conv2d + max_pool2d", "conv2d", "avg_pool2d"], stages.Select(stage => stage.GetProperty("op").GetString()!));
        Assert.Equal([true, false, false], stages.Select(stage => stage.GetProperty("fused").GetBoolean()));
        // The first stage takes the pixels as they are.
        Assert.Equal([160 * 90, 4 * 2 * 78 * 43, 4 * 4 * 76 * 41], stages.Select(stage => stage.GetProperty("bytes_read").GetInt64()));
        Assert.Equal([4 * 2 * 78 * 43, 4 * 4 * 76 * 41, 4 * 4 * 25 * 13], stages.Select(stage => stage.GetProperty("bytes_written").GetInt64()));
        double[] operations = [2.0 * 2 * 25 * 156 * 86, 2.0 * 4 * 18 * 76 * 41, 0];
        for (int i = 0; i < stages.Length; i++)
        {
            double median = stages[i].GetProperty("milliseconds").GetProperty("median").GetDouble();
            AssertNear((stages[i].GetProperty("bytes_read").GetDouble() + stages[i].GetProperty("bytes_written").GetDouble()) / (median * 1e6), Number(stages[i], "gb_per_s"));
            AssertNear(Number(stages[i], "gb_per_s")!.Value / Number(stages[i], "copy_peak_gb_per_s")!.Value, Number(stages[i], "copy_share"));
            Assert.InRange(Number(stages[i], "copy_share")!.Value, 1e-9, 1e6);
            if (operations[i] == 0)
            {
                Assert.Null(Number(stages[i], "gflops"));
                Assert.Null(Number(stages[i], "fma_share"));
                continue;
            }
            AssertNear(operations[i] / (median * 1e6), Number(stages[i], "gflops"));
            Assert.Equal(fmaPeak, Number(stages[i], "fma_peak_gflops"));
            AssertNear(Number(stages[i], "gflops")!.Value / fmaPeak, Number(stages[i], "fma_share"));
            Assert.InRange(Number(stages[i], "fma_share")!.Value, 1e-9, 2);
        }
        Assert.Equal(5, outcome.Output.Count(c => c == '%'));
    }

    [Fact]
    public void Of_the_reference_shares_are_left_out()
    {
        Outcome outcome = Bench(Scene, "--backend", "reference", "--frames", "15", "--json", "b.json").Succeeded();

        Assert.Contains("GFLOP/s", outcome.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("%", outcome.Output, StringComparison.Ordinal);
        JsonElement json = ReadJson();
        foreach (JsonProperty peak in json.GetProperty("peaks").EnumerateObject())
            Assert.Equal(JsonValueKind.Null, peak.Value.ValueKind);
        foreach (JsonElement stage in json.GetProperty("stages").EnumerateArray())
        {
            foreach (string property in (string[])["fma_share", "copy_share", "fma_peak_gflops", "copy_peak_gb_per_s"])
                Assert.Equal(JsonValueKind.Null, stage.GetProperty(property).ValueKind);
        }
    }

    [Fact]
    public void A_single_picture_is_run_again_and_again()
    {
        new Picture(40, 36, seed: 1).Save(_folder["picture.png"]);
        Outcome outcome = Bench("picture.png", "--backend", "simd", "--frames", "15").Succeeded();
        Assert.Contains("input [1, 1, 36, 40], 15 frames", outcome.Lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Pictures_of_several_sizes_are_refused()
    {
        Directory.CreateDirectory(_folder["pictures"]);
        new Picture(40, 36, seed: 1).Save(_folder["pictures", "a.png"]);
        new Picture(36, 40, seed: 1).Save(_folder["pictures", "b.png"]);
        string line = Bench("pictures", "--backend", "simd").Refused(2);
        Assert.Contains("[1, 1, 36, 40] and of [1, 1, 40, 36]; bench needs frames of one size", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--frames 14", "--frames is '14'; it must be a whole number of at least 15")]
    [InlineData("--frames many", "--frames is 'many'")]
    [InlineData("--json none/b.json", "--json none/b.json: ")]
    [InlineData("--pipeline nonsense", "nonsense")]
    [InlineData("missing.png", "missing.png")]
    public void Bad_usage_is_one_line_before_anything_is_run(string arguments, string expected)
    {
        Outcome outcome = Bench(arguments.Split(' '));
        Assert.Contains(expected, outcome.Refused(2), StringComparison.Ordinal);
        Assert.Empty(outcome.Output);
    }

    [Fact]
    public void A_GPU_that_is_not_there_is_exit_code_3() =>
        Assert.Contains("gpu", Livepool.Run(
            _folder.Root, [("__EGL_VENDOR_LIBRARY_FILENAMES", "/nonexistent")], "bench", Scene, "--backend", "gpu").Refused(3), StringComparison.Ordinal);
}
