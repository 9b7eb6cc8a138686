using LivePool.Core.Backends;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Gpu;
using LivePool.Gpu.Textures;
using Silk.NET.OpenGL;

namespace LivePool.Plugin;

/// <summary>Runs in the host's GL context: a run only submits work, and reading a result waits for it.</summary>
internal sealed class GlRunner(StageOutputs keep) : Runner(keep)
{
    private readonly Queue<GpuCompiledPipeline> _dropped = [];
    private GlSession? _session;
    private GpuCompiledPipeline? _compiled;
    // Callers may still look at its results.
    private GpuCompiledPipeline? _left;
    private bool _hasRun;

    public override bool HasRun => _hasRun && !_session!.IsGone;

    public override bool TakesTextures => true;

    protected override ICompiledPipeline? Compiled => _compiled;

    /// <summary>The pipeline is freed at the next run: the context need not be current here.</summary>
    public override void Drop()
    {
        _hasRun = false;
        _left = null;
        if (_compiled is not null)
            _dropped.Enqueue(_compiled);
        _compiled = null;
    }

    public override void Prepare()
    {
        if (_session is not null && !_session.IsCurrent && _session.IsGone)
            Leave();
        _session ??= GlSession.Begin();
        _session.RequireCurrent();
    }

    public override void Run(Pipeline pipeline, PlanarFrame frame)
    {
        using GlSession.Visit visit = EnterToRun();
        CompileFor(frame.Shape, pipeline, visit.Backend);
        _compiled!.Run(frame.View);
        Finish(visit.Backend);
    }

    public override void Run(Pipeline pipeline, in TextureBlock texture)
    {
        using GlSession.Visit visit = EnterToRun();
        HostTexture source = Describe(visit.Backend, texture);
        CompileFor(new TensorShape(1, pipeline.Channels, source.Height, source.Width).Validated(), pipeline, visit.Backend);
        _compiled!.RunOn(source);
        Finish(visit.Backend);
    }

    public override double StageMilliseconds(int stage)
    {
        ICompiledPipeline compiled = Finished(stage);
        _session!.RequireCurrent();
        using GlSession.Visit _ = _session.Enter();
        return compiled.StageMilliseconds[stage];
    }

    public override ReadOnlySpan<float> Output(int stage)
    {
        ICompiledPipeline compiled = Kept(stage);
        _session!.RequireCurrent();
        using GlSession.Visit _ = _session.Enter();
        return compiled.Output(stage);
    }

    public override void LeaveDevice()
    {
        if (_session?.IsCurrent != true)
            return;
        _left = _compiled;
        Leave();
    }

    public override void Dispose() => Leave();

    private void Leave()
    {
        _hasRun = false;
        _session?.Dispose();
        _session = null;
        _compiled = null;
        _dropped.Clear();
    }

    private GlSession.Visit EnterToRun()
    {
        _hasRun = false;
        _left = null;
        GlSession.Visit visit = _session!.Enter();
        while (_dropped.TryDequeue(out GpuCompiledPipeline? dropped))
            dropped.Dispose();
        return visit;
    }

    private void CompileFor(TensorShape shape, Pipeline pipeline, GpuBackend backend)
    {
        if (_compiled?.InputShape == shape)
            return;
        _compiled?.Dispose();
        _compiled = null;
        _compiled = backend.Compile(pipeline, shape, Keep);
    }

    private void Finish(GpuBackend backend)
    {
        GLEnum error = backend.Context.TakeError();
        if (error != GLEnum.NoError)
            throw new StatusException(Status.Failed, $"GL refuses the run's work (error 0x{(int)error:X})");
        Runs++;
        _hasRun = true;
        if (OutputTexture.Name != 0)
            _compiled!.CopyTo(Describe(backend, OutputTexture), Display.Black, Display.White);
    }

    private static HostTexture Describe(GpuBackend backend, in TextureBlock texture) =>
        HostTexture.Describe(backend.Context, texture.Name, texture.BottomFirst != 0);
}
