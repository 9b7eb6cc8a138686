namespace LivePool.Testing;

/// <summary>Where the sources are, for tests that read fixtures or project files.</summary>
public static class Repository
{
    /// <summary>The folder of LivePool.sln, above the test program.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The full path of something in the repository.</summary>
    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "LivePool.sln")))
                return folder.FullName;
        }
        throw new DirectoryNotFoundException($"no LivePool.sln in or above {AppContext.BaseDirectory}");
    }
}
