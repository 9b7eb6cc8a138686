using System.Diagnostics;

namespace LivePool.Core.Tests;

/// <summary>What a user names is a regular file of bounded size, or refused before it is read.</summary>
public sealed class RegularFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_file_behind_links_is_read_whole()
    {
        string file = Path.Combine(_folder, "file");
        File.WriteAllBytes(file, [1, 2, 3, 4, 5]);
        File.CreateSymbolicLink(Path.Combine(_folder, "link"), "file");
        File.CreateSymbolicLink(Path.Combine(_folder, "second"), "link");
        Assert.Equal([1, 2, 3, 4, 5], RegularFile.ReadAllBytes(Path.Combine(_folder, "second"), 5));
        Refused(Path.Combine(_folder, "second"), "has 5 bytes; at most 4", maximum: 4);
    }

    [Fact]
    public void A_pipe_is_refused_and_not_waited_for()
    {
        string pipe = Path.Combine(_folder, "pipe");
        using (Process process = Process.Start("mkfifo", pipe))
            process.WaitForExit();
        File.CreateSymbolicLink(Path.Combine(_folder, "link"), "pipe");
        Refused(pipe, "not a regular file");
        Refused(Path.Combine(_folder, "link"), "not a regular file");
    }

    [Theory]
    [InlineData("/dev/zero", "not a regular file")]
    [InlineData("/proc/self/maps", "not a regular file")]
    [InlineData("/tmp", "is a folder")]
    [InlineData("/no/such/file", "there is no such file")]
    [InlineData("a\0b", "cannot be read")]
    public void Whatever_is_no_regular_file_is_refused_with_its_name(string path, string reason) => Refused(path, reason);

    private static void Refused(string path, string reason, long maximum = long.MaxValue)
    {
        var e = Assert.Throws<LivePoolException>(() => RegularFile.ReadAllBytes(path, maximum));
        Assert.StartsWith(path.Replace('\0', '?') + ": ", e.Message, StringComparison.Ordinal);
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }
}
