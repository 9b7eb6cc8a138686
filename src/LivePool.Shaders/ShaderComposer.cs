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
    private readonly List<ShaderFile> _files = [];
    private readonly List<(string Line, ShaderPlace Place)> _extensions = [];
    private readonly List<string> _open = [];

    private ShaderComposer(ShaderFolder folder) => _folder = folder;

    public static ShaderSource Compose(ShaderFolder folder, string path, string version, string prelude)
    {
        string full = Path.GetFullPath(path, folder.Root);
        if (!folder.Has(full))
            throw new LivePoolException($"there is no shader {path} in {folder.Root}; give a complete folder with --shaders DIR");
        var composer = new ShaderComposer(folder);
        string[] lines = prelude.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        for (int i = 0; i < lines.Length; i++)
            composer.AppendLine(lines[i], new(PreludeName, i + 1));
        composer.AppendFile(full);
        composer.Prepend(version);
        return new ShaderSource(folder.NameOf(full), composer._text.ToString(), composer._places, composer._files);
    }

    /// <summary>
    /// A shader's file and all that it includes, as far as they are there: what is to be watched so that a shader which does not
    /// load can be loaded when it does. One that is missing has no lines.
    /// </summary>
    public static IReadOnlyList<ShaderFile> FilesOf(ShaderFolder folder, string name)
    {
        var files = new Dictionary<string, ShaderFile>();
        var waiting = new Queue<string>([Path.GetFullPath(name, folder.Root)]);
        while (waiting.TryDequeue(out string? full))
        {
            if (files.ContainsKey(full))
                continue;
            string[] lines = [];
            try
            {
                lines = folder.Has(full) ? folder.ReadLines(full) : [];
            }
            catch (LivePoolException)
            {
                // As good as missing.
            }
            files.Add(full, new(folder.NameOf(full), full, lines));
            foreach (Match include in lines.Select(line => IncludeLine().Match(line)).Where(include => include.Success))
            {
                string path = include.Groups["path"].Value;
                if (path.Contains('\0', StringComparison.Ordinal))
                    continue;
                string beside = Path.GetFullPath(path, Path.GetDirectoryName(full)!);
                string within = Path.GetFullPath(path, folder.Root);
                // Of one that is nowhere either may come.
                foreach (string candidate in folder.Has(beside) ? [beside] : folder.Has(within) ? [within] : (string[])[beside, within])
                    waiting.Enqueue(candidate);
            }
        }
        return [.. files.Values];
    }

    /// <summary>Puts the version first, and then the extensions: they must come before everything but directives.</summary>
    private void Prepend(string version)
    {
        string head = string.Concat(_extensions.Select(extension => $"{extension.Line}\n"));
        _text.Insert(0, $"#version {version}\n{head}");
        _places.InsertRange(0, [new(PreludeName, 0), .. _extensions.Select(extension => extension.Place)]);
    }

    private void AppendFile(string full)
    {
        string name = _folder.NameOf(full);
        string[] lines = _folder.ReadLines(full);
        _files.Add(new(name, full, lines));
        _open.Add(name);
        for (int i = 0; i < lines.Length; i++)
        {
            var place = new ShaderPlace(name, i + 1);
            // A driver reads no further than there.
            if (lines[i].Contains('\0', StringComparison.Ordinal))
                throw new LivePoolException($"{place}: there is a NUL character; save the file as text");
            Match include = IncludeLine().Match(lines[i]);
            if (include.Success)
                Include(include.Groups["path"].Value, full, place);
            else if (ExtensionLine().IsMatch(lines[i]))
                _extensions.Add((lines[i], place));
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
        if (!_files.Any(file => file.Name == name))
            AppendFile(full);
    }

    [GeneratedRegex("""^\s*#\s*include\s+"(?<path>[^"]+)"\s*(//.*)?$""")]
    private static partial Regex IncludeLine();

    [GeneratedRegex(@"^\s*#\s*extension\s")]
    private static partial Regex ExtensionLine();
}
