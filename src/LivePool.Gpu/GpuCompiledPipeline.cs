using System.Collections.Immutable;
using LivePool.Core;
using LivePool.Core.Backends;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Gpu.Kernels;
using LivePool.Gpu.Pixels;
using LivePool.Gpu.Textures;
using Silk.NET.OpenGL;

namespace LivePool.Gpu;

/// <summary>
/// A pipeline whose buffers and programs are on the device. <see cref="Run"/> only submits work; reading a result waits for
/// it. Results come into arrays that are made at the first reading and used again. Where only the last stage's output is
/// kept, a convolution and the 2x2 pool behind it are one pass, if the device's limits allow it.
/// </summary>
public sealed partial class GpuCompiledPipeline : ICompiledPipeline
{
    private const MemoryBarrierMask Readers =
        MemoryBarrierMask.ShaderStorageBarrierBit | MemoryBarrierMask.BufferUpdateBarrierBit | MemoryBarrierMask.PixelBufferBarrierBit;

    private readonly GpuBackend _backend;
    private readonly GpuDevice _device;
    private readonly ImmutableArray<TensorShape> _shapes;
    private readonly List<IDisposable> _owned = [];
    // A stage that is fused is null, and the one that it is computed with is the last of them.
    private readonly GpuStage?[] _stages;
    private readonly GpuStage _first;
    private readonly GpuBuffer _input;
    private readonly GpuBuffer _packedInput;
    private readonly KernelDispatch _expandInput;
    private UploadRing? _uploads;
    private readonly StageTimer _timer;
    private readonly HostCopy[] _outputs;
    private readonly HostCopy[] _indices;
    private TextureInput? _textureInput;
    private PixelInput? _pixelInput;
    private TextureOutput? _textureOutput;
    private bool _isInputPacked;
    private nint _runFence;
    private bool _hasRun;
    private bool _isDisposed;

    internal GpuCompiledPipeline(GpuBackend backend, GpuDevice device, Pipeline pipeline, TensorShape input, StageOutputs keep)
    {
        _backend = backend;
        _device = device;
        Pipeline = pipeline;
        InputShape = input;
        _shapes = pipeline.Shapes(input);
        _stages = new GpuStage[_shapes.Length];
        _outputs = new HostCopy[_shapes.Length];
        _indices = new HostCopy[_shapes.Length];
        try
        {
            _input = Own(new GpuBuffer(device, $"the input, {input}", (long)input.Count * sizeof(float)));
            _packedInput = Own(new GpuBuffer(device, $"the 8-bit input, {input}", ((long)input.Count + 3) / 4 * 4));
            _expandInput = Own(backend.Builder.ExpandBytes(_packedInput, _input, input.Count));
            BuildStages(keep);
            _first = _stages.First(stage => stage is not null)!;
            _timer = Own(new StageTimer(device.Context, _shapes.Length, [.. Enumerable.Range(0, _stages.Length).Where(i => _stages[i] is not null)]));
        }
        catch
        {
            DisposeOwned();
            throw;
        }
    }

    /// <inheritdoc/>
    public Pipeline Pipeline { get; private set; }

    /// <inheritdoc/>
    public TensorShape InputShape { get; }

    /// <inheritdoc/>
    public IReadOnlyList<TensorShape> Shapes => _shapes;

    /// <summary>GL's name of the buffer with a stage's float32 output, row-major; valid until the pipeline is disposed.</summary>
    /// <exception cref="InvalidOperationException">The stage is fused.</exception>
    public uint OutputBuffer(int stage) => StageAt(stage).Output.Name;

    /// <summary>
    /// Writes the last stage's planes 0 to 2 to a texture as red, green and blue, a single plane as grey: as they are to a
    /// floating-point texture; to others from black, 0, to white, 255, NaN as black.
    /// </summary>
    /// <param name="texture">Of the last output's size.</param>
    /// <param name="black">The value that becomes 0.</param>
    /// <param name="white">The value that becomes 255.</param>
    /// <exception cref="LivePoolException">Its size differs, or it cannot be written.</exception>
    public void CopyTo(in HostTexture texture, float black, float white)
    {
        EnterAfterRun();
        _textureOutput ??= Own(new TextureOutput(_device, _backend.Kernels, _stages[^1]!.Output, _shapes[^1]));
        _textureOutput.Run(texture, black, white);
        _device.Errors.ThrowIfAny("copying", Pipeline.Name);
    }

    /// <summary>Runs every stage once more on the frame of the last run, which is on the device already, for their times.</summary>
    /// <exception cref="InvalidOperationException">Nothing has been run.</exception>
    public void RunAgain()
    {
        EnterAfterRun();
        Begin();
        Submit();
    }

    /// <inheritdoc/>
    public void Wait()
    {
        EnterAfterRun();
        _device.WaitFor(_runFence, "running", Pipeline.Name);
        _ = _timer.LastMilliseconds;
        ThrowIfLostReading();
    }

    /// <inheritdoc/>
    public bool IsFused(int stage) => _stages[stage] is null;

