using LivePool.EndToEnd.View;

namespace LivePool.EndToEnd.Camera;

/// <summary>Cameras that misbehave, in the window.</summary>
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
    public void A_camera_with_a_minute_between_two_pictures_does_not_keep_the_window_open()
    {
        using var camera = new FakeCamera("device /dev/video0\nformat GREY 160x32 1\nseconds 60\n");
        using var window = new ViewedWindow(screen, camera.Root, camera.Environment, "camera:0", "--backend", "simd");
        window.WaitForTitle(" - no frame - ");
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
