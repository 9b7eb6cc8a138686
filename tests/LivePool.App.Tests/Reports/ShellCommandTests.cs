using System.Diagnostics;
using System.Text;
using LivePool.App.Reports;
using LivePool.Core;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;

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

    [Fact]
    public void A_preset_is_run_by_its_name() =>
        Assert.Equal("livepool run scene:grass --pipeline cnn", ShellCommand.Run("scene:grass", PipelinePresets.Load("cnn")));

    [Fact]
    public void A_preset_that_was_changed_is_run_by_its_JSON()
    {
        Pipeline changed = PipelinePresets.Load("sobel");
        changed = changed with { Stages = changed.Stages.Add(new MaxPool2d(new(2, 3))) };
        foreach ((string source, Pipeline pipeline) in ((string, Pipeline)[])[
            ("it's a folder/$x.png", changed), ("-odd.png", changed with { Name = "\"'a b\\\n$(c)" })])
        {
            using var shell = Process.Start(new ProcessStartInfo(
                "bash", ["-c", $"livepool() {{ printf '%s\\0' \"$@\"; }}; {ShellCommand.Run(source, pipeline)}"])
            { RedirectStandardOutput = true })!;
            string[] words = shell.StandardOutput.ReadToEnd().Split('\0');
            shell.WaitForExit();
            Assert.Equal(["run", source[0] == '-' ? $"./{source}" : source, "--pipeline"], words[..3]);
            Assert.Equal(5, words.Length);
            Pipeline read = PipelinePresets.LoadNameOrFile(words[3]);
            Assert.Equal(pipeline.Name, read.Name);
            Assert.Equal(PipelineJson.Write(pipeline), PipelineJson.Write(read));
        }
    }

    [Fact]
    public void What_a_command_line_cannot_take_is_refused()
    {
        // Each weight is two bytes of JSON, "0,".
        Pipeline pipeline = Pipeline.Of(new Conv2d(new Tensor(new(1, 1, 250, 250))), 1);
        string command = ShellCommand.Run("a.png", pipeline);
        int bytes = Encoding.UTF8.GetByteCount(command);
        Assert.InRange(bytes, 125_000, 131_000);
        using (var shell = Process.Start(new ProcessStartInfo("bash") { RedirectStandardInput = true, RedirectStandardOutput = true })!)
        {
            // Through another program, because only those are limited.
            shell.StandardInput.Write($"livepool() {{ /bin/echo \"$@\"; }}; {command}\n");
            shell.StandardInput.Close();
            Assert.InRange(shell.StandardOutput.ReadToEnd().Length, 125_000, 131_000);
            shell.WaitForExit();
            Assert.Equal(0, shell.ExitCode);
        }
        pipeline = Pipeline.Of(new Conv2d(new Tensor(new(1, 1, 257, 257))), 1);
        string message = Assert.Throws<LivePoolException>(() => ShellCommand.Run("a.png", pipeline)).Message;
        Assert.Contains("131071", message, StringComparison.Ordinal);
        Assert.Contains("save it as a file", message, StringComparison.Ordinal);
    }
}
