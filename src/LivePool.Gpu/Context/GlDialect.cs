using Silk.NET.OpenGL;

namespace LivePool.Gpu.Context;

/// <summary>What differs between OpenGL and OpenGL ES, and what a context of either has.</summary>
internal sealed class GlDialect
{
    private static readonly Dictionary<string, string> _namesInEs = new()
    {
        ["glBufferStorage"] = "glBufferStorageEXT",
        ["glQueryCounter"] = "glQueryCounterEXT",
        ["glGetQueryObjectui64v"] = "glGetQueryObjectui64vEXT",
    };

    private GlDialect(GL gl, bool isEs)
    {
        IsEs = isEs;
        Version = 10 * gl.GetInteger(GetPName.MajorVersion) + gl.GetInteger(GetPName.MinorVersion);
        HasCompute = isEs ? Version >= 32 || Version == 31 && gl.IsExtensionPresent("GL_EXT_gpu_shader5") : Version >= 43;
        HasBufferStorage = isEs ? gl.IsExtensionPresent("GL_EXT_buffer_storage") : Version >= 44 || gl.IsExtensionPresent("GL_ARB_buffer_storage");
        HasTimestamps = !isEs || gl.IsExtensionPresent("GL_EXT_disjoint_timer_query");
    }

    /// <summary>Whether it is OpenGL ES.</summary>
    public bool IsEs { get; }

    /// <summary>43 for 4.3.</summary>
    public int Version { get; }

    /// <summary>Whether there are compute shaders whose sums can be kept in order.</summary>
    public bool HasCompute { get; }

    /// <summary>Whether buffers may stay mapped.</summary>
    public bool HasBufferStorage { get; }

    /// <summary>Whether the device notes times.</summary>
    public bool HasTimestamps { get; }

    /// <summary>What a shader begins with, after <c>#version</c>.</summary>
    public string ShaderVersion => !IsEs ? "430 core" : Version >= 32 ? "320 es" : "310 es";

    /// <summary>Lines that follow it.</summary>
    public string ShaderPrelude =>
        (IsEs && Version < 32 ? "#extension GL_EXT_gpu_shader5 : require\n" : "")
        + (IsEs ? "precision highp float;\nprecision highp int;\n" : "");

    /// <summary>The functions of the current context, and its dialect.</summary>
    public static (GL Gl, GlDialect Dialect) Load(Func<string, nint> getProcAddress)
    {
        GL gl = GL.GetApi(getProcAddress);
        bool isEs = (gl.GetStringS(StringName.Version) ?? "").StartsWith("OpenGL ES", StringComparison.Ordinal);
        if (isEs)
            gl = GL.GetApi(name => getProcAddress(_namesInEs.GetValueOrDefault(name, name)));
        return (gl, new GlDialect(gl, isEs));
    }
}
