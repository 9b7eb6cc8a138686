using LivePool.Core;
using LivePool.Core.Backends;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Cpu.Simd;
using LivePool.Frames;
using LivePool.Gpu;
using LivePool.Gpu.Context;
using LivePool.Shaders;

namespace LivePool.App.View;

/// <summary>The backend and the pipeline that the window shows, and how to change them while frames go on.</summary>
internal sealed class Engine : IDisposable
{
    private static readonly string[] _backendOrder = [BackendNames.Gpu, BackendNames.Simd, BackendNames.Reference];
    private readonly Func<GpuBackend> _createGpu;
    private readonly int _threads;
    private readonly bool _convertsOnGpu;
    private readonly List<Pipeline> _pipelines;
    private int _pipeline;
    private ChosenBackend _chosen;
    private SimdBackend? _simd;
    private GpuBackend? _gpu;
    private PipelineRun _run;

    /// <exception cref="BackendUnavailableException">The backend that was asked for is not there.</exception>
    public Engine(ViewRequest request, Pipeline pipeline, GpuContext context, ShaderFolder shaders)
    {
        (_threads, _convertsOnGpu) = (request.Threads, request.ConvertsOnGpu);
        _createGpu = () => new GpuBackend(context, shaders);
        _chosen = ChosenBackend.Choose(request.Backend, _threads, _createGpu);
        // The presets one after the other, with the user's own file, if there is one, before them.
        _pipelines = [.. PipelinePresets.Names.Select(PipelinePresets.Load)];
        _pipeline = PipelinePresets.Names.ToList().IndexOf(request.Pipeline);
        if (_pipeline < 0)
        {
            _pipelines.Insert(0, pipeline);
            _pipeline = 0;
        }
        Pipeline = pipeline;
        _run = new(pipeline, _chosen.Backend, _convertsOnGpu);
    }

    public IBackend Backend => _chosen.Backend;

    /// <summary>Why <c>auto</c> did not take the GPU; null otherwise.</summary>
    public string? Reason => _chosen.Reason;

    public Pipeline Pipeline { get; private set; }

    /// <summary>What the last frame came to; null where there was none, or it does not fit the pipeline.</summary>
    public ICompiledPipeline? Compiled { get; private set; }

    /// <summary>The last frame's shape; null before the first.</summary>
    public TensorShape? InputShape { get; private set; }

    /// <summary>Why the pipeline cannot run on the last frame; null where it can.</summary>
    public string? Failure { get; private set; }

    /// <summary>The frame that was run last, <c>[1, C, H, W]</c>, 8-bit.</summary>
    public ReadOnlySpan<byte> Input => _run.Input;

    /// <summary>Whether the last frame has to be run again: something is another way now.</summary>
    public bool IsStale { get; private set; } = true;

    /// <summary>Has the last frame run again.</summary>
    public void Invalidate() => IsStale = true;

    /// <summary>The presets, and the user's own pipeline.</summary>
    public IReadOnlyList<Pipeline> Pipelines => _pipelines;

    /// <summary>Another backend beside the one that is shown, for the caller to dispose of.</summary>
    /// <exception cref="BackendUnavailableException">It is not there.</exception>
    public IBackend Open(string name) => ChosenBackend.Choose(name, _threads, _createGpu).Backend;

    /// <summary>Runs a frame and shows every stage of it, or says in <see cref="Failure"/> why it cannot be.</summary>
    public void Run(Frame frame, Picture picture)
    {
        IsStale = false;
        InputShape = new(1, Pipeline.Channels, frame.Height, frame.Width);
        try
        {
            _run.Keep = StageOutputs.All;
            _run.Run(frame);
            picture.Stages.Update(_run);
            Compiled = _run.Compiled;
            Failure = null;
        }
        // A lost context shows nothing any more, not even why.
        catch (LivePoolException e) when (e is not BackendUnavailableException)
        {
            picture.Forget();
            Compiled = null;
            Failure = e.Message;
        }
    }

    /// <summary>What else can compute an element from its taps. The GPU only if asked for: to make it ready takes a moment.</summary>
    public IBackend[] Others(bool withGpu)
    {
        if (Backend.Name != BackendNames.Simd)
            return [_simd ??= new SimdBackend(1)];
        if (!withGpu)
            return [];
        try
        {
            return [_gpu ??= _createGpu()];
        }
        catch (BackendUnavailableException)
        {
            // The panel then shows what there is; B says why there is no more.
            return [];
        }
    }

    /// <summary>Goes on to the next preset, for the caller to take.</summary>
    public Pipeline NextPipeline() => _pipelines[_pipeline = (_pipeline + 1) % _pipelines.Count];

    /// <summary>Takes another pipeline from the next frame on.</summary>
    public void Replace(Pipeline pipeline)
    {
        Pipeline = pipeline;
        Restart();
    }

    /// <summary>Whether the pipeline fits the last frame, and may be taken.</summary>
    /// <exception cref="LivePoolException">It does not; the message says why.</exception>
    public void Require(Pipeline pipeline)
    {
        if (pipeline.Channels is not (1 or 3))
            throw new LivePoolException($"it takes {pipeline.Channels} channels; pictures have 1 (grey) or 3");
        if (InputShape is { } input)
            pipeline.Shapes(input with { C = pipeline.Channels });
    }

    /// <summary>Goes on to the next backend that is there.</summary>
    /// <returns>Why one was passed over; null if none was.</returns>
    public string? NextBackend()
    {
        string? passedOver = null;
        int current = Array.IndexOf(_backendOrder, _chosen.Backend.Name);
        for (int i = 1; i <= _backendOrder.Length; i++)
        {
            string name = _backendOrder[(current + i) % _backendOrder.Length];
            try
            {
                ChosenBackend next = ChosenBackend.Choose(name, _threads, _createGpu);
                Compiled = null;
                _run.Dispose();
                _chosen.Dispose();
                _chosen = next;
                Restart();
                return passedOver;
            }
            catch (BackendUnavailableException e)
            {
                passedOver = e.Message;
            }
        }
        return passedOver;
    }

    private void Restart()
    {
        Compiled = null;
        _run.Dispose();
        _run = new(Pipeline, _chosen.Backend, _convertsOnGpu);
    }

    public void Dispose()
    {
        _run.Dispose();
        _chosen.Dispose();
        _simd?.Dispose();
        _gpu?.Dispose();
    }
}
