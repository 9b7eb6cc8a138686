using System.Text;

namespace LivePool.Core;

/// <summary>
/// Something the user gave cannot be used. <see cref="Exception.Message"/> is one line: what, where, what to do.
/// The program ends with exit code 2.
/// </summary>
public class LivePoolException : Exception
{
    private const int MostCharacters = 1000;

    /// <summary>Creates the exception with a one-line message.</summary>
    public LivePoolException(string message) : base(OneLine(message)) { }

    /// <summary>Creates the exception with a one-line message and the reason behind it.</summary>
    public LivePoolException(string message, Exception? innerException) : base(OneLine(message), innerException) { }

    /// <summary>What a file or a path brought in may be long, and have line ends and other control characters.</summary>
    private static string OneLine(string message)
    {
        ReadOnlySpan<char> text = message.AsSpan(0, Math.Min(message.Length, MostCharacters));
        if (text.Length == message.Length && !text.ContainsAnyInRange('\0', '\x1F') && !text.ContainsAnyInRange('\x7F', '\x9F')
            && !text.ContainsAny('\u2028', '\u2029'))
        {
            return message;
        }
        var line = new StringBuilder(text.Length + 3);
        foreach (char c in text)
            line.Append(char.IsWhiteSpace(c) ? ' ' : char.IsControl(c) ? '?' : c);
        return line.Append(text.Length < message.Length ? "..." : "").ToString();
    }
}

/// <summary>A backend or device that was asked for is not there. The program ends with exit code 3.</summary>
public sealed class BackendUnavailableException : LivePoolException
{
    /// <summary>The advice at the end of a message where the processor does as well.</summary>
    public const string OrSimd = ", or use --backend simd";

    /// <summary>Creates the exception with a one-line message.</summary>
    public BackendUnavailableException(string message) : base(message) { }

    /// <summary>Creates the exception with a one-line message and the reason behind it.</summary>
    public BackendUnavailableException(string message, Exception? innerException) : base(message, innerException) { }
}
