using System.Diagnostics;
using System.Text;
using LivePool.Testing;

namespace LivePool.EndToEnd;

/// <summary>What a finished process left behind.</summary>
internal sealed record Outcome(string CommandLine, int ExitCode, string Output, string Error, TimeSpan Duration)
{
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Fails unless the program succeeded without a word on stderr.</summary>
    public Outcome Succeeded()
    {
        Assert.True(ExitCode == 0 && Error.Length == 0, ToString());
        return this;
    }

    /// <summary>Fails unless the program ended as it should on bad input: its exit code, one line, no stack trace.</summary>
    public string Refused(int exitCode)
    {
        Assert.True(ExitCode == exitCode, $"not exit code {exitCode}: {this}");
        return OnlyLine();
    }

    /// <summary>The single line on stderr.</summary>
    public string OnlyLine()
    {
        Assert.True(Error.StartsWith("livepool: ", StringComparison.Ordinal) && Error.EndsWith('\n')
            && Error.Count(c => c == '\n') == 1 && !Error.Contains("   at ", StringComparison.Ordinal),
            $"not one line on stderr: {this}");
        return Error.TrimEnd();
    }

    public override string ToString() =>
        $"{CommandLine}\nexit code {ExitCode} after {Duration.TotalSeconds:F2} s\nstdout: {Output}\nstderr: {Error}";
}

/// <summary>The built program, as ./livepool starts it, in a process of its own.</summary>
internal static class Livepool
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // bin/Release/net10.0: the program is built beside these tests in the same configuration.
    private static readonly DirectoryInfo _tests = new(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));

    public static string Program { get; } = BuiltProgram("livepool", "src", "LivePool.App");

    /// <summary>A program of another project.</summary>
    public static string BuiltProgram(string name, params string[] project) =>
        Repository.PathOf([.. project, "bin", _tests.Parent!.Name, _tests.Name, name]);

    /// <summary>Runs it to its end in a folder, without a display.</summary>
    public static Outcome Run(string folder, params string[] arguments) => Run(folder, [], arguments);

    /// <summary>Runs it to its end in a folder, without a display, with more in its environment.</summary>
    public static Outcome Run(string folder, (string Name, string Value)[] environment, params string[] arguments) =>
        RunProgram(Program, folder, environment, arguments);

    /// <summary>Runs another program to its end in a folder.</summary>
    public static Outcome RunProgram(string program, string folder, params string[] arguments) =>
        RunProgram(program, folder, [], arguments);

    private static Outcome RunProgram(string program, string folder, (string Name, string Value)[] environment, string[] arguments)
    {
        var clock = Stopwatch.StartNew();
        using var running = new RunningProgram(program, folder, environment, arguments);
        int exitCode = running.WaitForExit();
        return new(running.CommandLine, exitCode, running.Output, running.Error, clock.Elapsed);
    }
}

/// <summary>A process whose output is collected; it is killed when it is disposed of.</summary>
internal sealed class RunningProgram : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();

    public RunningProgram(string program, string folder, (string Name, string Value)[] environment, string[] arguments)
    {
        CommandLine = string.Join(' ', [program, .. arguments]);
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in (string[])["DISPLAY", "WAYLAND_DISPLAY", "LIVEPOOL_SHADERS", "LIVEPOOL_FONTS"])
            start.Environment.Remove(name);
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        _process = Process.Start(start)!;
        _process.StandardInput.Close();
        _process.OutputDataReceived += (_, line) => Add(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Add(_error, line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string CommandLine { get; }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public string Output => Read(_output);

    public string Error => Read(_error);

    public int WaitForExit(TimeSpan? patience = null)
    {
        TimeSpan limit = patience ?? Livepool.Patience;
        if (!_process.WaitForExit(limit))
            Assert.Fail($"still running after {limit.TotalSeconds} s: {CommandLine}\nstdout: {Output}\nstderr: {Error}");
        // Without a limit it also waits for the last of the output.
        _process.WaitForExit();
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private static void Add(StringBuilder text, string? line)
    {
        if (line is null)
            return;
        lock (text)
            text.Append(line).Append('\n');
    }

    private static string Read(StringBuilder text)
    {
        lock (text)
            return text.ToString();
    }
}

/// <summary>A new folder that is deleted when the test is over.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("livepool-end-to-end-").FullName;

    public string this[params string[] parts] => Path.Combine([Root, .. parts]);

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
