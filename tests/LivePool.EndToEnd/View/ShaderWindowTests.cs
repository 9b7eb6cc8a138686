using System.Text.Json.Nodes;
using LivePool.Testing;

namespace LivePool.EndToEnd.View;

/// <summary>Shaders of the user's in the window: checked, inspected, animated, opened.</summary>
[Collection(WindowedTests.Name)]
public sealed class ShaderWindowTests(Screen screen) : WindowWithShaders(screen)
{
    [Fact]
    public void A_shader_that_claims_an_operator_is_found_wrong_where_it_is_and_is_compared_with_the_built_in_one()
    {
        using ViewedWindow window = Open("--shader", Experiment("max_pool2d_wrong.comp"), "--pipeline", "edge24");
        JsonNode state = window.State();
        Assert.Equal(["conv2d", "max_pool2d by max_pool2d_wrong.comp"], state["stages"]!.AsArray().Select(stage => (string)stage!["title"]!));
        window.Press("v");
        window.WaitForTitle("NOT VERIFIED");
        window.ClickOn("Explain");
        window.PointAt(1, 1, 6, 5);
        state = window.WaitForState(state => state["element"] is { } element && (int)element["stage"]! == 1 && (int)element["row"]! == 6 && (int)element["column"]! == 5, "it is explained");
        JsonNode element = state["element"]!;
        Assert.Equal("invocation (5, 6, 1), work group (0, 1, 1), in it (5, 2, 0) of 32x4x1", (string)element["place"]!);
        Assert.Equal((double)element["exact"]! == (double)element["value"]!, (bool)element["passed"]!);
        Assert.Equal((float)(double)element["exact"]!, (float)(double)element["values"]!["simd"]!);
        window.Press("x");
        window.ClickOn("built-in");
        state = window.WaitForState(state => Compared(state, "built-in"), "it is compared");
        Assert.NotEqual(0, (int)state["comparison"]!["different"]!);
        window.End();
    }

    [Fact]
    public void Debug_values_are_those_of_one_run_and_of_the_pinned_pixel_where_one_is()
    {
        Write("mine.comp", "v", "if (at.y == 4 && at.x < 8) { DEBUG(at.x); }\n    if (at.x == 20) DEBUG(vec2(v, at.y));");
        using ViewedWindow window = Open("--shader", "mine.comp");
        JsonNode state = window.WaitForState(state => state["shaders"]!["debug"]!.AsArray().Count > 0, "there are values");
        JsonNode found = state["shaders"]!["debug"]![0]!;
        Assert.Equal(8 + 36, (int)found["written"]!);
        Assert.Contains("mine.comp:13 (3, 4, 0) 3", found["kept"]!.AsArray().Select(text => (string)text!));
        window.PointAt(0, 0, 9, 20);
        window.Click();
        state = window.WaitForState(state => state["shaders"]!["debug"] is JsonArray { Count: 1 } debug && (int)debug[0]!["written"]! == 1, "one is left");
        Assert.Equal($"mine.comp:14 (20, 9, 0) {Picture.Grey[9 * 40 + 20]}, 9", (string)state["shaders"]!["debug"]![0]!["kept"]![0]!);
        window.End();
    }

    [Fact]
    public void A_shader_that_goes_on_from_its_own_output_moves_on_a_still_picture_until_it_is_paused()
    {
        Write("count.comp", "previous[here] + 1.0");
        using ViewedWindow window = Open("--shader", "count.comp");
        window.PointAt(0, 0, 10, 10);
        double first = Value(window);
        // Far enough that one that began anew would not be there for a while.
        window.WaitForState(state => state["element"] is { } element && (double)element["value"]! >= first + 150, "it goes on");
        // A new version goes on from there, and is not begun anew.
        double before = Value(window);
        Write("count.comp", "previous[here] + 2.0");
        window.WaitForState(state => (int)state["shaders"]!["taken"]! == 1, "it is taken");
        double after = before;
        window.WaitUntil(() => (after = Value(window)) != before, "it goes on");
        Assert.True(after > before, $"{before} became {after}");
        // Nor does another backend that is not there.
        window.Press("b");
        before = Value(window);
        window.WaitUntil(() => (after = Value(window)) != before, "it goes on");
        Assert.True(after > before, $"{before} became {after}");
        window.Press("space");
        window.NextState();
        Thread.Sleep(500);
        double paused = Value(window);
        Thread.Sleep(500);
        Assert.Equal(paused, Value(window));
        window.Press("space");
        window.WaitForState(state => state["element"] is { } element && (double)element["value"]! > paused, "it goes on again");
        window.Quit();

        static double Value(ViewedWindow window) =>
            (double)window.WaitForState(state => state["element"] is { } element && (int)element["stage"]! == 0, "it is looked at")["element"]!["value"]!;
    }

