using LivePool.Gpu.UserShaders;

namespace LivePool.App.Lab;

/// <summary>What shaders are called in tables.</summary>
internal static class LabNames
{
    /// <summary>The file's name; its whole path where another shader's file has the same name.</summary>
    public static string Of(UserShader shader, IReadOnlyList<UserShader> all) =>
        all.Count(other => Path.GetFileName(other.FullPath) == Path.GetFileName(shader.FullPath)) == 1 ? Path.GetFileName(shader.FullPath) : shader.Name;
}
