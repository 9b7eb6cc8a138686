using System.Text;
using System.Text.RegularExpressions;
using LivePool.Core;

namespace LivePool.Shaders;

/// <summary>Puts a shader's text together: version, prelude, file, and the files that it includes.</summary>
internal sealed partial class ShaderComposer
{
    private const string PreludeName = "(prelude)";

    private readonly ShaderFolder _folder;
    private readonly StringBuilder _text = new();
    private readonly List<ShaderPlace> _places = [];
    private readonly HashSet<string> _included = [];
    private readonly List<string> _open = [];

    private ShaderComposer(ShaderFolder folder) => _folder = folder;

    public static ShaderSource Compose(ShaderFolder folder, string path, string version, string prelude)
    {
        string full = Path.GetFullPath(path, folder.Root);
        if (!folder.Has(full))
            throw new LivePoolException($"there is no shader {path} in {folder.Root}; give a complete folder with --shaders DIR");
        var composer = new ShaderComposer(folder);
        composer.AppendLine($"#version {version}", new(PreludeName, 0));
        string[] lines = prelude.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        for (int i = 0; i < lines.Length; i++)
            composer.AppendLine(lines[i], new(PreludeName, i + 1));
        composer.AppendFile(full);
        return new ShaderSource(folder.NameOf(full), composer._text.ToString(), composer._places);
    }

    private void AppendFile(string full)
    {
        string name = _folder.NameOf(full);
        _included.Add(name);
        _open.Add(name);
        string[] lines = ReadLines(full, name);
        for (int i = 0; i < lines.Length; i++)
        {
            var place = new ShaderPlace(name, i + 1);
            Match include = IncludeLine().Match(lines[i]);
            if (include.Success)
                Include(include.Groups["path"].Value, full, place);
            else
                AppendLine(lines[i], place);
        }
        _open.RemoveAt(_open.Count - 1);
    }

    private void AppendLine(string line, ShaderPlace place)
    {
        _text.Append(line).Append('\n');
        _places.Add(place);
    }

    private void Include(string path, string includer, ShaderPlace place)
    {
        string beside = Path.GetFullPath(path, Path.GetDirectoryName(includer)!);
        string full = _folder.Has(beside) ? beside : Path.GetFullPath(path, _folder.Root);
        if (!_folder.Has(full))
            throw new LivePoolException($"{place}: there is no file \"{path}\" beside the includer or in {_folder.Root}");
        string name = _folder.NameOf(full);
        if (_open.Contains(name))
            throw new LivePoolException($"{place}: \"{path}\" includes itself: {string.Join(" > ", _open)} > {name}");
        if (!_included.Contains(name))
            AppendFile(full);
    }

    private string[] ReadLines(string full, string name)
    {
        try
        {
            using var reader = new StreamReader(_folder.Open(full));
            var lines = new List<string>();
            while (reader.ReadLine() is { } line)
                lines.Add(line);
            return [.. lines];
        }
        catch (Exception e) when (e is IOException or LivePoolException)
        {
            throw new LivePoolException($"the shader {name} cannot be read: {e.Message}", e);
        }
    }

    [GeneratedRegex("""^\s*#\s*include\s+"(?<path>[^"]+)"\s*(//.*)?$""")]
    private static partial Regex IncludeLine();
}
