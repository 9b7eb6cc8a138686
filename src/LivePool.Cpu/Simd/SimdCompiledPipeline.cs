using System.Collections.Immutable;
using System.Diagnostics;
using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;

namespace LivePool.Cpu.Simd;

internal sealed unsafe class SimdCompiledPipeline : ICompiledPipeline
{
    private readonly ImmutableArray<TensorShape> _shapes;
    private readonly SimdStage[] _stages;
    private readonly NativeBuffer<float>[] _outputs;
    private readonly NativeBuffer<long>?[] _indices;
    private readonly double[] _milliseconds;
    private NativeBuffer<float>? _expandedBytes;

    public SimdCompiledPipeline(Pipeline pipeline, TensorShape input, Func<OperatorSpec, TensorShape, SimdStage> createStage)
    {
        Pipeline = pipeline;
        InputShape = input;
        _shapes = pipeline.Shapes(input);
        _stages = new SimdStage[_shapes.Length];
        _outputs = new NativeBuffer<float>[_shapes.Length];
        _indices = new NativeBuffer<long>?[_shapes.Length];
        _milliseconds = new double[_shapes.Length];
        try
        {
            for (int i = 0; i < _stages.Length; i++)
            {
                _stages[i] = createStage(pipeline.Stages[i], i == 0 ? input : _shapes[i - 1]);
                _outputs[i] = new(_shapes[i].Count);
                if (pipeline.Stages[i].ReturnsIndices)
                    _indices[i] = new(_shapes[i].Count);
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

    internal IEnumerable<NativeBuffer<float>> OutputBuffers => _outputs;

    internal IEnumerable<NativeBuffer<long>> IndexBuffers => _indices.OfType<NativeBuffer<long>>();

    public ReadOnlySpan<float> Output(int stage) => _outputs[stage].Span;

    public ReadOnlySpan<long> Indices(int stage) => _indices[stage] is { } indices ? indices.Span : [];

    public void Run(FrameView frame)
    {
        frame.RequireLength(InputShape);
        if (frame.IsBytes)
        {
            // Made on the first 8-bit frame and kept.
            _expandedBytes ??= new(InputShape.Count);
            frame.CopyTo(_expandedBytes.Span);
            RunStages(_expandedBytes.Pointer);
            return;
        }
        fixed (float* input = frame.Singles)
            RunStages(input);
    }

    private void RunStages(float* input)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < _stages.Length; i++)
        {
            long* indices = _indices[i] is { } buffer ? buffer.Pointer : null;
            _stages[i].Run(input, _outputs[i].Pointer, indices);
            input = _outputs[i].Pointer;
            long end = Stopwatch.GetTimestamp();
            _milliseconds[i] = Stopwatch.GetElapsedTime(start, end).TotalMilliseconds;
            start = end;
        }
    }

    public void Dispose()
    {
        // A stage that could not be compiled leaves nulls behind.
        foreach (SimdStage? stage in _stages)
            stage?.Dispose();
        foreach (NativeBuffer<float>? output in _outputs)
            output?.Dispose();
        foreach (NativeBuffer<long>? indices in _indices)
            indices?.Dispose();
        _expandedBytes?.Dispose();
    }
}
