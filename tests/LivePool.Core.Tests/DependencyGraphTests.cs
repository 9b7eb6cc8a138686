using System.Xml.Linq;
using LivePool.Testing;

namespace LivePool.Core.Tests;

/// <summary>Which project may see which: the design's graph, read from the project files.</summary>
public sealed class DependencyGraphTests
{
    private static readonly Dictionary<string, string[]> _expected = new(StringComparer.Ordinal)
    {
        ["Core"] = [],
        ["Cpu"] = ["Core"],
        ["Shaders"] = ["Core"],
        ["Frames"] = ["Core"],
        ["Verification"] = ["Core"],
        ["Gpu"] = ["Core", "Shaders"],
        ["Windowing"] = [],
        ["App"] = ["Core", "Cpu", "Frames", "Gpu", "Shaders", "Verification", "Windowing"],
    };

    // The plugin sees the rest, but has no window and no command line; what it needs of it is for it to choose.
    private static readonly string[] _pluginMaySee = ["Core", "Cpu", "Frames", "Gpu", "Shaders", "Verification"];

    private static Dictionary<string, string[]> ReadReferences()
    {
        var references = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (string file in Directory.EnumerateFiles(Repository.PathOf("src"), "*.csproj", SearchOption.AllDirectories))
        {
            references[NameOf(file)] =
            [
                .. XDocument.Load(file).Descendants("ProjectReference")
                    .Select(reference => NameOf(reference.Attribute("Include")!.Value.Replace('\\', '/')))
                    .Order(StringComparer.Ordinal),
            ];
        }
        return references;
    }

    private static string NameOf(string path)
    {
        string name = Path.GetFileNameWithoutExtension(path);
        Assert.StartsWith("LivePool.", name, StringComparison.Ordinal);
        return name["LivePool.".Length..];
    }

    [Fact]
    public void Projects_see_exactly_what_the_design_says()
    {
        Dictionary<string, string[]> references = ReadReferences();
        if (references.Remove("Plugin", out string[]? plugin))
            Assert.Subset(_pluginMaySee.ToHashSet(), plugin.ToHashSet());

        Assert.Equal(_expected.Keys.Order(StringComparer.Ordinal), references.Keys.Order(StringComparer.Ordinal));
        foreach ((string project, string[] expected) in _expected)
            Assert.Equal((project, string.Join(", ", expected)), (project, string.Join(", ", references[project])));
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        string solution = File.ReadAllText(Repository.PathOf("LivePool.sln"));
        foreach (string folder in new[] { "src", "tests" })
        {
            foreach (string file in Directory.EnumerateFiles(Repository.PathOf(folder), "*.csproj", SearchOption.AllDirectories))
                Assert.Contains($"\\{Path.GetFileName(file)}\"", solution, StringComparison.Ordinal);
        }
    }
}
