using LivePool.App.View.Comparing;
using LivePool.Core;
using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Cpu.Simd;
using LivePool.Frames;
using LivePool.Gpu;
using LivePool.Gpu.Context;
using LivePool.Gpu.UserShaders;
using LivePool.Shaders;

namespace LivePool.App.View;

/// <summary>The backend and the pipeline that the window shows, and how to change them while frames go on.</summary>
internal sealed class Engine : IDisposable
{
    /// <summary>What the user's shaders are compared with under this name.</summary>
    public const string BuiltIn = "built-in";

    // Where a shader writes DEBUG(value), the window shows what.
    private static readonly GpuBackendOptions _options = new() { KeepDebugValues = true };

    private readonly GpuContext _context;
    private readonly int _threads;
    private readonly bool _convertsOnGpu;
    private readonly List<Pipeline> _pipelines;
    private int _pipeline;
    private ChosenBackend _chosen;
    private SimdBackend? _simd;
    private GpuBackend? _gpu;
    private PipelineRun _run;

    /// <param name="request">What was asked for.</param>
    /// <param name="pipeline">The stages.</param>
    /// <param name="second">A shader to be set beside the pipeline's; null for none.</param>
    /// <param name="context">The window's context.</param>
    /// <param name="shaders">The shaders, each as it is when it is first asked for.</param>
    /// <exception cref="BackendUnavailableException">The backend that was asked for is not there.</exception>
    public Engine(ViewRequest request, Pipeline pipeline, UserShader? second, GpuContext context, ShaderFolder shaders)
    {
        (_threads, _convertsOnGpu) = (request.Threads, request.ConvertsOnGpu);
        (_context, Shaders, Second) = (context, shaders, second);
        _chosen = ChosenBackend.Choose(request.Backend, _threads, CreateGpu, pipeline);
        // The presets one after the other, with the user's own file, if there is one, before them.
        _pipelines = [.. PipelinePresets.Names.Select(PipelinePresets.Load)];
        _pipeline = pipeline.HasShaders ? -1 : PipelinePresets.Names.ToList().IndexOf(request.Pipeline ?? PipelinePresets.Default);
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

    /// <summary>The shaders as they were when all that is in use compiled last: these can be compiled again, whatever becomes of the files.</summary>
    public ShaderFolder Shaders { get; private set; }

    /// <summary>The shader that can be set beside the pipeline's; null for none.</summary>
    public UserShader? Second { get; private set; }

    /// <summary>What the last frame came to; null where there was none, or it does not fit the pipeline.</summary>
    public ICompiledPipeline? Compiled { get; private set; }

    /// <summary>The last frame's shape; null before the first.</summary>
    public TensorShape? InputShape { get; private set; }

    /// <summary>Why the pipeline cannot run on the last frame; null where it can.</summary>
    public LivePoolException? Failure { get; private set; }

    /// <summary>The frame that was run last, <c>[1, C, H, W]</c>, 8-bit.</summary>
    public ReadOnlySpan<byte> Input => _run.Input;

    /// <summary>What free stages were told of the last run.</summary>
    public FreeMoment Moment { get; private set; } = new(-1, 0);

    /// <summary>Whether the last frame has to be run again: something is another way now.</summary>
    public bool IsStale { get; private set; } = true;

    /// <summary>Whether what is shown may change although the frame does not: a shader has the time, or its last output.</summary>
    public bool IsAnimated { get; private set; }

    /// <summary>Has the last frame run again.</summary>
    public void Invalidate() => IsStale = true;

    /// <summary>The presets, and the user's own pipeline.</summary>
    public IReadOnlyList<Pipeline> Pipelines => _pipelines;

    /// <summary>What else can compute what is shown: the second shader, the built-in ones, other backends.</summary>
    public IEnumerable<string> OtherNames =>
    [
        .. Second is null ? (string[])[] : [Path.GetFileName(Second.FullPath)],
        .. Pipeline.Stages.Any(stage => stage.Shader is { Claim: not null }) ? (string[])[BuiltIn] : [],
        .. BackendNames.All.Where(name => name != Backend.Name),
    ];

    /// <summary>One of <see cref="OtherNames"/>, for the caller to dispose of.</summary>
    /// <exception cref="BackendUnavailableException">It is not there.</exception>
    public OtherBackend Open(string name) =>
        Second is { } second && name == Path.GetFileName(second.FullPath) ? new(CreateGpu(), pipeline => WithSecond(pipeline, second))
        : name == BuiltIn ? new(CreateGpu(), WithoutClaims)
        : new(ChosenBackend.Choose(name, _threads, CreateGpu).Backend, pipeline => pipeline);

    /// <summary>Runs a frame and shows every stage of it, or says in <see cref="Failure"/> why it cannot be.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="picture">What shows it.</param>
    /// <param name="seconds">The window's time.</param>
    /// <param name="mouse">Where the pointer is on a free stage's output, and whether its button is down.</param>
    public void Run(Frame frame, Picture picture, double seconds, (int Column, int Row, bool IsDown) mouse)
    {
        IsStale = false;
        InputShape = new(1, Pipeline.Channels, frame.Height, frame.Width);
        Moment = new(Moment.Frame + 1, (float)seconds, mouse.Column, mouse.Row, mouse.IsDown);
        try
        {
            _run.Keep = StageOutputs.All;
            _run.Moment = Moment;
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
            Failure = e;
        }
        IsAnimated = Compiled is GpuCompiledPipeline && Pipeline.Stages.Any(stage => stage is FreeStage { Shader: UserShader { IsAnimated: true } });
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
            return [_gpu ??= CreateGpu()];
        }
        catch (BackendUnavailableException)
        {
            // The panel then shows what there is; B says why there is no more.
            return [];
        }
    }

