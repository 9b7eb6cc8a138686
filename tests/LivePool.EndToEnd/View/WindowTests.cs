using LivePool.Testing;

namespace LivePool.EndToEnd.View;

/// <summary>The window under Xvfb, with real keys and outside screenshots.</summary>
[Collection(WindowedTests.Name)]
public sealed class WindowTests(Screen screen) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    // Nearly square: the input and two channels stand in one row, and messages below them.
    private readonly Picture _picture = new(40, 36, seed: 1);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("simd")]
    [InlineData("gpu")]
    public void The_window_shows_every_element_where_and_as_it_should(string backend)
    {
        Plane[] planes = ViewedWindow.Expect(_folder, _picture, backend);
        using ViewedWindow window = View(_picture, "--backend", backend);

        window.WaitToShow(planes);
        window.WaitForTitle("LivePool - edge24 - ", $" - {backend} (", " - 40x36 - ", " fps");
        window.WaitUntil(() => System.Text.RegularExpressions.Regex.Match(window.Title, @"(\d+\.\d) fps") is { Success: true } match
            && double.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture) > 0, "frames are counted", () => window.Title);

        window.Quit();
    }

    [Fact]
    public void B_takes_the_next_backend_and_the_pictures_stay()
    {
        string[] backends = ["reference", "gpu", "simd"];
        Dictionary<string, Plane[]> planes = backends.ToDictionary(name => name, name => ViewedWindow.Expect(_folder, _picture, name));
        using ViewedWindow window = View(_picture, "--backend", "simd");
        window.WaitToShow(planes["simd"]);

        foreach (string backend in backends)
        {
            window.Press("b");
            window.WaitForTitle($" - {backend} (");
            window.WaitToShow(planes[backend]);
        }
        window.Quit();
    }

    [Fact]
    public void P_takes_the_next_preset_and_shows_what_it_computes()
    {
        Plane[] first = ViewedWindow.Expect(_folder, _picture, "simd");
        Plane[] second = ViewedWindow.Expect(_folder, _picture, "simd", "edge24-avg");
        Plane[] third = ViewedWindow.Expect(_folder, _picture, "simd", "sobel");
        Assert.NotEqual(first[1].Grey, second[1].Grey);
        using ViewedWindow window = View(_picture, "--backend", "simd");
        window.WaitToShow(first);

        window.Press("p");
        window.WaitForTitle("LivePool - edge24-avg - ");
        window.WaitToShow(second);
        window.Press("p");
        window.WaitForTitle("LivePool - sobel - ");
        window.WaitToShow(third);
        window.Quit();
    }

    [Fact]
    public void Space_stops_the_pictures_and_lets_them_go_on()
    {
        using var window = new ViewedWindow(screen, _folder.Root, "scene:grass?size=80x72", "--backend", "simd");
        window.WaitForTitle(" - 80x72 - ");
        WaitForMotion();

        window.Press("space");
        window.WaitForTitle(" - paused");
        // What was being drawn when the key came may still arrive.
        Pixels[] before = window.CaptureTiles();
        window.WaitUntil(() =>
        {
            Pixels[] last = before;
            Thread.Sleep(100);
            before = window.CaptureTiles();
            return last.Zip(before).All(pair => pair.First.Shows(pair.Second));
        }, "the pictures stand still");
        Thread.Sleep(500);
        Pixels[] after = window.CaptureTiles();
        Assert.Equal(before.Select(tile => tile.Rgb), after.Select(tile => tile.Rgb));

        window.Press("space");
        window.WaitUntil(() => !window.Title.Contains("paused", StringComparison.Ordinal), "the title is as before");
        WaitForMotion();
        window.Quit();

        void WaitForMotion()
        {
            Pixels[] start = window.CaptureTiles();
            window.WaitUntil(() => window.CaptureTiles().Zip(start).All(pair => !pair.First.Shows(pair.Second)), "every picture moves");
        }
    }

    [Theory]
    [InlineData("h")]
    [InlineData("F1")]
    public void The_list_of_commands_names_every_key_and_does_what_is_chosen(string key)
    {
        Plane[] planes = ViewedWindow.Expect(_folder, _picture, "simd");
        using ViewedWindow window = View(_picture, "--backend", "simd");
        window.WaitToShow(planes);
        Pixels without = window.Capture();

        window.Press(key);
        System.Text.Json.Nodes.JsonNode state = window.WaitForState(state => (string?)state["palette"] == "", "the list is open");
        string[] names = [.. state["areas"]!.AsObject().Select(area => area.Key)];
        Assert.Contains("Verify against the exact result", names);
        Assert.DoesNotContain("Pixel to the left", names);
        window.WaitUntil(() => !window.Capture().Shows(without), "it is seen");
        // It is longer than the window: the last one comes with the selection.
        window.WaitUntil(() =>
        {
            window.Press("Next");
            return window.NextState()["areas"]!.AsObject().ContainsKey("Record, or end the recording");
        }, "the end of the list is seen");
        window.Press("Escape");
        window.WaitForState(state => state["palette"] is null, "the list is closed");
        window.WaitUntil(() => window.Capture().Shows(without), "all is as before");

        // Typing narrows it down; what is typed is no command.
        window.Press(key);
        window.WaitForState(state => (string?)state["palette"] == "", "the list is open again");
        window.Type("light or");
        window.WaitForState(state => (string?)state["palette"] == "light or"
            && state["areas"]!.AsObject().ContainsKey("Light or dark") && !state["areas"]!.AsObject().ContainsKey("Quit"), "one is left");
        window.Press("Return");
        window.WaitForState(state => (string)state["theme"]! == "light" && state["palette"] is null, "it is light");

        // Or a click.
        window.Press(key);
        window.WaitForState(state => (string?)state["palette"] == "", "the list is open once more");
        window.ClickOn("Light or dark");
        window.WaitForState(state => (string)state["theme"]! == "dark" && state["palette"] is null, "it is dark");
        window.Quit();
    }

    [Fact]
    public void S_saves_what_the_screen_shows()
    {
        Plane[] planes = ViewedWindow.Expect(_folder, _picture, "simd");
        using ViewedWindow window = View(_picture, "--backend", "simd");
        window.WaitToShow(planes);
        Pixels shown = window.Capture();

        window.Press("s");
        Pixels? saved = null;
        window.WaitUntil(() =>
        {
            try
            {
                saved = Directory.GetFiles(_folder.Root, "livepool-*.png") is [var path] ? PngReader.Read(path) : null;
                return saved is not null;
            }
            catch (Exception e) when (e is InvalidDataException or IOException)
            {
                // Not yet whole.
                return false;
            }
        }, "a screenshot is there");

        Assert.True(saved!.Shows(shown), "the screenshot is not what the screen shows");
        window.WaitForMessage(present: true);
        window.Quit();
    }

    [Fact]
    public void Any_size_is_survived_and_the_pictures_are_right_again()
    {
        Plane[] planes = ViewedWindow.Expect(_folder, _picture, "simd");
        using ViewedWindow window = View(_picture, "--backend", "simd");
        window.WaitToShow(planes);
        (int _, int _, int width, int height) = window.Geometry();

        window.Resize(700, 500);
        window.WaitToShow(planes);
        foreach ((int w, int h) in ((int, int)[])[(120, 90), (1, 1), (37, 600)])
        {
            window.Resize(w, h);
            // It goes on drawing: the title is renewed only then.
            string title = window.Title;
            window.WaitUntil(() => window.Title != title, "frames are still drawn");
        }
        window.Resize(width, height);
        window.WaitToShow(planes);
        window.Quit();
    }

    [Fact]
    public void Hidden_and_shown_again_it_goes_on()
    {
        Plane[] planes = ViewedWindow.Expect(_folder, _picture, "simd");
        using ViewedWindow window = View(_picture, "--backend", "simd");
        window.WaitToShow(planes);

        window.Do("windowunmap");
        window.WaitUntil(() => planes[1].FindIn(screen.Server.Capture().Crop(0, 0, 200, 200), 0) is null
            && screen.Server.Capture().Rgb.All(value => value == 0), "the screen is empty");
        window.Do("windowmap");
        window.WaitToShow(planes);
        window.Quit();
    }

    [Fact]
    public void A_source_that_is_lost_keeps_its_last_picture_and_comes_back()
    {
        Picture second = new(40, 36, seed: 2), third = new(40, 36, seed: 3);
        Plane[][] expected = [.. ((Picture[])[_picture, second, third]).Select(picture => ViewedWindow.Expect(_folder, picture, "simd"))];
        Directory.CreateDirectory(_folder["many"]);
        _picture.Save(_folder["many", "a.png"]);
        second.Save(_folder["many", "b.png"]);
        using var window = new ViewedWindow(screen, _folder.Root, "many", "--backend", "simd");
        window.WaitToShow(expected[0]);
        window.WaitToShow(expected[1]);
        Assert.False(window.HasMessage());

        File.Delete(_folder["many", "a.png"]);
        File.WriteAllBytes(_folder["many", "b.png"], [0x89, (byte)'P', (byte)'N', (byte)'G', 1, 2, 3]);
        window.WaitForMessage(present: true);
        // Either picture may have been the last.
        Pixels shown = window.Capture();
        System.Text.Json.Nodes.JsonNode state = window.State();
        // The message may reach into the last one.
        Assert.Contains(expected[..2], planes => ViewedWindow.MismatchIn(state, shown, planes, compared: 2) is null);

        third.Save(_folder["many", "a.png"]);
        third.Save(_folder["many", "b.png"]);
        window.WaitToShow(expected[2]);
        window.WaitForMessage(present: false);
        window.Quit();
    }

    [Fact]
    public void A_pipeline_that_does_not_fit_the_picture_is_a_message_and_the_next_one_runs()
    {
        var small = new Picture(4, 4, seed: 1);
        Plane[] planes = ViewedWindow.Expect(_folder, small, "simd", "sobel");
        using ViewedWindow window = View(small, "--backend", "simd");
        window.WaitForTitle("LivePool - edge24 - ", " - 4x4 - ");
        window.WaitForMessage(present: true);

        window.Press("p");
        window.WaitForTitle("LivePool - edge24-avg - ");
        Assert.True(window.HasMessage());
        window.Press("p");
        window.WaitForTitle("LivePool - sobel - ");
        // So large that they have numbers in them.
        window.Press("n");
        window.WaitToShow(planes);
        window.Quit();
    }

    [Theory]
    [InlineData("simd")]
    [InlineData("gpu")]
    public void V_verifies_what_is_shown_and_D_shows_where_it_is_off(string backend)
    {
        Plane[] planes = ViewedWindow.Expect(_folder, _picture, backend);
        using ViewedWindow window = View(_picture, "--backend", backend);
        window.WaitToShow(planes);
        Assert.Equal(0, Count(window, IsGreen));

        window.Press("v");
        window.WaitForTitle(" - verified, ", "% of the bound");
        window.WaitUntil(() => Count(window, IsGreen) > 500, "there is a green badge");
        Assert.Equal(0, Count(window, IsRed));

        // The convolution's errors: channel 0 is exact, black; channel 1 has some of every size, none red.
        window.Press("d");
        window.WaitUntil(() => CountInTiles(window, IsTeal) > 1000, "there is a map of errors");
        Assert.Equal(0, Count(window, IsRed));
        window.Press("d");
        window.WaitUntil(() => CountInTiles(window, IsTeal) < 100, "the map is gone");

        window.Press("v");
        window.WaitUntil(() => !window.Title.Contains("verif", StringComparison.Ordinal) && Count(window, IsGreen) == 0, "the badge is gone");
        window.WaitToShow(planes);
        Assert.Empty(Directory.GetFiles(_folder.Root, "*.case.json"));
        window.Quit();
    }

    [Fact]
    public void A_wrong_frame_gets_a_red_badge_a_red_row_and_a_saved_case()
    {
        string shaders = ShaderFault.PlantInConv2d(_folder);
        using ViewedWindow window = View(_picture, "--backend", "gpu", "--shaders", shaders);
        window.WaitForTitle("LivePool - edge24 - gpu");

        window.Press("v");
        window.WaitForTitle(" - NOT VERIFIED");
        window.WaitUntil(() => Count(window, IsRed) > 500, "there is a red badge");
        int badge = Count(window, IsRed);
        window.Press("d");
        window.WaitUntil(() => Count(window, IsRed) > badge + 500, "the wrong row is red");
        string path = Assert.Single(Directory.GetFiles(_folder.Root, "*.case.json"));
        Assert.Contains("-conv2d-gpu.case.json", path, StringComparison.Ordinal);

        // Another backend is right, and is verified in its turn.
        window.Press("d");
        window.Press("b");
        window.WaitForTitle(" - simd (", " - verified, ");
        window.WaitUntil(() => Count(window, IsRed) == 0 && Count(window, IsGreen) > 500, "the badge is green");
        window.Quit();
        Assert.Equal(1, Livepool.Run(_folder.Root, "verify", "--backend", "gpu", "--shaders", shaders, "--case", path).ExitCode);
        Livepool.Run(_folder.Root, "verify", "--backend", "gpu", "--case", path).Succeeded();
    }

    [Fact]
    public void Frames_are_verified_while_they_go_on()
    {
        using var window = new ViewedWindow(screen, _folder.Root, "scene:grass?size=320x240", "--backend", "gpu");
        window.WaitForTitle(" - 320x240 - ");
        window.Press("v");
        window.WaitForTitle(" - verified, ");
        // Several checks in a row, of pictures that move.
        window.WaitUntil(() => System.Text.RegularExpressions.Regex.IsMatch(window.Title, @"bound, [1-9]\d*\.\d/s"), "checks are counted", () => window.Title);
        foreach (string preset in (string[])["edge24-avg", "sobel"])
        {
            window.Press("p");
            window.WaitForTitle($"LivePool - {preset} - ", " - verified, ");
        }
        window.Quit();
    }

    private static bool IsGreen(byte red, byte green, byte blue) => green > 150 && red < 60 && blue < 90;

    private static bool IsRed(byte red, byte green, byte blue) => red > 200 && green < 60 && blue < 60;

    private static bool IsTeal(byte red, byte green, byte blue) => green > 120 && blue > 100 && red < 110 && green - red > 40;

    private static int Count(ViewedWindow window, Func<byte, byte, byte, bool> predicate) => Count([window.Capture()], predicate);

    /// <summary>In the pictures alone: kernels have such colours too.</summary>
    private static int CountInTiles(ViewedWindow window, Func<byte, byte, byte, bool> predicate) => Count(window.CaptureTiles(), predicate);

    private static int Count(Pixels[] all, Func<byte, byte, byte, bool> predicate)
    {
        int count = 0;
        foreach (Pixels shown in all)
        {
            for (int i = 0; i < shown.Width * shown.Height; i++)
            {
                (byte red, byte green, byte blue) = shown[i % shown.Width, i / shown.Width];
                count += predicate(red, green, blue) ? 1 : 0;
            }
        }
        return count;
    }

    private ViewedWindow View(Picture picture, params string[] options)
    {
        picture.Save(_folder["picture.png"]);
        return new(screen, _folder.Root, ["picture.png", .. options]);
    }
}
