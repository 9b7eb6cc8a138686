using System.Text.Json;

namespace LivePool.EndToEnd.Camera;

/// <summary>The program before cameras that behave: what it takes, what it says it got, and what it refuses.</summary>
public sealed class CameraTests
{
    [Theory]
    [InlineData("yuyv")]
    [InlineData("nv12")]
    [InlineData("rgb24")]
    [InlineData("grey")]
    [InlineData("mjpeg")]
    public void Every_format_arrives_whole(string format)
    {
        using var camera = new FakeCamera(FakeCamera.Usual);
        Outcome outcome = camera.Run(8, $"camera:0?format={format}").Succeeded();
        Assert.Contains("relu [1, 1, 32, 160]", outcome.Output, StringComparison.Ordinal);
        Assert.Equal(8, camera.Numbers(tolerance: format == "mjpeg" ? 3 : 0).Length);
        Dictionary<string, long> counts = camera.Counts();
        Assert.Equal((1, 4), (counts["opens"], counts["mmaps"]));
        JsonElement stream = camera.Stream();
        int Count(string name) => stream.GetProperty(name).GetInt32();
        Assert.Equal((8, 0, 0, 0), (Count("shown"), Count("stalls"), Count("missed"), Count("damaged")));
        Assert.InRange(Count("shown") + Count("dropped"), Count("captured") - 1, Count("captured"));
        Assert.True(counts["frames"] >= Count("captured"));
        Assert.True(stream.GetProperty("latency_milliseconds").GetProperty("p50").GetDouble() > 0);
    }

    [Theory]
    [InlineData("yuyv", "stride 352")]
    [InlineData("nv12", "stride 192")]
    [InlineData("rgb24", "stride 481")]
    [InlineData("grey", "stride 4096")]
    [InlineData("yuyv", "sizeimage 20000")]
    [InlineData("yuyv", "length 65536")]
    [InlineData("mjpeg", "padding 3000")]
    [InlineData("yuyv", "mplane")]
    [InlineData("mjpeg", "mplane")]
    [InlineData("yuyv", "realtime")]
    [InlineData("yuyv", "buffers 1")]
    [InlineData("yuyv", "refuse ENUM_FRAMESIZES ENOTTY")]
    [InlineData("yuyv", "refuse ENUM_FRAMEINTERVALS EINVAL")]
    [InlineData("yuyv", "refuse S_PARM ENOTTY")]
    [InlineData("yuyv", "refuse DQBUF EINTR 20")]
    [InlineData("yuyv", "refuse poll EINTR 20")]
    [InlineData("yuyv", "refuse open EINTR 3")]
    public void What_a_driver_may_do_is_no_matter(string format, string directive)
    {
        using var camera = new FakeCamera(FakeCamera.Usual + directive);
        camera.Run(4, $"camera:0?size=160x32&format={format}").Succeeded();
        Assert.Equal(4, camera.Numbers(tolerance: format == "mjpeg" ? 3 : 0).Length);
        camera.Counts();
    }

    [Theory]
    [InlineData("yuyv", "stride 352")]
    [InlineData("nv12", "stride 192")]
    [InlineData("rgb24", "stride 481")]
    [InlineData("grey", "stride 4096")]
    [InlineData("mjpeg", "")]
    public void What_the_GPU_makes_of_the_cameras_bytes_is_right(string format, string directive)
    {
        using var camera = new FakeCamera(FakeCamera.Usual + directive);
        camera.RunOnGpu(4, $"camera:0?size=160x32&format={format}", "--convert-on-gpu").Succeeded();
        Assert.Equal(4, camera.Numbers(tolerance: format == "mjpeg" ? 3 : 0).Length);
        Assert.Equal("gpu", camera.Report().GetProperty("converted_on").GetString());
        camera.Counts();
    }

    [Fact]
    public void A_GPU_that_makes_something_else_of_the_cameras_bytes_is_found_out()
    {
        using var camera = new FakeCamera(FakeCamera.Usual);
        using var folder = new TemporaryFolder();
        string shaders = ShaderFault.Plant(folder, Path.Combine("pixels", "from_pixels.comp"), "uint(clamp(value >> 16, 0, 255))", "uint(clamp(value >> 15, 0, 255))");
        Outcome outcome = camera.RunOnGpu(2, "camera:0?format=yuyv", "--convert-on-gpu", "--shaders", shaders);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("stage 1, relu", outcome.Output, StringComparison.Ordinal);
        // A processor that is a GPU does not use it unless told to.
        Outcome usual = camera.RunOnGpu(2, "camera:0?format=yuyv", "--shaders", shaders);
        bool isSoftware = camera.Report().GetProperty("backend").GetProperty("software").GetBoolean();
        Assert.Equal(isSoftware ? (0, "cpu") : (1, "gpu"), (usual.ExitCode, camera.Report().GetProperty("converted_on").GetString()));
    }

