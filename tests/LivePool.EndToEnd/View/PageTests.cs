using System.Text.Json.Nodes;
using LivePool.Testing;

namespace LivePool.EndToEnd.View;

/// <summary>Pages, figures, screenshots, sizes and colours of the window.</summary>
[Collection(WindowedTests.Name)]
public sealed class PageTests(Screen screen) : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Picture _picture = new(40, 36, seed: 1);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void F_saves_the_figure_that_run_writes()
    {
        using ViewedWindow window = Open();
        window.Press("f");
        string path = WaitForFile(window, "livepool-*-figure.png");
        Livepool.Run(_folder.Root, "run", "picture.png", "--backend", "simd", "--out", "run").Succeeded();
        Assert.Equal(File.ReadAllBytes(_folder["run", "figure.png"]), File.ReadAllBytes(path));
        window.Quit();
    }

    [Fact]
    public void Shift_S_saves_the_pictures_without_what_lies_over_them()
    {
        using ViewedWindow window = Open();
        Pixels plain = window.Capture();
        // A pinned pixel, whose marks are not in the picture.
        window.PointAt(0, 0, 10, 10);
        window.Click();
        window.WaitForState(state => state["element"] is not null, "a pixel is pinned");
        window.WaitUntil(() => !window.Capture().Crop(0, 0, 900, 720).Shows(plain.Crop(0, 0, 900, 720)), "it is marked");
        window.Press("shift+s");
        Pixels saved = PngReader.Read(WaitForFile(window, "livepool-*.png"));
        (int _, int _, int width, int height) = window.Geometry();
        Assert.Equal((width - 336, height), (saved.Width, saved.Height));
        Assert.True(saved.Shows(plain.Crop(0, 0, saved.Width, saved.Height)), "it is not the pictures alone");
        window.Press("Escape");
        window.Quit();
    }

    [Fact]
    public void A_fixed_range_keeps_what_a_value_looks_like()
    {
        using ViewedWindow window = Open();
        double[] before = Range(window.State(), 0, 0);
        window.Press("g");
        window.NextState();
        double[] common = Range(window.State(), 0, 0);
        Assert.Equal(common, Range(window.State(), 0, 1));
        Assert.True(common[0] <= before[0] && common[1] >= before[1]);
        // Another kernel has other values, and the same range.
        window.Press("k");
        window.ClickOn("gaussian");
        window.WaitForState(state => (string)state["pipeline"]! == "edge24*", "the kernel is another");
        Assert.Equal(common, Range(window.NextState(), 0, 0));
        window.Press("g");
        Assert.NotEqual(common, Range(window.NextState(), 0, 0));
        window.Quit();

        static double[] Range(JsonNode state, int stage, int channel) => [.. state["tiles"]!.AsArray()
            .Single(tile => (int)tile!["stage"]! == stage && (int)tile["channel"]! == channel)!["range"]!.AsArray().Select(value => (double)value!)];
    }

    [Fact]
    public void In_a_small_window_the_panel_gives_way_and_can_be_asked_for_and_scrolled()
    {
        using ViewedWindow window = Open();
        window.Resize(480, 320);
        JsonNode state = window.WaitForState(state => state["page"] is null && ViewedWindow.Tiles(state).Max(tile => tile.Place.X + tile.Place.Width) is <= 480 and > 200, "the pictures have all of it");
        Assert.All(ViewedWindow.Tiles(state), tile => Assert.True(tile.Place.Width >= 40 && tile.Place.Y + tile.Place.Height <= 320, $"{tile}"));
        window.Press("o");
        state = window.WaitForState(state => (string?)state["page"] == "Pipeline", "the page is there");
        // Longer than the window: the wheel brings the rest of it.
        int save = (int)state["areas"]!["save"]![1]!;
        Assert.True(save > 320, $"{save}");
        window.Point(470, 300);
        window.Click(button: 5, times: 40);
        state = window.WaitForState(state => (int)state["areas"]!["save"]![1]! < 310, "it is scrolled");
        window.ClickOn("Explain");
        window.Press("i");
        window.WaitForState(state => state["page"] is null, "the panel is hidden");
        window.Quit();
    }

    [Fact]
    public void Everything_is_larger_on_a_dense_display()
    {
        _picture.Save(_folder["picture.png"]);
        using var window = new ViewedWindow(screen, _folder.Root, "picture.png", "--backend", "simd", "--scale", "1.5");
        JsonNode state = window.WaitForState(state => state["areas"]!["Explain"] is not null, "the panel is there");
        (int _, int _, int width, int _) = window.Geometry();
        // Tabs are a quarter of what is between the margins: (336 - 2 * 14 - 3 * 6) / 4.
        Assert.InRange((int)state["areas"]!["Explain"]![2]!, 107, 109);
        Assert.InRange(ViewedWindow.Tiles(state).Max(tile => tile.Place.X + tile.Place.Width), 300, width - 504);
        window.PointAt(0, 0, 3, 4);
        window.WaitForState(state => state["element"] is { } element && (int)element["row"]! == 3 && (int)element["column"]! == 4, "the pointer is where it is");
        window.ClickOn("Kernel");
        window.WaitForState(state => (string?)state["page"] == "Kernel", "the tab is where it is");
        window.Quit();
        Assert.Equal(2, Livepool.Run(_folder.Root, "view", "picture.png", "--scale", "0").ExitCode);
    }

    [Fact]
    public void The_page_on_pooling_measures_the_picture_that_is_shown()
    {
        using ViewedWindow window = Open();
        window.Press("w");
        JsonNode state = window.WaitForState(state => state["pooling"] is { } pooling && pooling["stages"]!.AsArray().Count == 2, "it is measured");
        JsonNode conv = state["pooling"]!["stages"]![0]!, pool = state["pooling"]!["stages"]![1]!;
        Assert.Equal((2 * 32 * 36, 2 * 16 * 18), ((int)conv["values"]!, (int)pool["values"]!));
        Assert.Equal(2 * 32 * 36 * 25, (double)conv["multiply_adds"]!);
        Assert.InRange((double)pool["sharpness"]!, 0, (double)conv["sharpness"]!);
        Assert.InRange((double)pool["noise_as_average"]!, 0, (double)pool["noise_as_max"]!);
        Assert.Equal([1, 0], state["pooling"]!["shift"]!.AsArray().Select(value => (int)value!));
        // Not moved, nothing changes.
        window.ClickOn("columns", 0.5);
        state = window.WaitForState(state => (int)state["pooling"]!["shift"]![0]! == 0, "it is measured again");
        Assert.Equal(0, (double)state["pooling"]!["stages"]![1]!["change"]!);
        window.ClickOn("columns", 1);
        window.WaitForState(state => (int)state["pooling"]!["shift"]![0]! == 8 && (double)state["pooling"]!["stages"]![1]!["change"]! > 0, "it is measured once more");
        window.ClickOn("sigma", 0);
        window.WaitForState(state => (double)state["pooling"]!["sigma"]! == 0 && (double)state["pooling"]!["stages"]![0]!["noise"]! == 0, "there is no noise");
        window.Quit();
    }

    private ViewedWindow Open()
    {
        _picture.Save(_folder["picture.png"]);
        var window = new ViewedWindow(screen, _folder.Root, "picture.png", "--backend", "simd");
        window.WaitForState(state => state["tiles"]!.AsArray().Count == 5, "all stages are there");
        window.Press("n");
        window.WaitToShow(ViewedWindow.Expect(_folder, _picture, "simd"));
        return window;
    }

    private string WaitForFile(ViewedWindow window, string pattern)
    {
        string path = "";
        window.WaitForState(state => state["messages"]!.AsArray().Any(message => ((string)message!).StartsWith("saved ", StringComparison.Ordinal)), "it is saved");
        window.WaitUntil(() => (path = Directory.GetFiles(_folder.Root, pattern).SingleOrDefault() ?? "").Length > 0, "the file is there");
        return path;
    }
}