    [Fact]
    public void Red_green_and_blue_of_a_shader_that_takes_them_are_one_picture_until_Q_sets_them_apart()
    {
        Write("swapped.comp", "x[((channels - 1 - at.z) * outputHeight + at.y) * outputWidth + at.x]");
        File.WriteAllText(Folder["swapped.comp"], "// @input 3\n" + File.ReadAllText(Folder["swapped.comp"]));
        using ViewedWindow window = Open("--shader", "swapped.comp");
        window.Press("n");
        string? mismatch = null;
        window.WaitUntil(() => (mismatch = MismatchIn(-1, 0, 1, 2) ?? MismatchIn(0, 2, 1, 0)) is null, "both are in their colours", () => mismatch);
        window.Press("q");
        window.WaitForState(state => ViewedWindow.Tiles(state).Count == 6, "they are apart");
        window.Press("q");
        window.WaitForState(state => ViewedWindow.Tiles(state).Count == 2, "they are one again");
        // What it takes follows what is saved.
        Write("swapped.comp", "v");
        File.WriteAllText(Folder["swapped.comp"], "// @input 1\n" + File.ReadAllText(Folder["swapped.comp"]));
        window.WaitForState(state => (int)state["input"]![1]! == 1 && (int)state["stages"]![0]!["shape"]![1]! == 1, "it is grey");
        window.Quit();

        string? MismatchIn(int stage, int red, int green, int blue)
        {
            Gpu.Display.PixelRectangle place = ViewedWindow.Tile(window.State(), stage, 0).Place;
            Pixels shown = window.Capture();
            int scale = place.Width / 40;
            for (int i = 0; i < 40 * 36; i++)
            {
                var expected = (Picture.Rgb[3 * i + red], Picture.Rgb[3 * i + green], Picture.Rgb[3 * i + blue]);
                (byte, byte, byte) got = shown[place.X + i % 40 * scale + scale / 2, place.Y + i / 40 * scale + scale / 2];
                if (got != expected)
                    return $"stage {stage}, row {i / 40}, column {i % 40}: {got} instead of {expected}";
            }
            return null;
        }
    }

    [Fact]
    public void The_mouse_is_told_to_a_shader_in_its_own_pixels()
    {
        Write("mouse.comp", "at.x == 0 ? mouseX : at.x == 1 ? mouseY : float(mouseDown)");
        using ViewedWindow window = Open("--shader", "mouse.comp");
        JsonNode state = window.State();
        Assert.Equal([-1, 0], Range(state));
        window.PointAt(0, 0, 12, 33);
        window.WaitForState(state => Range(state) is [0, 33], "it is over the output");
        window.Hold(isDown: true);
        window.WaitForState(state => Range(state) is [1, 33], "the button is down");
        window.Hold(isDown: false);
        window.PointAt(-1, 0, 3, 3);
        window.WaitForState(state => Range(state) is [-1, 0], "it is elsewhere");
        window.End();

        static double[] Range(JsonNode state) => [.. state["tiles"]!.AsArray().Last()!["range"]!.AsArray().Select(value => (double)value!)];
    }

    [Fact]
    public void Only_the_gpu_shows_a_free_stage_and_the_pipeline_says_so_where_another_is_asked_for()
    {
        Write("mine.comp", "255.0 - v");
        File.WriteAllText(Folder["mine.json"], """{"stages":[{"op":"shader","shader":"mine.comp"},{"op":"max_pool2d","kernel_size":2}]}""");
        using ViewedWindow window = Open("--pipeline", "mine.json");
        Assert.Equal("gpu", (string)window.State()["backend"]!);
        window.WaitToShow(ViewedWindow.Expect(Folder, Picture, "gpu", "mine.json"));
        window.Press("b");
        JsonNode state = window.WaitForState(state => state["messages"]!.AsArray().Any(line => ((string)line!).Contains("only the GPU runs", StringComparison.Ordinal)), "why it stays");
        Assert.Equal("gpu", (string)state["backend"]!);
        // Nothing says what is right of it; the pool behind it is checked.
        window.Press("v");
        window.WaitForTitle(" - verified, 0.0% of the bound");
        window.Quit();

        Outcome refused = Livepool.Run(Folder.Root, "run", "picture.png", "--pipeline", "mine.json", "--backend", "simd");
        Assert.Contains("mine.comp is a shader without @op, which only the GPU runs", refused.Refused(2), StringComparison.Ordinal);
    }

