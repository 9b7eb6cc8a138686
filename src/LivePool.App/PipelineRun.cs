using LivePool.Core;
using LivePool.Core.Backends;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Frames;

namespace LivePool.App;

/// <summary>Feeds frames to a backend; compiles again when a frame has another size. Steady streams allocate nothing.</summary>
internal sealed class PipelineRun(Pipeline pipeline, IBackend backend) : IDisposable
{
    private ICompiledPipeline? _compiled;
    private byte[] _planes = [];
    private StageOutputs _kept;

    /// <summary>Which stages' outputs the next frame leaves to be read.</summary>
    public StageOutputs Keep { get; set; }

    /// <summary>The pipeline for the last frame's size.</summary>
    public ICompiledPipeline Compiled => _compiled ?? throw new InvalidOperationException("no frame was run yet");

    /// <summary>The last frame as <c>[1, C, H, W]</c>, 8-bit.</summary>
    public ReadOnlySpan<byte> Input => _planes.AsSpan(0, Compiled.InputShape.Count);

    /// <summary>Runs one frame.</summary>
    /// <returns>Whether the pipeline was compiled for it; such a frame is run twice, so that its times are a warm run's.</returns>
    /// <exception cref="LivePoolException">The pipeline does not take pictures, or not of this size.</exception>
    public bool Run(Frame frame)
    {
        if (pipeline.Channels is not (1 or 3))
        {
            throw new LivePoolException($"{pipeline.Name} takes {pipeline.Channels} channels, but pictures have 1 (grey) or 3; " +
                "run its operators on .npy files with livepool op");
        }
        var shape = new TensorShape(1, pipeline.Channels, frame.Height, frame.Width);
        bool compile = _compiled?.InputShape != shape || _kept != Keep;
        if (compile)
        {
            _compiled?.Dispose();
            _compiled = null;
            if (_planes.Length < shape.Validated().Count)
                _planes = new byte[shape.Count];
            _compiled = backend.Compile(pipeline, shape, Keep);
            _kept = Keep;
        }
        frame.CopyPlanar(pipeline.Channels, _planes);
        if (compile)
            Compiled.Run(Input);
        Compiled.Run(Input);
        return compile;
    }

    public void Dispose() => _compiled?.Dispose();
}
