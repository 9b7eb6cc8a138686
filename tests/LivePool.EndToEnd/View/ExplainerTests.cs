using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LivePool.Gpu.Display;
using LivePool.Testing;

namespace LivePool.EndToEnd.View;

/// <summary>What a pointer finds out: elements taken apart, pictures brought closer, colours that have a sign.</summary>
[Collection(WindowedTests.Name)]
public sealed class ExplainerTests(Screen screen) : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Picture _picture = new(40, 36, seed: 1);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("simd", 0, 1, 20, 30)]
    [InlineData("gpu", 0, 1, 20, 30)]
    [InlineData("simd", 1, 0, 3, 15)]
    [InlineData("gpu", 0, 0, 7, 30, "--convert-on-gpu")]
    public void Pointing_at_a_pixel_says_what_explain_says(string backend, int stage, int channel, int row, int column, params string[] options)
    {
        using ViewedWindow window = View(["--backend", backend, .. options]);
        window.WaitForState(state => state["tiles"]!.AsArray().Count == 5, "all stages are there");
        window.PointAt(stage, channel, row, column);
        JsonNode element = Element(window, stage, channel, row, column);

        string text = Livepool.Run(_folder.Root, "explain", "picture.png", "--backend", backend,
            "--stage", $"{stage + 1}", "--channel", $"{channel}", "--y", $"{row}", "--x", $"{column}").Succeeded().Output;
        Assert.Equal((float)Value(text, "exact"), (float)(double)element["exact"]!);
        Assert.Equal((float)Value(text, backend), (float)element["values"]![backend]!);
        Assert.True((bool)element["passed"]!);
        JsonArray taps = element["taps"]!.AsArray();
        Assert.Equal(stage == 0 ? 25 : 4, taps.Count);
        if (stage == 0)
        {
            Assert.Equal((double)element["exact"]!, taps.Sum(tap => (double)tap!["product"]!), 1e-9);
            Assert.All(taps, tap => Assert.Equal(_picture.Grey[(int)tap!["row"]! * 40 + (int)tap["column"]!], (double)tap["x"]!));
        }
        else
        {
            Assert.Equal((double)taps[(int)element["winner"]!]!["x"]!, (double)element["exact"]!);
            // Two rows of the convolution, which saw four more of the input.
            Assert.Equal([[0, 2 * row, 2 * column, 2 * row + 1, 2 * column + 1], [-1, 2 * row, 2 * column, 2 * row + 5, 2 * column + 5]],
                element["fields"]!.AsArray().Select(field => field!.AsArray().Select(value => (int)value!).ToArray()));
        }

        // Away from it nothing is explained.
        window.Point(2, 2);
        window.WaitForState(state => state["element"] is null, "nothing is explained");
        window.Quit();

        static double Value(string text, string name) => double.Parse(
            Regex.Match(text, $@"^ *{name} +(-?[\d.]+(?:E[-+]\d+)?)", RegexOptions.Multiline).Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [Fact]
    public void A_click_pins_the_pixel_and_arrow_keys_move_it()
    {
        using ViewedWindow window = View("--backend", "simd");
        window.WaitForState(state => state["tiles"]!.AsArray().Count == 5, "all stages are there");
        window.PointAt(0, 1, 10, 10);
        window.Click();
        JsonNode element = Element(window, 0, 1, 10, 10, isPinned: true);
        // Pinned, it is computed on the GPU too.
        Assert.Equal(["simd", "gpu"], element["values"]!.AsObject().Select(value => value.Key));
        double exact = (double)element["exact"]!;
        Assert.All(element["values"]!.AsObject(), value => Assert.InRange((double)value.Value!, exact - 1e-3, exact + 1e-3));

        window.PointAt(1, 0, 2, 2);
        foreach (string key in (string[])["Right", "Right", "Down", "Left"])
            window.Press(key);
        Element(window, 0, 1, 11, 11, isPinned: true);
        // No farther than the picture goes.
        for (int i = 0; i < 14; i++)
            window.Press("Up");
        Element(window, 0, 1, 0, 11, isPinned: true);

        // The first Escape lets go of it, the second one quits.
        window.Press("Escape");
        Element(window, 1, 0, 2, 2);
        window.Quit();
    }

    [Fact]
    public void A_double_click_shows_one_channel_beside_what_it_came_from()
    {
        using ViewedWindow window = View("--backend", "simd");
        JsonNode before = window.WaitForState(state => state["tiles"]!.AsArray().Count == 5, "all stages are there");
        window.PointAt(1, 1, 5, 5);
        window.Click(times: 2);
        JsonNode state = window.WaitForState(state => state["tiles"]!.AsArray().Count == 2, "two pictures are there");
        Assert.Equal([(0, 1), (1, 1)], ViewedWindow.Tiles(state).Select(tile => (tile.Stage, tile.Channel)));
        Assert.True(ViewedWindow.Tile(state, 1, 1).Place.Width > ViewedWindow.Tile(before, 1, 1).Place.Width);

        window.Press("Escape");
        window.WaitForState(state => state["tiles"]!.AsArray().Count == 5, "all are there again");
        window.Quit();
    }

    [Fact]
    public void A_double_click_is_one_where_the_first_click_keeps_the_window_busy()
    {
        new Picture(2000, 1600, seed: 1).Save(_folder["large.png"]);
        File.WriteAllText(_folder["means.json"], """{"stages":[{"op":"adaptive_avg_pool2d","output_size":2}]}""");
        using ViewedWindow window = new(screen, _folder.Root, "large.png", "--backend", "simd", "--pipeline", "means.json");
        window.WaitForState(state => state["tiles"]!.AsArray().Count == 2, "both are there");
        // What 800,000 elements come to takes a second, after the pointer's move and after the first click.
        window.PointAt(0, 0, 1, 1);
        window.WaitForState(state => state["element"] is not null, "it is looked at");
        window.Click(times: 2);
        window.WaitForState(state => state["enlarged"] is not null, "it is enlarged");
        window.Press("Escape");
        window.WaitForState(state => state["enlarged"] is null, "it is not any more");
        window.Quit();
    }

    [Fact]
    public void The_wheel_comes_closer_to_what_is_under_the_pointer_and_a_drag_moves_it()
    {
        Plane[] planes = ViewedWindow.Expect(_folder, _picture, "simd");
        using ViewedWindow window = View("--backend", "simd");
        window.WaitToShow(planes);
        window.PointAt(-1, 0, 30, 8);
        window.Click(button: 4, times: 8);
        window.WaitForState(state => (double)state["zoom"]! > 5, "it is closer");
        JsonNode state = window.NextState();
        Element(window, -1, 0, 30, 8);
        AssertShown(window, state, planes[0]);

        (PixelRectangle place, PixelRectangle whole) = ViewedWindow.Tile(state, -1, 0);
        (int x, int y) = (place.X + place.Width / 2, place.Y + place.Height / 2);
        window.Point(x, y);
        window.Hold(isDown: true);
        window.Point(x + 10, y);
        window.Point(x - 40, y - 30);
        window.Hold(isDown: false);
        state = window.NextState();
        PixelRectangle moved = ViewedWindow.Tile(state, -1, 0).Whole;
        Assert.InRange(moved.X - whole.X, -41, -39);
        Assert.InRange(moved.Y - whole.Y, -31, -29);
        AssertShown(window, state, planes[0]);

        // All of it again, in every picture.
        window.Press("Home");
        window.WaitToShow(planes);
        window.Quit();
    }

    [Fact]
    public void C_shows_signs_L_is_light_and_I_hides_the_panel()
    {
        using ViewedWindow window = View("--backend", "simd", "--pipeline", "sobel");
        Livepool.Run(_folder.Root, "run", "picture.png", "--backend", "simd", "--pipeline", "sobel", "--out", "out").Succeeded();
        var x = Core.Npy.NpyArray.Read(_folder["out", "channel0.npy"]);
        float[] values = x.ToSingles();
        JsonNode state = window.WaitForState(state => state["tiles"]!.AsArray().Count > 1, "the stages are there");
        int last = state["stages"]!.AsArray().Count - 1;

        window.Press("c");
        state = window.WaitForState(state => (string)state["colours"]! == "signed", "colours have a sign");
        PixelRectangle place = ViewedWindow.Tile(state, last, 0).Place;
        float most = values.Max(Math.Abs);
        int columns = x.Dimensions[1], scale = place.Width / columns;
        string? mismatch = null;
        window.WaitUntil(() => (mismatch = Mismatch(window.Capture())) is null, "signed colours are shown", () => mismatch);

        window.Press("l");
        window.WaitForState(state => (string)state["theme"]! == "light", "it is light");
        window.WaitUntil(() => window.Capture()[2, 2].Item1 > 0xE0, "the ground is light");
        window.Press("i");
        window.WaitForState(state => ViewedWindow.Tile(state, last, 0).Place.X > place.X, "the pictures have more room");
        window.Quit();

        string? Mismatch(Pixels shown)
        {
            for (int i = 0; i < values.Length; i++)
            {
                double strength = Math.Abs(2 * Math.Floor(255 * (0.5 * values[i] / most + 0.5) + 0.5) / 255 - 1);
                (double red, double green, double blue) = values[i] < 0 ? (0.27, 0.63, 1.0) : (1.0, 0.58, 0.18);
                (byte r, byte g, byte b) = shown[place.X + i % columns * scale + scale / 2, place.Y + i / columns * scale + scale / 2];
                if (Math.Abs(r - 255 * red * strength) > 1.6 || Math.Abs(g - 255 * green * strength) > 1.6 || Math.Abs(b - 255 * blue * strength) > 1.6)
                    return $"element {i}, {values[i]} of {most}, is {r}, {g}, {b}";
            }
            return null;
        }
    }

    /// <summary>Waits until an element is explained.</summary>
    private static JsonNode Element(ViewedWindow window, int stage, int channel, int row, int column, bool isPinned = false) => window.WaitForState(
        state => state["element"] is { } found
            && (bool)found["pinned"]! == isPinned && ((int)found["stage"]!, (int)found["channel"]!, (int)found["row"]!, (int)found["column"]!) == (stage, channel, row, column),
        $"stage {stage}, channel {channel}, row {row}, column {column} is explained")["element"]!;

    /// <summary>Every element that lies wholly within the input's tile has its colour, and its number where there is room for one.</summary>
    private static void AssertShown(ViewedWindow window, JsonNode state, Plane plane)
    {
        (PixelRectangle place, PixelRectangle whole) = ViewedWindow.Tile(state, -1, 0);
        Assert.Equal(0, whole.Width % plane.Width);
        int scale = whole.Width / plane.Width, compared = 0;
        // Not with the frame around what is pointed at.
        window.Point(2, 2);
        string? mismatch = null;
        window.WaitUntil(() => (mismatch = Mismatch(window.Capture())) is null, "the picture is right", () => mismatch);
        Assert.True(compared > 8, $"{compared} elements were seen");

        string? Mismatch(Pixels shown)
        {
            compared = 0;
            for (int i = 0; i < plane.Width * plane.Height; i++)
            {
                // Its corner, because its number is in the middle.
                int x = whole.X + i % plane.Width * scale + 2, y = whole.Y + i / plane.Width * scale + 2;
                if (x < place.X || y < place.Y || x + scale - 4 >= place.X + place.Width || y + scale - 4 >= place.Y + place.Height)
                    continue;
                compared++;
                (byte, byte, byte) grey = (plane.Grey[i], plane.Grey[i], plane.Grey[i]);
                if (shown[x, y] != grey || shown[x + scale - 5, y + scale - 5] != grey)
                    return $"element {i} is {shown[x, y]} and {shown[x + scale - 5, y + scale - 5]} instead of {plane.Grey[i]}";
                bool hasNumber = Enumerable.Range(x, scale - 4).Any(column => shown[column, y + scale / 2 - 2] != grey);
                if (hasNumber != scale >= 28)
                    return $"element {i} of {scale} pixels has {(hasNumber ? "a" : "no")} number";
            }
            return null;
        }
    }

    private ViewedWindow View(params string[] options)
    {
        _picture.Save(_folder["picture.png"]);
        return new(screen, _folder.Root, ["picture.png", .. options]);
    }
}
