using LivePool.Core;
using LivePool.Shaders.Annotations;

namespace LivePool.Shaders.Tests.Annotations;

public sealed class ShaderAnnotationsTests
{
    private static ShaderAnnotations Parse(string text) => ShaderAnnotations.Parse("a.comp", text);

    [Fact]
    public void A_shader_without_annotations_is_free_with_one_channel_and_its_input_s_size()
    {
        ShaderAnnotations annotations = Parse("// a comment, mail@example.org\nvoid main() { } // @op conv2d behind code is none\n");
        Assert.Null(annotations.Operator);
        Assert.Empty(annotations.Parameters);
        Assert.Equal(((int?)null, 1), (annotations.InputChannels, annotations.Elements));
        Assert.Equal((5, 3), annotations.Size.Of(5, 3));
        Assert.Null(annotations.Local);
    }

    [Fact]
    public void Every_annotation_is_read()
    {
        ShaderAnnotations claim = Parse("// @op conv2d\r\n  //@local 16, 8\n// @elements 4");
        Assert.Equal("conv2d", claim.Operator);
        Assert.Equal((16, 8), claim.Local);
        Assert.Equal(4, claim.Elements);
        ShaderAnnotations free = Parse("// @size half\n// @input 3");
        Assert.Equal((3, 2), free.Size.Of(5, 3));
        Assert.Equal(3, free.InputChannels);
        Assert.Equal((640, 360), Parse("// @size 640,360").Size.Of(5, 3));
    }

    [Theory]
    [InlineData("float gain 0..4 = 1 \"Gain\"", ShaderParameterType.Number, "1", "Gain", "uniform float gain;")]
    [InlineData("float gain -1.5..1e3", ShaderParameterType.Number, "-1.5", "gain", "uniform float gain;")]
    [InlineData("int count 1..9=3", ShaderParameterType.WholeNumber, "3", "count", "uniform int count;")]
    [InlineData("bool on = true", ShaderParameterType.Switch, "1", "on", "uniform bool on;")]
    [InlineData("bool on \"Switched on\"", ShaderParameterType.Switch, "0", "Switched on", "uniform bool on;")]
    [InlineData("colour tint = #ff0033", ShaderParameterType.Colour, "1 0 0.2", "tint", "uniform vec3 tint;")]
    [InlineData("choice mode soft|hard|none = hard", ShaderParameterType.Choice, "1", "mode", "uniform int mode;")]
    public void A_parameter_has_a_type_a_range_a_default_and_a_label(
        string text, ShaderParameterType type, string value, string label, string declaration)
    {
        ShaderParameter parameter = Assert.Single(Parse($"// @param {text}").Parameters);
        Assert.Equal(type, parameter.Type);
        Assert.Equal(value, string.Join(' ', parameter.Default.Select(number => FormattableString.Invariant($"{number:G6}"))));
        Assert.Equal(label, parameter.Label);
        Assert.Equal(declaration, parameter.Declaration);
    }

    [Theory]
    [InlineData("float gain 0..4", "4.5", null)]
    [InlineData("float gain 0..4", "NaN", null)]
    [InlineData("float gain 0..4", "0.25", 0.25f)]
    [InlineData("int count 1..9", "2.5", null)]
    [InlineData("int count 1..9", "9", 9f)]
    [InlineData("bool on", "yes", null)]
    [InlineData("choice mode soft|hard", "loud", null)]
    [InlineData("choice mode soft|hard", "hard", 1f)]
    [InlineData("colour tint", "#12345", null)]
    [InlineData("colour tint", "red", null)]
    public void A_value_is_read_or_refused(string declaration, string text, float? expected)
    {
        ShaderParameter parameter = Assert.Single(Parse($"// @param {declaration}").Parameters);
        Assert.Equal(expected, parameter.Read(text)?[0]);
    }

