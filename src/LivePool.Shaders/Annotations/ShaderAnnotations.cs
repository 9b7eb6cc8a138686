using LivePool.Core;

namespace LivePool.Shaders.Annotations;

/// <summary>
/// What a shader says of itself in comments that begin with <c>@</c>:
/// <code>
/// // @op conv2d                            it claims to be an operator, with its parameter block and buffers
/// // @param float gain 0..4 = 1 "Gain"     a value that can be set; also int, bool, colour, choice
/// // @size half                            its output: same (the default), half, or W,H
/// // @input 3                              channels of its input: 1 or 3; any number, each by itself, by default
/// // @local 16,16                          LOCAL_X and LOCAL_Y, the invocations of a work group
/// // @elements 4                           output elements along a row that one invocation writes; 1 by default
/// </code>
/// </summary>
public sealed record ShaderAnnotations
{
    /// <summary>The operator that it claims to be; null for a free shader.</summary>
    public string? Operator { get; init; }

    /// <summary>The values that can be set, in the order of the text.</summary>
    public IReadOnlyList<ShaderParameter> Parameters { get; init; } = [];

    /// <summary>A free shader's output.</summary>
    public OutputSize Size { get; init; } = OutputSize.Same;

    /// <summary>A free shader's input channels; null where it takes each plane by itself.</summary>
    public int? InputChannels { get; init; }

    /// <summary>The invocations of a work group; null where the shader does not mind.</summary>
    public (int X, int Y)? Local { get; init; }

    /// <summary>Output elements along a row that one invocation writes.</summary>
    public int Elements { get; init; } = 1;

    /// <summary>Reads the annotations of a shader and of what it includes.</summary>
    /// <exception cref="LivePoolException">One is malformed; the message has file and line.</exception>
    public static ShaderAnnotations Parse(ShaderSource source)
    {
        var parser = new AnnotationParser();
        string[] lines = source.Text.Split('\n');
        for (int i = 0; i < source.Places.Count; i++)
            parser.Add(source.Places[i], lines[i]);
        return parser.Finish();
    }

    /// <summary>Reads the annotations of one file's text.</summary>
    /// <param name="file">The file's name, for messages.</param>
    /// <param name="text">Its text.</param>
    /// <exception cref="LivePoolException">One is malformed; the message has file and line.</exception>
    public static ShaderAnnotations Parse(string file, string text)
    {
        var parser = new AnnotationParser();
        string[] lines = text.ReplaceLineEndings("\n").Split('\n');
        for (int i = 0; i < lines.Length; i++)
            parser.Add(new(file, i + 1), lines[i]);
        return parser.Finish();
    }
}