    /// <inheritdoc/>
    public ReadOnlySpan<float> Output(int stage)
    {
        EnterAfterRun();
        GpuBuffer output = StageAt(stage).Output;
        ref HostCopy copy = ref _outputs[stage];
        // A native caller gets its address.
        copy.Floats ??= GC.AllocateUninitializedArray<float>(_shapes[stage].Count, pinned: true);
        if (!copy.IsValid)
        {
            output.Read(copy.Floats.AsSpan());
            ThrowIfLostReading();
        }
        copy.IsValid = true;
        return copy.Floats;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">Nothing has been run.</exception>
    public ReadOnlySpan<long> Indices(int stage)
    {
        EnterAfterRun();
        if (_stages[stage]?.Indices is not { } buffer)
            return [];
        ref HostCopy copy = ref _indices[stage];
        copy.Ints ??= new int[_shapes[stage].Count];
        copy.Longs ??= new long[_shapes[stage].Count];
        if (!copy.IsValid)
        {
            buffer.Read(copy.Ints.AsSpan());
            ThrowIfLostReading();
            for (int i = 0; i < copy.Longs.Length; i++)
                copy.Longs[i] = copy.Ints[i];
        }
        copy.IsValid = true;
        return copy.Longs;
    }

    /// <summary>
    /// Milliseconds that each stage took on the device, NaN for a fused one: in the run two before the last, so that reading
    /// does not wait; in the first while there were fewer than three; in the last after <see cref="Wait"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">Nothing has been run.</exception>
    public ReadOnlySpan<double> StageMilliseconds
    {
        get
        {
            EnterAfterRun();
            ReadOnlySpan<double> milliseconds = _timer.Milliseconds;
            ThrowIfLostReading();
            return milliseconds;
        }
    }

    /// <summary>The ranges of a stage's planes, for display, found on the device. Disposed with the pipeline at the latest.</summary>
    public PlaneRanges CreatePlaneRanges(int stage)
    {
        Enter();
        return Own(new PlaneRanges(_device, _backend.Builder, StageAt(stage).Output, _shapes[stage]));
    }

    /// <summary>A way to read every stage back without waiting. Disposed with the pipeline at the latest.</summary>
    /// <exception cref="LivePoolException">The device has no memory for it.</exception>
    public StageReadback CreateReadback()
    {
        Enter();
        return Own(new StageReadback(_device, _stages));
    }

    /// <summary>Throws if anything wrote behind a buffer, for tests.</summary>
    internal void CheckGuards()
    {
        Enter();
        _input.CheckGuard();
        _packedInput.CheckGuard();
        _pixelInput?.CheckGuard();
        foreach (GpuBuffer buffer in _stages.OfType<GpuStage>().SelectMany(stage => stage.Buffers))
            buffer.CheckGuard();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        if (_device.Context.TryMakeCurrent())
            DisposeOwned();
        _backend.Forget(this);
    }

    private GpuStage StageAt(int stage) => _stages[stage]
        ?? throw new InvalidOperationException($"stage {stage + 1}, {Pipeline.Stages[stage].Name}, is fused; compile with StageOutputs.All");

    private void BuildStages(StageOutputs keep)
    {
        StageBuilder builder = _backend.Builder;
        GpuBuffer previous = _input;
        for (int i = 0; i < _stages.Length; i++)
        {
            int first = i;
            TensorShape shape = i == 0 ? InputShape : _shapes[i - 1];
            ConvPoolPlan? plan = keep == StageOutputs.Last ? ConvPoolPlan.Find(Pipeline.Stages.AsSpan(), i, shape, _device.Limits) : null;
            if (plan is not null && Pipeline.Stages.AsSpan(i, plan.Stages).ToArray().All(stage => stage.Shader is null))
            {
                i += plan.Stages - 1;
                string names = string.Join(", ", Pipeline.Stages[first..(i + 1)].Select(stage => stage.Name));
                _stages[i] = Own(builder.BuildFused(
                    $"stages {first + 1} to {i + 1} ({names})", plan, _shapes[i], previous, first == 0 ? _packedInput : null));
            }
            else
            {
                _stages[i] = Own(builder.Build($"stage {i + 1} ({Pipeline.Stages[i].Name})", Pipeline.Stages[i], shape, previous));
            }
            previous = _stages[i]!.Output;
        }
    }

    private void Submit()
    {
        // Only the first stage may take the 8-bit input.
        bool runsPacked = _isInputPacked && _first.TakesPacked;
        if (!runsPacked)
            ExpandInput();

        _timer.Start();
        foreach (GpuStage? stage in _stages)
        {
            if (stage is null)
                continue;
            if (runsPacked && stage == _first)
                stage.RunPacked();
            else
                stage.Run();
            _timer.EndStage();
        }
        _device.Gl.MemoryBarrier(Readers);
        _device.Gl.DeleteSync(_runFence);
        _runFence = _device.Gl.FenceSync(SyncCondition.SyncGpuCommandsComplete, SyncBehaviorFlags.None);
        _device.Gl.Flush();

        _hasRun = true;
        for (int i = 0; i < _stages.Length; i++)
        {
            _outputs[i].IsValid = false;
            _indices[i].IsValid = false;
        }
        _device.Context.ThrowIfLost("running", Pipeline.Name);
        _device.Errors.ThrowIfAny("running", Pipeline.Name);
        if (_device.Options.GuardBytes > 0)
            CheckGuards();
    }

    private void Begin()
    {
        for (int i = 0; i < _stages.Length; i++)
        {
            _stages[i]?.Free?.Begin(i, Moment);
            if (_device.Options.PoisonOutputs)
                _stages[i]?.Poison();
        }
    }

    private void Enter()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _device.Context.MakeCurrent();
    }

    private void EnterAfterRun()
    {
        Enter();
        if (!_hasRun)
            throw new InvalidOperationException("nothing has been run yet");
    }

    private void ThrowIfLostReading() => _device.Context.ThrowIfLost("reading the results of", Pipeline.Name);

    private T Own<T>(T owned) where T : IDisposable
    {
        _owned.Add(owned);
        return owned;
    }

    private void DisposeOwned()
    {
        _device.Gl.DeleteSync(_runFence);
        _pixelInput?.Dispose();
        foreach (IDisposable owned in _owned)
            owned.Dispose();
    }

    private struct HostCopy
    {
        public float[]? Floats;
        public int[]? Ints;
        public long[]? Longs;
        public bool IsValid;
    }
}
