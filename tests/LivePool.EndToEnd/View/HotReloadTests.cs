using System.Diagnostics;
using System.Text.Json.Nodes;
using LivePool.Gpu.Display;
using LivePool.Testing;

namespace LivePool.EndToEnd.View;

/// <summary>Shaders that are saved while the window shows them.</summary>
[Collection(WindowedTests.Name)]
public sealed class HotReloadTests(Screen screen) : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Picture _picture = new(40, 36, seed: 1);

    public void Dispose() => _folder.Dispose();

    /// <summary>Writes the input where it exceeds a level, else 0; the level comes from an include.</summary>
    private static string Shader(string body = "v > LEVEL ? v : 0.0") => $$"""
        // @param float gain 0..4 = 1 "Gain"
        #include "include/grid.glsl"
        #include "level.glsl"
        layout(local_size_x = LOCAL_X, local_size_y = LOCAL_Y) in;
        layout(std430, binding = 0) readonly restrict buffer Input { float x[]; };
        layout(std430, binding = 1) writeonly restrict buffer Output { float y[]; };
        void main()
        {
            ivec3 at = gridPosition();
            if (at.x >= outputWidth || at.y >= outputHeight || at.z >= channels)
                return;
            float v = x[at.y * inputWidth + at.x];
            y[at.y * outputWidth + at.x] = gain * ({{body}});
        }

        """;

    private const int BodyLine = 13;

    private string PathOf(string name) => _folder[name];

    private void Save(string text, string name = "mine.comp") => File.WriteAllText(PathOf(name), text);

    private ViewedWindow Open(params string[] arguments)
    {
        _picture.Save(_folder["picture.png"]);
        if (!File.Exists(PathOf("mine.comp")))
            Save(Shader());
        Save("#define LEVEL 100.0\n", "level.glsl");
        var window = new ViewedWindow(screen, _folder.Root, ["picture.png", .. arguments.Length > 0 ? arguments : ["--shader", "mine.comp"]]);
        window.WaitForState(state => state["stages"]!.AsArray().Count > 0, "it is shown");
        // Numbers in the pixels and messages over them would be other pixels.
        window.Press("n");
        window.NextState();
        return window;
    }

    private static string[] Errors(JsonNode state) => [.. state["shaders"]!["error"]!.AsArray().Select(line => (string)line!)];

    private static int Taken(JsonNode state) => (int)state["shaders"]!["taken"]!;

    private static int Attempts(JsonNode state) => (int)state["shaders"]!["attempts"]!;

    /// <summary>A picture's pixels when no message is over them.</summary>
    private static string Hash(ViewedWindow window)
    {
        window.WaitForState(state => state["messages"]!.AsArray().Count == 0, "no message is over it");
        return window.Hash(0, 0);
    }

    [Fact]
    public void A_shader_that_breaks_leaves_the_picture_and_names_file_and_line_and_the_include_alone_mends_it()
    {
        using ViewedWindow window = Open();
        string before = Hash(window);
        Save(Shader("v > LEVLE ? v : 0.0"));
        JsonNode state = window.WaitForState(state => Errors(state).Length > 0, "the fault is named");
        Assert.StartsWith($"mine.comp:{BodyLine}: error: ", Errors(state)[0], StringComparison.Ordinal);
        Assert.Contains(Errors(state), line => line.StartsWith($"  > {BodyLine} | ", StringComparison.Ordinal) && line.Contains("LEVLE", StringComparison.Ordinal));
        Assert.Equal([$"  {BodyLine - 1} ", $"  {BodyLine + 1} "], Errors(state).Where(line => line.StartsWith("    ", StringComparison.Ordinal)).Select(line => line[2..7]));
        // The banner covers a part of the window and not the picture's upper left; the terminal has the same.
        Assert.Equal(before, CroppedHash(window, before));
        window.WaitUntil(() => window.Error.Contains($"livepool: mine.comp:{BodyLine}: error: ", StringComparison.Ordinal), "the terminal has it too");
        window.WaitUntil(() => IsBannerShown(window), "the banner is there");

        // What the include defines is what was missing.
        Save("#define LEVLE 180.0\n", "level.glsl");
        window.WaitForState(state => Errors(state).Length == 0, "the include mends it");
        window.WaitUntil(() => !IsBannerShown(window), "the banner is gone");
        Assert.NotEqual(before, Hash(window));
        window.Quit(hadWrongShaders: true);
    }

    /// <summary>The picture's hash while the banner is there: it is read from a screenshot without what lies over the pictures.</summary>
    private string CroppedHash(ViewedWindow window, string expected)
    {
        foreach (string old in Directory.GetFiles(_folder.Root, "livepool-*.png"))
            File.Delete(old);
        window.Press("shift+s");
        string path = "";
        window.WaitUntil(() => (path = Directory.GetFiles(_folder.Root, "livepool-*.png").FirstOrDefault() ?? "").Length > 0, "it is saved", () => expected);
        PixelRectangle place = ViewedWindow.Tile(window.State(), 0, 0).Place;
        Pixels saved = PngReader.Read(path).Crop(place.X, place.Y, place.Width, place.Height);
        return Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(saved.Rgb));
    }

    /// <summary>Whether the lower left corner is in the banner's red.</summary>
    private static bool IsBannerShown(ViewedWindow window)
    {
        Pixels shown = window.Capture();
        int red = 0;
        for (int y = shown.Height - 300; y < shown.Height; y++)
        {
            for (int x = 12; x < 400; x++)
                red += shown[x, y] is (0x8C, 0x1A, 0x1A) ? 1 : 0;
        }
        return red > 2000;
    }

    [Fact]
    public void A_file_that_takes_another_s_place_and_one_that_was_deleted_and_is_there_again_are_seen()
    {
        using ViewedWindow window = Open();
        string first = Hash(window);
        // As vim saves: a new file under another name takes the place.
        Save(Shader("255.0 - v"), "mine.comp~");
        File.Move(PathOf("mine.comp~"), PathOf("mine.comp"), overwrite: true);
        window.WaitForState(state => Taken(state) == 1, "the new file is taken");
        string second = Hash(window);
        Assert.NotEqual(first, second);

        File.Delete(PathOf("mine.comp"));
        Thread.Sleep(600);
        Assert.Equal(second, Hash(window));
        Assert.Equal(1, Taken(window.State()));
        Save(Shader("v < LEVEL ? v : 0.0"));
        window.WaitForState(state => Taken(state) == 2, "the one that is there again is taken");
        Assert.NotEqual(second, Hash(window));
        window.Quit();
    }

    [Fact]
    public void Twenty_saves_a_second_are_at_most_ten_compilations_and_the_last_is_shown()
    {
        using ViewedWindow window = Open();
        int before = Attempts(window.State());
        var clock = Stopwatch.StartNew();
        for (int i = 0; i < 60; i++)
        {
            Save(Shader($"v > {i}.0 ? v : 0.0"));
            Thread.Sleep(Math.Max(0, 50 * (i + 1) - (int)clock.ElapsedMilliseconds));
        }
        double seconds = clock.Elapsed.TotalSeconds;
        int attempts = Attempts(window.NextState()) - before;
        Assert.InRange(attempts, 1, (int)(10 * seconds));
        Save(Shader("v > 200.0 ? 255.0 : 0.0"));
        Thread.Sleep(400);
        JsonNode state = window.NextState();
        Assert.Empty(Errors(state));
        window.WaitUntil(() => window.Capture().Crop(Tile(state).X, Tile(state).Y, Tile(state).Width, Tile(state).Height).Rgb.Distinct().Count() == 2, "the last one is shown");
        window.Quit();
    }

    private static PixelRectangle Tile(JsonNode state) => ViewedWindow.Tile(state, 0, 0).Place;

    [Fact]
    public void Five_hundred_reloads_leave_the_memory_as_it_is_and_frames_go_on()
    {
        using ViewedWindow window = Open();
        int taken = 0;
        Press(50);
        (long before, int files) = window.Resources();
        Press(450);
        (long after, int filesAfter) = window.Resources();
        // A program of llvmpipe's is some 200 KB, and each time there are ten.
        Assert.True(after < before + 100, $"{before} MB became {after} MB");
        Assert.InRange(filesAfter, 0, files + 8);
        window.Quit();

        void Press(int times)
        {
            for (int i = 0; i < times; i++)
            {
                window.Press("F5");
                taken++;
                window.WaitForState(state => Taken(state) >= taken, "it is taken");
            }
        }
    }

    [Fact]
    public void A_value_that_was_set_is_kept_by_the_next_version_and_goes_into_the_saved_pipeline()
    {
        using ViewedWindow window = Open();
        window.ClickOn("Gain", 0.5);
        string text = Saved(window);
        Assert.Contains("\"gain\": ", text, StringComparison.Ordinal);
        double gain = JsonNode.Parse(text)!["stages"]![0]!["params"]!["gain"]!.GetValue<double>();
        Assert.InRange(gain, 1.8, 2.2);
        Save(Shader("v + 1.0"));
        window.WaitForState(state => Taken(state) == 1, "it is taken");
        Assert.Equal(gain, JsonNode.Parse(Saved(window))!["stages"]![0]!["params"]!["gain"]!.GetValue<double>());
        window.PointAt(0, 0, 10, 10);
        int grey = _picture.Grey[10 * 40 + 10];
        JsonNode state = window.WaitForState(state => state["element"] is { } element && (int)element["row"]! == 10 && (int)element["column"]! == 10, "it is looked at");
        Assert.Equal((float)gain * (grey + 1), (float)state["element"]!["value"]!.GetValue<double>(), 0.001f);
        Assert.Equal("invocation (10, 10, 0), work group (0, 2, 0), in it (10, 2, 0) of 32x4x1", (string)state["element"]!["place"]!);
        // The saved pipeline runs without the window, and gives the same.
        Livepool.Run(_folder.Root, "run", "picture.png", "--pipeline", "saved.json", "--out", "again").Succeeded();
        float[] run = Core.Npy.NpyArray.Read(_folder["again", "channel0.npy"]).ToSingles();
        Assert.Equal((float)gain * (grey + 1), run[10 * 40 + 10]);
        // Undo goes back to the value before, in the new version.
        window.Press("ctrl+z");
        window.NextState();
        Assert.DoesNotContain("params", Saved(window), StringComparison.Ordinal);
        window.Quit();
    }

    private string Saved(ViewedWindow window)
    {
        foreach (string old in Directory.GetFiles(_folder.Root, "livepool-*.json"))
            File.Delete(old);
        window.Press("ctrl+s");
        string path = "";
        window.WaitUntil(() => (path = Directory.GetFiles(_folder.Root, "livepool-*.json").FirstOrDefault() ?? "").Length > 0 && new FileInfo(path).Length > 0, "it is saved");
        File.Copy(path, PathOf("saved.json"), overwrite: true);
        return File.ReadAllText(path);
    }

    [Fact]
    public void The_program_s_own_shaders_are_taken_too_from_another_folder()
    {
        CopyFolder(Path.Combine(Path.GetDirectoryName(Livepool.Program)!, "shaders"), _folder["shaders"]);
        using ViewedWindow window = Open("--backend", "gpu", "--shaders", "shaders");
        string before = window.Hash(1, 0), input = window.Hash(-1, 0);
        // A maximum that is a minimum.
        Change(_folder["shaders", "include", "maximum.glsl"], "value > best", "value < best");
        window.WaitForState(state => Taken(state) == 1, "it is taken");
        window.WaitUntil(() => window.Hash(1, 0) != before, "the pool is another");
        Assert.Equal(input, window.Hash(-1, 0));
        // What draws the pictures.
        Change(_folder["shaders", "display", "plane.frag"], "void main()\n{", "void main()\n{\n    color = vec4(0, 1, 0, 1); return;");
        window.WaitForState(state => Taken(state) == 2, "it is taken");
        PixelRectangle place = ViewedWindow.Tile(window.State(), -1, 0).Place;
        window.WaitUntil(() => window.Capture()[place.X + 5, place.Y + 5] is (0, 255, 0), "it is green");
        window.Quit();
    }

    private static void Change(string path, string from, string to)
    {
        string text = File.ReadAllText(path);
        Assert.Contains(from, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(from, to, StringComparison.Ordinal));
    }

    private static void CopyFolder(string from, string to)
    {
        foreach (string path in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, path));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(path, target);
        }
    }
}
