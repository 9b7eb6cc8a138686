using System.Collections.Immutable;
using System.Diagnostics;
using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;

namespace LivePool.Cpu.Simd;

/// <summary>Makes the kernel of one stage, or of several that are fused.</summary>
internal delegate SimdStage CreateSimdStage(ReadOnlySpan<OperatorSpec> stages, TensorShape input);

internal sealed unsafe class SimdCompiledPipeline : ICompiledPipeline
{
    private readonly ImmutableArray<TensorShape> _shapes;
    private readonly SimdStage?[] _kernels;
    private readonly NativeBuffer<float>?[] _outputs;
    private readonly NativeBuffer<long>?[] _indices;
    private readonly double[] _milliseconds;
    private NativeBuffer<float>? _expandedBytes;

    public SimdCompiledPipeline(Pipeline pipeline, TensorShape input, StageOutputs keep, CreateSimdStage createStage)
    {
        Pipeline = pipeline;
        InputShape = input;
        _shapes = pipeline.Shapes(input);
        // A kernel, an output and a time stand at the last of the stages that it computes.
        _kernels = new SimdStage?[_shapes.Length];
        _outputs = new NativeBuffer<float>?[_shapes.Length];
        _indices = new NativeBuffer<long>?[_shapes.Length];
        _milliseconds = new double[_shapes.Length];
        Array.Fill(_milliseconds, double.NaN);
        try
        {
            for (int first = 0; first < _kernels.Length;)
            {
                ReadOnlySpan<OperatorSpec> stages = pipeline.Stages.AsSpan()[first..];
                TensorShape shape = first == 0 ? input : _shapes[first - 1];
                bool isFused = keep == StageOutputs.Last && stages[0] is Conv2d;
                int last = first + (isFused ? ConvTail.LastFused(stages, shape) : 0);
                _kernels[last] = createStage(stages[..(last - first + 1)], shape);
                _outputs[last] = new(_shapes[last].Count);
                if (pipeline.Stages[last].ReturnsIndices)
                    _indices[last] = new(_shapes[last].Count);
                first = last + 1;
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public Pipeline Pipeline { get; }

    public TensorShape InputShape { get; }

    public IReadOnlyList<TensorShape> Shapes => _shapes;

    public ReadOnlySpan<double> StageMilliseconds => _milliseconds;

    internal IEnumerable<NativeBuffer<float>> OutputBuffers => _outputs.OfType<NativeBuffer<float>>();

    internal IEnumerable<NativeBuffer<long>> IndexBuffers => _indices.OfType<NativeBuffer<long>>();

    public bool IsFused(int stage) => _outputs[stage] is null;

    public ReadOnlySpan<float> Output(int stage) => (_outputs[stage]
        ?? throw new InvalidOperationException($"stage {stage + 1}, {Pipeline.Stages[stage].Name}, is fused; compile with StageOutputs.All")).Span;

    public ReadOnlySpan<long> Indices(int stage) => _indices[stage] is { } indices ? indices.Span : [];

    public void Run(FrameView frame)
    {
        frame.RequireLength(InputShape);
        long start = Stopwatch.GetTimestamp();
        if (!frame.IsBytes)
        {
            fixed (float* input = frame.Singles)
                RunKernels(0, input, start);
            return;
        }
        int first = Array.FindIndex(_kernels, kernel => kernel is not null);
        fixed (byte* input = frame.Bytes)
        {
            if (_kernels[first]!.TryRun(input, _outputs[first]!.Pointer))
            {
                start = Stamp(first, start);
                RunKernels(first + 1, _outputs[first]!.Pointer, start);
                return;
            }
        }
        // Made on the first 8-bit frame and kept.
        _expandedBytes ??= new(InputShape.Count);
        frame.CopyTo(_expandedBytes.Span);
        RunKernels(0, _expandedBytes.Pointer, start);
    }

    private void RunKernels(int first, float* input, long start)
    {
        for (int i = first; i < _kernels.Length; i++)
        {
            if (_kernels[i] is not { } kernel)
                continue;
            float* output = _outputs[i]!.Pointer;
            kernel.Run(input, output, _indices[i] is { } buffer ? buffer.Pointer : null);
            input = output;
            start = Stamp(i, start);
        }
    }

    private long Stamp(int stage, long start)
    {
        long end = Stopwatch.GetTimestamp();
        _milliseconds[stage] = Stopwatch.GetElapsedTime(start, end).TotalMilliseconds;
        return end;
    }

    public void Dispose()
    {
        // A stage that could not be compiled leaves nulls behind.
        foreach (SimdStage? kernel in _kernels)
            kernel?.Dispose();
        foreach (NativeBuffer<float>? output in _outputs)
            output?.Dispose();
        foreach (NativeBuffer<long>? indices in _indices)
            indices?.Dispose();
        _expandedBytes?.Dispose();
    }
}
