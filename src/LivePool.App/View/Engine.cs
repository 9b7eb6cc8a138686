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

    // What is compiled for while there is no frame.
    private readonly Frame _blank = CreateBlank();
    private readonly GpuContext _context;
    private readonly int _threads;
    private readonly bool _convertsOnGpu;
    private readonly List<Pipeline> _pipelines;
    private int _pipeline;
    private ChosenBackend _chosen;
    private SimdBackend? _simd;
    private GpuBackend? _gpu;
    private PipelineRun _run;
    private bool _goesOn;

    /// <param name="request">What was asked for.</param>
    /// <param name="pipeline">The stages.</param>
    /// <param name="second">A shader to be set beside the pipeline's; null for none.</param>
    /// <param name="context">The window's context.</param>
    /// <param name="folder">Where the shaders are.</param>
    /// <exception cref="BackendUnavailableException">The backend that was asked for is not there.</exception>
    public Engine(ViewRequest request, Pipeline pipeline, UserShader? second, GpuContext context, ShaderFolder folder)
    {
        (_threads, _convertsOnGpu) = (request.Threads, request.ConvertsOnGpu);
        (_context, Folder, Shaders, Second) = (context, folder, folder.Remembering(), second);
        First = second is null ? null : Path.GetFullPath(request.Shader!);
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

    /// <summary>Where the shaders are.</summary>
    public ShaderFolder Folder { get; }

    /// <summary>The shaders as they were when all that is in use compiled last: these can be compiled again, whatever becomes of the files.</summary>
    public ShaderFolder Shaders { get; private set; }

    /// <summary>The shader that can be set beside <see cref="First"/>; null for none.</summary>
    public UserShader? Second { get; private set; }

    /// <summary>The file of the shader whose place <see cref="Second"/> takes; null where there is none.</summary>
    private string? First { get; }

    /// <summary>What the last frame came to; null where there was none, or it does not fit the pipeline.</summary>
    public ICompiledPipeline? Compiled { get; private set; }

    /// <summary>The last frame's shape; null before the first.</summary>
    public TensorShape? InputShape { get; private set; }

    /// <summary>Why the pipeline cannot run on the last frame; null where it can.</summary>
    public LivePoolException? Failure { get; private set; }

    /// <summary>The frame that was run last, <c>[1, C, H, W]</c>, 8-bit.</summary>
    public ReadOnlySpan<byte> Input => _run.Input;

    /// <summary>What free stages were told of the last run.</summary>
    public FreeMoment Moment { get; private set; }

    /// <summary>Whether the last frame has to be run again: something is another way now.</summary>
    public bool IsStale { get; private set; } = true;

    /// <summary>Whether what is shown may change although the frame does not: a shader has the time, or its last output.</summary>
    public bool IsAnimated { get; private set; }

    /// <summary>Has the last frame run again; what goes on by itself stays where it is.</summary>
    public void Invalidate() => IsStale = true;

    /// <summary>Has a frame run: a new one, or what goes on by itself goes on.</summary>
    public void GoOn() => IsStale = _goesOn = true;

    /// <summary>The presets, and the user's own pipeline.</summary>
    public IReadOnlyList<Pipeline> Pipelines => _pipelines;

    /// <summary>What else can compute what is shown: the second shader, the built-in ones, other backends.</summary>
    public IEnumerable<string> OtherNames =>
    [
        .. Second is { } second && HasFirst(Pipeline) ? (string[])[Path.GetFileName(second.FullPath)] : [],
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
    /// <param name="mouse">Where the pointer is on a free stage's output; null where it is elsewhere.</param>
    public void Run(Frame frame, Picture picture, double seconds, MousePlace? mouse)
    {
        IsStale = false;
        InputShape = new(1, Pipeline.Channels, frame.Height, frame.Width);
        Moment = _goesOn ? new((float)seconds, mouse) : Moment with { DoesAgain = true };
        _goesOn = false;
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
        IsAnimated = Compiled is GpuCompiledPipeline { IsAnimated: true };
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

    /// <summary>Loads a shader as its file is now; its text then stays with it.</summary>
    /// <exception cref="LivePoolException">It cannot be read, or an include or an annotation is wrong.</exception>
    public UserShader LoadShader(string path) => UserShader.Load(Folder.Remembering(), path);

    /// <summary>Whether the pipeline fits the last frame and the backend, and may be taken.</summary>
    /// <exception cref="LivePoolException">It does not; the message says why.</exception>
    public void Require(Pipeline pipeline)
    {
        RequireShapes(pipeline);
        if (Backend is not GpuBackend && pipeline.Stages.OfType<FreeStage>().FirstOrDefault() is { } free)
            throw free.Refusal(Backend.Name);
    }

    /// <summary>Whether the pipeline fits the last frame, on a backend that can run it.</summary>
    /// <exception cref="LivePoolException">It does not; the message says why.</exception>
    public void RequireShapes(Pipeline pipeline)
    {
        if (pipeline.Channels is not (1 or 3))
            throw new LivePoolException($"it takes {pipeline.Channels} channels; pictures have 1 (grey) or 3");
        if (InputShape is { } input)
            pipeline.Shapes(input with { C = pipeline.Channels });
    }

    /// <summary>
    /// Takes the shaders as they are now: compiles all that is in use, runs it once, and only then lets go of what was.
    /// </summary>
    /// <param name="shaders">The shaders as they are now.</param>
    /// <param name="frame">The last frame; empty where there is none.</param>
    /// <param name="around">Lets go of what is shown, whose pipeline is about to be disposed of, does what it is given, and goes on.</param>
    /// <returns>What makes of a pipeline with the shaders as they were the same with those of now.</returns>
    /// <exception cref="LivePoolException">Why not; everything then is as it was.</exception>
    public Func<Pipeline, Pipeline> Reload(ShaderFolder shaders, Frame frame, Action<Action> around)
    {
        var texts = new Dictionary<string, UserShader>();
        Pipeline pipeline = Pipeline.WithShaders(Renewed);
        UserShader? second = Second is null ? null : (UserShader)Renewed(Second);
        GpuBackend? gpu = Backend is GpuBackend || pipeline.HasShaders ? TryCreateGpu(shaders) : null;
        PipelineRun? run = null;
        try
        {
            if (gpu is not null)
            {
                run = new(pipeline, gpu, _convertsOnGpu);
                Try(run, frame);
                if (second is not null && HasFirst(pipeline))
                {
                    using PipelineRun beside = new(WithSecond(pipeline, second), gpu, _convertsOnGpu);
                    Try(beside, frame);
                }
            }
        }
        catch
        {
            run?.Dispose();
            gpu?.Dispose();
            throw;
        }
        if (Backend is GpuBackend && gpu is not null)
        {
            around(() =>
            {
                Compiled = null;
                _run.Dispose();
                _chosen.Dispose();
                (_chosen, _run) = (_chosen with { Backend = gpu }, run!);
            });
        }
        else
        {
            run?.Dispose();
            gpu?.Dispose();
        }
        _gpu?.Dispose();
        _gpu = null;
        (Shaders, Pipeline, Second) = (shaders, pipeline, second);
        for (int i = 0; i < _pipelines.Count; i++)
            _pipelines[i] = Renew(_pipelines[i]);
        IsStale = true;
        return Renew;

        Pipeline Renew(Pipeline old) => old.WithShaders(shader =>
            texts.TryGetValue(shader.FullPath, out UserShader? text) && text.Claim == shader.Claim ? text.WithValuesOf((UserShader)shader) : shader);

        StageShader Renewed(StageShader old)
        {
            if (!texts.TryGetValue(old.FullPath, out UserShader? text))
                texts.Add(old.FullPath, text = UserShader.Load(shaders, old.FullPath));
            if (text.Claim != old.Claim)
                throw new LivePoolException($"{text.Name}: it claimed to be {old.Claim ?? "no operator"}, and now {text.Claim ?? "none"}; start the window with it anew");
            return text.WithValuesOf((UserShader)old);
        }
    }

    /// <summary>Compiles and runs once, and stands then where what is shown does.</summary>
    /// <exception cref="LivePoolException">
    /// Why it cannot be; not for a reason that no shader has where nothing is shown either, or the GPU does not compute.
    /// </exception>
    private void Try(PipelineRun run, Frame frame)
    {
        run.Keep = StageOutputs.All;
        run.Moment = Moment with { DoesAgain = true };
        bool isShown = Backend is GpuBackend && frame.Width > 0;
        try
        {
            run.Run(isShown ? frame : _blank);
            var compiled = (GpuCompiledPipeline)run.Compiled;
            compiled.Wait();
            if (Compiled is GpuCompiledPipeline before)
                compiled.Follow(before);
        }
        catch (LivePoolException e) when (e is not (ShaderCompileException or BackendUnavailableException) && (Failure is not null || !isShown))
        {
            // It says so again when it is run next.
        }
    }

    private GpuBackend? TryCreateGpu(ShaderFolder shaders)
    {
        try
        {
            return new(_context, shaders, _options);
        }
        catch (BackendUnavailableException) when (Backend is not GpuBackend)
        {
            // Nothing here runs shaders, and what does says so when it is asked for.
            return null;
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
        for (int i = 1; i < BackendNames.All.Count; i++)
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

    private static Frame CreateBlank()
    {
        const int Side = 64;
        var frame = new Frame();
        frame.Reset(PixelFormat.Gray8, Side, Side);
        return frame;
    }

    private GpuBackend CreateGpu() => new(_context, Shaders, _options);

    private bool HasFirst(Pipeline pipeline) => pipeline.Stages.Any(stage => stage.Shader?.FullPath == First);

    private Pipeline WithSecond(Pipeline pipeline, UserShader second) => pipeline.WithShaders(shader => shader.FullPath == First ? second : shader);

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