    [Fact]
    public void The_nearest_is_taken_and_told()
    {
        using var camera = new FakeCamera("""
            device /dev/video0
            format MJPG 640x480 30
            format YUYV 80x16 5
            format YUYV 160x32 15 60
            rate 200
            """);
        Outcome outcome = camera.Run(5, "camera:0?size=170x40&fps=50&format=yuyv");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal("livepool: camera:0?size=170x40&fps=50&format=yuyv: the camera gives 160x32 yuyv, 60 fps, not 170x40, 50 fps", outcome.OnlyLine());
        Assert.Equal(5, camera.Numbers().Length);
        camera.Counts();
    }

    [Fact]
    public void Sizes_and_rates_between_are_set_where_a_camera_has_them()
    {
        using var camera = new FakeCamera("""
            device /dev/video0
            format YUYV 16x16-640x480 5-60
            rate 200
            """);
        camera.Run(5, "camera:0?size=320x64&fps=25").Succeeded();
        Assert.Equal(5, camera.Numbers(320, 64).Length);
        camera.Counts();
    }

    [Fact]
    public void A_camera_that_gives_another_size_than_it_offers_is_shown_in_that_size()
    {
        using var camera = new FakeCamera(FakeCamera.Usual + "got 80x16");
        Outcome outcome = camera.Run(5, "camera:0?size=160x32");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("gives 80x16 yuyv, 30 fps, not 160x32", outcome.OnlyLine(), StringComparison.Ordinal);
        Assert.Equal(5, camera.Numbers(80, 16).Length);
        camera.Counts();
    }

    [Theory]
    [InlineData("camera:fake", "/dev/video2")]
    [InlineData("camera:usb-fake-2", "/dev/video3")]
    [InlineData("camera:/dev/video3", "/dev/video3")]
    [InlineData("camera:3", "/dev/video3")]
    public void Cameras_are_found_by_number_file_name_and_port(string source, string path)
    {
        using var camera = new FakeCamera("""
            device /dev/video0
            output
            device /dev/video1
            card Other
            format GREY 80x16 30
            device /dev/video2
            format GREY 160x32 30
            device /dev/video3
            bus usb-fake-2
            format GREY 160x32 30
            """);
        camera.Run(1, source).Succeeded();
        Assert.Contains($"camera:{path} (", File.ReadAllText(Path.Combine(camera.Root, "out", "report.json")), StringComparison.Ordinal);
        camera.Counts();
    }

    [Fact]
    public void Info_lists_cameras_with_formats_sizes_and_rates()
    {
        using var camera = new FakeCamera("""
            device /dev/video0
            card Garden
            format YUYV 640x480 30 15
            format YUYV 1280x720 10
            format MJPG 16x16-1920x1080 1-60
            format H264 640x480
            device /dev/video1
            output
            device /dev/video3
            bus usb-fake-2
            refuse ENUM_FRAMESIZES ENOTTY
            format NV12 160x32 30
            device /dev/video5
            refuse open EACCES
            """);
        string[] rows = [.. camera.Info().Succeeded().Lines.Where(line => line.StartsWith("/dev/video", StringComparison.Ordinal))
            .Select(line => string.Join(" | ", line.Split("   ", 2).Select(part => part.Trim())))];
        Assert.Equal([
            "/dev/video0 | Garden, usb-fake-1",
            "/dev/video0 yuyv | 640x480 at 30, 15 fps; 1280x720 at 10 fps",
            "/dev/video0 mjpeg | 16x16 to 1920x1080 at 1 to 60 fps",
            "/dev/video0 H264 | not read here: 640x480",
            "/dev/video3 | Fake Camera, usb-fake-2",
            "/dev/video3 nv12 |",
            "/dev/video5 | no permission for /dev/video5, which is root's alone; give it to the group 'video', and join that",
        ], rows.Select(row => row.TrimEnd()));
        camera.Counts();
    }

    [Fact]
    public void A_driver_that_names_its_last_again_and_again_has_it_once()
    {
        using var camera = new FakeCamera("device /dev/video0\nforgetful\nformat YUYV 640x480 30 15\nformat YUYV 1280x720 10\n");
        string row = Assert.Single(camera.Info().Succeeded().Lines, line => line.Contains("yuyv", StringComparison.Ordinal));
        Assert.Equal("/dev/video0 yuyv | 640x480 at 30, 15 fps; 1280x720 at 10 fps", string.Join(" | ", row.Split("   ", 2).Select(part => part.Trim())));
        camera.Counts();
    }

