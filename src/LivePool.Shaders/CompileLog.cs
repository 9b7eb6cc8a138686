using System.Globalization;
using System.Text.RegularExpressions;

namespace LivePool.Shaders;

/// <summary>One line of a compile log.</summary>
/// <param name="Place">The line in a file of the shader folder; null where it is not known.</param>
/// <param name="Text">What the driver says.</param>
public sealed record CompileMessage(ShaderPlace? Place, string Text)
{
    /// <summary>Whether this is an error at a known place.</summary>
    public bool IsError => Place is not null && Text.StartsWith("error", StringComparison.Ordinal);

    /// <summary><c>file:line: text</c>.</summary>
    public override string ToString() => Place is null ? Text : $"{Place}: {Text}";
}

/// <summary>
/// Reads the compile and link logs of Mesa, NVIDIA, and AMD and glslang. Lines in other formats, such as the count of errors
/// that some end with, are kept as they are.
/// </summary>
public static partial class CompileLog
{
    /// <summary>The messages of a log. Never throws.</summary>
    /// <param name="log">What glGetShaderInfoLog gave.</param>
    /// <param name="places">The origin of each line of the text that was compiled.</param>
    public static IReadOnlyList<CompileMessage> Parse(string log, IReadOnlyList<ShaderPlace> places)
    {
        var messages = new List<CompileMessage>();
        foreach (string raw in log.Split(['\n', '\r', '\0']))
        {
            string line = raw.TrimEnd();
            if (line.Length > 0)
                messages.Add(ParseLine(line, places));
        }
        return messages;
    }

    private static CompileMessage ParseLine(string line, IReadOnlyList<ShaderPlace> places)
    {
        foreach (Regex format in (ReadOnlySpan<Regex>)[Mesa(), Nvidia(), Glslang()])
        {
            Match match = format.Match(line);
            if (match.Success
                && int.TryParse(match.Groups["line"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                && number >= 1 && number <= places.Count)
            {
                string severity = match.Groups["severity"].Value;
                string level = severity.StartsWith("e", StringComparison.OrdinalIgnoreCase) ? "error" : "warning";
                return new CompileMessage(places[number - 1], $"{level}: {match.Groups["text"].Value}");
            }
        }
        return new CompileMessage(null, line);
    }

    // 0:6(16): error: `y' undeclared
    [GeneratedRegex(@"^\d+:(?<line>\d+)\(\d+\): (?:preprocessor )?(?<severity>error|warning): (?<text>.*)$")]
    private static partial Regex Mesa();

    // 0(12) : error C1503: undefined variable "y"
    [GeneratedRegex(@"^\d+\((?<line>\d+)\) : (?:fatal )?(?<severity>error|warning) (?<text>.*)$")]
    private static partial Regex Nvidia();

    // ERROR: 0:10: 'y' : undeclared identifier, and AMD's ERROR: 0:10: error(#143) Undeclared identifier: y
    [GeneratedRegex(@"^(?<severity>ERROR|WARNING): \d+:(?<line>\d+): (?:(?:error|warning)(?=\(#\d+\)))?(?<text>.*)$")]
    private static partial Regex Glslang();
}
