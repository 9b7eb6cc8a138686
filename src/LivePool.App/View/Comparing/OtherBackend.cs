using LivePool.Core.Backends;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Cpu.Simd;
using LivePool.Gpu;

namespace LivePool.App.View.Comparing;

/// <summary>A backend beside the one that is shown, with the pipeline that it ran last. One thread at a time.</summary>
internal sealed class OtherBackend(IBackend backend) : IDisposable
{
    /// <summary>Runs before a time is a warm one's; the GPU's times come two frames late.</summary>
    private int WarmUps => IsGpu ? 3 : backend is SimdBackend ? 1 : 0;

    private ICompiledPipeline? _compiled;

    public bool IsGpu => backend is GpuBackend;

    /// <summary>Runs a frame, and keeps every stage's output.</summary>
    public ICompiledPipeline Run(Pipeline pipeline, TensorShape input, byte[] frame)
    {
        if (_compiled is null || !ReferenceEquals(_compiled.Pipeline, pipeline) || _compiled.InputShape != input)
        {
            _compiled?.Dispose();
            _compiled = null;
            _compiled = backend.Compile(pipeline, input, StageOutputs.All);
            for (int i = 0; i < WarmUps; i++)
                _compiled.Run(frame);
        }
        _compiled.Run(frame);
        return _compiled;
    }

    public void Dispose()
    {
        _compiled?.Dispose();
        backend.Dispose();
    }
}
