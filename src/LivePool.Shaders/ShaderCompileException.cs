using LivePool.Core;

namespace LivePool.Shaders;

/// <summary>A shader does not compile or link. The message is one line, with the first error's file and line.</summary>
public sealed class ShaderCompileException : LivePoolException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="path">The shader's path within its folder.</param>
    /// <param name="messages">The driver's messages.</param>
    public ShaderCompileException(string path, IReadOnlyList<CompileMessage> messages) : base(Summary(path, messages))
    {
        Messages = messages;
    }

    /// <summary>Everything that the driver said.</summary>
    public IReadOnlyList<CompileMessage> Messages { get; }

    private static string Summary(string path, IReadOnlyList<CompileMessage> messages)
    {
        CompileMessage? first = messages.FirstOrDefault(m => m.IsError) ?? (messages.Count > 0 ? messages[0] : null);
        return first is null ? $"{path}: the shader does not compile, and the driver does not say why"
            : first.Place is null ? $"{path}: {first.Text}"
            : first.ToString();
    }
}
