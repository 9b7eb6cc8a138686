using System.Buffers;

namespace LivePool.App.Reports;

/// <summary>A command line that can be pasted into a shell.</summary>
internal static class ShellCommand
{
    private static readonly SearchValues<char> _plain =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-");

    /// <summary>Puts the words together; those that a shell would read as more than a word are in single quotes.</summary>
    public static string Of(IEnumerable<string> words) => string.Join(' ', words.Select(Quote));

    private static string Quote(string word) => word.Length > 0 && word.AsSpan().IndexOfAnyExcept(_plain) < 0
        ? word
        : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
