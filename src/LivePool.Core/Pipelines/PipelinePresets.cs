using System.Reflection;
using System.Text;
using LivePool.Core.Operators;

namespace LivePool.Core.Pipelines;

/// <summary>The pipelines that ship with LivePool, each a JSON file in <c>Presets</c>.</summary>
public static class PipelinePresets
{
    private const string Prefix = "LivePool.Core.Pipelines.Presets.";

    /// <summary>All names, <see cref="Default"/> first.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["edge24", "edge24-avg", "sobel", "scharr", "gaussian", "sharpen", "emboss", "outline", "identity", "cnn"];

    /// <summary>The name of the preset that runs when none is asked for.</summary>
    public static string Default => Names[0];

    /// <summary>Reads a preset by name.</summary>
    /// <exception cref="LivePoolException">There is no preset of that name.</exception>
    public static Pipeline Load(string name) => PipelineJson.Parse(Text(name), name, ".");

    /// <summary>A preset's JSON, UTF-8.</summary>
    /// <exception cref="LivePoolException">There is no preset of that name.</exception>
    public static byte[] Text(string name) => Names.Contains(name)
        ? Resource($"{Prefix}{name}.json")
        : throw new LivePoolException($"there is no preset {name}; presets are {string.Join(", ", Names)}");

    /// <summary>A preset by name, the JSON itself where the text begins with <c>{</c>, or else a JSON file by path.</summary>
    /// <param name="nameOrFile">As given by the user.</param>
    /// <param name="loadShader">Loads the shader that a stage names, by its full path; null where none is taken.</param>
    /// <exception cref="LivePoolException">There is neither, or the JSON is not a valid pipeline.</exception>
    public static Pipeline LoadNameOrFile(string nameOrFile, Func<string, StageShader>? loadShader = null)
    {
        if (Names.Contains(nameOrFile))
            return Load(nameOrFile);
        if (nameOrFile.AsSpan().TrimStart().StartsWith('{'))
            return PipelineJson.Parse(Encoding.UTF8.GetBytes(nameOrFile), "pipeline", ".", loadShader);
        if (File.Exists(nameOrFile))
            return PipelineJson.ReadFile(nameOrFile, loadShader);
        throw new LivePoolException(
            $"there is no preset and no file {nameOrFile}; give JSON, a file of it, or a preset: {string.Join(", ", Names)}");
    }

    /// <summary>The JSON Schema of pipelines, UTF-8.</summary>
    public static byte[] Schema => Resource("LivePool.Core.Pipelines.pipeline.schema.json");

    private static byte[] Resource(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"resource {name} is missing from the build");
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
