using LivePool.Core;
using LivePool.Gpu.Context;
using Silk.NET.OpenGL;

namespace LivePool.Gpu;

/// <summary>What everything in a backend shares.</summary>
internal sealed record GpuDevice(GpuContext Context, DeviceLimits Limits, GpuBackendOptions Options, GlErrors Errors)
{
    // So that a wait notices a lost context, in which nothing is ever done.
    private const ulong NanosecondsBetweenLooks = 100_000_000;

    public GL Gl => Context.Gl;

    /// <summary>Whether buffers may stay mapped while the device uses them.</summary>
    public bool KeepsMapped { get; } = !Options.NeverKeepMapped && (
        10 * Context.Gl.GetInteger(GetPName.MajorVersion) + Context.Gl.GetInteger(GetPName.MinorVersion) >= 44 ||
        Context.Gl.IsExtensionPresent("GL_ARB_buffer_storage"));

    /// <summary>Whether what was submitted before a fence is done. Does not wait.</summary>
    public bool IsSignaled(nint fence) =>
        Gl.ClientWaitSync(fence, SyncObjectMask.Bit, 0) is GLEnum.AlreadySignaled or GLEnum.ConditionSatisfied;

    /// <summary>Waits for what was submitted before a fence.</summary>
    /// <exception cref="BackendUnavailableException">The context is lost.</exception>
    public void WaitFor(nint fence, string action, string name)
    {
        while (Gl.ClientWaitSync(fence, SyncObjectMask.Bit, NanosecondsBetweenLooks) is not (GLEnum.AlreadySignaled or GLEnum.ConditionSatisfied))
            Context.ThrowIfLost(action, name);
    }
}
