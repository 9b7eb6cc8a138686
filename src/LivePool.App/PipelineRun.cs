using LivePool.Core;
using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Frames;
using LivePool.Gpu;
using LivePool.Gpu.UserShaders;

namespace LivePool.App;

/// <summary>
/// Feeds frames to a backend; compiles again when a frame has another size. A GPU gets a frame's bytes as they are and makes
/// planes of them itself, unless it is a processor, where SIMD is faster. Steady streams allocate nothing.
/// </summary>
/// <param name="pipeline">The stages.</param>
/// <param name="backend">Who computes.</param>
/// <param name="alwaysConvertsOnGpu">Whether also a GPU that is a processor makes planes of frames.</param>
internal sealed class PipelineRun(Pipeline pipeline, IBackend backend, bool alwaysConvertsOnGpu = false) : IDisposable
{
    private const float FramesPerSecond = 60;

    private ICompiledPipeline? _compiled;
    private int _frames;
    private byte[] _planes = [];
    // The last frame, of which nobody has asked for the planes yet.
    private Frame? _unconverted;
    private StageOutputs _kept;

    /// <summary>Which stages' outputs the next frame leaves to be read.</summary>
    public StageOutputs Keep { get; set; }

    /// <summary>What free stages are told of the next frame; null counts frames, 60 a second.</summary>
    public FreeMoment? Moment { get; set; }

    /// <summary>Takes a pipeline that differs in the values of the user's shaders alone, without compiling.</summary>
    /// <returns>Whether that is all that differs.</returns>
    public bool TryTakeValues(Pipeline other)
    {
        if (_compiled is not GpuCompiledPipeline gpu || !gpu.TryTakeValues(other))
            return false;
        pipeline = other;
        return true;
    }

    /// <summary>Whether the GPU makes planes of frames.</summary>
    public bool ConvertsOnGpu { get; } = backend is GpuBackend && (alwaysConvertsOnGpu || !backend.Device.IsSoftware);

    /// <summary>The pipeline for the last frame's size.</summary>
    public ICompiledPipeline Compiled => _compiled ?? throw new InvalidOperationException("no frame was run yet");

    /// <summary>The last frame as <c>[1, C, H, W]</c>, 8-bit. Made when it is asked for first: the frame must still be as it was run.</summary>
    public ReadOnlySpan<byte> Input
    {
        get
        {
            TensorShape shape = Compiled.InputShape;
            if (_planes.Length < shape.Count)
                _planes = new byte[shape.Count];
            _unconverted?.CopyPlanar(shape.C, _planes);
            _unconverted = null;
            return _planes.AsSpan(0, shape.Count);
        }
    }

    /// <summary>Runs one frame.</summary>
    /// <returns>Whether the pipeline was compiled for it; such a frame is run twice, so that its times are a warm run's, but where free stages would go on.</returns>
    /// <exception cref="LivePoolException">The pipeline does not take pictures, or not of this size.</exception>
    public bool Run(Frame frame)
    {
        if (pipeline.Channels is not (1 or 3))
        {
            throw new LivePoolException($"{pipeline.Name} takes {pipeline.Channels} channels, but pictures have 1 (grey) or 3; " +
                "run its operators on .npy files with livepool op");
        }
        TensorShape shape = new TensorShape(1, pipeline.Channels, frame.Height, frame.Width).Validated();
        bool compile = _compiled?.InputShape != shape || _kept != Keep;
        if (compile)
        {
            _compiled?.Dispose();
            _compiled = null;
            _compiled = backend.Compile(pipeline, shape, Keep);
            _kept = Keep;
        }
        _unconverted = frame;
        if (_compiled is GpuCompiledPipeline gpu)
            gpu.Moment = Moment ?? new(_frames / FramesPerSecond);
        _frames++;
        // What goes on from its own output is run no more often than there are frames.
        if (compile && !pipeline.Stages.Any(stage => stage is FreeStage))
            Submit(frame);
        Submit(frame);
        return compile;
    }

    private void Submit(Frame frame)
    {
        if (ConvertsOnGpu)
            ((GpuCompiledPipeline)Compiled).RunOn(frame.View);
        else
            Compiled.Run(Input);
    }

    public void Dispose() => _compiled?.Dispose();
}
