namespace LivePool.Shaders.Tests;

public sealed class CompileLogTests
{
    private static readonly ShaderPlace[] _places =
        [new("(prelude)", 0), new("conv/a.comp", 1), new("include/b.glsl", 7), new("conv/a.comp", 3)];

    [Theory]
    [InlineData("0:3(16): error: `y' undeclared", "include/b.glsl:7: error: `y' undeclared")]
    [InlineData("0:4(1): warning: `q' used uninitialized", "conv/a.comp:3: warning: `q' used uninitialized")]
    [InlineData("0:2(1): preprocessor error: unterminated #if", "conv/a.comp:1: error: unterminated #if")]
    [InlineData("0(3) : error C1503: undefined variable \"y\"", "include/b.glsl:7: error: C1503: undefined variable \"y\"")]
    [InlineData("0(4) : warning C7050: \"q\" might be used", "conv/a.comp:3: warning: C7050: \"q\" might be used")]
    [InlineData("ERROR: 0:3: 'y' : undeclared identifier", "include/b.glsl:7: error: 'y' : undeclared identifier")]
    [InlineData("WARNING: 0:2: '' : deprecated", "conv/a.comp:1: warning: '' : deprecated")]
    [InlineData("0(3) : fatal error C9999: out of registers", "include/b.glsl:7: error: C9999: out of registers")]
    [InlineData("ERROR: 0:3: error(#143) Undeclared identifier: y", "include/b.glsl:7: error: (#143) Undeclared identifier: y")]
    public void A_driver_s_format_becomes_file_and_line(string log, string expected) =>
        Assert.Equal(expected, Assert.Single(CompileLog.Parse(log, _places)).ToString());

    [Theory]
    [InlineData("something else entirely")]
    [InlineData("0:99(1): error: beyond the text")]
    [InlineData("0:0(1): error: before the text")]
    [InlineData("0:99999999999999999999(1): error: no such number")]
    [InlineData("ERROR: 2 compilation errors.  No code generated.")]
    public void An_unknown_line_stays_as_it_is(string log)
    {
        CompileMessage message = Assert.Single(CompileLog.Parse(log, _places));
        Assert.Null(message.Place);
        Assert.Equal(log, message.ToString());
    }

    // As llvmpipe of Mesa 22.3 wrote them.
    [Theory]
    [InlineData("0:3(12): error: `nothing' undeclared\n", "include/b.glsl:7: error: `nothing' undeclared")]
    [InlineData("0:2(2): error: syntax error, unexpected NEW_IDENTIFIER, expecting ',' or ';'\n",
        "conv/a.comp:1: error: syntax error, unexpected NEW_IDENTIFIER, expecting ',' or ';'")]
    [InlineData("0:3(1): preprocessor error: #version must appear on the first line\n", "include/b.glsl:7: error: #version must appear on the first line")]
    [InlineData("0:2(1): preprocessor error: #error of my own\n", "conv/a.comp:1: error: #error of my own")]
    [InlineData("0:2(12): warning: extension `GL_KHR_shader_subgroup_basic' unsupported in compute shader\n0:4(23): error: operands to arithmetic operators must be numeric\n",
        "conv/a.comp:3: error: operands to arithmetic operators must be numeric")]
    [InlineData("error: unresolved reference to function `part'\n", "a.comp: error: unresolved reference to function `part'")]
    [InlineData("error: compute shader must contain a fixed or a variable local group size\n",
        "a.comp: error: compute shader must contain a fixed or a variable local group size")]
    public void A_real_log_becomes_one_line(string log, string expected) =>
        Assert.Equal(expected, new ShaderCompileException("a.comp", CompileLog.Parse(log, _places)).Message);

