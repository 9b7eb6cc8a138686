using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using LivePool.Core.Pipelines;
using LivePool.Testing;

namespace LivePool.Unity.Tests;

/// <summary>The package is laid out as Unity's package manager wants it, and calls what the library has.</summary>
public sealed partial class PackageTests
{
    private static readonly string _root = Repository.PathOf("native", "unity");

    /// <summary>Everything that Unity imports: nothing in or of a name that ends in ~.</summary>
    private static IEnumerable<string> Imported() => Directory.EnumerateFileSystemEntries(_root, "*", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(_root, path))
        .Where(path => !path.Split('/').Any(name => name.EndsWith('~')) && !path.StartsWith("Runtime/Plugins", StringComparison.Ordinal));

    [GeneratedRegex("^guid: ([0-9a-f]{32})$", RegexOptions.Multiline)]
    private static partial Regex Guid();

    [Fact]
    public void Every_file_and_folder_has_a_meta_with_a_guid_of_its_own()
    {
        string[] metas = [.. Imported().Where(path => path.EndsWith(".meta", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        string[] expected = [.. Imported().Except(metas).Select(path => path + ".meta").Order(StringComparer.Ordinal)];
        Assert.Equal(expected, metas);
        Assert.True(metas.Length >= 12);
        string[] guids = [.. metas.Select(meta => Guid().Match(File.ReadAllText(Path.Combine(_root, meta))).Groups[1].Value)];
        Assert.All(guids, guid => Assert.Equal(32, guid.Length));
        Assert.Equal(guids.Length, guids.Distinct().Count());
    }

    [Fact]
    public void The_manifest_names_what_is_there()
    {
        using JsonDocument manifest = JsonDocument.Parse(File.ReadAllText(Path.Combine(_root, "package.json")));
        Assert.Matches(@"^[a-z0-9]+(\.[a-z0-9-]+)+$", manifest.RootElement.GetProperty("name").GetString());
        Assert.Equal(
            typeof(PipelinePresets).Assembly.GetName().Version!.ToString(3), manifest.RootElement.GetProperty("version").GetString());
        Assert.Matches(@"^20[0-9]{2}\.[0-9]$", manifest.RootElement.GetProperty("unity").GetString());
        foreach (JsonElement sample in manifest.RootElement.GetProperty("samples").EnumerateArray())
            Assert.True(Directory.Exists(Path.Combine(_root, sample.GetProperty("path").GetString()!)));
        Assert.All(["README.md", "CHANGELOG.md", "LICENSE.md"], name => Assert.True(File.Exists(Path.Combine(_root, name))));
    }

    [Fact]
    public void Assembly_definitions_bear_their_files_names_and_refer_to_each_other()
    {
        var references = new Dictionary<string, string[]>();
        foreach (string path in Imported().Where(path => path.EndsWith(".asmdef", StringComparison.Ordinal)))
        {
            using JsonDocument definition = JsonDocument.Parse(File.ReadAllText(Path.Combine(_root, path)));
            string name = definition.RootElement.GetProperty("name").GetString()!;
            Assert.Equal(Path.GetFileNameWithoutExtension(path), name);
            references[name] = [.. definition.RootElement.GetProperty("references").EnumerateArray().Select(item => item.GetString()!)];
            if (path.StartsWith("Editor/", StringComparison.Ordinal))
                Assert.Equal(["Editor"], definition.RootElement.GetProperty("includePlatforms").EnumerateArray().Select(item => item.GetString()!));
        }
        Assert.Equal(2, references.Count);
        Assert.All(references.Values.SelectMany(names => names), name => Assert.Contains(name, references.Keys));
    }

    [Fact]
    public void The_inspector_offers_every_preset()
    {
        FieldInfo presets = typeof(Editor.LivePoolCameraEditor).GetField("Presets", BindingFlags.Static | BindingFlags.NonPublic)!;
        Assert.Equal(PipelinePresets.Names, (string[])presets.GetValue(null)!);
    }

    [Fact]
    public void Every_imported_function_is_exported()
    {
        using Process nm = Process.Start(new ProcessStartInfo(
            "nm", ["-D", "--defined-only", Repository.PathOf("native", "bin", "linux-x64", "liblivepool.so")])
        { RedirectStandardOutput = true })!;
        string[] exported = [.. nm.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[^1])];
        string[] imported = [.. typeof(LivePoolEngine).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(method => method.GetCustomAttribute<DllImportAttribute>() is not null).Select(method => method.Name)];
        Assert.True(imported.Length > 10);
        Assert.Subset(exported.ToHashSet(), imported.ToHashSet());
    }
}
