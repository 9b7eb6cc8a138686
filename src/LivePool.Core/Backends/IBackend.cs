using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;

namespace LivePool.Core.Backends;

/// <summary>Something that runs pipelines: the GPU, SIMD on the CPU, or the reference.</summary>
public interface IBackend : IDisposable
{
    /// <summary>The name on the command line: <c>gpu</c>, <c>simd</c> or <c>reference</c>.</summary>
    string Name { get; }

    /// <summary>What it runs on.</summary>
    DeviceInfo Device { get; }

    /// <summary>Whether its float32 arithmetic rounds to nearest, as IEEE 754 has it; GLSL leaves a GPU's rounding open.</summary>
    bool RoundsToNearest { get; }

    /// <summary>Validates, plans, and allocates everything that <see cref="ICompiledPipeline.Run"/> needs.</summary>
    /// <param name="pipeline">The stages.</param>
    /// <param name="input">The shape of each frame, <c>[N, C, H, W]</c>.</param>
    /// <param name="keep">Whose outputs will be read; values are equal whatever is kept.</param>
    /// <exception cref="LivePoolException">A stage does not fit its input, or the device's limits do not allow it.</exception>
    ICompiledPipeline Compile(Pipeline pipeline, TensorShape input, StageOutputs keep = StageOutputs.All);
}

/// <summary>A pipeline ready for frames of one shape. Not thread-safe.</summary>
public interface ICompiledPipeline : IDisposable
{
    /// <summary>The stages.</summary>
    Pipeline Pipeline { get; }

    /// <summary>The shape of each frame.</summary>
    TensorShape InputShape { get; }

    /// <summary>The output shape of each stage.</summary>
    IReadOnlyList<TensorShape> Shapes { get; }

    /// <summary>Runs every stage. The frame is only read, and only during the call.</summary>
    /// <exception cref="LivePoolException">The frame does not have the input shape's number of elements.</exception>
    void Run(FrameView frame);

    /// <summary>
    /// The output of a stage of the last run, row-major, valid until the next run. On the GPU this waits and reads back.
    /// </summary>
    /// <exception cref="InvalidOperationException">The stage is fused.</exception>
    ReadOnlySpan<float> Output(int stage);

    /// <summary>
    /// Whether a stage is computed together with the one after it, so that it has neither an output nor a time of its own.
    /// </summary>
    bool IsFused(int stage);

    /// <summary>The winners' indices of a <c>max_pool2d</c> stage that returns them; else empty.</summary>
    ReadOnlySpan<long> Indices(int stage);

    /// <summary>
    /// Milliseconds that each stage took, measured where the stage ran; NaN for a fused one. They are of the last run, but on
    /// the GPU without <see cref="Wait"/> of the run two before it, so that reading them does not wait.
    /// </summary>
    ReadOnlySpan<double> StageMilliseconds { get; }

    /// <summary>Waits until the last run is done; a CPU's is when <see cref="Run"/> returns.</summary>
    void Wait()
    {
    }
}

/// <summary>What a backend runs on.</summary>
/// <param name="Vendor">Who made it, such as GL_VENDOR.</param>
/// <param name="Renderer">Its name, such as GL_RENDERER or the processor and vector width.</param>
/// <param name="Version">The driver's or runtime's version, such as GL_VERSION.</param>
/// <param name="IsSoftware">Whether it is a processor acting as a GPU, such as llvmpipe; false for the CPU backends.</param>
public sealed record DeviceInfo(string Vendor, string Renderer, string Version, bool IsSoftware);

/// <summary>The exact result of an operator, for verification: computed in double, each product and sum rounded once.</summary>
public interface IExactOperators
{
    /// <summary>Computes one operator in double.</summary>
    /// <param name="spec">The operator; its weights are float32 and exact in double.</param>
    /// <param name="input">The shape of <paramref name="x"/>.</param>
    /// <param name="x">The input, row-major.</param>
    /// <param name="y">The output, of the operator's output shape.</param>
    /// <param name="indices">The winners of <c>max_pool2d</c>; may be empty.</param>
    void Evaluate(OperatorSpec spec, TensorShape input, ReadOnlySpan<double> x, Span<double> y, Span<long> indices);
}
