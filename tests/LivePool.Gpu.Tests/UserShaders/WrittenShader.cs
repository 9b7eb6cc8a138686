using LivePool.Gpu.UserShaders;
using LivePool.Shaders;

namespace LivePool.Gpu.Tests.UserShaders;

/// <summary>A shader's text in a file of its own.</summary>
internal sealed class WrittenShader : IDisposable
{
    /// <summary>What most free shaders begin with.</summary>
    public const string Free = """
        #include "include/grid.glsl"
        layout(local_size_x = LOCAL_X, local_size_y = LOCAL_Y) in;
        layout(std430, binding = 0) readonly restrict buffer Input { float x[]; };
        layout(std430, binding = 1) writeonly restrict buffer Output { float y[]; };
        layout(std430, binding = 2) readonly restrict buffer Previous { float previous[]; };
        void put(ivec3 at, float value)
        {
            if (at.x < outputWidth && at.y < outputHeight && at.z < channels)
                y[(at.z * outputHeight + at.y) * outputWidth + at.x] = value;
        }
        int place() { ivec3 at = gridPosition(); return (at.z * outputHeight + at.y) * outputWidth + at.x; }

        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("livepool-gpu-").FullName;

    public WrittenShader(string text)
    {
        File.WriteAllText(Path.Combine(_folder, "a.comp"), text);
        Shader = UserShader.Load(ShaderFolder.Locate(), Path.Combine(_folder, "a.comp"));
    }

    public UserShader Shader { get; }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