    [Fact]
    public void A_shader_that_is_dropped_or_chosen_takes_its_place_and_moves_to_the_gpu()
    {
        Write("mine.comp", "255.0 - v");
        using ViewedWindow window = Open("--backend", "simd");
        window.Drop(Folder["mine.comp"]);
        // Two channels come out, and it takes each by itself.
        window.WaitForState(state => (string)state["backend"]! == "gpu" && state["stages"]!.AsArray().Select(stage => (string)stage!["title"]!)
            .SequenceEqual(["conv2d", "max_pool2d", "mine"]), "it is behind the others");
        window.Press("u");
        window.ClickOn("max_pool2d_wrong.comp");
        window.WaitForState(state => state["stages"]!.AsArray().Select(stage => (string)stage!["title"]!)
            .SequenceEqual(["conv2d", "max_pool2d by max_pool2d_wrong.comp", "mine"]), "it is in the pool's place");
        // Three channels it takes, and two come out: it is alone.
        window.ClickOn("edge_glow.comp");
        window.WaitForState(state => state["stages"]!.AsArray().Select(stage => (string)stage!["title"]!).SequenceEqual(["edge_glow"]), "it is alone");
        window.Press("ctrl+z");
        window.WaitForState(state => state["stages"]!.AsArray().Count == 3, "it is undone");
        window.Quit();
    }

    [Fact]
    public void A_shader_that_does_not_compile_at_first_is_mended_while_the_window_waits()
    {
        Write("mine.comp", "nothing");
        Picture.Save(Folder["picture.png"]);
        using var window = new ViewedWindow(Screen, Folder.Root, "picture.png", "--shader", "mine.comp");
        JsonNode state = window.WaitForState(state => (string?)state["failure"] is not null, "it says why");
        Assert.StartsWith("mine.comp:14: error: ", (string)state["failure"]!, StringComparison.Ordinal);
        // Another fault is not taken for a mend.
        Write("mine.comp", "never");
        state = window.WaitForState(state => ((string?)state["shaders"]!["error"]!.AsArray().FirstOrDefault())?.Contains("never", StringComparison.Ordinal) == true, "it says why again");
        Assert.Equal(0, (int)state["shaders"]!["taken"]!);
        Assert.DoesNotContain("taken", window.Output, StringComparison.Ordinal);
        Write("mine.comp", "255.0 - v");
        window.WaitForState(state => state["failure"] is null && state["stages"]!.AsArray().Count == 1, "it is shown");
        window.Quit(hadWrongShaders: true);
    }

    [Fact]
    public void What_another_backend_does_not_run_is_compiled_all_the_same_before_it_is_taken()
    {
        File.Copy(Experiment("max_pool2d_wrong.comp"), Folder["mine.comp"]);
        using ViewedWindow window = Open("--shader", "mine.comp", "--pipeline", "edge24", "--backend", "simd");
        File.AppendAllText(Folder["mine.comp"], "nothing;\n");
        JsonNode state = window.WaitForState(state => state["shaders"]!["error"]!.AsArray().Count > 0, "it is refused");
        Assert.Equal(0, (int)state["shaders"]!["taken"]!);
        // What compiled last is what the GPU then runs.
        while ((string)window.State()["backend"]! != "gpu")
        {
            window.Press("b");
            window.NextState();
        }
        window.WaitForState(state => state["failure"] is null && state["stages"]!.AsArray().Count == 2, "it runs");
        window.Quit(hadWrongShaders: true);
    }

