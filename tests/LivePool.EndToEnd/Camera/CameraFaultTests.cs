using System.Text.Json;

namespace LivePool.EndToEnd.Camera;

/// <summary>The program before cameras that misbehave: nothing torn is shown, nothing is left behind, and it goes on.</summary>
public sealed class CameraFaultTests
{
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
        camera.Run(16, $"camera:0?format={format}").Succeeded();
        int[] numbers = camera.Numbers(tolerance: format == "mjpeg" ? 3 : 0);
        Assert.Equal(16, numbers.Length);
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
    [InlineData("ENODEV", 2)]
    [InlineData("unplug 100", 2)]
    [InlineData("unplug 600", 2)]
    public void What_fails_in_mid_stream_is_told_and_tried_again(string fault, int complaints)
    {
        using var camera = new FakeCamera($"{FakeCamera.Usual}at 10 {fault}");
        Outcome outcome = camera.Run();
        Assert.Equal(0, outcome.ExitCode);
        Assert.InRange(FakeCamera.Complaints(outcome).Length, Math.Min(complaints, 1), complaints);
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
        Assert.Contains(FakeCamera.Complaints(outcome), line => line.Contains("Fake Camera at /dev/video1 is gone (ENODEV); plug it in again", StringComparison.Ordinal));
        int[] before = camera.Numbers(), after = camera.Numbers(80, 16);
        Assert.Equal(50, before.Length + after.Length);
        Assert.True(before[^1] < 30 && after[0] > 30);
        camera.Counts();
    }
}
