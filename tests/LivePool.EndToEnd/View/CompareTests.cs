using System.Text.Json.Nodes;
using LivePool.Gpu.Display;
using LivePool.Testing;

namespace LivePool.EndToEnd.View;

/// <summary>Two backends, or before and after a pool, beside and over each other.</summary>
[Collection(WindowedTests.Name)]
public sealed class CompareTests(Screen screen) : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Picture _picture = new(40, 36, seed: 1);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Backends_stand_side_by_side_and_their_difference_is_counted()
    {
        using ViewedWindow window = Open("--backend", "simd");
        window.ClickOn("split");
        window.ClickOn("gpu");
        // Whole numbers: both backends have them exactly.
        JsonNode state = window.WaitForState(state => Compared(state, "Split", "gpu", stage: 1) && (int?)state["comparison"]!["different"] == 0, "they are equal");
        Assert.Equal((0, 0), ((int)state["comparison"]!["ulps"]!, (int)state["comparison"]!["largest"]!));
        Assert.Equal([1, 1], ViewedWindow.Tiles(state).Select(tile => tile.Stage));
        window.Press("n");
        window.WaitUntil(() => window.CaptureTiles() is [var left, var right] && left.Shows(right), "both show the same");

        // The other channel has random weights, so its sums are rounded.
        window.ClickOn("reference");
        window.ClickOn("stage <");
        window.ClickOn("channel >");
        state = window.WaitForState(state => Compared(state, "Split", "reference", stage: 0) && (int?)state["comparison"]!["different"] > 0, "they differ");
        Assert.InRange((long)state["comparison"]!["ulps"]!, 1, 1 << 16);
        Assert.InRange((double)state["comparison"]!["largest"]!, double.Epsilon, 1e-3);

        window.ClickOn("off");
        window.WaitForState(state => state["comparison"] is null && state["tiles"]!.AsArray().Count == 5, "all is as before");
        window.Quit();
    }

    [Fact]
    public void The_worst_pixel_of_a_wrong_shader_is_found_and_gone_to()
    {
        string shaders = ShaderFault.PlantInConv2d(_folder);
        using ViewedWindow window = Open("--backend", "gpu", "--shaders", shaders);
        window.ClickOn("difference");
        window.ClickOn("simd");
        window.ClickOn("stage <");
        JsonNode state = window.WaitForState(state => Compared(state, "Difference", "simd", stage: 0) && (int?)state["comparison"]!["different"] > 0, "they differ");
        // The fault is in row 9, wherever its value is not 0.
        Assert.InRange((int)state["comparison"]!["different"]!, 20, 36);
        Assert.Equal(9, (int)state["comparison"]!["worst"]![0]!);
        PixelRectangle place = ViewedWindow.Tiles(state).Single().Place;
        Pixels heat = window.Capture().Crop(place.X, place.Y, place.Width, place.Height);
        int cell = place.Height / 32;
        Assert.All([0, 8, 10, 31], row => Assert.Equal((0, 0, 0), heat[place.Width / 2, row * cell + cell / 2]));
        Assert.Contains(Enumerable.Range(0, 36), column => heat[column * cell + cell / 2, 9 * cell + cell / 2] is ( > 200, > 150, _));

        window.ClickOn("go to the worst pixel");
        state = window.WaitForState(state => state["element"] is not null && (double)state["zoom"]! > 1, "it is looked at");
        Assert.Equal((9, (int)state["comparison"]!["worst"]![1]!), ((int)state["element"]!["row"]!, (int)state["element"]!["column"]!));
        Assert.False((bool)state["element"]!["passed"]!);
        // It is in the middle, or as near to it as the edge lets it be.
        Assert.True((bool)state["element"]!["pinned"]!);
        window.Press("Escape");
        window.Press("Escape");
        window.WaitForState(state => state["comparison"] is null, "the comparison is over");
        window.Quit();
    }

    [Fact]
    public void The_line_of_the_wipe_is_dragged_between_before_and_after_the_pool()
    {
        Plane[] pooled = ViewedWindow.Expect(_folder, _picture, "simd");
        using ViewedWindow window = Open("--backend", "simd");
        window.Press("n");
        window.ClickOn("wipe");
        window.ClickOn("before the pool");
        JsonNode state = window.WaitForState(state => Compared(state, "Wipe", null, stage: 1) && state["comparison"]!["different"] is not null, "they are compared");
        // A window's maximum is one of its four values, more of them where there are ties.
        Assert.InRange((int)state["comparison"]!["different"]!, 32 * 36 / 2, 32 * 36 * 3 / 4);
        (int Stage, int Channel, PixelRectangle Place, PixelRectangle Whole)[] tiles = [.. ViewedWindow.Tiles(state)];
        Assert.Equal([0, 1], tiles.Select(tile => tile.Stage));
        // An element of the pool covers the four that it was made of.
        Assert.Equal(tiles[0].Whole, tiles[1].Whole);
        Assert.Equal(tiles[1].Place.X, tiles[0].Place.X + tiles[0].Place.Width);

        int line = tiles[1].Place.X, y = tiles[1].Place.Y + 10, left = tiles[0].Place.X;
        window.Point(line, y);
        window.Hold(isDown: true);
        window.Point(left + 3, y);
        window.Point(left - 12, y);
        window.Hold(isDown: false);
        state = window.WaitForState(state => ViewedWindow.Tiles(state) is [{ Place.Width: 0 }, ..], "the line is at the left edge");
        PixelRectangle whole = ViewedWindow.Tiles(state)[1].Place;
        int scale = whole.Width / pooled[1].Width;
        Assert.Equal(whole.Width, scale * pooled[1].Width);
        // In the colours of the picture before the pool: only the order of values is to be seen.
        string? disorder = null;
        window.WaitUntil(() => (disorder = DisorderIn(pooled[1], window.Capture(), whole, scale)) is null, "the pool is to be seen", () => disorder);

        // The pixel under the pointer is explained all the same.
        window.PointAt(1, 0, 3, 4);
        window.WaitForState(state => state["element"] is { } element && (int)element["stage"]! == 1 && (int)element["row"]! == 3 && (int)element["column"]! == 4, "it is explained");
        window.Press("Escape");
        window.Quit();
    }

    /// <summary>Where a larger value is darker, or equal ones are not; null where that is nowhere.</summary>
    private static string? DisorderIn(Plane plane, Pixels shown, PixelRectangle place, int scale)
    {
        var seen = new SortedDictionary<byte, List<byte>>();
        for (int row = 1; row < plane.Height; row++)
        {
            for (int column = 1; column < plane.Width; column++)
            {
                byte grey = shown[place.X + column * scale + scale / 2, place.Y + row * scale + scale / 2].Red;
                byte expected = plane.Grey[row * plane.Width + column];
                if (!seen.TryGetValue(expected, out List<byte>? greys))
                    seen.Add(expected, greys = []);
                greys.Add(grey);
            }
        }
        Assert.True(seen.Count > 20);
        byte last = 0;
        foreach (List<byte> greys in seen.Values)
        {
            if (greys.Max() - greys.Min() > 1 || greys.Min() + 1 < last)
                return $"{greys.Min()} to {greys.Max()} behind {last}";
            last = greys.Max();
        }
        return null;
    }

    private static bool Compared(JsonNode state, string mode, string? backend, int stage) => state["comparison"] is { } comparison
        && (string)comparison["mode"]! == mode && (string?)comparison["backend"] == backend && (int)comparison["stage"]! == stage && state["tiles"]!.AsArray().Count < 3;

    private ViewedWindow Open(params string[] arguments)
    {
        _picture.Save(_folder["picture.png"]);
        var window = new ViewedWindow(screen, _folder.Root, ["picture.png", .. arguments]);
        window.WaitForState(state => state["tiles"]!.AsArray().Count == 5, "all stages are there");
        window.Press("x");
        window.WaitForState(state => (string?)state["page"] == "Compare", "the page is there");
        return window;
    }
}
