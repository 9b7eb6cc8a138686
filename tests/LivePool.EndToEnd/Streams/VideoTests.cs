using System.Diagnostics;
using System.Text.Json;
using LivePool.Testing;

namespace LivePool.EndToEnd.Streams;

/// <summary>Videos in, recordings out: the program in a process of its own, with the installed ffmpeg.</summary>
public sealed class VideoTests : IDisposable
{
    private const int Frames = 60;
    private readonly TemporaryFolder _folder = new();

    public VideoTests()
    {
        NumberedVideo.Make(_folder["film.mp4"], Frames, rate: 50);
        File.WriteAllText(_folder["as-it-is.json"], """{"stages": [{"op": "relu"}]}""");
    }

    public void Dispose() => _folder.Dispose();

    private Outcome Run(params string[] arguments) => Livepool.Run(_folder.Root, ["run", "film.mp4", "--backend", "simd", "--pipeline", "as-it-is.json", .. arguments]);

    private JsonElement Report(string folder)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(_folder[folder, "report.json"]));
        return document.RootElement.Clone();
    }

    [Fact]
    public void As_fast_as_possible_takes_every_frame_once_and_in_order()
    {
        Run("--as-fast-as-possible", "--out", "all").Succeeded();
        for (int i = 0; i < Frames; i++)
        {
            Pixels channel = PngReader.Read(_folder["all", $"{i:D6}", "channel0.png"]);
            byte[] grey = [.. Enumerable.Range(0, channel.Width * channel.Height).Select(k => channel[k % channel.Width, k / channel.Width].Item1)];
            Assert.Equal(i, NumberedVideo.Read(grey));
        }
        Assert.Equal(Frames, Report("all").GetProperty("frames").GetInt32());
        Assert.False(Report("all").TryGetProperty("stream", out _));
    }

    [Fact]
    public void In_its_own_time_the_newest_frame_wins_and_the_counts_add_up()
    {
        Outcome outcome = Run("--out", "some").Succeeded();
        Assert.True(outcome.Duration.TotalSeconds >= (Frames - 1) / 50.0);
        JsonElement report = Report("some"), stream = report.GetProperty("stream");
        int Count(string name) => stream.GetProperty(name).GetInt32();
        Assert.Equal(Frames, Count("captured"));
        Assert.Equal(Frames, Count("shown") + Count("dropped"));
        Assert.Equal(report.GetProperty("frames").GetInt32(), Count("shown"));
        Assert.Equal(0, Count("stalls"));
        JsonElement latency = stream.GetProperty("latency_milliseconds");
        Assert.True(latency.GetProperty("p50").GetDouble() > 0 && latency.GetProperty("p99").GetDouble() >= latency.GetProperty("p50").GetDouble());
    }

    [Fact]
    public void Without_ffmpeg_a_video_and_a_recording_are_refused_in_one_line()
    {
        Assert.Contains("ffmpeg, which is not installed", Livepool.Run(_folder.Root, [("PATH", "/nowhere")], "run", "film.mp4").Refused(2), StringComparison.Ordinal);
        File.WriteAllText(_folder["a.mp4"], "what was there");
        Outcome outcome = Livepool.Run(_folder.Root, [("PATH", "/nowhere")], "run", "scene:grass?size=64x48", "--backend", "simd", "--record", "a.mp4");
        Assert.Contains("need ffmpeg", outcome.Refused(2), StringComparison.Ordinal);
        Assert.Equal("what was there", File.ReadAllText(_folder["a.mp4"]));
    }

    [Fact]
    public void A_recording_that_a_new_size_ends_keeps_what_it_counts()
    {
        Directory.CreateDirectory(_folder["mixed"]);
        for (int i = 0; i < 6; i++)
            new Picture(100, 80, seed: i).Save(_folder["mixed", $"{i}.png"]);
        new Picture(300, 280, seed: 6).Save(_folder["mixed", "6.png"]);
        Outcome outcome = Livepool.Run(_folder.Root, "run", "mixed", "--backend", "simd", "--record", "mixed.mp4");
        Assert.Contains("the recording ended after 6 frames", outcome.Output + outcome.Error, StringComparison.Ordinal);
        Assert.Equal(6, CountFrames(_folder["mixed.mp4"]));
    }

    [Fact]
    public void A_folder_that_goes_away_ends_the_recording_in_one_line()
    {
        using var program = new RunningProgram(Livepool.Program, _folder.Root, [],
            ["run", "scene:grass?size=320x240", "--backend", "simd", "--frames", "60", "--record", "gone"]);
        Assert.True(SpinWait.SpinUntil(() => File.Exists(_folder["gone", "frame000002.png"]), Livepool.Patience));
        while (Directory.Exists(_folder["gone"]))
        {
            try
            {
                Directory.Delete(_folder["gone"], recursive: true);
            }
            catch (IOException)
            {
                // A picture came meanwhile.
            }
        }
        program.WaitForExit();
        Assert.Contains("the recording ended after", program.Output + program.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled", program.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_with_the_frames_of_another_recording_is_refused_and_left_as_it_is()
    {
        Run("--as-fast-as-possible", "--frames", "3", "--record", "pictures").Succeeded();
        byte[][] before = [.. Directory.GetFiles(_folder["pictures"]).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];
        string line = Run("--as-fast-as-possible", "--frames", "2", "--record", "pictures").Refused(2);
        Assert.Contains("pictures: holds the frames of another recording, such as frame00000", line, StringComparison.Ordinal);
        Assert.Contains("give another folder", line, StringComparison.Ordinal);
        Assert.Equal(before, Directory.GetFiles(_folder["pictures"]).Order(StringComparer.Ordinal).Select(File.ReadAllBytes));
    }

    [Fact]
    public void A_pipe_is_no_video_to_record_to()
    {
        Assert.Equal(0, Livepool.RunProgram("mkfifo", _folder.Root, "pipe.mp4").ExitCode);
        Outcome outcome = Run("--as-fast-as-possible", "--record", "pipe.mp4");
        Assert.Contains("pipe.mp4: is a pipe or a device; give a file", outcome.Refused(2), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("film.mp4.mp4")]
    [InlineData("maps.gif")]
    public void A_recording_has_every_figure_once(string name)
    {
        Outcome outcome = Run("--as-fast-as-possible", "--record", name).Succeeded();
        Assert.Contains($"recorded {Frames} frames: {name}", outcome.Output, StringComparison.Ordinal);
        Assert.Equal(Frames, CountFrames(_folder[name]));
        // Nothing but the report beside it.
        Assert.Equal([_folder["out", "report.json"]], Directory.GetFileSystemEntries(_folder["out"]));
    }

    [Fact]
    public void Recorded_PNGs_are_the_figures()
    {
        Run("--as-fast-as-possible", "--frames", "7", "--out", "all").Succeeded();
        Run("--as-fast-as-possible", "--frames", "7", "--record", "recorded").Succeeded();
        Assert.Equal(7, Directory.GetFiles(_folder["recorded"]).Length);
        for (int i = 0; i < 7; i++)
        {
            Pixels figure = PngReader.Read(_folder["all", $"{i:D6}", "figure.png"]), recorded = PngReader.Read(_folder["recorded", $"frame{i:D6}.png"]);
            Assert.True(figure.Shows(recorded), $"frame {i} is not its figure");
        }
    }

    [Theory]
    [InlineData("a.mp4", 60)]
    [InlineData("pictures", 300)]
    public void A_full_disk_ends_the_recording_and_keeps_what_was_written(string name, int kilobytes)
    {
        // A disk of its own, in a namespace of its own.
        string disk = _folder["disk"];
        Directory.CreateDirectory(disk);
        string script = $"mount -t tmpfs -o size={kilobytes}k none {disk} && {{ {Livepool.Program} run film.mp4 --backend simd --pipeline edge24 " +
            $"--as-fast-as-possible --record {disk}/{name}; code=$?; cp -r {disk}/{name} kept; exit $code; }}";
        using var running = new RunningProgram("unshare", _folder.Root, [], ["-rm", "sh", "-c", script]);
        Assert.True(running.WaitForExit() == 2, $"{running.Output}{running.Error}");
        Assert.Contains("the recording ended after", running.Output, StringComparison.Ordinal);
        Assert.Contains("No space left on device", running.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder["out", "report.json"]));
        if (Directory.Exists(_folder["kept"]))
            Assert.All(Directory.GetFiles(_folder["kept"]), path => Assert.True(PngReader.Read(path).Width > 100));
        else
            Assert.InRange(CountFrames(_folder["kept"]), 5, Frames - 1);
    }

    private static int CountFrames(string path)
    {
        using Process process = Process.Start(new ProcessStartInfo("ffprobe",
            ["-v", "quiet", "-count_frames", "-select_streams", "v", "-show_entries", "stream=nb_read_frames", "-of", "csv=p=0", path])
        { RedirectStandardOutput = true })!;
        string count = process.StandardOutput.ReadToEnd().Trim();
        return int.TryParse(count, out int frames) ? frames : 0;
    }
}
