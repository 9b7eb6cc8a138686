using System.Diagnostics;
using LivePool.Testing;

namespace LivePool.EndToEnd;

/// <summary>
/// What tests/gpu takes to a machine with a GPU, with the built program in the published one's place: publishing fetches the
/// runtime, which takes a registry and most of a minute.
/// </summary>
public sealed class GpuCheckTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public GpuCheckTests()
    {
        foreach (string file in (string[])["check", "torch_times.py", "table.py"])
            File.Copy(Repository.PathOf("tests", "LivePool.Benchmarks", "Gpu", file), _folder[file]);
        File.CreateSymbolicLink(_folder["livepool"], Path.GetDirectoryName(Livepool.Program)!);
    }

    public void Dispose() => _folder.Dispose();

    private Outcome Check(params string[] arguments)
    {
        var clock = Stopwatch.StartNew();
        using var running = new RunningProgram("bash", Path.GetTempPath(), [], [_folder["check"], .. arguments]);
        int exitCode = running.WaitForExit(4 * Livepool.Patience);
        return new(running.CommandLine, exitCode, running.Output, running.Error, clock.Elapsed);
    }

    [Fact]
    public void It_verifies_compares_and_times_and_says_what_it_lacks()
    {
        Outcome outcome = Check("--cases", "1", "--frames", "15", "--only", "conv-3x3x1-*", "160x90").Succeeded();

        Assert.Contains("GL renderer", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("all equal or within their bounds", outcome.Lines);
        Assert.Contains("2 pipelines equal to the reference, bit by bit", outcome.Lines);
        bool isSoftware = outcome.Output.Contains("GL software       yes", StringComparison.Ordinal);
        Assert.Equal(isSoftware, outcome.Output.Contains("no claim about any GPU", StringComparison.Ordinal));
        if (outcome.Output.Contains("no table: python3 does not run", StringComparison.Ordinal))
            return;
        Assert.Matches(@"peaks: [0-9.]+ GFLOP/s of multiply-adds; [0-9.]+ GB/s of copying [0-9]+ MiB; medians of 2", outcome.Output);
        Assert.Matches(@"torch: PyTorch .+", outcome.Output);
        foreach (string input in (string[])["bytes", "float"])
            Assert.Matches($@"160x90 conv-3x3x1-{input} +[0-9.]+ +[0-9.]+ +[0-9.]+ % +[0-9.]+ +[0-9.]+ % .* one", outcome.Output);
    }

    [Fact]
    public void Without_Python_it_prints_the_tables_of_bench()
    {
        Outcome outcome = Check("--cases", "1", "--frames", "15", "--only", "avg-*", "--python", "/nonexistent", "64x48").Succeeded();
        Assert.Contains("no table: /nonexistent does not run", outcome.Lines);
        Assert.Contains("whole frame", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_with_something_in_it_is_refused_and_left_alone()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["gpu"], "precious");
        Outcome outcome = Check("--out", folder.Root, "64x48");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("is not empty", outcome.Error, StringComparison.Ordinal);
        Assert.Equal("precious", File.ReadAllText(folder["gpu"]));
    }

    [Theory]
    [InlineData("--nonsense", "--only GLOB")]
    [InlineData("--cases", "the last option has no value")]
    [InlineData("--only none", "--only 'none' matches none")]
    public void Bad_usage_is_exit_code_2(string arguments, string expected)
    {
        Outcome outcome = Check(arguments.Split(' '));
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(expected, outcome.Error, StringComparison.Ordinal);
    }
}
