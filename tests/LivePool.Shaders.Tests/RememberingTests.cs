using System.Reflection;
using LivePool.Core;

namespace LivePool.Shaders.Tests;

/// <summary>A folder whose files stay what they were when they were first asked for, and what LivePool itself compiles of one.</summary>
public sealed class RememberingTests : IDisposable
{
    private readonly TemporaryFolder _files = new TemporaryFolder().Add("a.comp", "#include \"part/b.glsl\"\na\n").Add("part/b.glsl", "b\n");

    private ShaderFolder Folder => ShaderFolder.Locate(_files.Root);

    public void Dispose() => _files.Dispose();

    private static string Text(ShaderFolder folder, string path = "a.comp") => folder.Load(path, "430 core", "").Text;

    [Fact]
    public void A_file_that_changes_or_goes_stays_what_it_was_when_it_was_first_asked_for()
    {
        ShaderFolder remembering = Folder.Remembering();
        string before = Text(remembering);
        Assert.Equal(Text(Folder), before);
        _files.Add("a.comp", "changed\n");
        Assert.Equal(before, Text(remembering));
        File.Delete(Path.Combine(_files.Root, "part", "b.glsl"));
        File.Delete(Path.Combine(_files.Root, "a.comp"));
        Assert.Equal(before, Text(remembering));
        Assert.Throws<LivePoolException>(() => Text(Folder));
        // A new one remembers anew.
        _files.Add("a.comp", "again\n");
        Assert.Equal("#version 430 core\n\nagain\n", Text(remembering.Remembering()));
        Assert.Equal(before, Text(remembering));
    }

    [Fact]
    public void A_file_that_is_included_stays_what_it_was_for_every_shader_that_includes_it()
    {
        _files.Add("c.comp", "#include \"part/b.glsl\"\nc\n");
        ShaderFolder remembering = Folder.Remembering();
        Text(remembering);
        _files.Add("part/b.glsl", "changed\n");
        Assert.Equal("#version 430 core\n\nb\nc\n", Text(remembering, "c.comp"));
        Assert.Equal("#version 430 core\n\nchanged\nc\n", Text(Folder, "c.comp"));
    }

    [Fact]
    public void What_nobody_has_asked_for_is_as_it_is_when_somebody_does()
    {
        ShaderFolder remembering = Folder.Remembering();
        _files.Add("a.comp", "changed\n");
        Assert.Equal("#version 430 core\n\nchanged\n", Text(remembering));
    }

    [Fact]
    public void A_file_that_was_missing_stays_missing()
    {
        _files.Add("c.comp", "#include \"d.glsl\"\n");
        ShaderFolder remembering = Folder.Remembering();
        Assert.Throws<LivePoolException>(() => Text(remembering, "none.comp"));
        Assert.Throws<LivePoolException>(() => Text(remembering, "c.comp"));
        _files.Add("none.comp", "now\n").Add("d.glsl", "now\n");
        Assert.Contains("there is no shader none.comp", Assert.Throws<LivePoolException>(() => Text(remembering, "none.comp")).Message, StringComparison.Ordinal);
        Assert.StartsWith("c.comp:1: there is no file", Assert.Throws<LivePoolException>(() => Text(remembering, "c.comp")).Message, StringComparison.Ordinal);
        Assert.Contains("now", Text(Folder, "c.comp"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_watched_is_what_is_compiled()
    {
        ShaderFolder remembering = Folder.Remembering();
        IReadOnlyList<ShaderFile> watched = remembering.FilesOf("a.comp");
        _files.Add("a.comp", "changed\n").Add("part/b.glsl", "changed\n");
        Assert.Equal("#version 430 core\n\nb\na\n", Text(remembering));
        foreach (IReadOnlyList<ShaderFile> files in (IReadOnlyList<ShaderFile>[])[watched, remembering.FilesOf("a.comp")])
            Assert.Equal(["a.comp: #include \"part/b.glsl\"|a", "part/b.glsl: b"], files.Select(file => $"{file.Name}: {string.Join('|', file.Lines)}"));
        Assert.Equal(["a.comp: changed"], Folder.FilesOf("a.comp").Select(file => $"{file.Name}: {string.Join('|', file.Lines)}"));
    }

    [Fact]
    public void A_folder_within_an_assembly_never_changes_and_has_nothing_to_remember()
    {
        var within = ShaderFolder.Within(Assembly.GetExecutingAssembly());
        Assert.Same(within, within.Remembering());
        Assert.Equal("#version 430 core\n\nincluded\nembedded\n", Text(within.Remembering(), "embedded.comp"));
        Assert.Throws<LivePoolException>(() => Text(within.Remembering(), "conv/conv2d.comp"));
        Assert.Empty(within.Shaders);
    }

    [Fact]
    public void The_shaders_of_a_folder_are_all_that_is_compiled_and_no_experiment()
    {
        IReadOnlyList<string> shaders = ShaderFolder.Locate(Testing.Repository.PathOf("shaders")).Shaders;
        Assert.Contains("display/plane.frag", shaders);
        Assert.Contains("display/rectangle.vert", shaders);
        Assert.Contains("conv/conv2d.comp", shaders);
        Assert.DoesNotContain(shaders, name => name.StartsWith("experiments/", StringComparison.Ordinal) || name.EndsWith(".glsl", StringComparison.Ordinal));
        _files.Add("experiments/e.comp", "").Add("deep/er/x.frag", "").Add("y.vert", "").Add("notes.md", "");
        Assert.Equal(["a.comp", "deep/er/x.frag", "y.vert"], Folder.Shaders);
    }
}
