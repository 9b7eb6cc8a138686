using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using LivePool.EndToEnd.Streams;
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
        (int recordedWidth, int recordedHeight, int frames) = Probe(Assert.Single(Directory.GetFiles(_folder.Root, "livepool-*.mp4")));
        (_, _, int width, int height) = window.Geometry();
        Assert.Equal((width, height), (recordedWidth, recordedHeight));
        Assert.InRange(frames, 15, 1000);
        window.Quit();
    }

    [Fact]
    public void What_an_ended_recording_still_has_to_write_does_not_hold_the_window_up_and_is_not_lost()
    {
        // An encoder that takes its time after the last picture.
        (string, string)[] environment = WrappedFfmpeg.Create(_folder, """
            ffmpeg "$@"
            sleep 4
            """);
        using var window = new ViewedWindow(screen, _folder.Root, environment, "scene:grass?size=80x72", "--backend", "simd");
        window.WaitForTitle(" - 80x72 - ");
        for (int i = 0; i < 2; i++)
        {
            window.Press("r");
            window.WaitUntil(() => FramesIn(window.Title) >= 5, "frames are recorded", () => window.Title);
            window.Press("r");
            window.WaitForTitle(" - ending the recording");
            // The window goes on meanwhile.
            window.NextState();
            Assert.Contains(" - ending the recording", window.Title, StringComparison.Ordinal);
        }
        window.Quit();
        string[] recordings = [.. Directory.GetFiles(_folder.Root, "livepool-*.mp4").Order(StringComparer.Ordinal)];
        Assert.Equal(2, recordings.Length);
        // The second one was still being written.
        Assert.Contains($"recorded {Probe(recordings[1]).Frames} frames", window.Output, StringComparison.Ordinal);
        Assert.Contains(Path.GetFileName(recordings[1]), window.Output, StringComparison.Ordinal);
        Assert.True(Probe(recordings[0]).Frames >= 5);
    }

    private static int FramesIn(string title) => Regex.Match(title, @"recording, (\d+) frames") is { Success: true } match
        ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
        : 0;

    private static (int Width, int Height, int Frames) Probe(string path)
    {
        using Process process = Process.Start(new ProcessStartInfo("ffprobe",
            ["-v", "error", "-count_frames", "-select_streams", "v", "-show_entries", "stream=width,height,nb_read_frames", "-of", "csv=p=0", path])
        { RedirectStandardOutput = true })!;
        int[] found = [.. process.StandardOutput.ReadToEnd().Trim().Split(',').Select(number => int.Parse(number, CultureInfo.InvariantCulture))];
        return (found[0], found[1], found[2]);
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
    public void What_takes_its_time_to_open_does_not_hold_the_window_up()
    {
        Picture picture = new(40, 36, seed: 2);
        picture.Save(_folder["b.png"]);
        Plane[] expected = ViewedWindow.Expect(_folder, picture, "simd");
        // Nobody writes there, and ffmpeg waits for that.
        Assert.Equal(0, Livepool.RunProgram("mkfifo", _folder.Root, "slow.mp4").ExitCode);
        using var window = new ViewedWindow(screen, _folder.Root, "scene:grass?size=80x72", "--backend", "simd");
        window.WaitForTitle(" - 80x72 - ");
        window.Drop(_folder["slow.mp4"]);
        window.WaitForState(state => state["messages"]!.ToJsonString().Contains($"opening {_folder["slow.mp4"]}", StringComparison.Ordinal), "it is being opened");
        Pixels[] shown = window.CaptureTiles();
        window.WaitUntil(() => !window.CaptureTiles()[0].Shows(shown[0]), "the meadow goes on");
        Assert.Contains("opening", window.State()["messages"]!.ToJsonString(), StringComparison.Ordinal);

        // What is dropped after it takes its place.
        window.Drop(_folder["b.png"]);
        window.WaitForMessage(present: false);
        window.WaitToShow(expected);
        window.Drop(_folder["slow.mp4"]);
        window.WaitForState(state => state["messages"]!.ToJsonString().Contains("opening", StringComparison.Ordinal), "it is being opened again");
        Assert.InRange(window.Quit().TotalSeconds, 0, 3);
    }

    [Fact]
    public void An_ffmpeg_that_hangs_ends_with_the_window()
    {
        NumberedVideo.Make(_folder["film.mp4"], 20);
        // The first time it plays, and then it hangs, in a process of its own.
        (string, string)[] environment = WrappedFfmpeg.Create(_folder, $"""
            if [ -e {_folder["played"]} ]; then
                sleep 1000 &
                echo $! > {_folder["hangs.new"]}
                mv {_folder["hangs.new"]} {_folder["hangs"]}
                wait
            fi
            touch {_folder["played"]}
            exec ffmpeg "$@"
            """);
        using var window = new ViewedWindow(screen, _folder.Root, environment, "film.mp4", "--backend", "simd");
        window.WaitForTitle(" - 160x32 - ");
        window.WaitUntil(() => File.Exists(_folder["hangs"]), "it hangs");
        int hangs = int.Parse(File.ReadAllText(_folder["hangs"]), CultureInfo.InvariantCulture);
        Assert.True(Directory.Exists($"/proc/{hangs}"));
        Assert.InRange(window.Quit().TotalSeconds, 0, 3);
        Assert.False(WrappedFfmpeg.IsRunning(hangs));
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
