using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace LivePool.Frames.Video;

/// <summary>
/// Starts ffmpeg, and says when this program is about to end. If it is killed, on Linux ffmpeg ends with it if util-linux' setpriv
/// is there to ask the kernel for that; elsewhere when it next writes, into a pipe that nobody reads any more.
/// </summary>
internal static class FfmpegProcess
{
    // The kernel's word is about the thread that starts a process, so that must be one that stays.
    private static readonly BlockingCollection<Action> _starts = [];
    private static readonly Lazy<string?> _setpriv = new(FindSetpriv);

    // A signal ends a program without raising ProcessExit.
    private static readonly PosixSignalRegistration[] _signals =
    [
        .. ((PosixSignal[])[PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGHUP])
            .Select(signal => PosixSignalRegistration.Create(signal, _ => Ending?.Invoke())),
    ];

    static FfmpegProcess()
    {
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Ending?.Invoke();
        new Thread(() =>
        {
            foreach (Action start in _starts.GetConsumingEnumerable())
                start();
        })
        { IsBackground = true, Name = "ffmpeg starter" }.Start();
    }

    /// <summary>This program is about to end.</summary>
    public static event Action? Ending;

    /// <summary>Starts it with its output and its log redirected.</summary>
    /// <exception cref="Win32Exception">It is not installed, or does not start.</exception>
    public static Process Start(IEnumerable<string> arguments)
    {
        string? setpriv = _setpriv.Value, ffmpeg = setpriv is null ? null : Find("ffmpeg");
        ProcessStartInfo start = ffmpeg is null ? new("ffmpeg", arguments) : new(setpriv!, ["--pdeathsig", "KILL", "--", ffmpeg, .. arguments]);
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        var started = new TaskCompletionSource<Process>();
        _starts.Add(() =>
        {
            try
            {
                started.SetResult(Process.Start(start)!);
            }
            catch (Exception e)
            {
                started.SetException(e);
            }
        });
        return started.Task.GetAwaiter().GetResult();
    }

    /// <summary>A setpriv that can do it; others have the name alone.</summary>
    private static string? FindSetpriv()
    {
        if (!OperatingSystem.IsLinux() || Find("setpriv") is not { } path)
            return null;
        var start = new ProcessStartInfo(path, ["--pdeathsig", "KILL", "--", path, "--version"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using Process process = Process.Start(start)!;
            process.StandardOutput.ReadToEnd();
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? path : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    /// <summary>A program in PATH; null where there is none that may be run.</summary>
    private static string? Find(string name)
    {
        foreach (string folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            string path = Path.Combine(folder, name);
            const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
            if (OperatingSystem.IsLinux() && File.Exists(path) && (File.GetUnixFileMode(path) & Execute) != 0)
                return path;
        }
        return null;
    }
}
