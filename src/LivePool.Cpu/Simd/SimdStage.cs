namespace LivePool.Cpu.Simd;

/// <summary>One operator, bound to its shapes and ready to run.</summary>
internal abstract unsafe class SimdStage : IDisposable
{
    /// <summary>Computes the output; input and output do not overlap.</summary>
    /// <param name="input">As many elements as the input shape has.</param>
    /// <param name="output">As many elements as the output shape has.</param>
    /// <param name="indices">As many elements as the output, or null where no indices are asked for.</param>
    public abstract void Run(float* input, float* output, long* indices);

    /// <summary>The same from bytes.</summary>
    /// <returns>False where the stage needs them as float32; nothing is done then.</returns>
    public virtual bool TryRun(byte* input, float* output) => false;

    public abstract void Dispose();
}
