using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace LivePool.Oracle.Tests;

/// <summary>What ONNX Runtime computed.</summary>
/// <param name="Dimensions">The output's.</param>
/// <param name="Elements">float32 and float64 alike.</param>
/// <param name="Indices">Of a MaxPool, over the whole tensor; else empty.</param>
internal sealed record OnnxResult(long[] Dimensions, double[] Elements, long[] Indices);

/// <summary>Runs one operator in ONNX Runtime on the CPU, on one thread, as written: nothing is fused or rewritten.</summary>
internal static class OnnxSession
{
    private static readonly SessionOptions _options = new()
    {
        IntraOpNumThreads = 1,
        InterOpNumThreads = 1,
        GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL,
        LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
    };

    public static OnnxResult Run(OnnxNode node)
    {
        using var session = new InferenceSession(node.ToModel(), _options);
        using var runOptions = new RunOptions();
        OrtValue[] inputs = [.. node.Inputs.Select(Create)];
        try
        {
            using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(runOptions, node.InputNames, inputs, node.OutputNames);
            OrtTensorTypeAndShapeInfo type = outputs[0].GetTensorTypeAndShape();
            return new(
                type.Shape,
                type.ElementDataType == TensorElementType.Double
                    ? outputs[0].GetTensorDataAsSpan<double>().ToArray()
                    : Array.ConvertAll(outputs[0].GetTensorDataAsSpan<float>().ToArray(), value => (double)value),
                outputs.Count > 1 ? outputs[1].GetTensorDataAsSpan<long>().ToArray() : []);
        }
        finally
        {
            foreach (OrtValue input in inputs)
                input.Dispose();
        }
    }

    private static OrtValue Create(OnnxInput input) => input.Elements switch
    {
        float[] elements => OrtValue.CreateTensorValueFromMemory(elements, input.Dimensions),
        double[] elements => OrtValue.CreateTensorValueFromMemory(elements, input.Dimensions),
        long[] elements => OrtValue.CreateTensorValueFromMemory(elements, input.Dimensions),
        _ => throw new NotSupportedException(),
    };
}
