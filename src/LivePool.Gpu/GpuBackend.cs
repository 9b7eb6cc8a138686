using LivePool.Core;
using LivePool.Core.Backends;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Gpu.Context;
using LivePool.Gpu.Kernels;
using LivePool.Gpu.Peaks;
using LivePool.Shaders;

namespace LivePool.Gpu;

/// <summary>
/// Runs pipelines in compute shaders. Every method must be called on the thread where the context is current; a
/// headless context is made current there by the call itself. Disposing the backend disposes its pipelines first.
/// </summary>
public sealed class GpuBackend : IBackend
{
    private readonly GpuDevice _device;
    private readonly KernelCache _kernels;
    private readonly bool _ownsContext;
    private readonly HashSet<GpuCompiledPipeline> _pipelines = [];
    private bool _isDisposed;

    /// <summary>Works in a context that stays the caller's, and that must be current.</summary>
    /// <param name="context">A context with GL 4.3 or later.</param>
    /// <param name="shaders">Where the shaders are.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="BackendUnavailableException">The context has no compute shaders.</exception>
    public GpuBackend(GpuContext context, ShaderFolder shaders, GpuBackendOptions? options = null)
        : this(context, shaders, options ?? new(), ownsContext: false)
    {
    }

    private GpuBackend(GpuContext context, ShaderFolder shaders, GpuBackendOptions options, bool ownsContext)
    {
        context.MakeCurrent();
        context.RequireCompute();
        Context = context;
        Limits = options.Limits ?? DeviceLimits.Query(context.Gl);
        _ownsContext = ownsContext;
        _device = new GpuDevice(context, Limits, options, new GlErrors(context.Gl, options.Debug));
        _kernels = new KernelCache(_device, shaders);
        Builder = new StageBuilder(_device, _kernels);
    }

    /// <summary>Makes a headless context for the backend, which disposes it too.</summary>
    /// <param name="shaders">Where the shaders are; null finds them as <see cref="ShaderFolder.Locate"/> does.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="BackendUnavailableException">There is no EGL, no device, or no GL 4.3.</exception>
    public static GpuBackend CreateHeadless(ShaderFolder? shaders = null, GpuBackendOptions? options = null)
    {
        shaders ??= ShaderFolder.Locate();
        options ??= new();
        GpuContext context = GpuContext.CreateHeadless(options.Debug);
        try
        {
            return new GpuBackend(context, shaders, options, ownsContext: true);
        }
        catch
        {
            context.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public string Name => "gpu";

    /// <inheritdoc/>
    public bool RoundsToNearest => false;

    /// <inheritdoc/>
    public DeviceInfo Device => Context.Device;

    /// <summary>The context that the backend works in.</summary>
    public GpuContext Context { get; }

    /// <summary>What the device allows, or what the options pretend that it does.</summary>
    public DeviceLimits Limits { get; }

    internal StageBuilder Builder { get; }

    internal KernelCache Kernels => _kernels;

    internal GpuDevice Shared => _device;

    /// <inheritdoc/>
    ICompiledPipeline IBackend.Compile(Pipeline pipeline, TensorShape input, StageOutputs keep) => Compile(pipeline, input, keep);

    /// <inheritdoc cref="IBackend.Compile"/>
    /// <remarks>Drivers finish compiling at the first run, which may take tens of milliseconds longer than the next.</remarks>
    public GpuCompiledPipeline Compile(Pipeline pipeline, TensorShape input, StageOutputs keep = StageOutputs.All)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        Context.MakeCurrent();
        GpuCompiledPipeline? compiled = null;
        try
        {
            compiled = new GpuCompiledPipeline(this, _device, pipeline, input, keep);
            Context.ThrowIfLost("compiling", pipeline.Name);
            _device.Errors.ThrowIfAny("compiling", pipeline.Name);
            _pipelines.Add(compiled);
            return compiled;
        }
        catch
        {
            compiled?.Dispose();
            _device.Errors.Discard();
            // A lost context refuses shaders and buffers as if they were wrong.
            Context.ThrowIfLost("compiling", pipeline.Name);
            throw;
        }
    }

    /// <summary>What the device can do at most, to be measured; disposed before the backend.</summary>
    public GpuPeaks CreatePeaks()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        Context.MakeCurrent();
        return new(_device, _kernels);
    }

    internal void Forget(GpuCompiledPipeline pipeline) => _pipelines.Remove(pipeline);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        foreach (GpuCompiledPipeline pipeline in _pipelines.ToArray())
            pipeline.Dispose();
        if (Context.TryMakeCurrent())
        {
            _kernels.Dispose();
            _device.Errors.Dispose();
        }
        else
        {
            _device.Errors.Abandon();
        }
        if (_ownsContext)
            Context.Dispose();
    }
}
