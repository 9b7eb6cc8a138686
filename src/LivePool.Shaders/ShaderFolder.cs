using LivePool.Core;

namespace LivePool.Shaders;

/// <summary>A <c>shaders/</c> folder, from which shaders are loaded by their path within it.</summary>
public sealed class ShaderFolder
{
    /// <summary>The environment variable that names another folder.</summary>
    public const string Variable = "LIVEPOOL_SHADERS";

    private ShaderFolder(string root) => Root = root;

    /// <summary>The folder's full path.</summary>
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

    /// <summary>Loads a shader and everything it includes.</summary>
    /// <param name="path">The file's path within the folder, such as <c>conv/conv2d.comp</c>.</param>
    /// <param name="version">What follows <c>#version</c>.</param>
    /// <param name="prelude">Lines between the version and the file: defines and uniform blocks.</param>
    /// <exception cref="LivePoolException">A file is missing or cannot be read, or an include is wrong.</exception>
    public ShaderSource Load(string path, string version, string prelude) =>
        ShaderComposer.Compose(Root, path, version, prelude);
}
