using LivePool.Core;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Gpu.UserShaders;

namespace LivePool.Gpu.Tests.UserShaders;

/// <summary>A shader's values as sliders and as text; no GPU is asked.</summary>
public sealed class UserShaderTests : IDisposable
{
    private readonly WrittenShader _written = new("""
        // @param float gain 0..4 = 1.5 "Gain of it"
        // @param int count -2..9 = 3
        // @param bool on = true
        // @param colour tint = #ff0033 "Tint"
        // @param choice mode soft|hard|007 = hard

        """);

    public void Dispose() => _written.Dispose();

    private static StageShaderParameter Find(StageShader shader, string label) => Assert.Single(shader.Parameters, parameter => parameter.Label == label);

    [Fact]
    public void Each_kind_of_value_has_its_slider_and_a_colour_has_three()
    {
        (string, ParameterKind, double, double, double, string)[] expected =
        [
            ("Gain of it", ParameterKind.Number, 1.5, 0, 4, ""),
            ("count", ParameterKind.Whole, 3, -2, 9, ""),
            ("on", ParameterKind.Switch, 1, 0, 1, ""),
            ("Tint (red)", ParameterKind.Whole, 255, 0, 255, ""),
            ("Tint (green)", ParameterKind.Whole, 0, 0, 255, ""),
            ("Tint (blue)", ParameterKind.Whole, 51, 0, 255, ""),
            ("mode", ParameterKind.Choice, 1, 0, 2, "soft hard 007"),
        ];
        Assert.Equal(expected, _written.Shader.Parameters.Select(parameter =>
            (parameter.Label, parameter.Kind, parameter.Value, parameter.Least, parameter.Most, string.Join(' ', parameter.Choices))));
    }

    [Theory]
    [InlineData("Gain of it", 0.1, "gain", "0.1")]
    [InlineData("count", -2, "count", "-2")]
    [InlineData("count", 7.4, "count", "7")]
    [InlineData("on", 0, "on", "false")]
    [InlineData("Tint (red)", 16, "tint", "#100033")]
    [InlineData("Tint (green)", 254.6, "tint", "#ffff33")]
    [InlineData("Tint (blue)", 0, "tint", "#ff0000")]
    [InlineData("mode", 0, "mode", "soft")]
    [InlineData("mode", 2, "mode", "007")]
    public void A_slider_sets_its_value_alone_and_leaves_the_shader_it_was_of(string label, double value, string name, string text)
    {
        StageShader shader = _written.Shader;
        StageShader changed = Find(shader, label).With(value);
        Assert.Equal([(name, text)], changed.Settings);
        Assert.Equal(Math.Round(value, label == "Gain of it" ? 3 : 0), Find(changed, label).Value, 1e-6);
        Assert.Equal(
            shader.Parameters.Where(parameter => parameter.Label != label).Select(parameter => (parameter.Label, parameter.Value)),
            changed.Parameters.Where(parameter => parameter.Label != label).Select(parameter => (parameter.Label, parameter.Value)));
        Assert.Empty(shader.Settings);
        Assert.Equal(shader.Parameters.Select(parameter => parameter.Value), _written.Shader.Parameters.Select(parameter => parameter.Value));
        // Back at its default it is not told of.
        Assert.Empty(Find(changed, label).With(Find(shader, label).Value).Settings);
    }

    [Fact]
    public void What_was_set_is_told_so_that_it_can_be_set_again()
    {
        StageShader set = _written.Shader;
        foreach ((string label, double value) in ((string, double)[])
            [("Gain of it", 1f / 3), ("count", -1), ("on", 0), ("Tint (red)", 1), ("Tint (green)", 2), ("Tint (blue)", 254), ("mode", 2)])
        {
            set = Find(set, label).With(value);
        }
        Assert.Equal([("gain", "0.33333334"), ("count", "-1"), ("on", "false"), ("tint", "#0102fe"), ("mode", "007")], set.Settings);
        StageShader again = set.Settings.Aggregate((StageShader)_written.Shader, (shader, item) => shader.WithValue(item.Name, item.Value));
        Assert.Equal(set.Parameters.Select(parameter => parameter.Value), again.Parameters.Select(parameter => parameter.Value));
        Assert.Equal(set.Settings, again.Settings);
        // And by way of a pipeline's text.
        string json = PipelineJson.Write(Pipeline.Of(new FreeStage(set), 1));
        StageShader read = PipelinePresets.LoadNameOrFile(json, path => UserShader.Load(Shaders.ShaderFolder.Locate(), path)).Stages[0].Shader!;
        Assert.Equal((set.FullPath, true), (read.FullPath, set.Settings.SequenceEqual(read.Settings)));
    }

    [Theory]
    [InlineData("gain", "4.5", "a number from 0 to 4")]
    [InlineData("gain", "-0.5", "a number from 0 to 4")]
    [InlineData("gain", "NaN", "a number from 0 to 4")]
    [InlineData("gain", "", "a number from 0 to 4")]
    [InlineData("count", "10", "a whole number from -2 to 9")]
    [InlineData("count", "1.5", "a whole number from -2 to 9")]
    [InlineData("on", "yes", "true or false")]
    [InlineData("tint", "red", "a colour such as #ff8000")]
    [InlineData("tint", "#ff80", "a colour such as #ff8000")]
    [InlineData("mode", "7", "one of soft, hard, 007")]
    public void A_value_that_it_does_not_take_is_refused_with_what_it_takes(string name, string value, string expected) =>
        Assert.Equal($"{name} is '{value}'; it must be {expected}", Assert.Throws<LivePoolException>(() => _written.Shader.WithValue(name, value)).Message);

    [Fact]
    public void A_parameter_that_it_does_not_have_is_refused_with_those_it_has()
    {
        Assert.Equal($"{_written.Shader.Name} has no parameter Tint; it has gain, count, on, tint, mode",
            Assert.Throws<LivePoolException>(() => _written.Shader.WithValue("Tint", "#000000")).Message);
        using var without = new WrittenShader("void main() { }");
        Assert.Equal($"{without.Shader.Name} has no parameter gain; it declares none; write // @param float gain 0..1",
            Assert.Throws<LivePoolException>(() => without.Shader.WithValue("gain", "1")).Message);
        Assert.Empty(without.Shader.Parameters);
    }
}
