using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using LivePool.Frames.Streaming;
using LivePool.Frames.Video;
using LivePool.Testing;

namespace LivePool.Frames.Tests.Video;

/// <summary>Videos through the installed ffmpeg.</summary>
public sealed class FfmpegSourceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("livepool").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Make(string name, int frames, int rate = 25, params string[] options)
    {
        string path = Path.Combine(_folder, name);
        NumberedVideo.Make(path, frames, rate, options);
        return path;
    }

    private static int NumberOf(Frame frame)
    {
        byte[] grey = new byte[frame.Width * frame.Height];
        frame.CopyPlanar(1, grey);
        return NumberedVideo.Read(grey);
    }

    private static List<(int Number, TimeSpan Time)> ReadAll(IFrameSource source, int most = int.MaxValue)
    {
        var read = new List<(int, TimeSpan)>();
        var frame = new Frame();
        while (read.Count < most && source.TryRead(frame, Stop))
        {
            Assert.Equal((NumberedVideo.Width, NumberedVideo.Height, (long)read.Count), (frame.Width, frame.Height, frame.Sequence));
            read.Add((NumberOf(frame), frame.Timestamp));
        }
        return read;
    }

    [Fact]
    public void What_a_file_says_about_itself_is_not_taken_for_a_frame()
    {
        string path = Make("film.mkv", 20, 25, "-metadata", "EVIL\n[Parsed_showinfo_0 @ 0] n: 0 pts_time:0 s:3x3  =x",
            "-metadata", "EVIL\n[showinfo@1 @ 0] n: 0 pts:0 pts_time:0 s:3x3  =x");
        using IFrameSource source = FrameSources.Open(path);
        Assert.Equal(Enumerable.Range(0, 20), ReadAll(source).Select(frame => frame.Number));
    }

    [Fact]
    public void Times_are_exact_after_hours()
    {
        string log = "[f @ 0x1] [info] config in time_base: 1/90000, frame_rate: 30/1\n[f @ 0x1] [info] config out time_base: 0/0, frame_rate: 0/0\n";
        for (int i = 0; i < 4; i++)
            log += $"[f @ 0x1] [info] n:{i,4} pts:{1_080_000_000L + 3000 * i,7} pts_time:12000   pos: 1 fmt:rgb24 sar:1/1 s:32x16 i:P\n";
        using var read = new FfmpegLog(new MemoryStream(System.Text.Encoding.ASCII.GetBytes(log)), "f");
        for (int i = 0; i < 4; i++)
        {
            Assert.True(read.TryTake(TimeSpan.FromSeconds(10), Stop, out AnnouncedFrame frame, out _));
            Assert.Equal(12000 + i / 30.0, frame.Time, 1e-9);
        }
        Assert.Equal(30, read.FramesPerSecond);
    }

    [Fact]
    public async Task A_stream_that_stalls_in_the_middle_is_lost_after_five_seconds()
    {
        byte[] film = await File.ReadAllBytesAsync(Make("film.mkv", 300), Stop);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task serves = Task.Run(async () =>
        {
            using TcpClient client = await listener.AcceptTcpClientAsync(Stop);
            NetworkStream stream = client.GetStream();
            await stream.ReadExactlyAsync(new byte[1], Stop);
            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {film.Length}\r\n\r\n"), Stop);
            await stream.WriteAsync(film.AsMemory(0, film.Length / 2), Stop);
            // The rest never comes.
            await Task.Delay(TimeSpan.FromMinutes(1), Stop);
        }, Stop);
        using IFrameSource source = FrameSources.Open($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/film.mkv");
        var clock = Stopwatch.StartNew();
        var e = Assert.Throws<FrameSourceException>(() => ReadAll(source));
        Assert.True(e.IsSourceLost);
        Assert.Contains("nothing came for 5 s", e.Message, StringComparison.Ordinal);
        Assert.InRange(clock.Elapsed.TotalSeconds, 3, 30);
        Assert.False(serves.IsCompleted);
    }

    [Theory]
    [InlineData("film.mp4")]
    [InlineData("film.mkv")]
    [InlineData("film.avi")]
    [InlineData("film.webm")]
    public void Every_frame_comes_once_in_order_and_with_its_time(string name)
    {
        string path = Make(name, 300);
        using IFrameSource source = FrameSources.Open(path);
        List<(int Number, TimeSpan Time)> read = ReadAll(source);
        Assert.Equal(Enumerable.Range(0, 300), read.Select(frame => frame.Number));
        Assert.All(read, frame => Assert.Equal(frame.Number / 25.0, frame.Time.TotalSeconds, 2));
        Assert.Equal(25, source.FramesPerSecond!.Value, 3);
        Assert.False(source.TryRead(new Frame(), Stop) && !source.IsLive);
    }

    [Fact]
    public void Frames_of_uneven_times_keep_them()
    {
        string path = Make("uneven.mkv", 20, 25, "-vf", "setpts=N*N/25/TB", "-fps_mode", "passthrough", "-c:v", "ffv1");
        using IFrameSource source = FrameSources.Open(path);
        List<(int Number, TimeSpan Time)> read = ReadAll(source);
        Assert.Equal(20, read.Count);
        Assert.All(read, frame => Assert.Equal(frame.Number * frame.Number / 25.0, frame.Time.TotalSeconds, 2));
    }

    [Fact]
    public void A_loop_goes_on_in_number_and_time_and_a_skip_goes_on_elsewhere()
    {
        string path = Make("film.mp4", 50, 25, "-g", "1");
        using IFrameSource source = FrameSources.Open(path);
        source.Looping = true;
        List<(int Number, TimeSpan Time)> read = ReadAll(source, 120);
        Assert.Equal(Enumerable.Range(0, 120).Select(i => i % 50), read.Select(frame => frame.Number));
        Assert.All(read.Zip(read.Skip(1)), pair => Assert.Equal(0.04, (pair.Second.Time - pair.First.Time).TotalSeconds, 2));

        // The last one was number 19.
        var frame = new Frame();
        source.Skip(TimeSpan.FromSeconds(0.8));
        Assert.True(source.TryRead(frame, Stop));
        Assert.InRange(NumberOf(frame), 38, 40);
        Assert.True(frame.Timestamp > read[^1].Time && frame.Sequence == 120);
        source.Skip(TimeSpan.FromSeconds(-100));
        Assert.True(source.TryRead(frame, Stop));
        Assert.Equal(0, NumberOf(frame));
        source.Skip(TimeSpan.FromSeconds(100));
        Assert.True(source.TryRead(frame, Stop));
        Assert.Equal(0, NumberOf(frame));
    }

    [Fact]
    public void A_film_that_is_cut_off_gives_what_it_has()
    {
        string path = Make("film.mkv", 200, 25, "-g", "10");
        byte[] bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..(bytes.Length / 2)]);
        using IFrameSource source = FrameSources.Open(path);
        int count = 0;
        try
        {
            for (var frame = new Frame(); source.TryRead(frame, Stop); count++)
                Assert.Equal(count, NumberOf(frame));
        }
        catch (FrameSourceException e)
        {
            Assert.True(e.IsSourceLost);
        }
        Assert.InRange(count, 60, 140);
    }

    [Theory]
    [InlineData("-film.mp4")]
    [InlineData("a film:1, with \"all\" 'of' it %03d *.mp4")]
    [InlineData("concat:film.mp4")]
    public void A_file_s_name_is_only_a_name(string name)
    {
        Make(name, 3);
        string before = Environment.CurrentDirectory;
        Environment.CurrentDirectory = _folder;
        try
        {
            using IFrameSource source = FrameSources.Open(name);
            Assert.Equal(3, ReadAll(source).Count);
        }
        finally
        {
            Environment.CurrentDirectory = before;
        }
    }

    [Fact]
    public void A_file_cannot_make_ffmpeg_go_elsewhere()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        string path = Path.Combine(_folder, "list.mp4");
        File.WriteAllText(path, $"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/a.ts\n#EXT-X-ENDLIST\n");
        Assert.Throws<FrameSourceException>(() => FrameSources.Open(path));
        Assert.False(listener.Pending());
    }

    [Theory]
    [InlineData("list.mp4", "ffconcat version 1.0\nfile film.mkv\n")]
    [InlineData("list.mkv", "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfilm.mkv\n#EXT-X-ENDLIST\n")]
    public void A_list_of_other_files_is_no_film_whatever_its_name(string name, string text)
    {
        Make("film.mkv", 3);
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        FrameSourceException refused = Assert.Throws<FrameSourceException>(() => FrameSources.Open(path));
        Assert.Equal($"cannot read '{path}': it is a list of other files, or no kind of video that is read here; give the video itself", refused.Message);
    }

    [Fact]
    public async Task A_list_at_an_address_cannot_name_a_file()
    {
        string film = Make("film.ts", 25), list = $"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://{film}\n#EXT-X-ENDLIST\n";
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task serves = Task.Run(async () =>
        {
            using TcpClient client = await listener.AcceptTcpClientAsync(Stop);
            NetworkStream stream = client.GetStream();
            await stream.ReadExactlyAsync(new byte[1], Stop);
            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {list.Length}\r\nConnection: close\r\n\r\n{list}"), Stop);
        }, Stop);
        Assert.Throws<FrameSourceException>(() => FrameSources.Open($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/list.m3u8"));
        await serves;
    }

    [Theory]
    [InlineData("rtsp")]
    [InlineData("http")]
    public async Task A_password_in_an_address_is_not_shown(string kind)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        string host = $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        Task refuses = Task.Run(async () =>
        {
            using TcpClient client = await listener.AcceptTcpClientAsync(Stop);
        }, Stop);
        FrameSourceException lost = Assert.Throws<FrameSourceException>(() =>
        {
            using IFrameSource source = FrameSources.Open($"{kind}://me:s3cr@t@{host}/none?passphrase=hidden&x=1");
            Assert.Equal($"{kind}://***@{host}/none?passphrase=***&x=1", source.Description);
            source.TryRead(new Frame(), Stop);
        });
        await refuses;
        Assert.Contains($"{kind}://***@{host}", lost.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr", lost.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", lost.Message, StringComparison.Ordinal);
        string unknown = Assert.Throws<FrameSourceException>(() => FrameSources.Open($"rstp://me:s3cret@{host}/none")).Message;
        Assert.Contains($"'rstp://***@{host}/none'", unknown, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_film_or_too_large_is_refused_in_one_line()
    {
        string path = Path.Combine(_folder, "none.mp4");
        File.WriteAllBytes(path, [1, 2, 3]);
        FrameSourceException none = Assert.Throws<FrameSourceException>(() => FrameSources.Open(path));
        Assert.Contains("none.mp4", none.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', none.Message);
        string film = Make("film.mp4", 3);
        using IFrameSource source = FrameSources.Open(film, ImageLimits.Default with { MaxSide = 100 });
        Assert.Contains("160x32", Assert.Throws<FrameSourceException>(() => source.TryRead(new Frame(), Stop)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stream_that_says_nothing_ends_with_its_reader()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        long start = Stopwatch.GetTimestamp();
        using (var feed = new FrameFeed(() => FrameSources.Open($"rtsp://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/none"), loops: true))
        {
            while (!listener.Pending())
                Thread.Sleep(1);
        }
        Assert.True(Stopwatch.GetElapsedTime(start).TotalSeconds < 8);
    }

    [Fact]
    public void A_stream_that_ends_is_lost_and_opened_again()
    {
        int port = FreePort();
        Make("film.ts", 25);
        using Process server = Serve();
        using var feed = new FrameFeed(() => FrameSources.Open($"udp://127.0.0.1:{port}?timeout=1500000"), loops: true);
        Until(() => feed.Counts.Captured > 30);
        server.Kill();
        server.WaitForExit();
        Until(() => feed.Failure is not null);
        long captured = feed.Counts.Captured;
        using Process again = Serve();
        Until(() => feed.Failure is null && feed.Counts.Captured > captured + 10);
        Assert.Equal(1, feed.Counts.Stalls);
        again.Kill();

        Process Serve() => Process.Start(new ProcessStartInfo("ffmpeg", [
            "-v", "error", "-re", "-stream_loop", "-1", "-i", Path.Combine(_folder, "film.ts"), "-c", "copy", "-f", "mpegts", $"udp://127.0.0.1:{port}"])
        { RedirectStandardError = true })!;

        static void Until(Func<bool> condition)
        {
            for (long start = Stopwatch.GetTimestamp(); !condition(); Thread.Sleep(5))
                Assert.True(Stopwatch.GetElapsedTime(start).TotalSeconds < 30, "nothing happened for 30 s");
        }

        static int FreePort()
        {
            using var socket = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
            return ((IPEndPoint)socket.Client.LocalEndPoint!).Port;
        }
    }
}