    [Theory]
    [InlineData("@op", "@op is followed by ''")]
    [InlineData("@op Conv 2d", "@op is followed by 'Conv 2d'")]
    [InlineData("@opp conv2d", "there is no annotation @opp; known are @op, @param")]
    [InlineData("@size quarter", "@size is followed by 'quarter'")]
    [InlineData("@size 0,5", "@size is followed by '0,5'")]
    [InlineData("@size 99999999999,5", "@size is followed by")]
    [InlineData("@input 2", "@input is followed by '2'")]
    [InlineData("@local 16", "@local is followed by '16'")]
    [InlineData("@elements 0", "@elements is followed by '0'")]
    [InlineData("@param", "write a type, a name, a range")]
    [InlineData("@param float", "write a type, a name, a range")]
    [InlineData("@param double gain 0..4", "is of type double; write float, int")]
    [InlineData("@param float gain", "the range is ''")]
    [InlineData("@param float gain 4..0", "the range is '4..0'")]
    [InlineData("@param float gain 0..NaN", "the range is '0..NaN'")]
    [InlineData("@param float gain 0..4 = 5", "the default must be a number from 0 to 4")]
    [InlineData("@param int gain 0..4.5", "write two whole numbers")]
    [InlineData("@param int gain 0..4 = x", "the default must be a whole number from 0 to 4")]
    [InlineData("@param bool on 0..1", "a bool has no range")]
    [InlineData("@param bool on = maybe", "the default must be true or false")]
    [InlineData("@param colour tint = red", "the default must be a colour such as")]
    [InlineData("@param choice mode soft", "the choices are 'soft'")]
    [InlineData("@param choice mode soft|soft", "write different words")]
    [InlineData("@param choice mode soft|hard = loud", "the default must be one of soft, hard")]
    [InlineData("@param float gl_gain 0..4", "choose another name")]
    [InlineData("@param float gain 0..4 = 1 Gain", "write a type, a name, a range")]
    public void A_malformed_one_is_refused_with_file_and_line(string annotation, string expected)
    {
        var e = Assert.Throws<LivePoolException>(() => Parse($"void main() {{ }}\n// {annotation}"));
        Assert.StartsWith("a.comp:2: ", e.Message, StringComparison.Ordinal);
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("// @op relu\n// @op abs", "a.comp:2: @op is given already at a.comp:1")]
    [InlineData("// @param bool a\n// @param int a 0..1", "a.comp:2: @param a is given already")]
    [InlineData("// @op relu\n// @size half", "a.comp:2: @size is for shaders without @op")]
    [InlineData("// @input 3\n// @op relu", "a.comp:1: @input is for shaders without @op")]
    public void What_contradicts_is_refused(string text, string expected) =>
        Assert.StartsWith(expected, Assert.Throws<LivePoolException>(() => Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Annotations_of_an_included_file_count_and_its_errors_name_it()
    {
        using TemporaryFolder folder = new TemporaryFolder()
            .Add("a.comp", "// @op relu\n#include \"b.glsl\"\n").Add("b.glsl", "\n// @param float gain 0..1\n");
        Assert.Equal("gain", Assert.Single(ShaderAnnotations.Parse(folder.Load("a.comp")).Parameters).Name);
        folder.Add("b.glsl", "\n// @size\n");
        var e = Assert.Throws<LivePoolException>(() => ShaderAnnotations.Parse(folder.Load("a.comp")));
        Assert.StartsWith("b.glsl:2: ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_the_text_nothing_but_a_LivePoolException_is_thrown()
    {
        var random = new Random(1);
        string[] pieces = ["// @", "op", "param", "size", "input", "local", "elements", " ", "float", "int", "choice", "colour", "..", "=",
            "\"", "|", ",", "1", "9999999999999999999999", "1e99", "-", "\n", "\r", "\0", "é", "name", "#12345g"];
        for (int i = 0; i < 20_000; i++)
        {
            string text = "// @" + string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => pieces[random.Next(pieces.Length)]));
            try
            {
                Parse(text);
            }
            catch (LivePoolException)
            {
            }
        }
    }
}
