using System.IO.Enumeration;

namespace LivePool.Frames;

/// <summary>Finds files by a pattern: <c>*</c> and <c>?</c> within a name, <c>**</c> for any number of folders.</summary>
internal static class Glob
{
    /// <summary>Whether a source is a pattern at all.</summary>
    public static bool IsPattern(string source) => source.AsSpan().ContainsAny('*', '?');

    /// <summary>The files that match, in no particular order. Hidden names match only a pattern that starts with a dot.</summary>
    /// <exception cref="UnauthorizedAccessException">A folder may not be listed.</exception>
    /// <exception cref="IOException">A folder cannot be listed.</exception>
    public static IEnumerable<string> Find(string pattern)
    {
        var parts = pattern.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return Find(pattern.StartsWith('/') ? "/" : "", parts).Distinct();
    }

    private static IEnumerable<string> Find(string folder, ReadOnlyMemory<string> parts)
    {
        var part = parts.Span[0];
        var rest = parts[1..];
        if (part == "**")
        {
            // Zero folders, then each folder below with the same pattern again. Links may lead round in circles.
            var here = rest.IsEmpty ? new[] { "*" } : rest;
            return Find(folder, here).Concat(Names(folder, "*", folders: true)
                .Where(name => !new DirectoryInfo(name).Attributes.HasFlag(FileAttributes.ReparsePoint))
                .SelectMany(name => Find(name, parts)));
        }
        if (!IsPattern(part))
        {
            var name = Path.Combine(folder, part);
            if (rest.IsEmpty)
                return File.Exists(name) ? [name] : [];
            return Directory.Exists(name) ? Find(name, rest) : [];
        }
        return rest.IsEmpty
            ? Names(folder, part, folders: false)
            : Names(folder, part, folders: true).SelectMany(name => Find(name, rest));
    }

    private static IEnumerable<string> Names(string folder, string pattern, bool folders)
    {
        var where = folder.Length == 0 ? "." : folder;
        if (!Directory.Exists(where))
            return [];
        var all = folders ? Directory.EnumerateDirectories(where) : Directory.EnumerateFiles(where);
        return all.Select(path => Path.GetFileName(path)!)
            .Where(name => (name[0] != '.' || pattern[0] == '.')
                && FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false))
            .Select(name => Path.Combine(folder, name));
    }
}
