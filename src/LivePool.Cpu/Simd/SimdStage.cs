namespace LivePool.Cpu.Simd;

/// <summary>One operator, bound to its shapes and ready to run.</summary>
internal abstract unsafe class SimdStage : IDisposable
{
    /// <summary>Computes the output; input and output do not overlap.</summary>
    /// <param name="input">As many elements as the input shape has.</param>
    /// <param name="output">As many elements as the output shape has.</param>
    /// <param name="indices">As many elements as the output, or null where no indices are asked for.</param>
    public abstract void Run(float* input, float* output, long* indices);

    public abstract void Dispose();
}