    [Theory]
    [InlineData("ERROR: 0:3: 'y' : undeclared identifier\nERROR: 1 compilation errors.  No code generated.\n\n", 1)]
    [InlineData("Compute info\n0(3) : error C1503: undefined variable \"y\"\n", 0)]
    public void A_trailer_or_header_without_a_number_stays_beside_the_error(string log, int at)
    {
        IReadOnlyList<CompileMessage> messages = CompileLog.Parse(log, _places);
        Assert.Equal(2, messages.Count);
        Assert.Null(messages[at].Place);
        Assert.Equal("include/b.glsl:7", messages[1 - at].Place.ToString());
        Assert.StartsWith("include/b.glsl:7: error: ", new ShaderCompileException("a.comp", messages).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Compute shader(s) linked.\nerror: too many buffers", "a.comp: error: too many buffers")]
    [InlineData("nothing that is known", "a.comp: nothing that is known")]
    public void Without_a_place_the_summary_is_the_line_that_speaks_of_an_error(string log, string expected) =>
        Assert.Equal(expected, new ShaderCompileException("a.comp", CompileLog.Parse(log, _places)).Message);

    [Fact]
    public void Under_an_error_stand_three_lines_of_the_user_s_own_text()
    {
        using TemporaryFolder folder = new TemporaryFolder()
            .Add("a.comp", "one\n#include \"b.glsl\"\n\nfour").Add("b.glsl", "b1\nb2\nb3\nb4\n");
        ShaderSource source = folder.Load("a.comp", "prelude\n");
        // version, prelude, a1, b1 to b4, a3, a4
        Assert.Equal(
            ["b.glsl:2: error: no", "    1 | b1", "  > 2 | b2", "    3 | b3", "raw"], source.Failure("0:5(1): error: no\nraw").Lines);
        Assert.Equal(["a.comp:1: error: no", "  > 1 | one", "    2 | #include \"b.glsl\""], source.Failure("0:3(1): error: no").Lines);
        Assert.Equal(["a.comp:4: error: no", "    3 |", "  > 4 | four"], source.Failure("0:9(1): error: no").Lines);
        // The prelude is not the user's.
        Assert.Equal(["(prelude):1: error: no"], source.Failure("0:2(1): error: no").Lines);
    }

    [Fact]
    public void An_excerpt_stands_once_however_many_messages_are_of_its_line()
    {
        using TemporaryFolder folder = new TemporaryFolder().Add("a.comp", "one\ntwo\nthree\nfour\nfive\nsix\n");
        // version, an empty prelude, one to six
        ShaderCompileException e = folder.Load("a.comp").Failure("0:4(1): warning: w\n0:4(1): error: no\n0:8(1): error: more\n0:4(9): error: nor that\nraw");
        Assert.Equal(
            ["a.comp:2: error: no", "    1 | one", "  > 2 | two", "    3 | three", "a.comp:2: warning: w", "a.comp:6: error: more", "    5 | five", "  > 6 | six",
                "a.comp:2: error: nor that", "raw"], e.Lines);
    }

    [Fact]
    public void Whatever_the_log_nothing_is_thrown_and_no_line_is_lost()
    {
        var random = new Random(1);
        string[] pieces = ["0:", "0(", "ERROR: ", "WARNING: ", "3", "4", "99999999999", "-1", "(16)", ") : ", ": ", "error", "warning", " C1503: ",
            "fatal ", "preprocessor ", "\n", "\r\n", "\0", "é", "\ud800", "error(#143) "];
        for (int i = 0; i < 20_000; i++)
        {
            string log = string.Concat(Enumerable.Range(0, random.Next(16)).Select(_ => pieces[random.Next(pieces.Length)]));
            IReadOnlyList<CompileMessage> messages = CompileLog.Parse(log, _places);
            Assert.Equal(log.Split(['\n', '\r', '\0']).Count(line => line.TrimEnd().Length > 0), messages.Count);
            Assert.NotEmpty(new ShaderCompileException("a.comp", messages).Message);
        }
    }

    [Fact]
    public void Lines_are_split_and_empty_ones_dropped() =>
        Assert.Equal(2, CompileLog.Parse("0:2(1): error: a\r\n\r\n0:3(1): error: b\n\0", _places).Count);

    [Fact]
    public void The_summary_is_the_first_error_not_the_first_line()
    {
        var e = new ShaderCompileException("a.comp", CompileLog.Parse("noise\n0:2(1): warning: w\n0:3(1): error: e", _places));
        Assert.Equal("include/b.glsl:7: error: e", e.Message);
        Assert.Equal(3, e.Messages.Count);
        Assert.Contains("a.comp", new ShaderCompileException("a.comp", []).Message, StringComparison.Ordinal);
    }
}
