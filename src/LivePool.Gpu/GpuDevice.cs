using LivePool.Gpu.Context;
using Silk.NET.OpenGL;

namespace LivePool.Gpu;

/// <summary>What everything in a backend shares.</summary>
internal sealed record GpuDevice(GpuContext Context, DeviceLimits Limits, GpuBackendOptions Options, GlErrors Errors)
{
    public GL Gl => Context.Gl;
}
