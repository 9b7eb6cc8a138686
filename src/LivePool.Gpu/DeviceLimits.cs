using Silk.NET.OpenGL;

namespace LivePool.Gpu;

/// <summary>What a device allows. Tests give lower limits than the device's own.</summary>
public sealed record DeviceLimits
{
    /// <summary>Work groups of one dispatch along x.</summary>
    public required int WorkGroupCountX { get; init; }

    /// <summary>Work groups of one dispatch along y.</summary>
    public required int WorkGroupCountY { get; init; }

    /// <summary>Work groups of one dispatch along z.</summary>
    public required int WorkGroupCountZ { get; init; }

    /// <summary>Invocations of a work group along x.</summary>
    public required int WorkGroupSizeX { get; init; }

    /// <summary>Invocations of a work group along y.</summary>
    public required int WorkGroupSizeY { get; init; }

    /// <summary>Invocations of a work group in all.</summary>
    public required int WorkGroupInvocations { get; init; }

    /// <summary>Bytes of memory that a work group shares.</summary>
    public required int SharedMemoryBytes { get; init; }

    /// <summary>Bytes of one shader storage block.</summary>
    public required long StorageBlockBytes { get; init; }

    /// <summary>Shader storage blocks of a compute shader.</summary>
    public required int StorageBlocks { get; init; }

    /// <summary>Bytes of one uniform block.</summary>
    public required int UniformBlockBytes { get; init; }

    /// <summary>Texels of a texture's side.</summary>
    public required int TextureSize { get; init; }

    /// <summary>Asks the current context.</summary>
    public static DeviceLimits Query(GL gl) => new()
    {
        WorkGroupCountX = Indexed(gl, GLEnum.MaxComputeWorkGroupCount, 0),
        WorkGroupCountY = Indexed(gl, GLEnum.MaxComputeWorkGroupCount, 1),
        WorkGroupCountZ = Indexed(gl, GLEnum.MaxComputeWorkGroupCount, 2),
        WorkGroupSizeX = Indexed(gl, GLEnum.MaxComputeWorkGroupSize, 0),
        WorkGroupSizeY = Indexed(gl, GLEnum.MaxComputeWorkGroupSize, 1),
        WorkGroupInvocations = gl.GetInteger(GLEnum.MaxComputeWorkGroupInvocations),
        SharedMemoryBytes = gl.GetInteger(GLEnum.MaxComputeSharedMemorySize),
        StorageBlockBytes = gl.GetInteger64(GLEnum.MaxShaderStorageBlockSize),
        StorageBlocks = gl.GetInteger(GLEnum.MaxComputeShaderStorageBlocks),
        UniformBlockBytes = gl.GetInteger(GLEnum.MaxUniformBlockSize),
        TextureSize = gl.GetInteger(GLEnum.MaxTextureSize),
    };

    private static int Indexed(GL gl, GLEnum name, uint axis)
    {
        gl.GetInteger(name, axis, out int value);
        return value;
    }
}
