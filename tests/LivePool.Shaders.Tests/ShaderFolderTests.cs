using LivePool.Core;

namespace LivePool.Shaders.Tests;

public sealed class ShaderFolderTests
{
    [Fact]
    public void Without_a_directory_the_copy_next_to_the_program_is_found()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable(ShaderFolder.Variable) is null, "LIVEPOOL_SHADERS is set");
        ShaderFolder folder = ShaderFolder.Locate();
        Assert.Equal(Path.Combine(AppContext.BaseDirectory, "shaders"), folder.Root);
        Assert.Contains("void main()", folder.Load("conv/conv2d.comp", "430 core", "").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_that_is_given_wins_and_must_exist()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(folder.Root, ShaderFolder.Locate(folder.Root).Root);
        var e = Assert.Throws<LivePoolException>(() => ShaderFolder.Locate(Path.Combine(folder.Root, "none")));
        Assert.Contains("none", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Version_prelude_and_file_come_in_that_order()
    {
        using TemporaryFolder folder = new TemporaryFolder().Add("a.comp", "one\ntwo\n");
        Assert.Equal("#version 430 core\n#define X 1\none\ntwo\n", folder.Load("a.comp", "#define X 1\n").Text);
    }

    [Fact]
    public void Every_line_of_the_text_knows_its_file_and_line()
    {
        using TemporaryFolder folder = new TemporaryFolder()
            .Add("conv/a.comp", "first\n#include \"b.glsl\"\nthird\n  #include \"include/c.glsl\" // why\nfifth")
            .Add("conv/b.glsl", "b1\nb2\n")
            .Add("include/c.glsl", "c1\n");

        ShaderSource source = folder.Load("conv/a.comp", "p1\np2\n");

        string[] lines = source.Text.TrimEnd('\n').Split('\n');
        Assert.Equal(lines.Length, source.Places.Count);
        Assert.Equal(
            ["(prelude):0 #version 430 core", "(prelude):1 p1", "(prelude):2 p2", "conv/a.comp:1 first", "conv/b.glsl:1 b1",
             "conv/b.glsl:2 b2", "conv/a.comp:3 third", "include/c.glsl:1 c1", "conv/a.comp:5 fifth"],
            lines.Select((line, i) => $"{source.Places[i]} {line}"));
    }

    [Fact]
    public void A_file_beside_the_includer_wins_over_the_root()
    {
        using TemporaryFolder folder = new TemporaryFolder()
            .Add("conv/a.comp", "#include \"x.glsl\"\n").Add("conv/x.glsl", "beside\n").Add("x.glsl", "root\n");
        Assert.Contains("beside", folder.Load("conv/a.comp").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_is_included_once_only()
    {
        using TemporaryFolder folder = new TemporaryFolder()
            .Add("a.comp", "#include \"b.glsl\"\n#include \"c.glsl\"\n")
            .Add("b.glsl", "#include \"c.glsl\"\nb\n").Add("c.glsl", "c\n");
        Assert.Equal("#version 430 core\n\nc\nb\n", folder.Load("a.comp").Text);
    }

    [Fact]
    public void A_cycle_is_refused_with_the_place_and_the_chain()
    {
        using TemporaryFolder folder = new TemporaryFolder()
            .Add("a.comp", "#include \"b.glsl\"\n").Add("b.glsl", "\n#include \"a.comp\"\n");
        var e = Assert.Throws<LivePoolException>(() => folder.Load("a.comp"));
        Assert.Equal("b.glsl:2: \"a.comp\" includes itself: a.comp > b.glsl > a.comp", e.Message);
    }

    [Fact]
    public void Extensions_come_before_the_prelude_and_keep_their_places()
    {
        using TemporaryFolder folder = new TemporaryFolder()
            .Add("a.comp", "#ifdef X\n  # extension GL_A : enable\n#endif\n#include \"b.glsl\"\n").Add("b.glsl", "#extension GL_B : enable\nb\n");
        ShaderSource source = folder.Load("a.comp", "p\n");
        Assert.Equal("#version 430 core\n  # extension GL_A : enable\n#extension GL_B : enable\np\n#ifdef X\n#endif\nb\n", source.Text);
        Assert.Equal(["(prelude):0", "a.comp:2", "b.glsl:1", "(prelude):1", "a.comp:1", "a.comp:3", "b.glsl:2"],
            source.Places.Select(place => place.ToString()));
    }

    [Fact]
    public void A_shader_elsewhere_may_include_the_folder_s_files_and_is_called_by_its_path_from_here()
    {
        using TemporaryFolder folder = new TemporaryFolder().Add("include/b.glsl", "b\n");
        using TemporaryFolder elsewhere = new TemporaryFolder().Add("a.comp", "#include \"include/b.glsl\"\na\n");
        ShaderSource source = folder.Load(Path.Combine(elsewhere.Root, "a.comp"));
        Assert.Equal("#version 430 core\n\nb\na\n", source.Text);
        Assert.Equal([Path.Combine(elsewhere.Root, "a.comp"), Path.Combine(folder.Root, "include", "b.glsl")], source.Files.Select(file => file.FullPath));
        Assert.Equal(Path.Combine(elsewhere.Root, "a.comp"), Path.GetFullPath(source.Path));
    }

    [Fact]
    public void A_missing_file_is_named_with_the_place_that_wants_it()
    {
        using TemporaryFolder folder = new TemporaryFolder().Add("a.comp", "\n#include \"none.glsl\"\n");
        Assert.StartsWith("a.comp:2: ", Assert.Throws<LivePoolException>(() => folder.Load("a.comp")).Message, StringComparison.Ordinal);
        Assert.Contains("b.comp", Assert.Throws<LivePoolException>(() => folder.Load("b.comp")).Message, StringComparison.Ordinal);
    }
}
