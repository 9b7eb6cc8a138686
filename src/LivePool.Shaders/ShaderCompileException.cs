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
        Source = source;
    }

    /// <summary>Everything that the driver said.</summary>
    public IReadOnlyList<CompileMessage> Messages { get; }

    /// <summary>What was compiled; null where that is not known.</summary>
    public new ShaderSource? Source { get; }

    /// <summary>Every message as a line, under those at a known place the three lines around it.</summary>
    public IReadOnlyList<string> Lines =>
        [.. Messages.SelectMany(message => (IEnumerable<string>)[message.ToString(), .. Excerpt(message)])];

    private IEnumerable<string> Excerpt(CompileMessage message) =>
        message.Place is { } place && Source is not null ? Source.Excerpt(place).Select(line => $"  {line}") : [];

    private static string Summary(string path, IReadOnlyList<CompileMessage> messages)
    {
        CompileMessage? first = messages.FirstOrDefault(m => m.IsError)
            ?? messages.FirstOrDefault(m => m.Text.Contains("error", StringComparison.OrdinalIgnoreCase))
            ?? (messages.Count > 0 ? messages[0] : null);
        return first is null ? $"{path}: the shader does not compile, and the driver does not say why"
            : first.Place is null ? $"{path}: {first.Text}"
            : first.ToString();
    }
}