    [Fact]
    public void A_camera_that_gives_a_picture_every_few_seconds_is_waited_for()
    {
        using var camera = new FakeCamera("device /dev/video0\nformat GREY 160x32 1\nseconds 3\n");
        Outcome outcome = camera.Run(1, "camera:0?fps=0.0004");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("the camera gives 160x32 grey, 0.33 fps, not 0.0004 fps", outcome.OnlyLine(), StringComparison.Ordinal);
        Assert.Single(camera.Numbers());
        camera.Counts();
    }

    [Fact]
    public void A_picture_of_MJPEG_in_another_size_than_was_set_is_whole_and_in_its_own()
    {
        using var camera = new FakeCamera("device /dev/video0\nformat MJPG 320x64 30\nrate 100\nevery 3 half\n");
        camera.Run(12).Succeeded();
        int[] set = camera.Numbers(320, 64, tolerance: 3), other = camera.Numbers(160, 32, tolerance: 3);
        Assert.Equal(12, set.Length + other.Length);
        Assert.All(set, number => Assert.True(number % 3 != 0 || number == 0, $"{number} is not in its own size"));
        Assert.All(other, number => Assert.Equal(0, number % 3));
        Assert.NotEmpty(other);
        Assert.Equal(0, camera.Stream().GetProperty("damaged").GetInt32());
    }

    [Fact]
    public void Info_without_a_camera_says_so_in_one_line()
    {
        // The only device is one that shows pictures.
        using var camera = new FakeCamera("device /dev/video0\noutput\n");
        Assert.Matches(@"^cameras {3,}none *$", Assert.Single(camera.Info().Succeeded().Lines, line => line.Contains("camera", StringComparison.Ordinal)));
        camera.Counts();
    }

    [Theory]
    [InlineData("camera:7", "", 3, "there is no /dev/video7; the cameras are: /dev/video0 (Fake Camera)")]
    [InlineData("camera:webcam", "", 3, "no camera's name has 'webcam' in it")]
    [InlineData("camera:0", "refuse open ENODEV", 3, "has no device behind it (ENODEV)")]
    [InlineData("camera:0", "refuse STREAMON ENODEV", 3, "has no device behind it (ENODEV)")]
    [InlineData("camera:0", "refuse open EACCES", 2, "which is root's alone")]
    [InlineData("camera:0", "refuse open EBUSY", 2, "another program uses /dev/video0")]
    [InlineData("camera:0", "refuse S_FMT EBUSY", 2, "another program uses /dev/video0")]
    [InlineData("camera:0", "refuse REQBUFS EBUSY 1", 2, "another program uses /dev/video0")]
    [InlineData("camera:0", "refuse STREAMON ENOSPC", 2, "no room on its bus")]
    [InlineData("camera:0", "refuse QUERYCAP ENOTTY", 2, "/dev/video0 is not a video device")]
    [InlineData("camera:0", "refuse QUERYBUF EINVAL", 2, "failed in QUERYBUF")]
    [InlineData("camera:0", "refuse mmap ENOMEM", 2, "failed in mmap")]
    [InlineData("camera:0", "refuse QBUF EIO", 2, "failed in QBUF (EIO)")]
    [InlineData("camera:0", "output", 2, "/dev/video0 takes no pictures")]
    [InlineData("camera:0", "buffers 0", 2, "it gives no buffers")]
    [InlineData("camera:0", "stride 319", 2, "a row of 160 pixels yuyv has 319 bytes, which needs 320")]
    [InlineData("camera:0", "sizeimage 10239", 2, "buffers of 10239 bytes do not hold 160x32 yuyv, which needs 10240")]
    [InlineData("camera:0", "length 4096", 2, "buffers of 4096 bytes do not hold 160x32 yuyv")]
    [InlineData("camera:0", "length 3000000000", 2, "buffers of 3000000000 bytes")]
    [InlineData("camera:0", "got 0x32", 2, "it gives 0x32 pixels")]
    [InlineData("camera:0", "got 100000x100000", 2, "it gives 100000x100000 pixels")]
    [InlineData("camera:0", "got 4294967295x1", 2, "it gives 4294967295x1 pixels")]
    [InlineData("camera:0", "got H264", 2, "it gives H264, which is not read here")]
    [InlineData("camera:0", "refuse ENUM_FMT EINVAL", 2, "it offers no format")]
    public void What_cannot_be_used_is_refused_in_one_line_and_left_as_it_was(string source, string directives, int exitCode, string message)
    {
        using var camera = new FakeCamera(FakeCamera.Usual + directives);
        Assert.Contains(message, camera.Run(camera: source).Refused(exitCode), StringComparison.Ordinal);
        if (camera.HasReported)
            camera.Counts();
    }
}
