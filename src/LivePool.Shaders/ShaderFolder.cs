using System.Reflection;
using LivePool.Core;

namespace LivePool.Shaders;

/// <summary>A <c>shaders/</c> folder, from which shaders are loaded by their path within it.</summary>
public sealed class ShaderFolder
{
    /// <summary>The environment variable that names another folder.</summary>
    public const string Variable = "LIVEPOOL_SHADERS";

    /// <summary>The most bytes that a shader's file may have.</summary>
    public const int MaximumFileBytes = 1 << 20;

    private const int MostLooks = 5;
    private const int MillisecondsBetweenLooks = 10;

    private readonly Assembly? _assembly;
    // What each file was when it was first asked for; null for one that was not there.
    private readonly Dictionary<string, string[]?>? _remembered;

    private ShaderFolder(string root, Assembly? assembly = null, Dictionary<string, string[]?>? remembered = null)
    {
        Root = root;
        _assembly = assembly;
        _remembered = remembered;
    }

    /// <summary>The folder's full path; for one within an assembly, a path that stands for it and is not there.</summary>
    public string Root { get; }

    /// <summary>
    /// Finds the folder: <paramref name="directory"/> if given, else the one that <see cref="Variable"/> names, else
    /// <c>shaders/</c> next to the program.
    /// </summary>
    /// <exception cref="LivePoolException">The folder is not there.</exception>
    public static ShaderFolder Locate(string? directory = null)
    {
        string? variable = Environment.GetEnvironmentVariable(Variable);
        (string root, string origin) =
            !string.IsNullOrEmpty(directory) ? (directory, "--shaders")
            : !string.IsNullOrEmpty(variable) ? (variable, Variable)
            : (Path.Combine(AppContext.BaseDirectory, "shaders"), "next to the program");
        root = Path.GetFullPath(root);
        if (!Directory.Exists(root))
            throw new LivePoolException($"there is no shader folder {root} ({origin}); give one with --shaders DIR");
        return new ShaderFolder(root);
    }

    /// <summary>The shaders that an assembly has as resources, named <c>shaders/</c> and their path.</summary>
    public static ShaderFolder Within(Assembly assembly) => new(Path.GetFullPath("/shaders"), assembly);

    /// <summary>
    /// The same folder, where each file stays what it is when it is first asked for: what was watched is what is compiled, and
    /// can be compiled again whatever becomes of the file. Not thread-safe.
    /// </summary>
    public ShaderFolder Remembering() => _assembly is null ? new(Root, remembered: []) : this;

    /// <summary>Every shader of the folder but the experiments, by its path within it: all that LivePool itself compiles.</summary>
    public IReadOnlyList<string> Shaders => _assembly is not null ? [] :
    [
        .. Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".comp" or ".vert" or ".frag")
            .Select(NameOf).Where(name => !name.StartsWith("experiments/", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
    ];

    /// <summary>Loads a shader and everything it includes.</summary>
    /// <param name="path">
    /// The file's path within the folder, such as <c>conv/conv2d.comp</c>, or the full path of a file elsewhere, which may
    /// include the folder's.
    /// </param>
    /// <param name="version">What follows <c>#version</c>.</param>
    /// <param name="prelude">Lines between the version and the file: defines and uniform blocks.</param>
    /// <exception cref="LivePoolException">A file is missing or cannot be read, or an include is wrong.</exception>
    public ShaderSource Load(string path, string version, string prelude) =>
        ShaderComposer.Compose(this, path, version, prelude);

    /// <summary>
    /// A shader's file and all that it includes, to be watched, whether it can be loaded or not; one that is missing has no lines.
    /// </summary>
    /// <param name="path">As for <see cref="Load"/>.</param>
    public IReadOnlyList<ShaderFile> FilesOf(string path) => ShaderComposer.FilesOf(this, path);

    /// <summary>A file's path within the folder; of one elsewhere the path from where the program was started.</summary>
    internal string NameOf(string full)
    {
        string within = Path.GetRelativePath(Root, full);
        if (!IsOutside(within))
            return within.Replace('\\', '/');
        string fromHere = Path.GetRelativePath(Environment.CurrentDirectory, full);
        return IsOutside(fromHere) ? full : fromHere.Replace('\\', '/');
    }

    private static bool IsOutside(string relative) =>
        Path.IsPathRooted(relative) || relative == ".." || relative.StartsWith($"..{Path.DirectorySeparatorChar}", StringComparison.Ordinal);

    internal bool Has(string full) =>
        _remembered is not null ? IsRemembered(full)
        : _assembly is null ? File.Exists(full)
        : _assembly.GetManifestResourceInfo(ResourceOf(full)) is not null;

    /// <summary>A file's lines.</summary>
    /// <exception cref="LivePoolException">It cannot be read.</exception>
    internal string[] ReadLines(string full) =>
        _remembered is null ? Read(full) : Recall(full) ?? throw new LivePoolException($"the shader {NameOf(full)} is not there");

    /// <summary>The lines of a text, which is disposed of.</summary>
    internal static string[] ReadLines(Stream text)
    {
        using var reader = new StreamReader(text);
        var lines = new List<string>();
        while (reader.ReadLine() is { } line)
            lines.Add(line);
        return [.. lines];
    }

    private bool IsRemembered(string full)
    {
        if (_remembered!.TryGetValue(full, out string[]? lines))
            return lines is not null;
        if (File.Exists(full))
            return true;
        _remembered.Add(full, null);
        return false;
    }

    private string[]? Recall(string full)
    {
        if (_remembered!.TryGetValue(full, out string[]? lines))
            return lines;
        lines = File.Exists(full) ? Read(full) : null;
        _remembered.Add(full, lines);
        return lines;
    }

    private string[] Read(string full)
    {
        try
        {
            if (_assembly is not null)
                return ReadLines(_assembly.GetManifestResourceStream(ResourceOf(full))!);
            // Many programs empty a file before they write it.
            for (int i = 0; i < MostLooks && new FileInfo(full) is { Exists: true, Length: 0 }; i++)
                Thread.Sleep(MillisecondsBetweenLooks);
            return ReadLines(RegularFile.Open(full, MaximumFileBytes));
        }
        catch (Exception e) when (e is IOException or LivePoolException)
        {
            throw new LivePoolException($"the shader {NameOf(full)} cannot be read: {e.Message}", e);
        }
    }

    private string ResourceOf(string full) => $"shaders/{NameOf(full)}";
}
