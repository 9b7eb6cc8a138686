using System.Text.Json.Nodes;

namespace LivePool.EndToEnd.View;

/// <summary>Two shaders of the user's side by side.</summary>
[Collection(WindowedTests.Name)]
public sealed class ShaderCompareTests(Screen screen) : WindowWithShaders(screen)
{
    [Fact]
    public void Two_shaders_stand_side_by_side_and_what_is_saved_of_either_is_compared()
    {
        Write("a.comp", "v");
        Write("b.comp", "v + (at.x == 7 && at.y == 3 ? 5.0 : 0.0)");
        using ViewedWindow window = Open("--shader", "a.comp", "--compare", "b.comp");
        JsonNode state = window.WaitForState(state => Compared(state, "b.comp"), "they are compared");
        Assert.Equal("Split", (string)state["comparison"]!["mode"]!);
        Assert.Equal((1, 5.0, 3, 7), ((int)state["comparison"]!["different"]!, (double)state["comparison"]!["largest"]!,
            (int)state["comparison"]!["worst"]![0]!, (int)state["comparison"]!["worst"]![1]!));
        Write("b.comp", "v");
        window.WaitForState(state => Compared(state, "b.comp") && (int)state["comparison"]!["different"]! == 0, "they are equal now");
        Write("b.comp", "v + nothing");
        state = window.WaitForState(state => state["shaders"]!["error"]!.AsArray().Count > 0, "the second one is wrong");
        Assert.StartsWith("b.comp:14: error: ", (string)state["shaders"]!["error"]![0]!, StringComparison.Ordinal);
        Write("b.comp", "v");
        Write("a.comp", "2.0 * v");
        window.WaitForState(state => Compared(state, "b.comp") && (int)state["comparison"]!["different"]! == Picture.Grey.Count(value => value != 0), "the first one is another");
        window.Press("Escape");
        window.Quit(hadWrongShaders: true);
    }

    [Fact]
    public void Two_shaders_that_go_on_from_their_output_are_compared_from_the_same_one()
    {
        Write("a.comp", "mod(previous[here] + v + 1.0, 1000.0)");
        Write("b.comp", "mod(previous[here] + v + 1.0, 1000.0)");
        using ViewedWindow window = Open("--shader", "a.comp", "--compare", "b.comp");
        for (int i = 0; i < 5; i++)
        {
            JsonNode state = window.WaitForState(state => Compared(state, "b.comp"), "they are compared");
            Assert.Equal(0, (int)state["comparison"]!["different"]!);
            Thread.Sleep(150);
        }
        Write("b.comp", "mod(previous[here] + v + 1.0, 1000.0) + (at.x == 2 && at.y == 2 ? 1.0 : 0.0)");
        window.WaitForState(state => Compared(state, "b.comp") && (int)state["comparison"]!["different"]! == 1, "one is another");
        // The preset that comes has no shader whose place the second could take.
        window.Press("p");
        window.WaitForState(state => ((string?)state["comparison"]!["failure"])?.Contains("b.comp is nothing that edge24 could be compared with", StringComparison.Ordinal) == true, "it says so");
        window.Press("Escape");
        window.Quit();
    }

    [Fact]
    public void A_second_shader_that_does_not_compile_is_said_and_the_first_one_shown()
    {
        Write("a.comp", "v");
        Write("b.comp", "nothing");
        using ViewedWindow window = Open("--shader", "a.comp", "--compare", "b.comp");
        JsonNode state = window.WaitForState(state => state["shaders"]!["error"]!.AsArray().Count > 0, "it is said");
        Assert.StartsWith("b.comp:14: error: ", (string)state["shaders"]!["error"]![0]!, StringComparison.Ordinal);
        Write("b.comp", "v");
        window.WaitForState(state => state["shaders"]!["error"]!.AsArray().Count == 0 && Compared(state, "b.comp"), "it is mended");
        window.Press("Escape");
        window.WaitForState(state => state["comparison"] is null, "nothing is compared");
        window.Quit(hadWrongShaders: true);
    }

    [Fact]
    public void What_is_wrong_with_a_second_shader_is_not_said_while_nothing_is_compared()
    {
        Write("a.comp", "v");
        Write("b.comp", "nothing");
        using ViewedWindow window = Open("--shader", "a.comp", "--compare", "b.comp");
        window.WaitForState(state => state["shaders"]!["error"]!.AsArray().Count > 0, "it is said");
        window.Press("Escape");
        window.WaitForState(state => state["comparison"] is null && state["shaders"]!["error"]!.AsArray().Count == 0, "it is not said any more");
        window.Quit(hadWrongShaders: true);
    }
}
