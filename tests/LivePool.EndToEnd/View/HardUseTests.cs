using System.Text.Json.Nodes;

namespace LivePool.EndToEnd.View;

/// <summary>What comes between two pictures, and what is gone by the next one.</summary>
[Collection(WindowedTests.Name)]
public sealed class HardUseTests(Screen screen) : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Picture _picture = new(40, 36, seed: 1);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_list_that_was_never_drawn_can_be_walked_through()
    {
        using ViewedWindow window = Open("edge24");
        window.PressFast("F1", "Down", "Next", "Up");
        window.WaitForState(state => (string?)state["palette"] == "", "the list is open");
        window.Press("Escape");
        window.WaitForState(state => state["palette"] is null, "the list is closed");
        window.Quit();
    }

    [Fact]
    public void A_kernel_that_goes_away_takes_its_typing_with_it()
    {
        using ViewedWindow window = Open("""{"stages":[{"op":"max_pool2d","kernel_size":2}]}""");
        window.Press("o");
        window.ClickOn("add");
        window.ClickOn("+ conv2d");
        window.Press("k");
        window.ClickOn("cell 1,1");
        window.PressFast("ctrl+z", "Right");
        window.WaitForState(state => state["stages"]!.AsArray().Count == 1 && state["kernel"] is null, "the kernel is gone");
        window.Press("Right");
        window.Press("F1");
        window.WaitForState(state => (string?)state["palette"] == "", "keys are commands again");
        window.Press("Escape");
        window.Quit();
    }

    [Fact]
    public void What_is_compared_or_enlarged_may_be_moved_and_removed()
    {
        using ViewedWindow window = Open("""{"stages":[{"op":"conv2d","weight":"edge24","out_channels":2,"padding":2},{"op":"max_pool2d","kernel_size":3,"stride":1,"padding":1}]}""");
        window.PointAt(1, 1, 5, 5);
        window.Click(times: 2);
        window.WaitForState(state => state["enlarged"] is not null, "the pool's channel is alone");
        window.Press("x");
        window.ClickOn("split");
        window.ClickOn("before the pool");
        window.WaitForState(state => (int?)state["comparison"]?["channel"] == 1 && state["comparison"]!["different"] is not null, "it is compared");
        window.Press("o");
        window.ClickOn("stage 2");
        window.ClickOn("up");
        window.WaitForState(state => (string)state["stages"]![0]!["op"]! == "max_pool2d", "the pool comes first");
        window.ClickOn("stage 2");
        window.ClickOn("remove");
        window.WaitForState(state => state["stages"]!.AsArray().Count == 1, "the convolution is gone");
        window.Press("a");
        window.WaitForState(state => state["sliding"] is not null, "the window slides over what there is");
        for (int i = 0; i < 2; i++)
            window.Press("Escape");
        window.WaitForState(state => state["comparison"] is null && state["sliding"] is null && state["enlarged"] is null, "all is over");
        window.Quit();
    }

    [Fact]
    public void Commands_between_two_pictures_find_what_is_there()
    {
        using ViewedWindow window = Open("edge24");
        window.PointAt(1, 0, 3, 3);
        window.Click();
        window.WaitForState(state => state["element"] is not null, "a pixel is pinned");
        for (int i = 0; i < 12; i++)
            window.PressFast("p", "Right", "a", "comma", "b", "period", "x", "ctrl+z", "Up", "a", "g", "Return");
        window.WaitForState(state => state["stages"]!.AsArray().Count > 0, "it goes on");
        window.End();
    }

    [Fact]
    public void An_element_of_a_whole_picture_is_explained_without_its_taps()
    {
        new Picture(640, 480, seed: 1).Save(_folder["large.png"]);
        File.WriteAllText(_folder["global.json"], """{"stages":[{"op":"global_avg_pool2d"}]}""");
        using var window = new ViewedWindow(screen, _folder.Root, "large.png", "--backend", "simd", "--pipeline", "global.json");
        window.WaitForState(state => state["tiles"]!.AsArray().Count == 2, "the stage is there");
        window.PointAt(0, 0, 0, 0);
        JsonNode state = window.WaitForState(state => state["element"] is not null, "it is explained");
        Assert.Empty(state["element"]!["taps"]!.AsArray());
        Assert.True((bool)state["element"]!["passed"]!);
        Assert.Equal([[-1, 0, 0, 479, 639]], state["element"]!["fields"]!.AsArray().Select(field => field!.AsArray().Select(value => (int)value!).ToArray()));
        window.NextState();
        window.Quit();
    }

    [Fact]
    public void The_folder_may_go_away()
    {
        _picture.Save(_folder["picture.png"]);
        Directory.CreateDirectory(_folder["here"]);
        using var window = new ViewedWindow(screen, _folder.Root, _folder["here"], [], [_folder["picture.png"], "--backend", "simd"]);
        window.WaitForTitle(" - 40x36 - ");
        Directory.Delete(_folder["here"], recursive: true);
        window.Press("o");
        Thread.Sleep(500);
        window.Press("s");
        window.Press("ctrl+s");
        string title = window.Title;
        window.Press("space");
        window.WaitForTitle(" - paused");
        Assert.NotEqual(title, window.Title);
        window.Quit();
    }

    [Fact]
    public void Every_step_of_the_wheel_and_every_preset_can_be_undone()
    {
        using ViewedWindow window = Open("edge24");
        window.Press("o");
        window.ClickOn("stage 2");
        window.PointAtArea("stride");
        window.Click(button: 4);
        WaitForRows(window, 11);
        window.Press("ctrl+z");
        WaitForRows(window, 16);
        window.Click(button: 4);
        WaitForRows(window, 11);
        window.Press("ctrl+z");
        WaitForRows(window, 16);
        window.ClickOn("avg");
        window.Press("p");
        window.WaitForTitle("LivePool - edge24-avg - ");
        window.Press("ctrl+z");
        window.WaitForTitle("LivePool - edge24* - ");
        window.WaitForState(state => (string)state["stages"]![1]!["op"]! == "avg_pool2d", "the edit is there again");
        window.Quit();

        static void WaitForRows(ViewedWindow window, int rows) =>
            window.WaitForState(state => (int)state["stages"]![1]!["shape"]![2]! == rows, $"the pool has {rows} rows");
    }

    private ViewedWindow Open(string pipeline)
    {
        _picture.Save(_folder["picture.png"]);
        var window = new ViewedWindow(screen, _folder.Root, "picture.png", "--backend", "simd", "--pipeline", pipeline);
        window.WaitForState(state => state["tiles"]!.AsArray().Count > 1, "the stages are there");
        return window;
    }
}
