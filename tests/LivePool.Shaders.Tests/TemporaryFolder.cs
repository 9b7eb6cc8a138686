namespace LivePool.Shaders.Tests;

internal sealed class TemporaryFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("livepool-shaders-").FullName;

    public TemporaryFolder Add(string path, string text)
    {
        string full = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        return this;
    }

    public ShaderSource Load(string path, string prelude = "") => ShaderFolder.Locate(Root).Load(path, "430 core", prelude);

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
