namespace LivePool.Shaders;

/// <summary>A line of a file in the shader folder, from 1.</summary>
public readonly record struct ShaderPlace(string File, int Line)
{
    /// <summary><c>file:line</c>.</summary>
    public override string ToString() => $"{File}:{Line}";
}

/// <summary>The text that a GLSL compiler gets, and where its lines came from.</summary>
/// <remarks>
/// The text has no <c>#line</c> directives: Mesa loses their file number in most of its messages. Drivers count the
/// text's own lines instead, and <paramref name="Places"/> says where each came from.
/// </remarks>
/// <param name="Path">The shader's path within its folder.</param>
/// <param name="Text">The whole text.</param>
/// <param name="Places">The origin of each line of the text.</param>
public sealed record ShaderSource(string Path, string Text, IReadOnlyList<ShaderPlace> Places)
{
    /// <summary>The exception for a driver's log, with each place as file and line.</summary>
    public ShaderCompileException Failure(string log) => new(Path, CompileLog.Parse(log, Places));
}
