using System.Diagnostics;
using System.Text.Json.Nodes;
using LivePool.Testing;

namespace LivePool.EndToEnd.View;

/// <summary>The pipeline's page: parameters as sliders and switches, stages that come and go, and ways to take it along.</summary>
[Collection(WindowedTests.Name)]
public sealed class PipelineTests(Screen screen) : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Picture _picture = new(40, 36, seed: 1);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Sliders_and_switches_change_what_is_computed_at_once()
    {
        using ViewedWindow window = Open();
        window.ClickOn("stage 2");
        window.ClickOn("avg");
        window.WaitForState(state => Op(state, 1) == "avg_pool2d", "the pool averages");
        window.WaitToShow(ViewedWindow.Expect(_folder, _picture, "simd", "edge24-avg"));

        // From 1 to 15: the third mark.
        window.ClickOn("kernel_size", 2 / 14.0);
        WaitForShape(window, 1, 2, 10, 12);
        // From 0 to 8: the second.
        window.ClickOn("padding", 1 / 8.0);
        WaitForShape(window, 1, 2, 11, 12);
        window.ClickOn("ceil_mode");
        // In the rows the last window would begin in the padding.
        WaitForShape(window, 1, 2, 11, 13);
        window.ClickOn("count_include_pad");
        window.WaitToShow(Compute("""{"op":"avg_pool2d","kernel_size":3,"padding":1,"ceil_mode":true,"count_include_pad":false}"""));

        // A drag is undone as one.
        window.PointAtArea("stride", 1.0);
        window.Hold(isDown: true);
        for (double share = 1; share >= 0; share -= 0.25)
            window.PointAtArea("stride", share);
        window.Hold(isDown: false);
        WaitForShape(window, 1, 2, 32, 36);
        window.Press("ctrl+z");
        WaitForShape(window, 1, 2, 11, 13);
        window.Quit();
    }

    [Fact]
    public void What_is_invalid_turns_red_with_the_reason_and_the_last_result_stays()
    {
        using ViewedWindow window = Open();
        Plane[] planes = ViewedWindow.Expect(_folder, _picture, "simd");
        window.ClickOn("stage 2");
        Assert.Equal(0, CountRed(window));
        window.ClickOn("padding", 1);
        JsonNode state = window.WaitForState(state => (string?)state["refusal"] is not null, "it is refused");
        Assert.Equal("stage 2 of edge24*: max_pool2d: padding 8 for rows is more than half of the window's extent 2; use at most 1", (string)state["refusal"]!);
        window.WaitUntil(() => CountRed(window) > 100, "it is red");
        window.WaitToShow(planes);
        window.ClickOn("padding", 1 / 8.0);
        window.WaitForState(state => state["refusal"] is null, "what is valid is taken");
        WaitForShape(window, 1, 2, 17, 19);
        window.WaitUntil(() => CountRed(window) == 0, "nothing is red");
        window.Quit();

        static int CountRed(ViewedWindow window)
        {
            Pixels shown = window.Capture();
            return Enumerable.Range(0, shown.Width * shown.Height).Count(i => shown[i % shown.Width, i / shown.Width] is ( > 200, < 60, < 60));
        }
    }

    [Fact]
    public void Stages_are_added_moved_and_removed()
    {
        using ViewedWindow window = Open();
        window.ClickOn("stage 2");
        window.ClickOn("add");
        window.ClickOn("+ abs");
        window.WaitForState(state => Ops(state) == "conv2d max_pool2d abs", "it is added behind the chosen one");
        window.ClickOn("up");
        window.WaitForState(state => Ops(state) == "conv2d abs max_pool2d", "it is moved");
        window.WaitToShow(Compute("""{"op":"abs"}""", """{"op":"max_pool2d","kernel_size":2}"""));
        window.ClickOn("stage 1");
        window.ClickOn("remove");
        window.WaitForState(state => Ops(state) == "abs max_pool2d", "the convolution is gone");
        window.ClickOn("remove");
        window.ClickOn("remove");
        JsonNode state = window.WaitForState(state => state["refusal"] is not null, "the last one stays");
        Assert.Equal("max_pool2d", Ops(state));
        for (int i = 0; i < 4; i++)
            window.Press("ctrl+z");
        window.WaitForState(state => Ops(state) == "conv2d max_pool2d", "all is as before");
        window.WaitToShow(ViewedWindow.Expect(_folder, _picture, "simd"));
        window.Quit();
    }

    [Fact]
    public void A_pipeline_is_saved_opened_and_copied()
    {
        using ViewedWindow window = Open();
        window.ClickOn("stage 2");
        window.ClickOn("kernel_size", 3 / 14.0);
        WaitForShape(window, 1, 2, 8, 9);
        window.ClickOn("save");
        string path = "";
        window.WaitUntil(() => (path = Directory.GetFiles(_folder.Root, "livepool-*.json").SingleOrDefault() ?? "").Length > 0, "it is saved");
        Plane[] planes = ViewedWindow.Expect(_folder, _picture, "simd", path);
        window.WaitToShow(planes);
        // Another one, and back to the file.
        window.ClickOn("sobel");
        window.WaitForTitle("LivePool - sobel - ");
        window.ClickOn(Path.GetFileName(path));
        WaitForShape(window, 1, 2, 8, 9);
        window.WaitToShow(planes);

        window.ClickOn("copy PyTorch");
        Assert.Contains("nn.MaxPool2d(4)", Clipboard(), StringComparison.Ordinal);
        window.ClickOn("copy JSON");
        Assert.Equal(File.ReadAllText(path), Clipboard());
        window.ClickOn("copy command");
        string command = Clipboard();
        Assert.StartsWith("livepool run picture.png --pipeline '{", command, StringComparison.Ordinal);
        window.Quit();
        // What it says is what is run.
        File.CreateSymbolicLink(_folder["livepool"], Livepool.Program);
        using Process shell = Process.Start(new ProcessStartInfo("sh", ["-c", $"PATH=.:$PATH {command} --backend simd --out copied"]) { WorkingDirectory = _folder.Root, RedirectStandardOutput = true })!;
        Assert.Contains("[1, 2, 8, 9]", shell.StandardOutput.ReadToEnd(), StringComparison.Ordinal);
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
    }

    [Fact]
    public void A_dropped_pipeline_is_taken_and_a_wrong_one_is_a_message()
    {
        using ViewedWindow window = Open();
        File.WriteAllText(_folder["wrong.json"], """{"stages":[{"op":"max_pool2d","kernel_size":0}]}""");
        window.Drop(_folder["wrong.json"]);
        JsonNode state = window.WaitForState(state => state["messages"]!.AsArray().Count > 0, "it says why not");
        Assert.Contains("kernel_size is 0; must be at least 1", (string)state["messages"]![0]!, StringComparison.Ordinal);
        Assert.Equal("conv2d max_pool2d", Ops(state));
        File.WriteAllText(_folder["right.json"], """{"stages":[{"op":"max_pool2d","kernel_size":3}]}""");
        window.Drop(_folder["right.json"]);
        window.WaitForState(state => Ops(state) == "max_pool2d" && (string)state["pipeline"]! == "right", "it is taken");
        window.Quit();
    }

    private ViewedWindow Open()
    {
        _picture.Save(_folder["picture.png"]);
        var window = new ViewedWindow(screen, _folder.Root, "picture.png", "--backend", "simd");
        window.WaitForState(state => state["tiles"]!.AsArray().Count == 5, "all stages are there");
        window.Press("n");
        window.Press("o");
        window.WaitForState(state => (string?)state["page"] == "Pipeline", "the page is there");
        return window;
    }

    /// <summary>What the window must show with other stages behind the convolution.</summary>
    private Plane[] Compute(params string[] stages)
    {
        File.WriteAllText(_folder["expected.json"], $$"""{"stages":[{"op":"conv2d","weight":"edge24","out_channels":2},{{string.Join(',', stages)}}]}""");
        return ViewedWindow.Expect(_folder, _picture, "simd", _folder["expected.json"]);
    }

    private static string Op(JsonNode state, int stage) => (string)state["stages"]![stage]!["op"]!;

    private static string Ops(JsonNode state) => string.Join(' ', state["stages"]!.AsArray().Select(stage => (string)stage!["op"]!));

    private static void WaitForShape(ViewedWindow window, int stage, int channels, int height, int width) => window.WaitForState(
        state => state["stages"]!.AsArray().Count > stage && state["stages"]![stage]!["shape"]!.AsArray().Select(length => (int)length!).SequenceEqual([1, channels, height, width]),
        $"stage {stage} is {channels}x{height}x{width}");

    private string Clipboard()
    {
        using Process process = Process.Start(new ProcessStartInfo("xclip", ["-selection", "clipboard", "-o"])
        {
            RedirectStandardOutput = true,
            Environment = { ["DISPLAY"] = screen.Server.Display },
        })!;
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return text;
    }
}
