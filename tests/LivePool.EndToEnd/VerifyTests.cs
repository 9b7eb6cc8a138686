using System.Text.Json;

namespace LivePool.EndToEnd;

/// <summary><c>livepool verify</c> and <c>run --verify</c> tell right from wrong, say where, and give the case again.</summary>
public sealed class VerifyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private Outcome Verify(params string[] arguments) => Livepool.Run(_folder.Root, ["verify", .. arguments]);

    [Theory]
    [InlineData("reference", "2^-24")]
    [InlineData("simd", "2^-24")]
    [InlineData("gpu", "2^-23")]
    public void Every_backend_passes_the_table_and_random_cases(string backend, string unit)
    {
        Outcome outcome = Verify("--backend", backend, "--cases", "170", "--seed", "3", "--report", "r.json").Succeeded();

        Assert.Contains("all equal or within their bounds", outcome.Output, StringComparison.Ordinal);
        Assert.Contains($"and 170 random ones of seed 3", outcome.Output, StringComparison.Ordinal);
        Assert.Contains($"unit {unit}", outcome.Output, StringComparison.Ordinal);
        using JsonDocument report = JsonDocument.Parse(File.ReadAllBytes(_folder["r.json"]));
        Assert.True(report.RootElement.GetProperty("passed").GetBoolean());
        Assert.Equal(backend, report.RootElement.GetProperty("backend").GetProperty("name").GetString());
        JsonElement.ArrayEnumerator operators = report.RootElement.GetProperty("operators").EnumerateArray();
        Assert.Equal(17, operators.Count());
        foreach (JsonElement item in operators)
        {
            Assert.Contains($" {item.GetProperty("op").GetString()} ", outcome.Output, StringComparison.Ordinal);
            Assert.True(item.GetProperty("cases").GetInt32() >= 30);
            Assert.Equal(0, item.GetProperty("failed").GetInt32());
        }
        // Nothing failed, so nothing is saved.
        Assert.False(Directory.Exists(_folder["out"]));
    }

    [Fact]
    public void A_faulty_shader_is_found_made_small_and_run_again_by_the_command_it_prints()
    {
        string shaders = ShaderFault.PlantInMaxPool2d(_folder);
        Outcome outcome = Verify("--backend", "gpu", "--shaders", shaders, "--cases", "100", "--operator", "max_pool2d", "--operator", "avg_pool2d");

        Assert.True(outcome.ExitCode == 1 && outcome.Error.Length == 0, outcome.ToString());
        Assert.Contains("1 operator FAILED", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("max_pool2d index at [0, 0, 0, 0]: got 1, exact 0", outcome.Output, StringComparison.Ordinal);
        Assert.Matches(@"input \[1, 1, (1, 2|2, 1)\], from ", outcome.Output);
        string command = outcome.Lines.Single(line => line.Contains("livepool verify ", StringComparison.Ordinal)).Trim();
        string[] again = command.Split(' ')[1..];
        Assert.Equal(1, Livepool.Run(_folder.Root, again).ExitCode);
        // It names the faulty shaders; with the right ones the same case passes.
        Livepool.Run(_folder.Root, [.. again.Except(["--shaders", shaders])]).Succeeded();
    }

    [Fact]
    public void Only_the_operators_asked_for_are_run_and_global_pools_are_adaptive_ones()
    {
        Outcome outcome = Verify("--backend", "simd", "--cases", "20", "--operator", "tanh", "--operator", "global_max_pool2d").Succeeded();
        Assert.Contains(" tanh ", outcome.Output, StringComparison.Ordinal);
        Assert.Contains(" adaptive_max_pool2d ", outcome.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(" conv2d ", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_budget_ends_it_and_is_said()
    {
        Outcome outcome = Verify("--backend", "reference", "--cases", "100000000", "--operator", "relu", "--budget", "1.5").Succeeded();
        Assert.Contains("ended by the budget", outcome.Output, StringComparison.Ordinal);
        Assert.InRange(outcome.Duration.TotalSeconds, 1.5, 15);
    }

    [Theory]
    [InlineData("--cases -1", "--cases is '-1'")]
    [InlineData("--budget 0", "--budget is '0'")]
    [InlineData("--operator softmax", "there is no operator softmax")]
    [InlineData("--report r.txt", "--report r.txt: the name must end in .html or .json")]
    [InlineData("--case none.json", "none.json")]
    [InlineData("--case none.json --operator relu", "--operator is not for --case")]
    [InlineData("--cases 1.5", "--cases is '1.5'; it must be a whole number")]
    [InlineData("--backend simd --report none/r.json", "--report none/r.json: ")]
    [InlineData("--backend simd --out shaders.txt", "--out 'shaders.txt' is no folder")]
    public void Bad_usage_is_one_line_before_anything_is_run(string arguments, string expected)
    {
        File.WriteAllText(_folder["shaders.txt"], "");
        Outcome outcome = Verify(arguments.Split(' '));
        Assert.Contains(expected, outcome.Refused(2), StringComparison.Ordinal);
        Assert.Empty(outcome.Output);
    }

    [Fact]
    public void A_budget_that_allows_nothing_is_no_pass()
    {
        Outcome outcome = Verify("--backend", "reference", "--budget", "0.0000001", "--operator", "relu");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("no case was run", outcome.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("simd")]
    [InlineData("gpu")]
    public void A_verified_run_says_how_near_its_bounds_it_came(string backend)
    {
        new Picture(40, 36, seed: 1).Save(_folder["picture.png"]);
        Outcome outcome = Livepool.Run(_folder.Root, "run", "picture.png", "--backend", backend, "--verify").Succeeded();

        Assert.Contains("verified conv2d: 2,304 elements within their bounds, at worst ", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("verified max_pool2d: 576 elements equal", outcome.Output, StringComparison.Ordinal);
        using JsonDocument report = JsonDocument.Parse(File.ReadAllBytes(_folder["out", "report.json"]));
        JsonElement verification = report.RootElement.GetProperty("verification");
        Assert.True(verification.GetProperty("passed").GetBoolean());
        JsonElement[] stages = [.. verification.GetProperty("stages").EnumerateArray()];
        Assert.Equal([2304, 576], stages.Select(stage => stage.GetProperty("elements").GetInt32()));
        Assert.InRange(stages[0].GetProperty("worst_share_of_bound").GetDouble(), 1e-6, 1);
    }

    [Fact]
    public void A_run_that_is_wrong_ends_with_1_and_its_smallest_case()
    {
        string shaders = ShaderFault.PlantInConv2d(_folder);
        new Picture(40, 36, seed: 1).Save(_folder["picture.png"]);
        Outcome outcome = Livepool.Run(_folder.Root, "run", "picture.png", "--backend", "gpu", "--shaders", shaders, "--verify");

        Assert.True(outcome.ExitCode == 1 && outcome.Error.Length == 0, outcome.ToString());
        Assert.Contains("verified conv2d: FAILED", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("verified max_pool2d: 576 elements equal", outcome.Output, StringComparison.Ordinal);
        // Row 9 must stay; everything else may go.
        Assert.Contains("its smallest failing input [1, 1, 10, 1] again with: ", outcome.Output, StringComparison.Ordinal);
        string[] again = outcome.Lines.Single(line => line.Contains("livepool verify ", StringComparison.Ordinal)).Split("livepool ")[1].Split(' ');
        Assert.Contains(shaders, again);
        Outcome saved = Livepool.Run(_folder.Root, again);
        Assert.Equal(1, saved.ExitCode);
        Assert.Contains("[0, 0, 9, 0]", saved.Output, StringComparison.Ordinal);
        // Without --verify nothing is looked at, and nothing is said.
        Assert.DoesNotContain("verif", Livepool.Run(_folder.Root, "run", "picture.png", "--backend", "gpu", "--shaders", shaders).Succeeded().Output, StringComparison.Ordinal);
    }
}
