using LivePool.Benchmarks.Cases;
using Microsoft.ML.OnnxRuntime;

namespace LivePool.Benchmarks.Contenders;

/// <summary>ONNX Runtime on one thread, with all its optimisations, into an output that is allocated once.</summary>
internal sealed class OnnxContender : IContender
{
    private readonly InferenceSession _session;
    private readonly RunOptions _options = new();
    private readonly float[] _output;
    private readonly OrtValue[] _inputs;
    private readonly OrtValue[] _outputs;

    public OnnxContender(BenchmarkCase item)
    {
        using var options = new SessionOptions
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        _session = new(OnnxChain.ToModel(item.Pipeline, item.Input), options);
        _output = new float[item.Output.Count];
        _inputs = [Create(Array.ConvertAll(item.MakeInput(), value => (float)value), item.Input)];
        _outputs = [Create(_output, item.Output)];
    }

    private static OrtValue Create(float[] elements, Core.Tensors.TensorShape shape) =>
        OrtValue.CreateTensorValueFromMemory(elements, [shape.N, shape.C, shape.H, shape.W]);

    public void Run() => _session.Run(_options, [OnnxChain.Input], _inputs, [OnnxChain.Output], _outputs);

    public float[] Output() => _output;

    public void Dispose()
    {
        foreach (OrtValue value in (OrtValue[])[.. _inputs, .. _outputs])
            value.Dispose();
        _options.Dispose();
        _session.Dispose();
    }
}
