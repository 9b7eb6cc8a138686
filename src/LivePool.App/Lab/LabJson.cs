using System.Text.Json;
using LivePool.Core;

namespace LivePool.App.Lab;

/// <summary>The lab's report for machines.</summary>
internal static class LabJson
{
    /// <exception cref="LivePoolException">The file cannot be written.</exception>
    public static void Write(string path, Action<Utf8JsonWriter> properties)
    {
        try
        {
            using FileStream stream = File.Create(path);
            using var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
            writer.WriteStartObject();
            writer.WriteString("livepool", Versions.Program);
            properties(writer);
            writer.WriteEndObject();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new LivePoolException($"--json {path}: {e.Message}", e);
        }
        Console.Out.WriteLine($"wrote {path}");
    }
}
