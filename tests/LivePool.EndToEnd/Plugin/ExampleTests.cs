using System.Text.RegularExpressions;
using LivePool.Core.Pipelines;
using LivePool.Testing;

namespace LivePool.EndToEnd.Plugin;

/// <summary>The example for .NET programs, native/host/dotnet, in a process of its own.</summary>
public sealed partial class ExampleTests
{
    private static readonly string _program = Livepool.BuiltProgram("LivePool.Example", "native", "host", "dotnet");

    [GeneratedRegex("""
        ^LivePool (?<version>[0-9.]+): \[1, 2, 238, 318\], from -2040 to 3060
        100 frames; the last took [0-9]+\.[0-9]{3} ms to submit and [0-9]+\.[0-9]{3} ms to run
        stage 0: [0-9]+\.[0-9]{3} ms
        stage 1: [0-9]+\.[0-9]{3} ms
        $
        """)]
    private static partial Regex Output();

    [Theory]
    [InlineData]
    [InlineData("linux-x64")]
    public void The_example_prints_shape_range_and_times(params string[] folder)
    {
        Outcome outcome = Livepool.RunProgram(_program, Repository.PathOf("native", "bin"), folder).Succeeded();
        Match match = Output().Match(outcome.Output);
        Assert.True(match.Success, outcome.ToString());
        Assert.Equal(typeof(PipelinePresets).Assembly.GetName().Version!.ToString(3), match.Groups["version"].Value);
    }

    [Fact]
    public void A_folder_without_the_library_is_named()
    {
        using var folder = new TemporaryFolder();
        string line = Livepool.RunProgram(_program, folder.Root, ".").Refused(1);
        Assert.Equal($"livepool: there is no {folder["liblivepool.so"]}; make it with native/build, or give its folder", line);
    }
}
