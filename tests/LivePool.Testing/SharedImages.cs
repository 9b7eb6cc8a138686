namespace LivePool.Testing;

/// <summary>
/// Photographs that the repository does not ship: in LIVEPOOL_IMAGES, else in <c>shared/images</c> beside the
/// repository or beside a folder above it.
/// </summary>
public static class SharedImages
{
    /// <summary>Why a test that needs a photograph is skipped.</summary>
    public const string Missing = "the photographs are not here; set LIVEPOOL_IMAGES to their folder";

    private static readonly string? _folder = FindFolder();

    /// <summary>The full path of a photograph, or null where it is not there.</summary>
    public static string? PathOf(string name) =>
        _folder is not null && Path.Combine(_folder, name) is var path && File.Exists(path) ? path : null;

    private static string? FindFolder()
    {
        if (Environment.GetEnvironmentVariable("LIVEPOOL_IMAGES") is { Length: > 0 } given)
            return given;
        for (DirectoryInfo? folder = Directory.GetParent(Repository.Root); folder is not null; folder = folder.Parent)
        {
            string images = Path.Combine(folder.FullName, "shared", "images");
            if (Directory.Exists(images))
                return images;
        }
        return null;
    }
}
