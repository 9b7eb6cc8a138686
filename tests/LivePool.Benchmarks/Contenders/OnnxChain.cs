using System.Runtime.InteropServices;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Oracle.Tests;

namespace LivePool.Benchmarks.Contenders;

/// <summary>A pipeline as one ONNX model, whose weights are constants that the optimiser may arrange as it likes.</summary>
internal static class OnnxChain
{
    public const string Input = "x";
    public const string Output = "y";

    private const long Float = 1;

    public static byte[] ToModel(Pipeline pipeline, TensorShape input)
    {
        OnnxNode[] nodes = [.. Translate(pipeline, input)];
        var graph = new ProtoMessage();
        string before = Input;
        for (int i = 0; i < nodes.Length; i++)
        {
            int stage = i;
            string[] constants = [.. nodes[i].Inputs.Skip(1).Select((_, j) => $"constant{stage}_{j}")];
            string after = i == nodes.Length - 1 ? Output : $"value{i}";
            graph.Add(1, nodes[i].ToNode([before, .. constants], [after]));
            graph.AddAll(5, constants.Zip(nodes[i].Inputs.Skip(1), Constant));
            before = after;
        }
        graph.Add(2, pipeline.Name);
        graph.Add(11, OnnxNode.ValueInfo(Input, Float, [input.N, input.C, input.H, input.W]));
        graph.Add(12, OnnxNode.ValueInfo(Output, Float, null));
        return OnnxNode.ToModel(graph);
    }

    private static IEnumerable<OnnxNode> Translate(Pipeline pipeline, TensorShape input)
    {
        TensorShape shape = input;
        foreach (OperatorSpec spec in pipeline.Stages)
        {
            if (spec is Pointwise { Function: PointwiseFunction.ScaleOffset } pointwise)
            {
                yield return new OnnxNode("Mul", new OnnxInput(Array.Empty<float>()), new OnnxInput(new[] { pointwise.A }));
                yield return new OnnxNode("Add", new OnnxInput(Array.Empty<float>()), new OnnxInput(new[] { pointwise.B }));
            }
            else
            {
                yield return OnnxTranslation.Translate(spec, shape, Array.Empty<float>());
            }
            shape = spec.OutputShape(shape);
        }
    }

    /// <summary>A TensorProto.</summary>
    private static ProtoMessage Constant(string name, OnnxInput constant)
    {
        var tensor = new ProtoMessage();
        foreach (long length in constant.Dimensions)
            tensor.Add(1, length);
        return tensor.Add(2, Float).Add(8, name).Add(9, MemoryMarshal.AsBytes<float>((float[])constant.Elements).ToArray());
    }
}
