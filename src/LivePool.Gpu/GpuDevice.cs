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
    public bool KeepsMapped { get; } = !Options.NeverKeepMapped && Context.Dialect.HasBufferStorage;

    /// <summary>Copies from the start of what is bound to a target, after waiting for what writes there.</summary>
    public unsafe void Read<T>(BufferTargetARB target, nint offset, Span<T> destination) where T : unmanaged
    {
        nuint bytes = (nuint)destination.Length * (nuint)sizeof(T);
        if (!Context.Dialect.IsEs)
        {
            fixed (T* first = destination)
                Gl.GetBufferSubData(target, offset, bytes, first);
        }
        else if (bytes > 0)
        {
            void* mapped = Gl.MapBufferRange(target, offset, bytes, MapBufferAccessMask.ReadBit);
            // Null where the context is lost, which the caller asks.
            if (mapped is null)
                return;
            new ReadOnlySpan<T>(mapped, destination.Length).CopyTo(destination);
            Gl.UnmapBuffer(target);
        }
    }

    /// <summary>Whether what was submitted before a fence is done. Does not wait.</summary>
    /// <exception cref="BackendUnavailableException">The context is lost, or the device cannot say.</exception>
    public bool IsSignaled(nint fence, string action, string name) => Look(fence, 0, action, name);

    /// <summary>Waits for what was submitted before a fence.</summary>
    /// <exception cref="BackendUnavailableException">The context is lost, or the device cannot say.</exception>
    public void WaitFor(nint fence, string action, string name)
    {
        while (!Look(fence, NanosecondsBetweenLooks, action, name))
        {
        }
    }

    private bool Look(nint fence, ulong nanoseconds, string action, string name)
    {
        GLEnum state = Gl.ClientWaitSync(fence, SyncObjectMask.Bit, nanoseconds);
        // In a lost context a fence may say anything.
        Context.ThrowIfLost(action, name);
        return state switch
        {
            GLEnum.AlreadySignaled or GLEnum.ConditionSatisfied => true,
            GLEnum.WaitFailed => throw new BackendUnavailableException(
                $"gpu: {Context.Device.Renderer} cannot say when it is done {action} {name}; restart the program"),
            _ => false,
        };
    }
}
