namespace LivePool.EndToEnd.Streams;

/// <summary>A script that stands where the program finds ffmpeg.</summary>
internal static class WrappedFfmpeg
{
    /// <summary>Writes it.</summary>
    /// <param name="folder">Where it goes.</param>
    /// <param name="script">Of sh; ffmpeg in it is the installed one.</param>
    /// <returns>What lets a program find it.</returns>
    public static (string Name, string Value)[] Create(TemporaryFolder folder, string script)
    {
        string bin = folder["bin"];
        Directory.CreateDirectory(bin);
        File.WriteAllText(Path.Combine(bin, "ffmpeg"), $"#!/bin/sh\nPATH=${{PATH#*:}}\n{script}\n");
        Assert.Equal(0, Livepool.RunProgram("chmod", bin, "+x", "ffmpeg").ExitCode);
        return [("PATH", $"{bin}:{Environment.GetEnvironmentVariable("PATH")}")];
    }

    /// <summary>Whether a process runs; one that has ended and that nobody has asked about does not.</summary>
    public static bool IsRunning(int id)
    {
        try
        {
            // 12 (name) S
            string stat = File.ReadAllText($"/proc/{id}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }
}
