using LivePool.Core.Backends;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Cpu.Reference;
using LivePool.Cpu.Simd;

namespace LivePool.Plugin;

/// <summary>Where an engine's pipeline runs: compiled at the first frame of a size, and kept for the next of it.</summary>
internal abstract class Runner(StageOutputs keep) : IDisposable
{
    /// <summary>Whether there are results.</summary>
    public abstract bool HasRun { get; }

    /// <summary>Runs since the engine was made.</summary>
    public ulong Runs { get; protected set; }

    public static Runner Create(in OptionsBlock options)
    {
        if (options.Threads is < 0 or > 1024)
            throw new StatusException(Status.InvalidArgument, $"threads is {options.Threads}; must be from 0, one for each processor, to 1024");
        if (options.KeepStages is not (0 or 1))
            throw new StatusException(Status.InvalidArgument, $"keep_stages is {options.KeepStages}; must be 0 or 1");
        StageOutputs keep = options.KeepStages == 1 ? StageOutputs.All : StageOutputs.Last;
        return (BackendKind)options.Backend switch
        {
            BackendKind.Simd => new CpuRunner(new SimdBackend(options.Threads), keep),
            BackendKind.Reference => new CpuRunner(new ReferenceBackend(), keep),
            BackendKind.Gl => new GlRunner(keep),
            _ => throw new StatusException(Status.InvalidArgument, $"backend is {options.Backend}; there are 0, SIMD, 1, reference, and 2, GL"),
        };
    }

    /// <summary>Forgets the pipeline and its results, because another one comes.</summary>
    public abstract void Drop();

    /// <summary>Throws where a run could not even begin, so that the frame and the last results stay.</summary>
    public virtual void Prepare()
    {
    }

    public abstract void Run(Pipeline pipeline, PlanarFrame frame);

    /// <summary>Whether frames and outputs may be textures.</summary>
    public virtual bool TakesTextures => false;

    /// <param name="pipeline">What to run.</param>
    /// <param name="texture">The frame; its name is not known to be a texture's.</param>
    public virtual void Run(Pipeline pipeline, in TextureBlock texture) => throw new InvalidOperationException("there are no textures");

    /// <summary>Where the last output goes to after each run; a name of 0 for nowhere.</summary>
    public TextureBlock OutputTexture { get; set; }

    /// <summary>The host's device ends: frees what is there, if it can be reached from this thread.</summary>
    public virtual void LeaveDevice()
    {
    }

    /// <summary>The values that become black and white in the output's texture.</summary>
    public (float Black, float White) Display { get; set; } = (0, byte.MaxValue);

    public TensorShape StageShape(int stage) => Finished(stage).Shapes[stage];

    public abstract double StageMilliseconds(int stage);

    public abstract ReadOnlySpan<float> Output(int stage);

    public abstract void Dispose();

    protected StageOutputs Keep => keep;

    protected abstract ICompiledPipeline? Compiled { get; }

    protected ICompiledPipeline Finished(int stage)
    {
        if (!HasRun)
            throw new StatusException(Status.NotReady, "there is no result yet; call livepool_submit and livepool_run");
        ICompiledPipeline compiled = Compiled!;
        Engine.RequireStage(stage, compiled.Shapes.Count);
        return compiled;
    }

    protected ICompiledPipeline Kept(int stage)
    {
        ICompiledPipeline compiled = Finished(stage);
        bool isKept = keep == StageOutputs.All || stage == compiled.Shapes.Count - 1;
        return isKept
            ? compiled
            : throw new StatusException(Status.InvalidArgument, $"stage {stage}'s output is not kept; make the engine with keep_stages 1");
    }
}

/// <summary>Runs on the thread that asks.</summary>
internal sealed class CpuRunner(IBackend backend, StageOutputs keep) : Runner(keep)
{
    private ICompiledPipeline? _compiled;
    private bool _hasRun;

    public override bool HasRun => _hasRun;

    protected override ICompiledPipeline? Compiled => _compiled;

    public override void Drop()
    {
        _compiled?.Dispose();
        _compiled = null;
        _hasRun = false;
    }

    public override void Run(Pipeline pipeline, PlanarFrame frame)
    {
        _hasRun = false;
        if (_compiled?.InputShape != frame.Shape)
        {
            Drop();
            _compiled = backend.Compile(pipeline, frame.Shape, Keep);
        }
        _compiled.Run(frame.View);
        Runs++;
        _hasRun = true;
    }

    public override double StageMilliseconds(int stage) => Finished(stage).StageMilliseconds[stage];

    public override ReadOnlySpan<float> Output(int stage) => Kept(stage).Output(stage);

    public override void Dispose()
    {
        Drop();
        backend.Dispose();
    }
}
