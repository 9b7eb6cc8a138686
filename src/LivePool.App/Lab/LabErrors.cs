using LivePool.Core;
using LivePool.Shaders;

namespace LivePool.App.Lab;

/// <summary>Says what is wrong with a shader: the first error as every command does, then its lines, then the other errors.</summary>
internal static class LabErrors
{
    private const int MostLines = 40;

    /// <summary>All there is to say: of a shader that does not compile the lines around each error too.</summary>
    public static IReadOnlyList<string> LinesOf(LivePoolException e) => [.. (e is ShaderCompileException compile ? compile.Lines : [e.Message]).Select(Plain)];

    /// <summary>A line of the user's text, in which a terminal finds no orders.</summary>
    private static string Plain(string line) => string.Concat(line.Select(c => c == '\t' ? "    " : char.IsControl(c) ? "\uFFFD" : $"{c}"));

    public static void Write(LivePoolException e)
    {
        IReadOnlyList<string> lines = LinesOf(e);
        Console.Error.WriteLine($"livepool: {lines[0]}");
        foreach (string line in lines.Skip(1).Take(MostLines))
            Console.Error.WriteLine(line);
        if (lines.Count > MostLines + 1)
            Console.Error.WriteLine($"and {lines.Count - MostLines - 1} lines more");
    }
}
