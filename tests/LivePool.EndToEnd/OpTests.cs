using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;
using LivePool.Core.Npy;
using LivePool.Core.Operators;
using LivePool.Cpu.Reference;
using LivePool.Testing.Torch;
using LivePool.Verification;

namespace LivePool.EndToEnd;

/// <summary><c>livepool op</c> against what PyTorch computed.</summary>
public sealed class OpTests : IDisposable
{
    private static readonly string[] _common =
    [
        "conv2d groups 3, stride 2, dilation 2, padding 2", "conv2d same 4x3",
        "max_pool2d dilation 3,2, padding 2,1, stride 2,3, ceil", "sigmoid", "avg_pool2d padding 1, ceil overhang, exclude",
    ];

    private static readonly string[] _more =
    [
        "conv2d stride 2,3 padding 1,2", "conv2d zeros uneven 2,0,1,3", "conv2d whole numbers stay exact", "conv2d groups 2", "conv2d valid", "conv2d reflect 1,2",
        "conv2d replicate uneven 2,0,1,3", "conv2d circular same 4x2", "max_pool2d 2 of 6x7 without indices",
        "max_pool2d the last NaN stays", "avg_pool2d divisor 7, padding 1, ceil, exclude",
        "avg_pool2d uneven padding 1,0,2,1", "avg_pool2d 4x4 of 1..16, 3, stride 2, padding 1, ceil",
        "relu of a batch", "leaky_relu 0.2", "clamp -1..2", "clamp to -0.3",
    ];

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string> Cases
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string name in _common)
            {
                foreach (string backend in (string[])["simd", "reference", "gpu"])
                    data.Add(name, backend);
            }
            foreach (string name in _more)
                data.Add(name, "simd");
            return data;
        }
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void An_operator_gives_what_PyTorch_gave(string name, string backend)
    {
        TorchCase torch = Fixtures.Case(name);
        OperatorSpec spec = torch.CreateSpec();
        var arguments = new List<string>
        {
            "op", spec.Name, "--input", Write("x.npy", torch.Input), "--output", "y.npy", "--backend", backend,
        };
        if (torch.Weight is not null)
            arguments.AddRange("--weight", Write("w.npy", torch.Weight));
        if (torch.Bias is not null)
        {
            NpyArray.Write(_folder["b.npy"], [torch.Bias.Shape.C], torch.Bias.Singles);
            arguments.AddRange("--bias", "b.npy");
        }
        if (torch.Indices is not null)
            arguments.AddRange("--indices", "i.npy");
        arguments.AddRange(Options(torch.Stage));

        Outcome op = Livepool.Run(_folder.Root, [.. arguments]).Succeeded();

        Assert.Equal([$"input {torch.Input.Shape}", $"{spec.Name} {torch.Output.Shape}"], op.Lines[..2]);
        NpyArray y = NpyArray.Read(_folder["y.npy"]);
        Assert.Equal(torch.Output.Shape, y.Shape);
        Assert.Equal(4, y.Dimensions.Count);
        float[] got = Assert.IsType<float[]>(y.Elements);
        long[] indices = [];
        if (torch.Indices is not null)
        {
            indices = Assert.IsType<long[]>(NpyArray.Read(_folder["i.npy"]).Elements);
            Assert.Equal(torch.Indices, indices);
        }
        if (torch.Output.IsExact)
            Assert.Equal(torch.Output.Singles, got);

        double u = backend == "gpu" ? ErrorBound.AnyRounding : ErrorBound.RoundToNearest;
        ComparisonReport report = new OperatorCheck(new Expected(torch)).Compare(spec, torch.Input.Shape, torch.Input.Singles, got, indices, u);
        Assert.True(report.Passed, $"{op}\n{report}");
    }

    [Theory]
    [InlineData(new[] { 4, 6 }, new[] { 2, 3 })]
    [InlineData(new[] { 3, 4, 6 }, new[] { 3, 2, 3 })]
    [InlineData(new[] { 2, 3, 4, 6 }, new[] { 2, 3, 2, 3 })]
    public void The_output_and_the_indices_have_as_many_dimensions_as_the_input(int[] input, int[] output)
    {
        float[] x = [.. Enumerable.Range(0, input.Aggregate((a, b) => a * b)).Select(i => (float)i)];
        NpyArray.Write(_folder["x.npy"], input, x);
        Livepool.Run(_folder.Root, "op", "max_pool2d", "--input", "x.npy", "--output", "y.npy", "--indices", "i.npy",
            "--kernel-size", "2", "--backend", "simd").Succeeded();

        NpyArray y = NpyArray.Read(_folder["y.npy"]), i = NpyArray.Read(_folder["i.npy"]);
        Assert.Equal(output, y.Dimensions);
        Assert.Equal(output, i.Dimensions);
        // Of ascending values the lower right of each window is the largest.
        Assert.Equal([7f, 9, 11, 19, 21, 23], y.ToSingles()[..6]);
        Assert.Equal([7L, 9, 11, 19, 21, 23], i.ToInt64()[..6]);
        Assert.Equal(x[^1], y.ToSingles()[^1]);
    }

    [Theory]
    [InlineData("|u1", false)]
    [InlineData("<f8", false)]
    [InlineData("<i8", false)]
    [InlineData("<f4", true)]
    [InlineData("<f8", true)]
    public void Every_type_and_order_that_NumPy_writes_is_read(string type, bool fortran)
    {
        WriteNumPy(_folder["x.npy"], type, fortran);
        Livepool.Run(_folder.Root, "op", "avg_pool2d", "--input", "x.npy", "--output", "y.npy", "--kernel-size", "1,2",
            "--backend", "simd").Succeeded();
        NpyArray y = NpyArray.Read(_folder["y.npy"]);
        Assert.Equal([2, 2], y.Dimensions);
        Assert.Equal([0.5f, 2.5f, 10.5f, 12.5f], Assert.IsType<float[]>(y.Elements));
    }

    [Fact]
    public void An_output_that_two_dimensions_cannot_hold_is_refused()
    {
        NpyArray.Write(_folder["x.npy"], [4, 4], new float[16]);
        NpyArray.Write(_folder["w.npy"], [2, 1, 3, 3], new float[18]);
        string line = Livepool.Run(_folder.Root, "op", "conv2d", "--input", "x.npy", "--output", "y.npy", "--weight", "w.npy",
            "--backend", "simd").Refused(2);
        Assert.Contains("2 channels", line);
        Assert.Contains("[1, H, W]", line);
        Assert.False(File.Exists(_folder["y.npy"]));
    }

    /// <summary>PyTorch's parameters as options.</summary>
    private static IEnumerable<string> Options(JsonElement stage)
    {
        bool isConvolution = stage.GetProperty("op").GetString() == "conv2d";
        foreach (JsonProperty property in stage.EnumerateObject())
        {
            // The weight's shape says these.
            if (property.Name is "op" or "out_channels" or "bias" or "return_indices" || (isConvolution && property.Name == "kernel_size"))
                continue;
            if (property.Name == "count_include_pad")
            {
                if (!property.Value.GetBoolean())
                    yield return "--no-count-include-pad";
                continue;
            }
            if (property.Value.ValueKind == JsonValueKind.False)
                continue;
            yield return "--" + property.Name.Replace('_', '-');
            if (property.Value.ValueKind == JsonValueKind.Array)
                yield return string.Join(',', property.Value.EnumerateArray().Select(item => item.GetInt32()));
            else if (property.Value.ValueKind != JsonValueKind.True)
                yield return property.Value.ToString();
        }
    }

    private string Write(string name, FixtureTensor tensor)
    {
        NpyArray.Write(_folder[name], [tensor.Shape.N, tensor.Shape.C, tensor.Shape.H, tensor.Shape.W], tensor.Singles);
        return name;
    }

    /// <summary>Writes [[0, 1, 2, 3], [10, 11, 12, 13]] as numpy.save would.</summary>
    private static void WriteNumPy(string path, string type, bool fortran)
    {
        string header = $"{{'descr': '{type}', 'fortran_order': {(fortran ? "True" : "False")}, 'shape': (2, 4), }}";
        header = header.PadRight(128 - 10 - 1) + "\n";
        using var stream = new MemoryStream();
        stream.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header)]);
        int[] values = fortran ? [0, 10, 1, 11, 2, 12, 3, 13] : [0, 1, 2, 3, 10, 11, 12, 13];
        byte[] element = new byte[8];
        foreach (int value in values)
        {
            switch (type)
            {
                case "|u1":
                    element[0] = (byte)value;
                    break;
                case "<f4":
                    BinaryPrimitives.WriteSingleLittleEndian(element, value);
                    break;
                case "<f8":
                    BinaryPrimitives.WriteDoubleLittleEndian(element, value);
                    break;
                default:
                    BinaryPrimitives.WriteInt64LittleEndian(element, value);
                    break;
            }
            stream.Write(element, 0, int.Parse(type[2..], CultureInfo.InvariantCulture));
        }
        File.WriteAllBytes(path, stream.ToArray());
    }

    /// <summary>PyTorch's output in place of the reference's; the reference only for the bound's sum|w*x|.</summary>
    private sealed class Expected(TorchCase torch) : Core.Backends.IExactOperators
    {
        private readonly ReferenceOperators _reference = new();
        private bool _isGiven;

        public void Evaluate(
            OperatorSpec spec, Core.Tensors.TensorShape input, ReadOnlySpan<double> x, Span<double> y, Span<long> indices)
        {
            if (_isGiven)
            {
                _reference.Evaluate(spec, input, x, y, indices);
                return;
            }
            _isGiven = true;
            torch.Output.Doubles.CopyTo(y);
            torch.Indices?.CopyTo(indices);
        }
    }
}
