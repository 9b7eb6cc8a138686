using System.Text.Json.Nodes;
using LivePool.Gpu.Display;
using LivePool.Testing;

namespace LivePool.EndToEnd.View;

/// <summary>The window that slides over its input, and what an element of the input reaches.</summary>
[Collection(WindowedTests.Name)]
public sealed class SlidingTests(Screen screen) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_window_slides_from_element_to_element_and_the_rest_is_still_hidden()
    {
        // Outputs of 8x6: it takes every one of them.
        // With its numbers: what is hidden has none either.
        using ViewedWindow window = Open(new(12, 10, seed: 1));
        window.PointAt(0, 0, 3, 3);
        window.WaitForState(state => state["element"] is not null, "the convolution is looked at");
        window.Press("a");
        JsonNode state = window.WaitForState(state => state["sliding"] is { } sliding && (int)sliding["position"]! >= 3, "it goes on by itself");
        Assert.Equal(48, (int)state["sliding"]!["count"]!);
        Assert.True((bool)state["sliding"]!["playing"]!);

        window.Press("space");
        state = window.WaitForState(state => !(bool)state["sliding"]!["playing"]!, "it stands still");
        int position = (int)state["sliding"]!["position"]!;
        window.Press("period");
        window.Press("period");
        window.Press("comma");
        state = At(window, position + 1);
        PixelRectangle place = ViewedWindow.Tile(state, 0, 0).Place;
        Pixels shown = window.Capture().Crop(place.X, place.Y, place.Width, place.Height);
        int cell = place.Width / 8;
        (byte, byte, byte) hidden = shown[place.Width - 1, place.Height - 1];
        // All that comes after it has the panel's colour, and nothing before it.
        Assert.Equal((0x22, 0x22, 0x24), hidden);
        for (int i = 0; i < 48; i++)
        {
            (int row, int column) = Math.DivRem(i, 8);
            Pixels square = shown.Crop(column * cell + 2, row * cell + 2, cell - 4, cell - 4);
            bool isHidden = Enumerable.Range(0, square.Width * square.Height).All(pixel => square[pixel % square.Width, pixel / square.Width] == hidden);
            Assert.Equal(i > position + 1, isHidden);
        }

        // Dragged as far as it goes, and farther.
        window.PointAtArea("place");
        window.Hold(isDown: true);
        window.PointAtArea("place", share: 1.3);
        At(window, 47);
        window.PointAtArea("place", share: -0.3);
        At(window, 0);
        window.Hold(isDown: false);
        // The steps' arithmetic is that of any pixel.
        window.ClickOn("step >");
        state = At(window, 1);
        Assert.Equal((double)state["element"]!["exact"]!, state["element"]!["taps"]!.AsArray().Sum(tap => (double)tap!["product"]!), 1e-9);
        window.ClickOn("end");
        window.WaitForState(state => state["sliding"] is null && (bool?)state["element"]?["pinned"] != true, "it is over");
        window.Quit();

        static JsonNode At(ViewedWindow window, int position) => window.WaitForState(
            state => state["sliding"] is { } sliding && (int)sliding["position"]! == position
                && state["element"] is { } element && (int)element["row"]! == position / 8 && (int)element["column"]! == position % 8, $"it stands on {position}");
    }

    [Fact]
    public void Large_pictures_are_skipped_through()
    {
        using ViewedWindow window = Open(new(124, 84, seed: 1));
        window.PointAt(0, 0, 3, 3);
        window.WaitForState(state => state["element"] is not null, "the convolution is looked at");
        window.Press("a");
        // 120x80 in half a minute of four steps a second.
        JsonNode state = window.WaitForState(state => state["sliding"] is { } sliding && (int)sliding["position"]! >= 160, "it goes on");
        Assert.Equal(9600, (int)state["sliding"]!["count"]!);
        Assert.Equal(0, (int)state["sliding"]!["position"]! % 80);
        window.Press("Escape");
        window.WaitForState(state => state["sliding"] is null, "it is over");
        window.Quit();
    }

    [Fact]
    public void Pointing_at_the_input_shows_the_outputs_that_it_reaches()
    {
        using ViewedWindow window = Open(new(40, 36, seed: 1));
        (int row, int column) = (1, 20);
        window.PointAt(-1, 0, row, column);
        JsonNode state = window.WaitForState(state => (int?)state["element"]?["stage"] == -1, "the input is looked at");
        // A 5x5 window begins at most four before it; the pool halves that. Both channels see it.
        Assert.Equal([[0, 0, 16, 1, 20, 0, 1], [1, 0, 8, 0, 10, 0, 1]],
            state["element"]!["reached"]!.AsArray().Select(reached => reached!.AsArray().Select(value => (int)value!).ToArray()));
        // It is outlined there.
        PixelRectangle place = ViewedWindow.Tile(state, 0, 1).Place;
        int cell = place.Width / 36;
        window.WaitUntil(() =>
        {
            Pixels shown = window.Capture();
            return shown[place.X + 16 * cell + 2, place.Y + 2 * cell + 1] == (0xFF, 0xD0, 0x3B);
        }, "it is outlined");
        window.Quit();
    }

    private ViewedWindow Open(Picture picture)
    {
        picture.Save(_folder["picture.png"]);
        var window = new ViewedWindow(screen, _folder.Root, "picture.png", "--backend", "simd");
        window.WaitForState(state => state["tiles"]!.AsArray().Count == 5, "all stages are there");
        return window;
    }
}
