using System.Text.Json.Nodes;
using LivePool.Core.Pipelines;

namespace LivePool.EndToEnd.View;

/// <summary>The kernel, edited in the window by mouse and keyboard.</summary>
[Collection(WindowedTests.Name)]
public sealed class KernelTests(Screen screen) : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Picture _picture = new(40, 36, seed: 1);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("simd")]
    [InlineData("gpu")]
    public void What_is_typed_into_a_cell_is_what_the_pictures_are_computed_with(string backend)
    {
        using ViewedWindow window = Open(_picture, backend);
        float[,] expected = Preset("sharpen");
        Assert.Equal(Flat(expected), Weights(window.State()));

        window.ClickOn("cell 0,2");
        window.Type("-2.5");
        window.Press("Tab");
        expected[0, 2] = -2.5f;
        WaitForWeights(window, expected);
        window.WaitToShow(Compute(backend, expected));

        // Given up, and undone.
        window.ClickOn("cell 1,1");
        window.Type("99");
        window.Press("Escape");
        window.Press("ctrl+z");
        expected[0, 2] = 0;
        WaitForWeights(window, expected);
        window.WaitToShow(Compute(backend, expected));
        window.Press("ctrl+y");
        expected[0, 2] = -2.5f;
        WaitForWeights(window, expected);
        window.Quit();
    }

    [Fact]
    public void The_wheel_nudges_a_drag_paints_and_buttons_change_the_whole()
    {
        using ViewedWindow window = Open(_picture, "simd");
        float[,] expected = Preset("sharpen");
        window.PointAtArea("cell 1,1");
        window.Click(button: 4, times: 3);
        expected[1, 1] = 8;
        WaitForWeights(window, expected);

        window.PointAtArea("cell 0,1");
        window.Hold(isDown: true);
        foreach (string cell in (string[])["cell 0,0", "cell 1,0", "cell 2,0"])
            window.PointAtArea(cell);
        window.Hold(isDown: false);
        (expected[0, 0], expected[1, 0], expected[2, 0]) = (-1, -1, -1);
        WaitForWeights(window, expected);

        window.ClickOn("flip across");
        WaitForWeights(window, new float[,] { { 0, -1, -1 }, { -1, 8, -1 }, { 0, -1, -1 } });
        window.ClickOn("rows +");
        window.WaitForState(state => state["kernel"]!["weights"]!.AsArray().Count == 4, "there is another row");
        window.ClickOn("outline");
        window.ClickOn("transpose");
        WaitForWeights(window, Preset("outline"));
        window.WaitToShow(Compute("simd", Preset("outline")));
        window.ClickOn("random, seed 0");
        window.WaitForState(state => Math.Abs((float)state["kernel"]!["weights"]![0]![0]!) < 1f / 3, "it is random");
        for (int i = 0; i < 10; i++)
            window.Press("ctrl+z");
        WaitForWeights(window, Preset("sharpen"));
        window.Quit();
    }

    [Fact]
    public void What_does_not_fit_the_picture_is_refused_in_red_and_changes_nothing()
    {
        using ViewedWindow window = Open(new(4, 5, seed: 1), "simd");
        window.ClickOn("columns +");
        window.WaitForState(state => state["kernel"]!["weights"]![0]!.AsArray().Count == 4, "there is another column");
        window.ClickOn("columns +");
        window.WaitForState(state => ((string?)state["refusal"])?.Contains("does not fit", StringComparison.Ordinal) == true, "the reason is said");
        JsonNode state = window.State();
        Assert.Equal(4, state["kernel"]!["weights"]![0]!.AsArray().Count);
        Assert.Null((string?)state["failure"]);
        window.Quit();
    }

    [Fact]
    public void Clicks_that_come_faster_than_pictures_all_count()
    {
        using ViewedWindow window = Open(_picture, "simd");
        window.PointAtArea("rows +");
        window.ClickFast(times: 6);
        window.WaitForState(state => state["kernel"]!["weights"]!.AsArray().Count == 9, "there are six rows more");
        for (int i = 0; i < 6; i++)
            window.Press("ctrl+z");
        WaitForWeights(window, Preset("sharpen"));
        window.Quit();
    }

    [Fact]
    public void What_is_typed_goes_into_the_cell_only_while_it_is_seen()
    {
        using ViewedWindow window = Open(_picture, "simd");
        window.ClickOn("cell 1,1");
        window.Type("7");
        // Another page: the letter is a command again, and with Ctrl it is none.
        window.ClickOn("Explain");
        window.Press("ctrl+c");
        window.Press("c");
        JsonNode state = window.WaitForState(state => (string)state["colours"]! == "signed", "the colours have a sign");
        Assert.Equal("Explain", (string)state["page"]!);
        window.Press("ctrl+c");
        Assert.Equal("signed", (string)window.NextState()["colours"]!);
        window.Quit();
    }

    private static float[,] Preset(string name) => (float[,])KernelPresets.Find(name)![0].Clone();

    private ViewedWindow Open(Picture picture, string backend)
    {
        picture.Save(_folder["picture.png"]);
        // Without padding, so that a kernel may be too large.
        File.WriteAllText(_folder["one.json"], Json(Preset("sharpen")));
        var window = new ViewedWindow(screen, _folder.Root, "picture.png", "--backend", backend, "--pipeline", "one.json");
        window.WaitForState(state => state["tiles"]!.AsArray().Count > 1, "the stages are there");
        window.Press("k");
        window.WaitForState(state => state["areas"]!["cell 0,0"] is not null, "the kernel is there");
        return window;
    }

    /// <summary>What the window must show with a kernel.</summary>
    private Plane[] Compute(string backend, float[,] kernel)
    {
        File.WriteAllText(_folder["expected.json"], Json(kernel));
        return ViewedWindow.Expect(_folder, _picture, backend, _folder["expected.json"]);
    }

    private static string Json(float[,] kernel) => new JsonObject
    {
        ["stages"] = new JsonArray(new JsonObject
        {
            ["op"] = "conv2d",
            ["weight"] = new JsonArray([.. Enumerable.Range(0, kernel.GetLength(0)).Select(row => (JsonNode)new JsonArray(
                [.. Enumerable.Range(0, kernel.GetLength(1)).Select(column => (JsonNode)kernel[row, column])]))]),
        }),
    }.ToJsonString();

    private static float[] Weights(JsonNode state) =>
        [.. state["kernel"]!["weights"]!.AsArray().SelectMany(row => row!.AsArray().Select(value => (float)value!))];

    private static float[] Flat(float[,] kernel) => [.. kernel.Cast<float>()];

    private static void WaitForWeights(ViewedWindow window, float[,] expected) =>
        window.WaitForState(state => Weights(state).SequenceEqual(Flat(expected)), $"the kernel is {string.Join(" ", Flat(expected))}");
}
