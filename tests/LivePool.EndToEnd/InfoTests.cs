using LivePool.Testing;

namespace LivePool.EndToEnd;

public sealed class InfoTests(ITestOutputHelper output)
{
    [Fact]
    public void Info_tells_versions_the_window_provider_GL_and_its_limits()
    {
        Outcome info = Livepool.Run(Repository.Root, "info").Succeeded();
        output.WriteLine(info.ToString());

        // A column of names, and what stands beside each.
        Dictionary<string, string> told = info.Lines.ToDictionary(
            line => line.Split("   ")[0].Trim(), line => line[line.IndexOf("   ", StringComparison.Ordinal)..].Trim());
        Assert.Matches(@"^\d+\.\d+\.\d+$", told["livepool"]);
        Assert.Contains(".NET 10", told["runtime"]);
        Assert.Matches(@"^(LivePool|Silk\.NET)\.Windowing", told["window provider"]);
        Assert.Matches(@"^\d+\.\d+", told["Silk.NET.OpenGL"]);
        Assert.NotEmpty(told["GL vendor"]);
        Assert.NotEmpty(told["GL renderer"]);
        Assert.Matches(@"^4\.[3-6]", told["GL version"]);
        Assert.Equal(told["GL renderer"].Contains("llvmpipe", StringComparison.Ordinal), told["GL software"].StartsWith("yes", StringComparison.Ordinal));
        Assert.Matches(@"^\d{4,} invocations, \d{5,} bytes shared$", told["work group"]);
        Assert.Matches(@"^\d{5,} x \d{5,} x \d{5,}$", told["work groups"]);
        Assert.True(Directory.Exists(told["shaders"]));
    }

    [Fact]
    public void Info_without_GL_says_so_and_succeeds()
    {
        Outcome info = Livepool.Run(Repository.Root, [("__EGL_VENDOR_LIBRARY_FILENAMES", "/nonexistent")], "info").Succeeded();
        Assert.Contains(info.Lines, line => line.StartsWith("GL ", StringComparison.Ordinal) && line.Contains("not there: ", StringComparison.Ordinal));
    }
}
