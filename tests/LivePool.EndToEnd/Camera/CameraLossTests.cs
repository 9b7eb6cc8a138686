using System.Text.Json;

namespace LivePool.EndToEnd.Camera;

/// <summary>Cameras that fall silent or are lost for good. These tests wait.</summary>
public sealed class CameraLossTests
{
    [Fact]
    public void A_pause_is_a_stall_that_ends_by_itself()
    {
        using var camera = new FakeCamera($"{FakeCamera.Usual}at 10 stall 2600");
        Outcome outcome = camera.Run();
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("/dev/video0 gave no picture for 2 s", Assert.Single(FakeCamera.Complaints(outcome)), StringComparison.Ordinal);
        Assert.Equal(20, camera.Numbers().Length);
        camera.Counts();
    }

    [Fact]
    public async Task A_camera_that_gives_nothing_or_nothing_good_ends_the_run_and_says_why()
    {
        using FakeCamera silent = new($"{FakeCamera.Usual}at 0 stall"), bad = new($"{FakeCamera.Usual}every 1 short\nat 0 short");
        // Beside each other: both wait for 10 s.
        Outcome[] outcomes = await Task.WhenAll(((FakeCamera[])[silent, bad]).Select(camera => Task.Run(() => camera.Run(1))));
        Assert.All(FakeCamera.Complaints(outcomes[0]), line => Assert.Contains("/dev/video0 gave no picture for 2 s", line, StringComparison.Ordinal));
        Assert.All(FakeCamera.Complaints(outcomes[1]), line => Assert.Contains("and no good one: the last had 5120 bytes, too few for 160x32 yuyv", line, StringComparison.Ordinal));
        Assert.All(outcomes, outcome => Assert.Equal(2, outcome.ExitCode));
        Assert.All(outcomes, outcome => Assert.InRange(outcome.Duration.TotalSeconds, 9, 25));
        Assert.Equal(0, silent.Counts()["frames"]);
        bad.Counts();
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
        Assert.Contains("plug it in again", FakeCamera.Complaints(outcome)[^1], StringComparison.Ordinal);
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