    [Fact]
    public void A_fault_is_forgotten_with_its_pipeline_and_found_again_with_it()
    {
        Write("mine.comp", "v");
        using ViewedWindow window = Open("--shader", "mine.comp");
        Write("mine.comp", "nothing");
        window.WaitForState(state => state["shaders"]!["error"]!.AsArray().Count > 0, "it is refused");
        window.Press("p");
        window.WaitForState(state => state["shaders"]!["error"]!.AsArray().Count == 0 && (string)state["pipeline"]! == "edge24", "it is forgotten");
        window.Press("ctrl+z");
        window.WaitForState(state => state["shaders"]!["error"]!.AsArray().Count > 0 && state["stages"]!.AsArray().Count == 1, "it is there again");
        Write("mine.comp", "v");
        window.WaitForState(state => state["shaders"]!["error"]!.AsArray().Count == 0, "it is mended");
        window.Quit(hadWrongShaders: true);
    }

    [Fact]
    public void An_older_pipeline_keeps_the_operator_that_its_shader_claims_no_more_and_says_so()
    {
        File.Copy(Experiment("max_pool2d_wrong.comp"), Folder["mine.comp"]);
        using ViewedWindow window = Open("--shader", "mine.comp", "--pipeline", "edge24");
        window.Press("p");
        WaitForStages(window, "conv2d", "max_pool2d");
        Write("mine.comp", "v");
        window.Drop(Folder["mine.comp"]);
        WaitForStages(window, "conv2d", "max_pool2d", "mine");
        Write("mine.comp", "255.0 - v");
        window.WaitForState(state => (int)state["shaders"]!["taken"]! == 1, "the free one is taken");
        window.Press("ctrl+z");
        WaitForStages(window, "conv2d", "max_pool2d");
        window.Press("ctrl+z");
        JsonNode state = WaitForStages(window, "conv2d", "max_pool2d by mine.comp");
        Assert.Null((string?)state["failure"]);
        window.WaitForState(state => ((string?)state["shaders"]!["error"]!.AsArray().FirstOrDefault())?
            .Contains("mine.comp: it claimed to be max_pool2d, and now none", StringComparison.Ordinal) == true, "it says so");
        window.Press("ctrl+y");
        state = WaitForStages(window, "conv2d", "max_pool2d");
        window.WaitForState(state => state["shaders"]!["error"]!.AsArray().Count == 0, "it is said no more");
        window.Quit(hadWrongShaders: true);

        static JsonNode WaitForStages(ViewedWindow window, params string[] titles) => window.WaitForState(
            state => state["stages"]!.AsArray().Select(stage => (string)stage!["title"]!).SequenceEqual(titles), $"it is {string.Join(", ", titles)}");
    }

    [Fact]
    public void A_file_with_a_NUL_in_an_include_is_refused_and_the_window_goes_on()
    {
        Write("mine.comp", "v");
        using ViewedWindow window = Open("--shader", "mine.comp");
        File.AppendAllText(Folder["mine.comp"], "#include \"a\0b.glsl\"\n");
        JsonNode state = window.WaitForState(state => state["shaders"]!["error"]!.AsArray().Count > 0, "it is refused");
        Assert.StartsWith("mine.comp:16: there is a NUL character", (string)state["shaders"]!["error"]![0]!, StringComparison.Ordinal);
        Write("mine.comp", "v");
        window.WaitForState(state => state["shaders"]!["error"]!.AsArray().Count == 0, "it is mended");
        window.Quit(hadWrongShaders: true);
    }

    [Fact]
    public void Game_of_life_begins_when_it_is_opened_and_not_when_the_window_was()
    {
        Write("mine.comp", "v");
        using ViewedWindow window = Open("--shader", "mine.comp");
        Thread.Sleep(300);
        window.ClickOn("game_of_life.comp");
        window.WaitForState(state => ((string)state["stages"]![0]!["title"]!) == "game_of_life", "it is shown");
        Assert.True((double)window.NextState()["tiles"]!.AsArray().Last()!["range"]![1]! > 0, "there is no life");
        window.Quit();
    }

