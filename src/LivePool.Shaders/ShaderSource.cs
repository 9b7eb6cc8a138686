namespace LivePool.Shaders;

/// <summary>A line of a file in the shader folder, from 1.</summary>
public readonly record struct ShaderPlace(string File, int Line)
{
    /// <summary><c>file:line</c>.</summary>
    public override string ToString() => $"{File}:{Line}";
}

/// <summary>A file that a shader's text comes from.</summary>
/// <param name="Name">Its name in messages.</param>
/// <param name="FullPath">Where it is.</param>
/// <param name="Lines">Its lines.</param>
public sealed record ShaderFile(string Name, string FullPath, IReadOnlyList<string> Lines);

/// <summary>The text that a GLSL compiler gets, and where its lines came from.</summary>
/// <remarks>
/// The text has no <c>#line</c> directives: Mesa loses their file number in most of its messages. Drivers count the
/// text's own lines instead, and <paramref name="Places"/> says where each came from.
/// </remarks>
/// <param name="Path">The shader's path within its folder.</param>
/// <param name="Text">The whole text.</param>
/// <param name="Places">The origin of each line of the text.</param>
/// <param name="Files">The shader's file and all that it includes, at any depth.</param>
public sealed record ShaderSource(string Path, string Text, IReadOnlyList<ShaderPlace> Places, IReadOnlyList<ShaderFile> Files)
{
    /// <summary>The exception for a driver's log, with each place as file and line.</summary>
    public ShaderCompileException Failure(string log) => new(Path, CompileLog.Parse(log, Places), this);

    /// <summary>
    /// A line of the user's own text between its neighbours, each with its number, the line itself marked; empty where the
    /// place is in no file.
    /// </summary>
    public IReadOnlyList<string> Excerpt(ShaderPlace place)
    {
        IReadOnlyList<string>? lines = Files.FirstOrDefault(file => file.Name == place.File)?.Lines;
        if (lines is null || place.Line < 1 || place.Line > lines.Count)
            return [];
        int first = Math.Max(1, place.Line - 1);
        int last = Math.Min(lines.Count, place.Line + 1);
        int width = $"{last}".Length;
        return [.. Enumerable.Range(first, last - first + 1).Select(number =>
            $"{(number == place.Line ? '>' : ' ')} {$"{number}".PadLeft(width)} | {lines[number - 1]}".TrimEnd())];
    }
}
