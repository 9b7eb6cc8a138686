using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using LivePool.Testing;

namespace LivePool.EndToEnd.View;

/// <summary>Videos, counts and recordings in the window.</summary>
[Collection(WindowedTests.Name)]
public sealed class StreamWindowTests(Screen screen) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_video_plays_in_a_loop_and_T_shows_its_counts()
    {
        NumberedVideo.Make(_folder["film.mp4"], 20);
        using var window = new ViewedWindow(screen, _folder.Root, "film.mp4", "--backend", "simd");
        window.WaitForTitle(" - 160x32 - ");
        Pixels[] start = window.CaptureTiles();
        window.WaitUntil(() => !window.CaptureTiles()[0].Shows(start[0]), "the picture moves");
        Assert.False(window.HasMessage());
        window.Press("t");
        window.WaitForState(state => (string?)state["page"] == "Stream" && (long)state["stream"]!["shown"]! > 20, "it is counted");
        window.Press("t");
        window.WaitForState(state => (string?)state["page"] == "Explain", "the page is as before");
        window.Press("Right");
        window.Press("Left");
        Thread.Sleep(500);
        Assert.False(window.HasMessage());
        window.Quit();
    }

    [Fact]
    public void R_records_what_the_window_shows_and_ends_the_recording()
    {
        using var window = new ViewedWindow(screen, _folder.Root, "scene:grass?size=80x72", "--backend", "simd");
        window.WaitForTitle(" - 80x72 - ");
        window.Press("r");
        window.WaitForTitle(" - recording, ");
        window.WaitUntil(() => FramesIn(window.Title) >= 15, "frames are recorded", () => window.Title);
        window.Press("r");
        window.WaitUntil(() => !window.Title.Contains("recording", StringComparison.Ordinal), "the recording has ended");
        string path = Assert.Single(Directory.GetFiles(_folder.Root, "livepool-*.mp4"));
        using Process process = Process.Start(new ProcessStartInfo("ffprobe",
            ["-v", "error", "-count_frames", "-select_streams", "v", "-show_entries", "stream=width,height,nb_read_frames", "-of", "csv=p=0", path])
        { RedirectStandardOutput = true })!;
        string[] found = process.StandardOutput.ReadToEnd().Trim().Split(',');
        (_, _, int width, int height) = window.Geometry();
        Assert.Equal((width, height), (int.Parse(found[0], CultureInfo.InvariantCulture), int.Parse(found[1], CultureInfo.InvariantCulture)));
        Assert.InRange(int.Parse(found[2], CultureInfo.InvariantCulture), 15, 1000);
        window.Quit();

        static int FramesIn(string title) => Regex.Match(title, @"recording, (\d+) frames") is { Success: true } match
            ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
            : 0;
    }

    [Fact]
    public void A_dropped_file_is_shown_and_a_wrong_one_is_a_message()
    {
        Picture first = new(40, 36, seed: 1), second = new(40, 36, seed: 2);
        first.Save(_folder["a.png"]);
        second.Save(_folder["b, and more.png"]);
        File.WriteAllText(_folder["c.png"], "no picture");
        Plane[] before = ViewedWindow.Expect(_folder, first, "simd"), after = ViewedWindow.Expect(_folder, second, "simd");
        using var window = new ViewedWindow(screen, _folder.Root, "a.png", "--backend", "simd");
        window.WaitToShow(before);
        window.Drop(_folder["c.png"]);
        window.WaitForMessage(present: true);
        window.WaitForMessage(present: false);
        window.WaitToShow(before);
        window.Drop(_folder["b, and more.png"]);
        window.WaitForMessage(present: true);
        window.WaitForMessage(present: false);
        window.WaitToShow(after);
        window.Quit();
    }

    [Fact]
    public void An_image_that_changes_is_shown_again()
    {
        Picture first = new(40, 36, seed: 1), second = new(40, 36, seed: 2);
        first.Save(_folder["a.png"]);
        using var window = new ViewedWindow(screen, _folder.Root, "a.png", "--backend", "simd");
        window.WaitToShow(ViewedWindow.Expect(_folder, first, "simd"));
        second.Save(_folder["a.png"]);
        window.WaitToShow(ViewedWindow.Expect(_folder, second, "simd"));
        window.Quit();
    }
}
