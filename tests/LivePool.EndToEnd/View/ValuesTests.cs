using System.Text.Json.Nodes;
using LivePool.Testing;

namespace LivePool.EndToEnd.View;

/// <summary>The page on values, with a pipeline that leaves the numbers on purpose.</summary>
[Collection(WindowedTests.Name)]
public sealed class ValuesTests(Screen screen) : IDisposable
{
    private const float Scale = 4e36f;
    private readonly TemporaryFolder _folder = new();
    private readonly Picture _picture = new(40, 36, seed: 1);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("simd")]
    [InlineData("gpu")]
    public void M_counts_what_every_stage_computed(string backend)
    {
        _picture.Save(_folder["picture.png"]);
        // The bright half becomes infinite, and that times 0 is NaN.
        File.WriteAllText(_folder["beyond.json"], """{"stages":[{"op":"scale_offset","scale":4e36},{"op":"scale_offset","scale":0},{"op":"max_pool2d","kernel_size":2}]}""");
        using var window = new ViewedWindow(screen, _folder.Root, "picture.png", "--backend", backend, "--pipeline", "beyond.json");
        JsonNode state = window.WaitForState(state => state["tiles"]!.AsArray().Count == 4, "all stages are there");
        Assert.Null(state["values"]);
        Assert.Equal(0, CountRed(window));

        window.Press("m");
        state = window.WaitForState(state => state["values"] is not null, "the values are counted");
        Assert.Equal("Values", (string?)state["page"]);
        float[] scaled = [.. _picture.Grey.Select(value => value * Scale)];
        float[] finite = [.. scaled.Where(float.IsFinite)];
        int infinite = scaled.Length - finite.Length;
        Assert.InRange(infinite, 100, scaled.Length - 100);
        int pooled = Enumerable.Range(0, 18 * 20).Count(i => ((int[])[0, 1, 40, 41]).Any(tap => float.IsInfinity(scaled[i / 20 * 80 + i % 20 * 2 + tap])));
        JsonArray values = state["values"]!.AsArray();
        Assert.Equal(4, values.Count);
        AssertStage(-1, 40 * 36, 0, 0, _picture.Grey.Min(), _picture.Grey.Max(), _picture.Grey.Average(value => value));
        AssertStage(0, 40 * 36, 0, infinite, finite.Min(), finite.Max(), finite.Average(value => (double)value));
        AssertStage(1, 40 * 36, infinite, 0, 0, 0, 0);
        AssertStage(2, 20 * 18, pooled, 0, 0, 0, 0);
        window.WaitUntil(() => CountRed(window) > 40, "what is no number is red");

        // Another pipeline's stages, and never the old one's counts for them.
        window.Press("p");
        state = window.WaitForState(state => state["values"] is { } values && values.AsArray().Count == state["stages"]!.AsArray().Count + 1 && (string)state["pipeline"]! != "beyond", "another one is counted");
        foreach (JsonNode? value in state["values"]!.AsArray().Skip(1))
        {
            int expected = state["stages"]![(int)value!["stage"]!]!["shape"]!.AsArray().Aggregate(1, (product, length) => product * (int)length!);
            Assert.Equal((expected, 0, 0), ((int)value["count"]!, (int)value["nan"]!, (int)value["infinite"]!));
        }
        window.WaitUntil(() => CountRed(window) == 0, "nothing is red");
        window.Press("m");
        window.WaitForState(state => state["values"] is null && (string?)state["page"] == "Explain", "the page is closed");
        window.Quit();

        void AssertStage(int stage, int count, int nan, int infinite, float least, float greatest, double mean)
        {
            JsonNode value = values[stage + 1]!;
            Assert.Equal((stage, count, nan, infinite), ((int)value["stage"]!, (int)value["count"]!, (int)value["nan"]!, (int)value["infinite"]!));
            Assert.Equal((least, greatest), ((float)value["least"]!, (float)value["greatest"]!));
            Assert.Equal(mean, (double)value["mean"]!, Math.Abs(mean) * 1e-12);
        }
    }

    [Fact]
    public void In_a_small_window_the_page_is_scrolled()
    {
        _picture.Save(_folder["picture.png"]);
        File.WriteAllText(_folder["beyond.json"], """{"stages":[{"op":"relu"},{"op":"relu"},{"op":"relu"},{"op":"scale_offset","scale":1e38},{"op":"scale_offset","scale":0}]}""");
        using var window = new ViewedWindow(screen, _folder.Root, "picture.png", "--backend", "simd", "--pipeline", "beyond.json");
        window.WaitForState(state => state["tiles"]!.AsArray().Count == 6, "all stages are there");
        window.Resize(480, 320);
        window.Press("m");
        JsonNode state = window.WaitForState(state => state["values"] is not null, "the values are counted");
        JsonNode last = state["values"]![5]!;
        Assert.Equal((40 * 36, 40 * 36), ((int)last["count"]!, (int)last["nan"]!));
        // Nothing to say of those that are not there.
        Assert.Null(last["least"]);
        Assert.Null(last["mean"]);
        Assert.Equal(0, CountRed(window));
        window.Point(470, 300);
        window.Click(button: 5, times: 40);
        window.WaitUntil(() => CountRed(window) > 40, "the last stage's count is to be seen");
        window.Quit();
    }

    private static int CountRed(ViewedWindow window)
    {
        Pixels shown = window.Capture();
        return Enumerable.Range(0, shown.Width * shown.Height).Count(i => shown[i % shown.Width, i / shown.Width] is ( > 200, < 60, < 60));
    }
}