    [Fact]
    public void Debug_values_of_a_picture_that_stands_still_leave_it_still()
    {
        Write("count.comp", "previous[here] + 1.0", "if (here == 0) DEBUG(previous[here]);");
        using ViewedWindow window = Open("--shader", "count.comp");
        window.WaitForState(state => state["shaders"]!["debug"]!.AsArray().Count > 0, "there are values");
        window.Press("space");
        window.NextState();
        Thread.Sleep(700);
        window.PointAt(0, 0, 5, 5);
        double paused = Value(window);
        Thread.Sleep(1500);
        Assert.Equal(paused, Value(window));
        // What it read is what came before what it wrote.
        string text = (string)window.State()["shaders"]!["debug"]![0]!["kept"]![0]!;
        Assert.EndsWith($") {paused - 1}", text, StringComparison.Ordinal);
        window.End();

        static double Value(ViewedWindow window) =>
            (double)window.WaitForState(state => state["element"] is { } element && (int)element["stage"]! == 0, "it is looked at")["element"]!["value"]!;
    }

    [Fact]
    public void A_file_that_was_wrong_when_it_was_opened_is_read_anew_when_it_is_opened_again()
    {
        Write("mine.comp", "v");
        File.WriteAllText(Folder["other.comp"], "// @size none\n");
        using ViewedWindow window = Open("--shader", "mine.comp");
        window.ClickOn("other.comp");
        window.WaitForState(state => state["messages"]!.AsArray().Any(line => ((string)line!).Contains("other.comp:1: @size", StringComparison.Ordinal)), "it says why not");
        Write("other.comp", "255.0 - v");
        window.ClickOn("other.comp");
        window.WaitForState(state => (string)state["stages"]![0]!["title"]! == "other", "it is shown");
        window.Quit();
    }

    [Fact]
    public void A_slider_that_is_dragged_while_its_parameter_becomes_another_stays_in_its_range()
    {
        Write("mine.comp", "gain * v");
        string text = File.ReadAllText(Folder["mine.comp"]);
        File.WriteAllText(Folder["mine.comp"], "// @param float gain 0..4 = 1 \"Gain\"\n" + text);
        using ViewedWindow window = Open("--shader", "mine.comp");
        window.PointAtArea("Gain", 0.2);
        window.Hold(isDown: true);
        File.WriteAllText(Folder["mine.comp"], "// @param choice gain a|b \"Gain\"\n" + text.Replace("gain * v", "float(gain) * v", StringComparison.Ordinal));
        window.WaitForState(state => (int)state["shaders"]!["taken"]! == 1, "it is taken");
        for (int i = 0; i < 20; i++)
            window.Point(1200 + i, 300);
        window.Hold(isDown: false);
        window.Press("ctrl+s");
        window.WaitUntil(() => Directory.GetFiles(Folder.Root, "livepool-*.json").Length > 0, "it is saved");
        window.NextState();
        window.Quit();
    }

    [Fact]
    public void A_window_that_is_too_narrow_for_a_word_goes_on()
    {
        Write("mine.comp", "nothing");
        Picture.Save(Folder["picture.png"]);
        using var window = new ViewedWindow(Screen, Folder.Root, "picture.png", "--shader", "mine.comp");
        window.WaitForState(state => (string?)state["failure"] is not null, "it says why");
        foreach ((int width, int height) in ((int, int)[])[(16, 200), (40, 40), (1, 1), (900, 600)])
        {
            window.Do("windowsize", $"{width}", $"{height}");
            window.NextState();
            window.NextState();
        }
        window.Press("i");
        window.Do("windowsize", "40", "200");
        window.NextState();
        window.Quit(hadWrongShaders: true);
    }

    [Theory]
    [InlineData("none.comp", "none.comp")]
    [InlineData("annotated.comp", "annotated.comp:1: there is no annotation @unknown")]
    [InlineData("claims.comp", "claims to be lp_pool2d, but edge24 has no such stage", "--pipeline", "edge24")]
    [InlineData("mine.comp", "--compare needs two shaders of a kind", "--compare", "claims.comp")]
    public void What_cannot_be_shown_is_refused_in_one_line(string shader, string reason, params string[] more)
    {
        Write("mine.comp", "v");
        File.WriteAllText(Folder["annotated.comp"], "// @unknown 1\n");
        File.WriteAllText(Folder["claims.comp"], "// @op lp_pool2d\nvoid main() {}\n");
        Picture.Save(Folder["picture.png"]);
        Outcome outcome = Livepool.Run(Folder.Root, [("DISPLAY", Screen.Server.Display)], ["view", "picture.png", "--shader", shader, .. more]);
        Assert.Contains(reason, outcome.Refused(2), StringComparison.Ordinal);
    }
}
