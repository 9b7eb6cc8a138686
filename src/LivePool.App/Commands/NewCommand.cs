using System.CommandLine;
using LivePool.App.Lab;
using LivePool.Core;
using LivePool.Gpu.UserShaders;
using LivePool.Shaders;

namespace LivePool.App.Commands;

/// <summary>Writes what one starts from.</summary>
internal static class NewCommand
{
    public static Command Create(CommonOptions options)
    {
        var name = new Argument<string>("NAME") { Description = "The file to write, NAME.comp." };
        var claimed = new Option<string?>("--op")
        {
            Description = $"The operator that it is to be: {string.Join(", ", OperatorShader.Names)}.",
            HelpName = "NAME",
        };
        var shader = new Command("shader", "Writes a commented shader that runs in the lab, and with --op passes its check.") { name, claimed, options.Shaders };
        shader.SetAction(parsed => Write(parsed.GetValue(name)!, parsed.GetValue(claimed), parsed.GetValue(options.Shaders)));
        return new Command("new", "Writes a file to start from.") { shader };
    }

    private static int Write(string name, string? claimed, string? shaders)
    {
        if (Path.GetFileName(name).Length == 0)
            throw new LivePoolException($"'{name}' names no file; give a name such as mine");
        string path = name.EndsWith(".comp", StringComparison.Ordinal) ? name : $"{name}.comp";
        string text = claimed is null ? ShaderTemplate.Free(path) : ShaderTemplate.Of(path, OperatorShader.Of(claimed), ShaderFolder.Locate(shaders));
        try
        {
            using var file = new StreamWriter(new FileStream(path, FileMode.CreateNew, FileAccess.Write));
            file.Write(text);
        }
        catch (IOException) when (Path.Exists(path))
        {
            throw new LivePoolException($"{path} is there already; choose another name, or remove it first");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new LivePoolException($"{path} cannot be written: {e.Message}", e);
        }
        Console.Out.WriteLine($"wrote {path}; next: livepool lab {path} --watch");
        return 0;
    }
}
