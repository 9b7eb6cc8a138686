using System.Text.Json;
using LivePool.EndToEnd.View;

namespace LivePool.EndToEnd.Camera;

/// <summary>The program before cameras that misbehave: nothing torn is shown, nothing is left behind, and it goes on.</summary>
public sealed class CameraFaultTests
{
    private static string[] Complaints(Outcome outcome)
    {
        string[] lines = outcome.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, line => Assert.StartsWith("livepool: ", line, StringComparison.Ordinal));
        return lines;
    }

    [Theory]
    [InlineData("yuyv", "error")]
    [InlineData("yuyv", "empty")]
    [InlineData("yuyv", "short")]
    [InlineData("yuyv", "long")]
    [InlineData("nv12", "short")]
    [InlineData("mjpeg", "error")]
    [InlineData("mjpeg", "empty")]
    [InlineData("mjpeg", "corrupt")]
    [InlineData("mjpeg", "cut")]
    [InlineData("mjpeg", "early")]
    [InlineData("mjpeg", "lost")]
    public void Damaged_pictures_are_counted_and_never_shown(string format, string damage)
    {
        using var camera = new FakeCamera($"{FakeCamera.Usual}every 2 {damage}");
        camera.Run(30, $"camera:0?format={format}").Succeeded();
        int[] numbers = camera.Numbers(tolerance: format == "mjpeg" ? 3 : 0);
        Assert.Equal(30, numbers.Length);
        // The first has nothing to be damaged by.
        Assert.All(numbers, number => Assert.True(number % 2 == 1 || number == 0, $"{number} was shown"));
        JsonElement stream = camera.Stream();
        Assert.InRange(stream.GetProperty("damaged").GetInt32(), numbers[^1] / 2, (int)camera.Counts()["frames"] / 2);
        Assert.Equal(0, stream.GetProperty("missed").GetInt32());
    }

    [Fact]
    public void Gaps_in_the_devices_numbers_are_counted_and_its_times_are_not_believed()
    {
        using var camera = new FakeCamera($"{FakeCamera.Usual}at 3 gap 5\nat 5 gap 2\nat 7 back 100000\nat 8 ahead 100000\nat 9 back 100000000000");
        camera.Run().Succeeded();
        Assert.Equal(20, camera.Numbers().Length);
        JsonElement stream = camera.Stream();
        Assert.Equal((7, 0), (stream.GetProperty("missed").GetInt32(), stream.GetProperty("stalls").GetInt32()));
        Assert.InRange(stream.GetProperty("latency_milliseconds").GetProperty("p50").GetDouble(), 0.001, 10_000);
        camera.Counts();
    }

    [Theory]
    [InlineData("EAGAIN", 0)]
    [InlineData("EINTR", 0)]
    [InlineData("EIO", 1)]
    [InlineData("EBUSY", 1)]
    [InlineData("EPROTO", 1)]
    [InlineData("index", 1)]
    [InlineData("unplug 100", 2)]
    [InlineData("unplug 600", 2)]
    public void What_fails_in_mid_stream_is_told_and_tried_again(string fault, int complaints)
    {
        using var camera = new FakeCamera($"{FakeCamera.Usual}at 10 {fault}");
        Outcome outcome = camera.Run();
        Assert.Equal(0, outcome.ExitCode);
        Assert.InRange(Complaints(outcome).Length, Math.Min(complaints, 1), complaints);
        Assert.True(camera.Numbers()[^1] > 10);
        Assert.Equal(Math.Min(complaints, 1), camera.Stream().GetProperty("stalls").GetInt32());
        Dictionary<string, long> counts = camera.Counts();
        Assert.Equal(complaints == 2 ? 8 : 4, counts["mmaps"]);
    }

    [Fact]
    public void A_camera_that_returns_under_another_number_and_in_another_size_is_known_again()
    {
        // Its twin has been there all the time, and is another one.
        using var camera = new FakeCamera("""
            device /dev/video0
            bus usb-fake-9
            format GREY 40x32 30
            rate 200
            device /dev/video1
            format GREY 160x32 30
            rate 200
            at 30 unplug
            device /dev/video2
            after 700
            bus usb-fake-2
            format GREY 80x16 30
            rate 200
            """);
        Outcome outcome = camera.Run(50, "camera:1");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains(Complaints(outcome), line => line.Contains("Fake Camera at /dev/video1 is gone (ENODEV); plug it in again", StringComparison.Ordinal));
        int[] before = camera.Numbers(), after = camera.Numbers(80, 16);
        Assert.Equal(50, before.Length + after.Length);
        Assert.True(before[^1] < 30 && after[0] > 30);
        camera.Counts();
    }

    [Fact]
    public void A_pause_is_a_stall_that_ends_by_itself()
    {
        using var camera = new FakeCamera($"{FakeCamera.Usual}at 10 stall 2600");
        Outcome outcome = camera.Run();
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("/dev/video0 gave no picture for 2 s", Assert.Single(Complaints(outcome)), StringComparison.Ordinal);
        Assert.Equal(20, camera.Numbers().Length);
        camera.Counts();
    }

    [Fact]
    public void A_camera_that_gives_nothing_good_says_what_it_gives()
    {
        using var camera = new FakeCamera($"{FakeCamera.Usual}every 1 short\nat 0 short");
        Outcome outcome = camera.Run(1);
        Assert.Equal(2, outcome.ExitCode);
        Assert.All(Complaints(outcome), line => Assert.Contains("and no good one: the last had 5120 bytes, too few for 160x32 yuyv", line, StringComparison.Ordinal));
        Assert.InRange(outcome.Duration.TotalSeconds, 9, 20);
        camera.Counts();
    }

    [Fact]
    public void Ten_thousand_pictures_with_every_fault_leave_nothing_behind_and_a_lost_camera_ends_the_run()
    {
        using var camera = new FakeCamera("""
            device /dev/video0
            format MJPG 160x32 30
            format YUYV 160x32 30
            rate 2500
            at 500 unplug 300
            at 1000 EIO
            at 1500 unplug 300
            at 2000 index
            at 2500 EBUSY
            at 10000 unplug
            every 7 error
            every 11 empty
            every 13 short
            every 17 long
            every 19 EAGAIN
            every 23 gap 4
            every 29 back 50
            """);
        Outcome outcome = camera.Run(1_000_000, "camera:0?format=yuyv");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("plug it in again", Complaints(outcome)[^1], StringComparison.Ordinal);
        Dictionary<string, long> counts = camera.Counts();
        Assert.Equal(10_001, counts["frames"]);
        JsonElement stream = camera.Stream();
        int Count(string name) => stream.GetProperty(name).GetInt32();
        Assert.Equal(6, Count("stalls"));
        Assert.InRange(Count("captured") + Count("damaged"), 9_000, 10_000);
        Assert.InRange(Count("shown") + Count("dropped"), Count("captured") - 1, Count("captured"));
        Assert.True(Directory.GetDirectories(Path.Combine(camera.Root, "out")).Length == Count("shown"));
    }
}

