using LivePool.Core;

namespace LivePool.Shaders;

/// <summary>A shader does not compile or link. The message is one line, with the first error's file and line.</summary>
public sealed class ShaderCompileException : LivePoolException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="path">The shader's path within its folder.</param>
    /// <param name="messages">The driver's messages.</param>
    /// <param name="source">What was compiled; null where that is not known.</param>
    public ShaderCompileException(string path, IReadOnlyList<CompileMessage> messages, ShaderSource? source = null)
        : base(Summary(path, messages))
    {
        Messages = messages;
        Shader = source;
    }

    /// <summary>Everything that the driver said.</summary>
    public IReadOnlyList<CompileMessage> Messages { get; }

    /// <summary>What was compiled; null where that is not known.</summary>
    public ShaderSource? Shader { get; }

    /// <summary>
    /// The summary and then all other messages, each a line, under the first at each known place the lines around it in the
    /// user's own text.
    /// </summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            CompileMessage? first = FirstOf(Messages);
            var lines = new List<string> { Message };
            var shown = new HashSet<ShaderPlace>();
            AddExcerpt(first);
            foreach (CompileMessage message in Messages.Where(message => message != first))
            {
                lines.Add(message.ToString());
                AddExcerpt(message);
            }
            return lines;

            void AddExcerpt(CompileMessage? message)
            {
                if (message?.Place is { } place && Shader is not null && shown.Add(place))
                    lines.AddRange(Shader.Excerpt(place).Select(line => $"  {line}"));
            }
        }
    }

    private static CompileMessage? FirstOf(IReadOnlyList<CompileMessage> messages) =>
        messages.FirstOrDefault(message => message.IsError)
        ?? messages.FirstOrDefault(message => message.Text.Contains("error", StringComparison.OrdinalIgnoreCase))
        ?? (messages.Count > 0 ? messages[0] : null);

    private static string Summary(string path, IReadOnlyList<CompileMessage> messages)
    {
        CompileMessage? first = FirstOf(messages);
        return first is null ? $"{path}: the shader does not compile, and the driver does not say why"
            : first.Place is null ? $"{path}: {first.Text}"
            : first.ToString();
    }
}
