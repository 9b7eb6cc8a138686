using LivePool.Gpu.UserShaders;

namespace LivePool.App.Lab;

/// <summary>What the driver says of a compiled shader.</summary>
internal static class LabCompiled
{
    /// <summary>One line for people.</summary>
    public static string Describe(ShaderReflection reflection)
    {
        (int x, int y, int z) = reflection.Local;
        string buffers = string.Join(", ", reflection.Buffers.Select(buffer => $"{buffer.Name} {buffer.Binding}"));
        string uniforms = reflection.Uniforms.Count == 0 ? "" : $"; uniforms {string.Join(", ", reflection.Uniforms)}";
        return $"work groups of {x}x{y}x{z}; buffers {buffers}{uniforms}";
    }
}
