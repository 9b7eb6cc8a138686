using System.Diagnostics;
using LivePool.App.Reports;

namespace LivePool.App.Tests.Reports;

public sealed class ShellCommandTests
{
    [Fact]
    public void Plain_words_stay_as_they_are() =>
        Assert.Equal("livepool verify --case out/a.json", ShellCommand.Of(["livepool", "verify", "--case", "out/a.json"]));

    [Fact]
    public void A_shell_reads_every_word_back()
    {
        string[] words = ["it's", "two words", "", "$HOME", "a*b", "\"q\"", "\\", "é", "a;b", "~"];
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-c", $"printf '%s|' {ShellCommand.Of(words)}"]) { RedirectStandardOutput = true })!;
        Assert.Equal(string.Concat(words.Select(word => $"{word}|")), shell.StandardOutput.ReadToEnd());
        shell.WaitForExit();
    }
}
