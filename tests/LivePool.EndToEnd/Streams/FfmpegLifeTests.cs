using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace LivePool.EndToEnd.Streams;

/// <summary>The ffmpeg that a program has started does not outlive it, whatever ends the program.</summary>
public sealed class FfmpegLifeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("TERM", false)]
    [InlineData("INT", false)]
    [InlineData("KILL", true)]
    public async Task Ffmpeg_before_a_stream_that_says_nothing_ends_with_the_program(string signal, bool withSetpriv)
    {
        // Its own word comes from ffmpeg's process, before that becomes ffmpeg.
        (string, string)[] environment = WrappedFfmpeg.Create(_folder, $"echo $$ > {_folder["id.new"]}\nmv {_folder["id.new"]} {_folder["id"]}\nexec ffmpeg \"$@\"");
        if (!withSetpriv)
        {
            // Without the kernel's help, which would hide whether the program does it.
            string tools = _folder["tools"];
            Directory.CreateDirectory(tools);
            foreach (string name in (string[])["ffmpeg", "mv", "sh"])
                File.CreateSymbolicLink(Path.Combine(tools, name), Path.Combine("/usr/bin", name));
            environment = [("PATH", $"{_folder["bin"]}:{tools}")];
        }
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var program = new RunningProgram(Livepool.Program, _folder.Root, environment, ["run", $"rtsp://127.0.0.1:{port}/none", "--backend", "simd"]);
        using var patience = new CancellationTokenSource(Livepool.Patience);
        // The connection stays, so that nothing ends ffmpeg from there.
        using TcpClient client = await listener.AcceptTcpClientAsync(patience.Token);
        int ffmpeg = int.Parse(await File.ReadAllTextAsync(_folder["id"], patience.Token), CultureInfo.InvariantCulture);
        Assert.True(WrappedFfmpeg.IsRunning(ffmpeg));

        Assert.Equal(0, Livepool.RunProgram("kill", _folder.Root, $"-{signal}", $"{program.Id}").ExitCode);
        program.WaitForExit();
        Assert.True(SpinWait.SpinUntil(() => !WrappedFfmpeg.IsRunning(ffmpeg), TimeSpan.FromSeconds(3)), $"ffmpeg runs on after SIG{signal}");
    }
}
