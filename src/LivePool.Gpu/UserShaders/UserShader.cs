using System.Text;
using System.Text.RegularExpressions;
using LivePool.Core;
using LivePool.Shaders;
using LivePool.Shaders.Annotations;

namespace LivePool.Gpu.UserShaders;

/// <summary>
/// A shader of the user's with the values of its parameters. One that claims to be an operator takes the built-in kernel's
/// place through <see cref="GpuBackendOptions.Replacement"/>; a free one runs as a <see cref="FreeShader"/>.
/// </summary>
public sealed partial class UserShader
{
    private readonly Dictionary<string, IReadOnlyList<float>> _values;

    private UserShader(string fullPath, ShaderSource source, ShaderAnnotations annotations)
    {
        FullPath = fullPath;
        Files = source.Files;
        Name = source.Path;
        Annotations = annotations;
        UsesDebug = DebugCall().IsMatch(source.Text);
        _values = annotations.Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Default);
    }

    /// <summary>The file.</summary>
    public string FullPath { get; }

    /// <summary>The file's name in messages.</summary>
    public string Name { get; }

    /// <summary>The file and all that it includes, to be watched.</summary>
    public IReadOnlyList<ShaderFile> Files { get; }

    /// <summary>What it says of itself.</summary>
    public ShaderAnnotations Annotations { get; }

    /// <summary>Whether <c>DEBUG(value)</c> stands in its text.</summary>
    public bool UsesDebug { get; }

    /// <summary>Reads a shader's text and annotations; the driver has not seen it yet.</summary>
    /// <param name="shaders">Where what it includes is looked for, after the folder it is in.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="LivePoolException">It cannot be read, or an include or an annotation is wrong.</exception>
    public static UserShader Load(ShaderFolder shaders, string path)
    {
        string full = Path.GetFullPath(path);
        RegularFile.Open(path, ShaderFolder.MaximumFileBytes).Dispose();
        ShaderSource source = shaders.Load(full, "430 core", "");
        return new UserShader(full, source, ShaderAnnotations.Parse(source));
    }

    /// <summary>A parameter's value.</summary>
    public IReadOnlyList<float> this[ShaderParameter parameter] => _values[parameter.Name];

    /// <summary>Sets a parameter; the next run has it.</summary>
    /// <param name="name">The parameter.</param>
    /// <param name="text">The value as people write it.</param>
    /// <exception cref="LivePoolException">There is no such parameter, or it does not take the value.</exception>
    public void Set(string name, string text)
    {
        ShaderParameter parameter = Annotations.Parameters.FirstOrDefault(known => known.Name == name)
            ?? throw new LivePoolException($"{Name} has no parameter {name}; " + (Annotations.Parameters.Count == 0
                ? "it declares none; write // @param float " + name + " 0..1"
                : $"it has {string.Join(", ", Annotations.Parameters.Select(known => known.Name))}"));
        _values[name] = parameter.Read(text) ?? throw new LivePoolException($"{name} is '{text}'; it must be {parameter.Expected}");
    }

    /// <summary>Takes over the values of an earlier version of the shader, where they still fit.</summary>
    public void KeepValuesOf(UserShader earlier)
    {
        foreach (ShaderParameter parameter in Annotations.Parameters)
        {
            ShaderParameter? known = earlier.Annotations.Parameters.FirstOrDefault(other => other.Name == parameter.Name);
            if (known is not null && known.Type == parameter.Type && known.Choices.SequenceEqual(parameter.Choices)
                && !earlier[known].SequenceEqual(known.Default)
                && (known.Type is not (ShaderParameterType.Number or ShaderParameterType.WholeNumber)
                    || (earlier[known][0] >= parameter.Least && earlier[known][0] <= parameter.Greatest)))
            {
                _values[parameter.Name] = earlier[known];
            }
        }
    }

    /// <summary>What the shader finds declared: its parameters, and <c>DEBUG</c>.</summary>
    internal string Prelude(bool isDebugged)
    {
        var text = new StringBuilder(isDebugged ? DebugBuffer.Declaration : "#define DEBUG(value)\n");
        foreach (ShaderParameter parameter in Annotations.Parameters)
            text.Append(parameter.Declaration).Append('\n');
        return text.ToString();
    }

    [GeneratedRegex(@"^(?!\s*//).*\bDEBUG\s*\(", RegexOptions.Multiline)]
    private static partial Regex DebugCall();
}
