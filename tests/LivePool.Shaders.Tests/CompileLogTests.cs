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
