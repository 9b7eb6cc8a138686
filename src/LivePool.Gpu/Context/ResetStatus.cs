using LivePool.Core;
using Silk.NET.OpenGL;

namespace LivePool.Gpu.Context;

/// <summary>Asks a context whether the device was reset under it.</summary>
internal static class ResetStatus
{
    private static readonly string[] Extensions = ["GL_KHR_robustness", "GL_ARB_robustness"];

    /// <summary>What asks glGetGraphicsResetStatus; null where the context has no such function.</summary>
    public static unsafe Func<GLEnum>? Find(GL gl, GlDialect dialect)
    {
        bool isCore = dialect.Version >= (dialect.IsEs ? 32 : 45);
        if (!isCore && !HasExtension(gl))
            return null;
        if (!gl.Context.TryGetProcAddress("glGetGraphicsResetStatus", out nint function)
            && !gl.Context.TryGetProcAddress(dialect.IsEs ? "glGetGraphicsResetStatusKHR" : "glGetGraphicsResetStatusARB", out function))
        {
            return null;
        }
        return () => (GLEnum)((delegate* unmanaged<uint>)function)();
    }

    /// <summary>What a status says of the reset, and what to do.</summary>
    public static string Describe(GLEnum status) => status switch
    {
        GLEnum.GuiltyContextReset => "by its own work (guilty); use smaller frames or kernels, or --backend simd",
        GLEnum.InnocentContextReset => "by another program's work (innocent); start again",
        GLEnum.UnknownContextReset => $"for an unknown reason; start again{BackendUnavailableException.OrSimd}",
        _ => $"with status 0x{(int)status:X}; start again{BackendUnavailableException.OrSimd}",
    };

    private static bool HasExtension(GL gl)
    {
        int count = gl.GetInteger(GetPName.NumExtensions);
        for (uint i = 0; i < count; i++)
        {
            if (Extensions.Contains(gl.GetStringS(StringName.Extensions, i)))
                return true;
        }
        return false;
    }
}
