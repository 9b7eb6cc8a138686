using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.InteropServices;
using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;

namespace LivePool.Cpu.Reference;

/// <summary>Runs pipelines with <see cref="ReferenceOperators"/>; each stage's double results are rounded once to float32.</summary>
public sealed class ReferenceBackend : IBackend
{
    /// <inheritdoc/>
    public string Name => "reference";

    /// <inheritdoc/>
    public bool RoundsToNearest => true;

    /// <inheritdoc/>
    public DeviceInfo Device { get; } = new(
        RuntimeInformation.ProcessArchitecture.ToString(), "plain loops in double, 1 thread",
        RuntimeInformation.FrameworkDescription, IsSoftware: false);

    /// <inheritdoc/>
    public ICompiledPipeline Compile(Pipeline pipeline, TensorShape input, StageOutputs keep = StageOutputs.All) =>
        new Compiled(pipeline, input);

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private sealed class Compiled : ICompiledPipeline
    {
        private readonly ReferenceOperators _operators = new();
        private readonly ImmutableArray<TensorShape> _shapes;
        private readonly float[] _frame;
        private readonly float[][] _outputs;
        private readonly long[][] _indices;
        private readonly double[] _wide;
        private readonly double[] _result;
        private readonly double[] _milliseconds;

        public Compiled(Pipeline pipeline, TensorShape input)
        {
            if (pipeline.Stages.OfType<FreeStage>().FirstOrDefault() is { } free)
                throw free.Refusal("reference");
            Pipeline = pipeline;
            InputShape = input;
            _shapes = pipeline.Shapes(input);
            _frame = new float[input.Count];
            // Pinned, so that whoever hands an output to native code may hand over its address.
            _outputs = [.. _shapes.Select(shape => GC.AllocateArray<float>(shape.Count, pinned: true))];
            _indices = [.. pipeline.Stages.Select((stage, i) =>
                stage.ReturnsIndices ? new long[_shapes[i].Count] : [])];
            int largest = Math.Max(input.Count, _shapes.Max(shape => shape.Count));
            _wide = new double[largest];
            _result = new double[largest];
            _milliseconds = new double[_shapes.Length];
        }

        public Pipeline Pipeline { get; }

        public TensorShape InputShape { get; }

        public IReadOnlyList<TensorShape> Shapes => _shapes;

        public ReadOnlySpan<double> StageMilliseconds => _milliseconds;

        public bool IsFused(int stage) => false;

        public ReadOnlySpan<float> Output(int stage) => _outputs[stage];

        public ReadOnlySpan<long> Indices(int stage) => _indices[stage];

        public void Run(FrameView frame)
        {
            frame.RequireLength(InputShape);
            frame.CopyTo(_frame);
            ReadOnlySpan<float> x = _frame;
            TensorShape shape = InputShape;
            for (int i = 0; i < _outputs.Length; i++)
            {
                long start = Stopwatch.GetTimestamp();
                for (int j = 0; j < x.Length; j++)
                    _wide[j] = x[j];
                Span<double> result = _result.AsSpan(0, _outputs[i].Length);
                _operators.Evaluate(Pipeline.Stages[i], shape, _wide.AsSpan(0, x.Length), result, _indices[i]);
                for (int j = 0; j < result.Length; j++)
                    _outputs[i][j] = (float)result[j];
                x = _outputs[i];
                shape = _shapes[i];
                _milliseconds[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }
        }

        public void Dispose()
        {
        }
    }
}