/// <summary>The same in the window.</summary>
[Collection(WindowedTests.Name)]
public sealed class CameraWindowTests(Screen screen)
{
    [Fact]
    public void A_lost_camera_is_a_banner_and_returns_in_another_size_under_another_number()
    {
        using var camera = new FakeCamera("""
            device /dev/video0
            format YUYV 160x32 30
            at 60 unplug
            device /dev/video4
            after 3000
            format YUYV 80x16 30
            """);
        using var window = new ViewedWindow(screen, camera.Root, camera.Environment, "camera:0", "--backend", "simd", "--pipeline", "as-it-is.json");
        window.WaitForTitle(" - 160x32 - ");
        window.WaitForMessage(present: true);
        // The last picture stays.
        window.WaitForTitle(" - 160x32 - ");
        window.WaitForTitle(" - 80x16 - ");
        window.WaitForMessage(present: false);
        window.Quit();
        camera.Counts();
    }

    [Fact]
    public void A_camera_that_never_gives_a_picture_is_a_banner_and_the_window_closes_at_once()
    {
        using var camera = new FakeCamera($"{FakeCamera.Usual}at 0 stall");
        using var window = new ViewedWindow(screen, camera.Root, camera.Environment, "camera:0", "--backend", "simd");
        window.WaitForTitle(" - no frame - ");
        window.WaitForMessage(present: true);
        Assert.InRange(window.Quit().TotalSeconds, 0, 2);
        camera.Counts();
    }

    [Fact]
    public void Ten_thousand_pictures_in_the_window_leave_nothing_behind()
    {
        using var camera = new FakeCamera("report 10000\ndevice /dev/video0\nformat MJPG 160x32 30\nrate 2000\nat 3000 unplug 100\nat 6000 EIO\nevery 50 cut\n");
        using var window = new ViewedWindow(screen, camera.Root, camera.Environment, "camera:0", "--backend", "simd");
        window.WaitUntil(() => camera.HasReported, "the camera has given 10,000 pictures");
        window.Quit();
        Dictionary<string, long> counts = camera.Counts();
        Assert.True(counts["frames"] >= 10_000);
        Assert.Equal(8, counts["mmaps"]);
    }
}
