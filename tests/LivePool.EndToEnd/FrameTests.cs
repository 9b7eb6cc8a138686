using System.Text.Json;
using LivePool.Core.Npy;

namespace LivePool.EndToEnd;

/// <summary><c>livepool run</c> on several pictures.</summary>
public sealed class FrameTests : IDisposable
{
    private static readonly string[] _files = ["channel0.npy", "channel0.png", "channel1.npy", "channel1.png", "figure.png"];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_broken_picture_among_others_is_named_and_the_others_are_done()
    {
        Directory.CreateDirectory(_folder["many"]);
        foreach (int i in (int[])[1, 2, 10])
            new Picture(40, 30, seed: i).Save(_folder["many", $"{i}.png"]);
        File.WriteAllBytes(_folder["many", "2.png"], File.ReadAllBytes(_folder["many", "2.png"])[..200]);

        Outcome run = Livepool.Run(_folder.Root, "run", "many", "--backend", "simd");

        Assert.Contains(Path.Combine("many", "2.png"), run.Refused(2));
        Assert.Equal(["000000", "000002"], Directory.GetDirectories(_folder["out"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        // In natural order: 1, 2, 10.
        Check("000000", seed: 1);
        Check("000002", seed: 10);
        using JsonDocument report = JsonDocument.Parse(File.ReadAllBytes(_folder["out", "report.json"]));
        Assert.Equal(2, report.RootElement.GetProperty("frames").GetInt32());
        Assert.Equal("input [1, 1, 30, 40] 1200 values", run.Lines[0]);

        void Check(string name, int seed)
        {
            var picture = new Picture(40, 30, seed);
            float[] Channel(int number) => NpyArray.Read(_folder["out", name, $"channel{number}.npy"]).ToSingles();
            EdgePipeline.Of(picture.Grey, 40, 30).Check("simd", Channel(0), Channel(1));
            Assert.All(_files, file => Assert.True(File.Exists(_folder["out", name, file])));
        }
    }

    [Fact]
    public void The_scene_s_frames_differ_and_are_the_same_in_every_run()
    {
        foreach (string folder in (string[])["a", "b"])
        {
            Outcome run = Livepool.Run(_folder.Root,
                "run", "scene:grass?size=96x64", "--frames", "2", "--backend", "simd", "--out", folder).Succeeded();
            Assert.Equal("max_pool2d [1, 2, 30, 46] 2760 values, 4.0x fewer", run.Lines[2]);
            // No progress in a pipe.
            Assert.DoesNotContain('\e', run.Output);
            Assert.DoesNotContain('%', run.Output);
            Assert.Equal(4, run.Lines.Length);
        }
        Assert.Equal(["000000", "000001"], Directory.GetDirectories(_folder["a"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        foreach (string file in _files)
        {
            byte[][] frames = [.. ((string[])["000000", "000001"]).Select(frame =>
            {
                byte[] bytes = File.ReadAllBytes(_folder["a", frame, file]);
                Assert.Equal(bytes, File.ReadAllBytes(_folder["b", frame, file]));
                return bytes;
            })];
            Assert.NotEqual(frames[0], frames[1]);
        }
    }

    [Fact]
    public void A_terminal_shows_a_progress_bar_that_ends_at_100_percent()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "/usr/bin/script, which lends a terminal, is not here (Debian: bsdutils)");
        string command = $"'{Livepool.Program}' run 'scene:grass?size=96x64' --frames 3 --backend simd";
        using var script = new RunningProgram("/usr/bin/script", _folder.Root, [("TERM", "xterm-256color")], ["-qec", command, "/dev/null"]);
        int exitCode = script.WaitForExit();
        Assert.True(exitCode == 0, script.Output + script.Error);
        Assert.Contains("\e[", script.Output);
        Assert.Contains("frames", script.Output);
        Assert.Contains("100%", script.Output);
        Assert.Contains("max_pool2d [1, 2, 30, 46] 2760 values, 4.0x fewer", script.Output);
        Assert.Contains("wrote out/*/figure.png", script.Output);
    }
}
