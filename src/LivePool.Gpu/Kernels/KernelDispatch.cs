using LivePool.Core.Backends;
using System.Runtime.CompilerServices;
using LivePool.Gpu.UserShaders;
using Silk.NET.OpenGL;

namespace LivePool.Gpu.Kernels;

/// <summary>A kernel with its parameters, buffers and group counts, ready to run. Does not own the buffers.</summary>
internal sealed class KernelDispatch : IDisposable
{
    /// <summary>Storage buffers that a kernel has at most, from binding 0 on.</summary>
    public const int MostStorageBuffers = 5;

    /// <summary>Uniform buffers that a kernel has at most: its parameters, and perhaps weights.</summary>
    public const int UniformBuffers = 2;

    private const int BlockAlignment = 16;

    private readonly GpuDevice _device;
    private readonly Kernel _kernel;
    private readonly GpuBuffer[] _buffers;
    private readonly uint _parameters;
    private readonly (int X, int Y, int Z) _groups;

    private KernelDispatch(GpuDevice device, Kernel kernel, (int, int, int) groups, uint parameters, GpuBuffer[] buffers, DebugBuffer? debug)
    {
        _device = device;
        _kernel = kernel;
        _groups = groups;
        _parameters = parameters;
        _buffers = buffers;
        Debug = debug;
        Shader = kernel.Descriptor.User;
    }

    /// <summary>A buffer to bind as the uniform block after the parameters; null for none.</summary>
    public GpuBuffer? UniformBuffer { get; set; }

    /// <summary>The user's shader whose values the next run has; null for a built-in kernel.</summary>
    public UserShader? Shader { get; set; }

    /// <summary>What the user's shader writes by DEBUG; null where it does not, or nobody wants to know.</summary>
    public DebugBuffer? Debug { get; }

    /// <summary>The user's program; null for a built-in kernel.</summary>
    public UserProgram? User => _kernel.User;

    /// <param name="device">Where it runs.</param>
    /// <param name="kernel">The compiled shader.</param>
    /// <param name="parameters">The uniform block's contents.</param>
    /// <param name="grid">Elements along x, rows along y, planes along z.</param>
    /// <param name="buffers">The storage buffers by binding.</param>
    /// <exception cref="DeviceLimitException">The device does not allow so many buffers or groups.</exception>
    public static unsafe KernelDispatch Create<T>(
        GpuDevice device, Kernel kernel, in T parameters, (int Columns, int Rows, int Planes) grid, params GpuBuffer[] buffers)
        where T : unmanaged
    {
        DeviceLimits limits = device.Limits;
        string path = kernel.Descriptor.Path;
        System.Diagnostics.Debug.Assert(buffers.Length <= MostStorageBuffers);
        if (buffers.Length > limits.StorageBlocks)
            throw new DeviceLimitException($"gpu: {path} needs {buffers.Length} storage buffers; this device has {limits.StorageBlocks}");
        (int x, int y, int z) groups = kernel.Groups(grid);
        long last = Math.Max((long)groups.x * kernel.LocalX * kernel.Descriptor.ElementsPerInvocation, (long)groups.y * kernel.LocalY);
        if (last > int.MaxValue)
            throw new DeviceLimitException($"gpu: {path} would reach position {last:N0}, and shaders count to {int.MaxValue:N0}; use smaller frames");
        bool isTiled = groups.x > limits.WorkGroupCountX || groups.y > limits.WorkGroupCountY || groups.z > limits.WorkGroupCountZ;
        if (isTiled && kernel.GroupOffsetLocation < 0)
        {
            throw new DeviceLimitException($"gpu: {path} needs {groups.x}x{groups.y}x{groups.z} work groups, more than this device's " +
                $"{limits.WorkGroupCountX}x{limits.WorkGroupCountY}x{limits.WorkGroupCountZ}, and does not use groupOffset");
        }

        // Each dispatch's own, because a program may run in several stages.
        DebugBuffer? debug = kernel.User is { IsDebugged: true } ? new(device) : null;
        uint block = device.Gl.GenBuffer();
        var bytes = new byte[(sizeof(T) + BlockAlignment - 1) / BlockAlignment * BlockAlignment];
        Unsafe.WriteUnaligned(ref bytes[0], parameters);
        device.Gl.BindBuffer(BufferTargetARB.UniformBuffer, block);
        device.Gl.BufferData<byte>(BufferTargetARB.UniformBuffer, bytes, BufferUsageARB.StaticDraw);
        return new KernelDispatch(device, kernel, groups, block, buffers, debug);
    }

    /// <summary>Gives the next run another uniform block of the same kind.</summary>
    public void SetParameters<T>(in T parameters) where T : unmanaged
    {
        _device.Gl.BindBuffer(BufferTargetARB.UniformBuffer, _parameters);
        _device.Gl.BufferSubData(BufferTargetARB.UniformBuffer, 0, new ReadOnlySpan<T>(in parameters));
    }

    /// <summary>
    /// Runs the kernel over the whole grid, in tiles where the device's group count is lower. What follows needs a barrier.
    /// </summary>
    public void Run()
    {
        GL gl = _device.Gl;
        gl.UseProgram(_kernel.Program);
        gl.BindBufferBase(BufferTargetARB.UniformBuffer, 0, _parameters);
        for (int i = 0; i < _buffers.Length; i++)
            _buffers[i].Bind((uint)i);
        UniformBuffer?.BindUniform(1);
        _kernel.User?.Apply(Shader!, Debug);

        DeviceLimits limits = _device.Limits;
        for (int z = 0; z < _groups.Z; z += limits.WorkGroupCountZ)
        {
            for (int y = 0; y < _groups.Y; y += limits.WorkGroupCountY)
            {
                for (int x = 0; x < _groups.X; x += limits.WorkGroupCountX)
                {
                    if (_kernel.GroupOffsetLocation >= 0)
                        gl.Uniform3(_kernel.GroupOffsetLocation, (uint)x, (uint)y, (uint)z);
                    gl.DispatchCompute(
                        (uint)Math.Min(_groups.X - x, limits.WorkGroupCountX),
                        (uint)Math.Min(_groups.Y - y, limits.WorkGroupCountY),
                        (uint)Math.Min(_groups.Z - z, limits.WorkGroupCountZ));
                }
            }
        }
    }

    public void Dispose()
    {
        _device.Gl.DeleteBuffer(_parameters);
        Debug?.Dispose();
    }
}
