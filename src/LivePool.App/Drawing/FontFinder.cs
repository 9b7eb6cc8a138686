namespace LivePool.App.Drawing;

/// <summary>
/// Looks for a font file, since Skia's build without dependencies finds none: a usual sans-serif by name, else any
/// .ttf or .otf. LIVEPOOL_FONTS names a folder to look in instead of the system's; if it is empty or missing, there is
/// no font.
/// </summary>
internal static class FontFinder
{
    /// <summary>The environment variable that names the only folder to look in.</summary>
    public const string FolderVariable = "LIVEPOOL_FONTS";

    private const int DeepestFolder = 6;
    private const int MostEntries = 1500; // counted, not timed, so that a busy machine finds the same font

    // In order of preference. A bold file is taken from the regular one's folder.
    private static readonly (string Regular, string Bold)[] Preferred =
    [
        ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
        ("LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf"),
        ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf"),
        ("Arial.ttf", "Arial Bold.ttf"),
        ("arial.ttf", "arialbd.ttf"),
        ("Helvetica.ttc", ""),
        ("segoeui.ttf", "segoeuib.ttf"),
        ("OpenSans-Regular.ttf", "OpenSans-Bold.ttf"),
        ("Roboto-Regular.ttf", "Roboto-Bold.ttf"),
        ("Ubuntu-R.ttf", "Ubuntu-B.ttf"),
        ("Cantarell-Regular.otf", "Cantarell-Bold.otf"),
        ("FreeSans.ttf", "FreeSansBold.ttf"),
    ];

    // Where distributions put the preferred ones, so that most machines need no walk.
    private static readonly string[] UsualFolders =
    [
        "", "truetype/dejavu", "dejavu-sans-fonts", "dejavu", "TTF", "truetype/liberation", "truetype/liberation2",
        "liberation-sans-fonts", "liberation", "truetype/noto", "google-noto", "noto", "truetype", "Supplemental",
    ];

    // Styles that a figure should not be set in while there is another.
    private static readonly string[] Unwanted =
    [
        "Bold", "Italic", "Oblique", "Light", "Thin", "Black", "Condensed", "Mono", "Serif", "Math", "Symbol", "Emoji",
        "Icon", "Awesome",
    ];

    /// <summary>Font files that may do, best first, from the environment's folder or the system's.</summary>
    public static IEnumerable<FontFiles> Find()
    {
        string? folder = Environment.GetEnvironmentVariable(FolderVariable);
        return Find(string.IsNullOrEmpty(folder) ? SystemFolders() : [folder]);
    }

    /// <summary>Font files that may do, best first, from some folders and the folders in them.</summary>
    public static IEnumerable<FontFiles> Find(IReadOnlyList<string> folders)
    {
        foreach (string name in Preferred.Select(font => font.Regular))
        {
            foreach (string folder in folders)
            {
                foreach (string usual in UsualFolders)
                {
                    string file = Path.Combine(folder, usual, name);
                    if (File.Exists(file))
                        yield return WithBold(file);
                }
            }
        }
        foreach (string file in Walk(folders))
            yield return WithBold(file);
    }

    /// <summary>Where this system keeps fonts.</summary>
    public static IReadOnlyList<string> SystemFolders()
    {
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (OperatingSystem.IsWindows())
        {
            string local = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
            string system = Environment.GetFolderPath(Environment.SpecialFolder.Fonts);
            return [system, Path.Combine(local, "Microsoft/Windows/Fonts")];
        }
        if (OperatingSystem.IsMacOS())
            return ["/System/Library/Fonts", "/Library/Fonts", Path.Combine(home, "Library/Fonts")];
        return
        [
            "/usr/share/fonts", "/usr/local/share/fonts", Path.Combine(home, ".local/share/fonts"),
            Path.Combine(home, ".fonts"), "/run/current-system/sw/share/X11/fonts",
        ];
    }

    // Most callers take a preferred file and never walk. The walk stops after many files and works with what it saw.
    private static IEnumerable<string> Walk(IReadOnlyList<string> folders)
    {
        int seen = 0;
        var found = new List<(int Rank, string File)>();
        var queue = new Queue<(string Folder, int Depth)>(folders.Select(folder => (folder, 0)));
        while (queue.TryDequeue(out (string Folder, int Depth) next) && seen < MostEntries)
        {
            foreach (FileSystemInfo entry in Entries(next.Folder))
            {
                if (entry is DirectoryInfo && next.Depth < DeepestFolder)
                    queue.Enqueue((entry.FullName, next.Depth + 1));
                else if (entry is FileInfo && IsFont(entry.Name))
                    found.Add((Rank(entry.Name), entry.FullName));
                if (++seen >= MostEntries)
                    break;
            }
        }
        return found.OrderBy(font => font.Rank).ThenBy(font => font.File, StringComparer.Ordinal).Select(font => font.File);
    }

    private static IEnumerable<FileSystemInfo> Entries(string folder)
    {
        try
        {
            var options = new EnumerationOptions { IgnoreInaccessible = true };
            return new DirectoryInfo(folder).EnumerateFileSystemInfos("*", options);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return []; // not there, or not ours to read: no fonts from it
        }
    }

    private static bool IsFont(string name) =>
        name.EndsWith(".ttf", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".otf", StringComparison.OrdinalIgnoreCase);

    private static int Rank(string name)
    {
        int rank = Array.FindIndex(Preferred, font => font.Regular.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (rank >= 0)
            return rank;
        int unwanted = Unwanted.Count(style => name.Contains(style, StringComparison.OrdinalIgnoreCase));
        int sans = name.Contains("Sans", StringComparison.OrdinalIgnoreCase) ? 0 : 1;
        return Preferred.Length + 2 * unwanted + sans;
    }

    private static FontFiles WithBold(string regular)
    {
        string folder = Path.GetDirectoryName(regular) ?? "";
        string? bold = Preferred
            .Where(font => font.Regular.Equals(Path.GetFileName(regular), StringComparison.OrdinalIgnoreCase))
            .Select(font => Path.Combine(folder, font.Bold))
            .FirstOrDefault(File.Exists);
        return new FontFiles(regular, bold);
    }
}

/// <summary>A font's files.</summary>
/// <param name="Regular">The regular style.</param>
/// <param name="Bold">The bold style; null where there is none.</param>
internal sealed record FontFiles(string Regular, string? Bold);