    /// <summary>Goes on to the next preset, for the caller to take.</summary>
    public Pipeline NextPipeline() => _pipelines[_pipeline = (_pipeline + 1) % _pipelines.Count];

    /// <summary>Takes another pipeline from the next frame on. Where values of shaders alone differ, nothing is compiled.</summary>
    public void Replace(Pipeline pipeline)
    {
        Pipeline = pipeline;
        if (!_run.TryTakeValues(pipeline))
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
        if (Backend is not GpuBackend && pipeline.Stages.OfType<FreeStage>().FirstOrDefault() is { } free)
            throw free.Refusal(Backend.Name);
    }

    /// <summary>
    /// Takes the shaders as they are now: compiles all that is in use, runs the frame once, and only then lets go of what was.
    /// </summary>
    /// <param name="shaders">The shaders as they are now.</param>
    /// <param name="frame">The last frame.</param>
    /// <param name="around">Lets go of what is shown, whose pipeline is about to be disposed of, does what it is given, and goes on.</param>
    /// <returns>What makes of a pipeline with the shaders as they were the same with those of now.</returns>
    /// <exception cref="LivePoolException">Why not; everything then is as it was.</exception>
    public Func<Pipeline, Pipeline> Reload(ShaderFolder shaders, Frame frame, Action<Action> around)
    {
        var texts = new Dictionary<string, UserShader>();
        Pipeline pipeline = Pipeline.WithShaders(Renewed);
        UserShader? second = Second is null ? null : (UserShader)Renewed(Second);
        if (Backend is GpuBackend)
        {
            var gpu = new GpuBackend(_context, shaders, _options);
            PipelineRun? run = null;
            try
            {
                run = new(pipeline, gpu, _convertsOnGpu);
                // What does not run anyway says so again when it is run next.
                if (frame.Width > 0 && Failure is null)
                {
                    Try(run, frame);
                    if (second is not null)
                    {
                        using PipelineRun beside = new(WithSecond(pipeline, second), gpu, _convertsOnGpu);
                        Try(beside, frame);
                    }
                    if (Compiled is GpuCompiledPipeline before)
                        ((GpuCompiledPipeline)run.Compiled).Follow(before);
                }
            }
            catch
            {
                run?.Dispose();
                gpu.Dispose();
                throw;
            }
            around(() =>
            {
                Compiled = null;
                _run.Dispose();
                _chosen.Dispose();
                (_chosen, _run) = (_chosen with { Backend = gpu }, run);
            });
        }
        _gpu?.Dispose();
        _gpu = null;
        (Shaders, Pipeline, Second) = (shaders, pipeline, second);
        for (int i = 0; i < _pipelines.Count; i++)
            _pipelines[i] = Renew(_pipelines[i]);
        IsStale = true;
        return Renew;

        Pipeline Renew(Pipeline old) => old.WithShaders(shader => texts.TryGetValue(shader.FullPath, out UserShader? text) ? text.WithValuesOf((UserShader)shader) : shader);

        StageShader Renewed(StageShader old)
        {
            if (!texts.TryGetValue(old.FullPath, out UserShader? text))
                texts.Add(old.FullPath, text = UserShader.Load(shaders, old.FullPath));
            if (text.Claim != old.Claim)
                throw new LivePoolException($"{text.Name}: it claimed to be {old.Claim ?? "no operator"}, and now {text.Claim ?? "none"}; start the window with it anew");
            return text.WithValuesOf((UserShader)old);
        }

        void Try(PipelineRun run, Frame frame)
        {
            run.Keep = StageOutputs.All;
            run.Moment = Moment;
            run.Run(frame);
            run.Compiled.Wait();
        }
    }

    /// <summary>Has the GPU compute from the next frame on.</summary>
    /// <exception cref="BackendUnavailableException">It cannot.</exception>
    public void TakeGpu()
    {
        if (Backend is not GpuBackend)
            Take(ChosenBackend.Choose(BackendNames.Gpu, _threads, CreateGpu));
    }

    /// <summary>Goes on to the next backend that is there and can run the pipeline.</summary>
    /// <returns>Why one was passed over; null if none was.</returns>
    public string? NextBackend()
    {
        string? passedOver = null;
        int current = BackendNames.All.ToList().IndexOf(_chosen.Backend.Name);
        for (int i = 1; i <= BackendNames.All.Count; i++)
        {
            string name = BackendNames.All[(current + i) % BackendNames.All.Count];
            if (name != BackendNames.Gpu && Pipeline.Stages.OfType<FreeStage>().FirstOrDefault() is { } free)
            {
                passedOver = free.Refusal(name).Message;
                continue;
            }
            try
            {
                Take(ChosenBackend.Choose(name, _threads, CreateGpu));
                return passedOver;
            }
            catch (BackendUnavailableException e)
            {
                passedOver = e.Message;
            }
        }
        return passedOver;
    }

    private void Take(ChosenBackend next)
    {
        Compiled = null;
        _run.Dispose();
        _chosen.Dispose();
        _chosen = next;
        Restart();
    }

    private GpuBackend CreateGpu() => new(_context, Shaders, _options);

    private static Pipeline WithSecond(Pipeline pipeline, UserShader second) =>
        pipeline.WithShaders(shader => shader.Claim == second.Claim ? second : shader);

    private static Pipeline WithoutClaims(Pipeline pipeline) =>
        pipeline with { Stages = [.. pipeline.Stages.Select(stage => stage is FreeStage ? stage : stage with { Shader = null })] };

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
