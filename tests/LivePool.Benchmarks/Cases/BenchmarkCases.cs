using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;

namespace LivePool.Benchmarks.Cases;

/// <summary>The work that is timed, here and against others.</summary>
internal static class BenchmarkCases
{
    private const double ConvolutionTarget = 0.75;
    private const double PoolTarget = 0.8;
    private const double FusedOverOnnx = 10;
    private const double FusedOverOpenCv = 2.5;
    private const double BytesOverOpenCv = 2;

    // A sum that is exact and a division: a reciprocal's rounding, the product's, and the same on the other side.
    private static readonly Tolerance _division = new(OfElement: 4 / (double)(1 << 24));

    // Two bounds of 25 terms, one for each side; the largest result of edge24 is about its sum of magnitudes.
    private static readonly Tolerance _roundings = new(OfLargest: 2 * 29 / (double)(1 << 24));

    private static readonly TensorShape _fullHd = new(1, 1, 1080, 1920);

    public static IReadOnlyList<BenchmarkCase> All { get; } =
    [
        ConvolutionAndPool("conv 3x3x1 + pool", 3, 1, target: null),
        ConvolutionAndPool("conv 3x3x8 + pool", 3, 8, ConvolutionTarget),
        Edge24(_fullHd) with
        {
            Name = "conv 5x5x2 + pool (edge24)",
            OpenCv = OpenCvFunction.Filter2D,
            OnnxTarget = FusedOverOnnx,
            OpenCvTarget = FusedOverOpenCv,
            FmaTarget = ConvolutionTarget,
        },
        ConvolutionAndPool("conv 7x7x2 + pool", 7, 2, ConvolutionTarget),
        ConvolutionAndPool("conv 11x11x1 + pool", 11, 1, ConvolutionTarget),
        new("separable 7x7", Pipeline.Of(new Conv2d(Binomial(7)), 1), _fullHd, InputKind.Float, InputKind.Byte)
        {
            OpenCv = OpenCvFunction.SepFilter2D,
        },
        Channels(16, 16),
        Channels(16, 32),
        Channels(32, 32),
        new("cnn", PipelinePresets.Load("cnn"), _fullHd, InputKind.Float, InputKind.Byte) { Tolerance = new(OfLargest: 1e-5) },
        Integers("8-bit integer 3x3", 3),
        Integers("8-bit integer 3x3 + pool", 3, new MaxPool2d(2)),
        Integers("8-bit integer 5x5 + pool", 5, new MaxPool2d(2)),
        MaxPool(2, 2),
        MaxPool(3, 2),
        MaxPool(5, 1),
        MaxPool(15, 1),
        AveragePool(2, 2, OpenCvFunction.ResizeArea),
        AveragePool(3, 2, OpenCvFunction.Blur),
        AveragePool(5, 1, OpenCvFunction.Blur),
        AveragePool(15, 1, OpenCvFunction.Blur),
    ];

    /// <summary>The default pipeline from bytes, from small frames to large ones.</summary>
    public static IReadOnlyList<BenchmarkCase> Sizes { get; } =
    [
        Edge24(new(1, 1, 480, 854)) with { Name = "480p" },
        Edge24(new(1, 1, 720, 1280)) with { Name = "720p" },
        Edge24(_fullHd) with { Name = "1080p" },
        Edge24(new(1, 1, 2160, 3840)) with { Name = "4K" },
        Edge24(new(1, 1, 4320, 7680)) with { Name = "8K" },
    ];

    public static BenchmarkCase Find(string name) => All.First(item => item.Name == name);

    private static BenchmarkCase Edge24(TensorShape input) =>
        new("edge24", PipelinePresets.Load("edge24"), input, InputKind.Float, InputKind.Byte) { Tolerance = _roundings };

    private static BenchmarkCase ConvolutionAndPool(string name, int kernel, int outChannels, double? target) =>
        new(name, new(name, 1, [new Conv2d(Weight(outChannels, 1, kernel)), new MaxPool2d(2)]), _fullHd, InputKind.Float, InputKind.Byte)
        {
            OpenCv = OpenCvFunction.Filter2D,
            OnnxTarget = FusedOverOnnx,
            // What memory bounds need only be as fast.
            OpenCvTarget = target is null ? 1 : FusedOverOpenCv,
            FmaTarget = target,
        };

    private static BenchmarkCase Channels(int inChannels, int outChannels) =>
        new($"conv 3x3 {inChannels}->{outChannels}", Pipeline.Of(new Conv2d(Weight(outChannels, inChannels, 3)) { Padding = 1 }, inChannels),
            new(1, inChannels, 180, 320), InputKind.Float);

    private static BenchmarkCase MaxPool(int kernel, int stride) =>
        new($"max {kernel}x{kernel}/{stride}", Pipeline.Of(new MaxPool2d(kernel) { Stride = stride }, 1), _fullHd, InputKind.Float)
        {
            OpenCv = OpenCvFunction.Dilate,
            CopyTarget = PoolTarget,
        };

    private static BenchmarkCase AveragePool(int kernel, int stride, OpenCvFunction openCv) =>
        new($"avg {kernel}x{kernel}/{stride}", Pipeline.Of(new AvgPool2d(kernel) { Stride = stride }, 1), _fullHd, InputKind.Float)
        {
            OpenCv = openCv,
            CopyTarget = PoolTarget,
            Tolerance = _division,
        };

    /// <summary>
    /// Quarters from -2 to 2 without 0, because OpenCV leaves taps of 0 out: sums are exact in any order, and no weight is whole
    /// enough for integers to take float32's place.
    /// </summary>
    private static Tensor Weight(int outChannels, int inChannels, int kernel)
    {
        var weight = new Tensor(new(outChannels, inChannels, kernel, kernel));
        var random = new Random(2);
        foreach (ref float value in weight.Elements)
            value = random.Next(1, 9) * (random.Next(2) == 0 ? 0.25f : -0.25f);
        return weight;
    }

    /// <summary>A Gaussian of whole numbers: a row of Pascal's triangle times itself.</summary>
    private static Tensor Binomial(int kernel)
    {
        float[] row = new float[kernel];
        row[0] = 1;
        for (int i = 1; i < kernel; i++)
            row[i] = row[i - 1] * (kernel - i) / i;
        return new(new(1, 1, kernel, kernel), [.. row.SelectMany(_ => row, (a, b) => a * b)]);
    }

    /// <summary>A field of -1 around a centre that makes the sum 0.</summary>
    private static BenchmarkCase Integers(string name, int kernel, params OperatorSpec[] tail)
    {
        var weight = new Tensor(new(1, 1, kernel, kernel));
        weight.Elements.Fill(-1);
        weight.Elements[weight.Elements.Length / 2] = weight.Elements.Length - 1;
        return new(name, new(name, 1, [new Conv2d(weight), .. tail]), _fullHd, InputKind.Byte)
        {
            OpenCv = OpenCvFunction.Filter2D,
            OpenCvTarget = BytesOverOpenCv,
            HasOnnx = false,
        };
    }
}
