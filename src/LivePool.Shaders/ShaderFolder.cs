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

    private readonly Assembly? _assembly;

    private ShaderFolder(string root, Assembly? assembly = null)
    {
        Root = root;
        _assembly = assembly;
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
        _assembly is null ? File.Exists(full) : _assembly.GetManifestResourceInfo(ResourceOf(full)) is not null;

    internal Stream Open(string full) =>
        _assembly is null ? RegularFile.Open(full, MaximumFileBytes) : _assembly.GetManifestResourceStream(ResourceOf(full))!;

    private string ResourceOf(string full) => $"shaders/{NameOf(full)}";
}
