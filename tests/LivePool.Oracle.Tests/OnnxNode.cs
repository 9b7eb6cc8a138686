namespace LivePool.Oracle.Tests;

/// <summary>A graph's input: its elements, row-major, and its dimensions; none for a scalar.</summary>
/// <param name="Elements">float, double or int64.</param>
/// <param name="Dimensions">As in ONNX.</param>
internal sealed record OnnxInput(Array Elements, params long[] Dimensions)
{
    /// <summary>TensorProto.DataType.</summary>
    public long ElementType => Elements switch
    {
        float[] => 1,
        long[] => 7,
        double[] => 11,
        _ => throw new NotSupportedException($"{Elements.GetType()} is no ONNX element here"),
    };
}

/// <summary>
/// An ONNX model of one operator whose operands are all inputs of the graph. The numbers are fields of onnx.proto3,
/// https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3.
/// </summary>
/// <param name="operatorType">Such as <c>Conv</c>.</param>
/// <param name="inputs">In the operator's order.</param>
internal sealed class OnnxNode(string operatorType, params OnnxInput[] inputs)
{
    private const long IrVersion = 10;
    private const long OperatorSetVersion = 22;

    private readonly List<ProtoMessage> _attributes = [];

    public IReadOnlyList<OnnxInput> Inputs { get; } = inputs;

    public IReadOnlyList<string> InputNames { get; } = [.. inputs.Select((_, i) => $"in{i}")];

    public IReadOnlyList<string> OutputNames { get; private set; } = ["out0"];

    public OnnxNode WithIndices()
    {
        OutputNames = ["out0", "out1"];
        return this;
    }

    public OnnxNode With(string name, long value)
    {
        const int Int = 2;
        _attributes.Add(new ProtoMessage().Add(1, name).Add(3, value).Add(20, Int));
        return this;
    }

    public OnnxNode With(string name, float value)
    {
        const int Float = 1;
        _attributes.Add(new ProtoMessage().Add(1, name).Add(2, value).Add(20, Float));
        return this;
    }

    public OnnxNode With(string name, params long[] values)
    {
        const int Ints = 7;
        ProtoMessage attribute = new ProtoMessage().Add(1, name);
        foreach (long value in values)
            attribute.Add(8, value);
        _attributes.Add(attribute.Add(20, Ints));
        return this;
    }

    /// <summary>The ModelProto.</summary>
    public byte[] ToModel()
    {
        ProtoMessage graph = new ProtoMessage()
            .Add(1, ToNode(InputNames, OutputNames))
            .Add(2, "graph")
            .AddAll(11, Inputs.Select((input, i) => ValueInfo(InputNames[i], input.ElementType, input.Dimensions)))
            // MaxPool's second output is int64.
            .AddAll(12, OutputNames.Select((name, i) => ValueInfo(name, i == 0 ? Inputs[0].ElementType : 7, null)));
        return ToModel(graph);
    }

    /// <summary>The ModelProto of a graph.</summary>
    public static byte[] ToModel(ProtoMessage graph) => new ProtoMessage()
        .Add(1, IrVersion)
        .Add(7, graph)
        .Add(8, new ProtoMessage().Add(2, OperatorSetVersion))
        .ToBytes();

    /// <summary>The NodeProto, between values of a graph.</summary>
    public ProtoMessage ToNode(IEnumerable<string> inputNames, IEnumerable<string> outputNames)
    {
        var node = new ProtoMessage();
        foreach (string name in inputNames)
            node.Add(1, name);
        foreach (string name in outputNames)
            node.Add(2, name);
        return node.Add(4, operatorType).AddAll(5, _attributes);
    }

    /// <param name="name">The value's name.</param>
    /// <param name="elementType">TensorProto.DataType.</param>
    /// <param name="dimensions">Null leaves the shape to be inferred.</param>
    public static ProtoMessage ValueInfo(string name, long elementType, long[]? dimensions)
    {
        ProtoMessage tensor = new ProtoMessage().Add(1, elementType);
        if (dimensions is not null)
            tensor.Add(2, new ProtoMessage().AddAll(1, dimensions.Select(length => new ProtoMessage().Add(1, length))));
        return new ProtoMessage().Add(1, name).Add(2, new ProtoMessage().Add(1, tensor));
    }
}
