using LivePool.Core.Backends;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Cpu.Simd;
using LivePool.Gpu;

namespace LivePool.App.View.Comparing;

/// <summary>A backend beside the one that is shown, with the pipeline that it ran last. One thread at a time.</summary>
/// <param name="backend">Who computes; disposed with this.</param>
/// <param name="change">Makes of the pipeline that is shown the one that is run: with other shaders, or the same one.</param>
internal sealed class OtherBackend(IBackend backend, Func<Pipeline, Pipeline> change) : IDisposable
{
    /// <summary>Runs before a time is a warm one's; the GPU's times come two frames late.</summary>
    private int WarmUps => IsGpu ? 3 : backend is SimdBackend ? 1 : 0;

    private ICompiledPipeline? _compiled;
    private Pipeline? _shown;

    public bool IsGpu => backend is GpuBackend;

    /// <summary>Runs a frame, and keeps every stage's output.</summary>
    /// <param name="pipeline">What is shown.</param>
    /// <param name="input">The frame's shape.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="mine">What is shown of the same frame, if the GPU computes it: there free stages do what it did last, from the same output before.</param>
    public ICompiledPipeline Run(Pipeline pipeline, TensorShape input, byte[] frame, GpuCompiledPipeline? mine)
    {
        bool isOther = _compiled is null || _compiled.InputShape != input || !ReferenceEquals(_shown, pipeline) && !TryTakeValues(change(pipeline));
        if (isOther)
        {
            _compiled?.Dispose();
            _compiled = null;
            _compiled = backend.Compile(change(pipeline), input, StageOutputs.All);
        }
        _shown = pipeline;
        if (_compiled is GpuCompiledPipeline gpu && mine is not null)
        {
            gpu.Moment = mine.Moment with { DoesAgain = true };
            gpu.Follow(mine);
        }
        for (int i = 0; i < (isOther ? WarmUps : 0); i++)
            _compiled!.Run(frame);
        _compiled!.Run(frame);
        return _compiled;
    }

    private bool TryTakeValues(Pipeline pipeline) => _compiled is GpuCompiledPipeline gpu && gpu.TryTakeValues(pipeline);

    public void Dispose()
    {
        _compiled?.Dispose();
        backend.Dispose();
    }
}
