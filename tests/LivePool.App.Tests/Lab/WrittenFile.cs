using LivePool.Gpu.UserShaders;
using LivePool.Shaders;

namespace LivePool.App.Tests.Lab;

/// <summary>A shader in a file of its own.</summary>
internal sealed class WrittenFile : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("livepool-app-").FullName;

    public WrittenFile(string name, string text)
    {
        File.WriteAllText(Path.Combine(_folder, name), $"{text}\n");
        Shader = UserShader.Load(ShaderFolder.Locate(), Path.Combine(_folder, name));
    }

    public UserShader Shader { get; }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
