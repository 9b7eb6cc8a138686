using LivePool.App.View.Pooling;
using LivePool.Core;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Cpu.Reference;
using LivePool.Cpu.Simd;

namespace LivePool.App.Tests.View.Pooling;

/// <summary>What pooling is said to do, against numbers worked out by hand and against what theory says.</summary>
public sealed class PoolingFactsTests : IDisposable
{
    private readonly SimdBackend _simd = new(1);

    public void Dispose() => _simd.Dispose();

    private PoolingReport Of(Pipeline pipeline, TensorShape input, byte[] frame, (int, int) shift = default, double sigma = 0, long seed = 1) =>
        PoolingFacts.Of(pipeline, input, frame, shift, sigma, seed, _simd, TestContext.Current.CancellationToken);

    private static Pipeline Stages(params OperatorSpec[] stages) => new("test", 1, [.. stages]);

    private static Conv2d Identity(int stride = 1) => new(new Tensor(new(1, 1, 1, 1), [1])) { Stride = stride };

    private static byte[] Noise(int count, int seed)
    {
        byte[] frame = new byte[count];
        new Random(seed).NextBytes(frame);
        return frame;
    }

    /// <summary>Frequencies of a few pixels and more.</summary>
    private static byte[] Picture(TensorShape shape) => [.. Enumerable.Range(0, shape.Count).Select(i =>
        (byte)(128 + 60 * Math.Sin(i % shape.W * 0.7) + 50 * Math.Cos(i / shape.W % shape.H * 0.4)))];

    [Fact]
    public void Counts_of_the_network_by_hand()
    {
        // Scale, conv 3x3 to 8, relu, pool 2, conv 3x3 of 8 to 16, relu, pool 2; each convolution keeps its input's size.
        Pipeline cnn = PipelinePresets.Load("cnn");

        PoolingReport report = Of(cnn, new(1, 1, 16, 24), Noise(16 * 24, 3));

        Assert.Equal([16 * 24, 8 * 16 * 24, 8 * 16 * 24, 8 * 8 * 12, 16 * 8 * 12, 16 * 8 * 12, 16 * 4 * 6], report.Stages.Select(stage => stage.Values));
        Assert.Equal(
            [16 * 24, 8 * 16 * 24, 8 * 16 * 24, 8 * 8 * 12, 16 * 16 * 24, 16 * 16 * 24, 16 * 8 * 12],
            report.Stages.Select(stage => stage.ValuesWithoutPools));
        Assert.Equal([0, 9.0 * 8 * 16 * 24, 0, 0, 72.0 * 16 * 8 * 12, 0, 0], report.Stages.Select(stage => stage.MultiplyAdds));
        Assert.Equal([0, 9.0 * 8 * 16 * 24, 0, 0, 72.0 * 16 * 16 * 24, 0, 0], report.Stages.Select(stage => stage.MultiplyAddsWithoutPools));
        Assert.Equal([false, false, false, true, false, false, true], report.Stages.Select(stage => stage.IsPool));
        Assert.Equal(cnn.Stages.Select(stage => stage.Name), report.Stages.Select(stage => stage.Name));
        Assert.Same(cnn, report.Pipeline);
    }

    [Fact]
    public void A_pool_leaves_a_quarter_of_the_values()
    {
        PoolingReport report = Of(PipelinePresets.Load("edge24"), new(1, 1, 44, 60), Noise(44 * 60, 4));
        Assert.Equal(4.0, (double)report.Stages[0].Values / report.Stages[1].Values);
        Assert.Equal(25.0 * 2 * 40 * 56, report.Stages[0].MultiplyAdds);
    }

    [Fact]
    public void What_cannot_do_without_its_pools_has_no_numbers()
    {
        var conv = new Conv2d(new Tensor(new(1, 1, 3, 3))) { PaddingMode = PaddingMode.Circular, Padding = 0 };
        var unpool = new MaxUnpool2d(new IndexTensor(new(1, 1, 2, 2), [0, 3, 8, 11]), 2);
        PoolingReport report = Of(Stages(new MaxPool2d(3), unpool, conv), new(1, 1, 6, 6), Noise(36, 5));
        Assert.Equal((16, -1), (report.Stages[1].Values, report.Stages[1].ValuesWithoutPools));
        Assert.Equal((4 * 9.0, -1), (report.Stages[2].MultiplyAdds, report.Stages[2].ValuesWithoutPools));
        Assert.True(double.IsNaN(report.Stages[1].MultiplyAddsWithoutPools) && double.IsNaN(report.Stages[2].MultiplyAddsWithoutPools));
        Assert.False(report.Stages[1].IsPool);
    }

    [Fact]
    public void Sharpness_by_hand()
    {
        // Rows 0 2 6, 0 0 0: across 4, 16, 0, 0, a mean of 5; down 0, 4, 36, a mean of 40/3.
        PoolingReport report = Of(Stages(Identity(), Identity(2), Pointwise.ScaleOffset(3)), new(1, 1, 2, 3), [0, 2, 6, 0, 0, 0]);
        Assert.Equal(5 + 40 / 3.0, report.Stages[0].SharpnessBefore, 1e-9);
        Assert.Equal(5 + 40 / 3.0, report.Stages[0].SharpnessAfter, 1e-9);
        Assert.Equal(5 + 40 / 3.0, report.Stages[1].SharpnessBefore, 1e-9);
        // What is left is 0 6, two pixels apart, and no second row.
        Assert.Equal(9, report.Stages[1].SharpnessAfter, 1e-9);
        Assert.Equal(81, report.Stages[2].SharpnessAfter, 1e-9);
    }

    [Theory]
    [InlineData("conv")]
    [InlineData("max")]
    [InlineData("avg")]
    [InlineData("lp")]
    [InlineData("adaptive")]
    [InlineData("fractional")]
    public void A_slope_is_as_steep_after_a_pool(string kind)
    {
        // 3 a pixel to the right, 5 a pixel down.
        var shape = new TensorShape(1, 1, 24, 36);
        byte[] ramp = [.. Enumerable.Range(0, shape.Count).Select(i => (byte)(3 * (i % shape.W) + 5 * (i / shape.W)))];
        OperatorSpec pool = kind switch
        {
            "conv" => Identity() with { Stride = new(2, 3) },
            "max" => new MaxPool2d(2) { Stride = new(2, 3) },
            "avg" => new AvgPool2d(2) { Stride = new(2, 3) },
            "lp" => new LpPool2d(1, new(2, 3)),
            "adaptive" => new AdaptiveAvgPool2d(new AdaptiveSize(12, 9)),
            _ => new FractionalMaxPool2d(1) { OutputSize = new(12, 18), Samples = new Tensor(new(1, 1, 1, 2)) },
        };
        // Where windows are drawn they only are two pixels apart on average; a power sum of six ones is six means.
        (double factor, double tolerance) = kind switch { "lp" => (36, 1e-3), "fractional" => (1, 4), _ => (1, 1e-6) };
        PoolingReport report = Of(Stages(pool, Pointwise.Relu), shape, ramp);
        Assert.Equal(34, report.Stages[0].SharpnessBefore, 1e-9);
        Assert.Equal(34 * factor, report.Stages[0].SharpnessAfter, tolerance * factor);
        Assert.Equal(report.Stages[0].SharpnessAfter, report.Stages[1].SharpnessAfter);
    }

    [Fact]
    public void An_average_blurs_more_than_a_maximum()
    {
        var shape = new TensorShape(1, 1, 40, 60);
        byte[] frame = Noise(shape.Count, 6);
        StageFacts max = Of(Stages(new MaxPool2d(3) { Stride = 1 }), shape, frame).Stages[0];
        StageFacts average = Of(Stages(new AvgPool2d(3) { Stride = 1 }), shape, frame).Stages[0];
        Assert.Equal(max.SharpnessBefore, average.SharpnessBefore);
        Assert.InRange(average.SharpnessAfter, 0, max.SharpnessAfter);
        Assert.InRange(max.SharpnessAfter, 0, 0.5 * max.SharpnessBefore);
    }

    [Fact]
    public void A_shift_by_nothing_changes_nothing()
    {
        var shape = new TensorShape(1, 1, 44, 60);
        PoolingReport report = Of(PipelinePresets.Load("edge24"), shape, Noise(shape.Count, 7));
        Assert.Equal(0, report.ShiftInput);
        Assert.All(report.Stages, stage => Assert.Equal(0, stage.ShiftChange));
        report = Of(Stages(new MaxPool2d(2)), shape, new byte[shape.Count], (3, 1));
        Assert.Equal((0, 0), (report.ShiftInput, report.Stages[0].ShiftChange));
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(-4, 2)]
    [InlineData(1000, -1)]
    [InlineData(int.MinValue, int.MaxValue)]
    public void A_shift_is_what_plain_loops_make_of_it(int x, int y)
    {
        var shape = new TensorShape(1, 2, 12, 16);
        byte[] frame = Noise(shape.Count, 8);
        PoolingReport report = PoolingFacts.Of(new("two", 2, [new AvgPool2d(2)]), shape, frame, (x, y), 0, 1, _simd, TestContext.Current.CancellationToken);
        Assert.Equal((x, y), report.Shift);
        double[] still = new double[shape.Count];
        double[] moved = new double[shape.Count];
        for (int i = 0; i < shape.Count; i++)
        {
            (int plane, int row, int column) = (i / shape.PlaneSize, i / shape.W % shape.H, i % shape.W);
            int from = plane * shape.PlaneSize + (int)Math.Clamp((long)row - y, 0, shape.H - 1) * shape.W + (int)Math.Clamp((long)column - x, 0, shape.W - 1);
            (still[i], moved[i]) = (frame[i], frame[from]);
        }
        Assert.Equal(Change(still, moved, shape), report.ShiftInput, 1e-6);
        var half = new TensorShape(1, 2, 6, 8);
        Assert.Equal(Change(Pool(still), Pool(moved), half), report.Stages[0].ShiftChange, 1e-6);

        double[] Pool(double[] values) => [.. Enumerable.Range(0, half.Count).Select(i =>
        {
            int corner = i / half.PlaneSize * shape.PlaneSize + i / half.W % half.H * 2 * shape.W + i % half.W * 2;
            return (values[corner] + values[corner + 1] + values[corner + shape.W] + values[corner + shape.W + 1]) / 4;
        })];
    }

    private static double Change(double[] still, double[] moved, TensorShape shape)
    {
        double change = still.Zip(moved, (a, b) => (a - b) * (a - b)).Sum();
        double deviation = still.Chunk(shape.PlaneSize).Sum(plane => plane.Sum(value => Math.Pow(value - plane.Average(), 2)));
        return Math.Sqrt(change / deviation);
    }

    [Fact]
    public void A_shift_by_a_pools_stride_moves_the_pooled_picture_by_one()
    {
        var shape = new TensorShape(1, 1, 40, 64);
        byte[] frame = Picture(shape);
        // Where two columns are equal, what is repeated at the border is the same in both pictures.
        for (int row = 0; row < shape.H; row++)
            frame[row * shape.W + 1] = frame[row * shape.W];
        byte[] pooled = [.. Enumerable.Range(0, 20 * 32).Select(i =>
        {
            int corner = i / 32 * 2 * 64 + i % 32 * 2;
            return new[] { frame[corner], frame[corner + 1], frame[corner + 64], frame[corner + 65] }.Max();
        })];
        double byTwo = Of(Stages(new MaxPool2d(2)), shape, frame, (2, 0)).Stages[0].ShiftChange;
        double byOne = Of(Stages(Pointwise.Relu), new(1, 1, 20, 32), pooled, (1, 0)).Stages[0].ShiftChange;
        Assert.Equal(byOne, byTwo, 1e-9);
        Assert.InRange(byOne, 0.1, 2);
    }

    [Fact]
    public void A_pool_is_steadier_against_a_small_shift_than_what_goes_in()
    {
        var shape = new TensorShape(1, 1, 64, 64);
        PoolingReport report = Of(Stages(Identity(), new AvgPool2d(4)), shape, Noise(shape.Count, 9), (1, 0));
        Assert.Equal(report.ShiftInput, report.Stages[0].ShiftChange, 1e-6);
        // White noise moved by one of four columns: sqrt(2 * 1/4) of independent columns' sqrt(2).
        Assert.Equal(Math.Sqrt(2), report.ShiftInput, 0.1);
        Assert.Equal(Math.Sqrt(0.5), report.Stages[1].ShiftChange, 0.1);
    }

    [Fact]
    public void A_mean_of_four_halves_noise_and_a_maximum_does_not()
    {
        var shape = new TensorShape(1, 1, 512, 512);
        byte[] frame = new byte[shape.Count];
        Array.Fill(frame, (byte)100);
        StageFacts average = Of(Stages(new AvgPool2d(2)), shape, frame, sigma: 10).Stages[0];
        // 262,144 values give sigma to 0.14 %; 65,536 to 0.28 %. Five of these are allowed.
        Assert.Equal(10, average.NoiseBefore, 10 * 5 * 0.0014);
        Assert.Equal(5, average.NoiseAfter, 5 * 5 * 0.0028);
        Assert.Equal(average.NoiseAfter, average.NoiseAfterAverage);
        // The largest of four normal values: mean 1.02938, variance 0.49172.
        Assert.Equal(10 * Math.Sqrt(1.02938 * 1.02938 + 0.49172), average.NoiseAfterMax, 0.2);

        StageFacts max = Of(Stages(new MaxPool2d(2) { ReturnIndices = true }), shape, frame, sigma: 10).Stages[0];
        Assert.Equal((max.NoiseAfter, average.NoiseAfter), (max.NoiseAfterMax, max.NoiseAfterAverage));
        Assert.Equal(average.NoiseAfterMax, max.NoiseAfter);
    }

    [Fact]
    public void Noise_goes_on_from_stage_to_stage_and_is_not_clamped()
    {
        var shape = new TensorShape(1, 1, 128, 128);
        PoolingReport report = Of(Stages(Pointwise.ScaleOffset(-2), new AdaptiveMaxPool2d(16)), shape, new byte[shape.Count], sigma: 7);
        Assert.Equal(7, report.NoiseSigma);
        Assert.Equal(2 * report.Stages[0].NoiseBefore, report.Stages[0].NoiseAfter, 1e-4);
        Assert.Equal(report.Stages[0].NoiseAfter, report.Stages[1].NoiseBefore);
        Assert.Equal(7, report.Stages[0].NoiseBefore, 7 * 5 * 0.0056);
        Assert.True(double.IsNaN(report.Stages[0].NoiseAfterMax) && double.IsNaN(report.Stages[0].NoiseAfterAverage));
        // A mean of 64.
        Assert.Equal(14 / 8.0, report.Stages[1].NoiseAfterAverage, 0.4);
        Assert.Equal(report.Stages[1].NoiseAfter, report.Stages[1].NoiseAfterMax);
    }

    [Fact]
    public void Noise_follows_from_its_seed()
    {
        var shape = new TensorShape(1, 1, 31, 33);
        byte[] frame = Noise(shape.Count, 10);
        Pipeline pipeline = Stages(new MaxPool2d(3));
        Assert.Equal(Of(pipeline, shape, frame, sigma: 5).Stages, Of(pipeline, shape, frame, sigma: 5).Stages);
        Assert.NotEqual(Of(pipeline, shape, frame, sigma: 5).Stages[0].NoiseBefore, Of(pipeline, shape, frame, sigma: 5, seed: 2).Stages[0].NoiseBefore);
        Assert.Equal(0, Of(pipeline, shape, frame, sigma: 0).Stages[0].NoiseBefore);
    }

    [Fact]
    public void Noise_is_normal()
    {
        float[] values = new float[200_001];
        GaussianNoise.Add(values, 2, 3);
        double mean = values.Average(value => (double)value);
        double variance = values.Average(value => Math.Pow(value, 2));
        double fourth = values.Average(value => Math.Pow(value, 4));
        // Five standard errors each.
        Assert.Equal(0, mean, 5 * 2 / Math.Sqrt(values.Length));
        Assert.Equal(4, variance, 5 * 4 * Math.Sqrt(2.0 / values.Length));
        Assert.Equal(3, fourth / (variance * variance), 5 * Math.Sqrt(24.0 / values.Length));
        double next = values.Zip(values.Skip(1), (a, b) => (double)a * b).Average() / variance;
        Assert.Equal(0, next, 5 / Math.Sqrt(values.Length));
    }

    [Fact]
    public void The_reference_says_the_same()
    {
        var shape = new TensorShape(1, 1, 20, 30);
        byte[] frame = Picture(shape);
        Pipeline pipeline = new("all", 1,
        [
            PipelinePresets.Load("sobel").Stages[0], new LpPool2d(2, 2), new FractionalMaxPool2d(2) { OutputSize = new(6, 9) },
            new ConvTranspose2d(new Tensor(new(2, 1, 2, 2), [1, 2, 3, 4, 5, 6, 7, 8])) { Stride = 2 }, new MaxPool2d(2) { Dilation = 2, Padding = 1 },
        ]);
        using var reference = new ReferenceBackend();
        PoolingReport expected = PoolingFacts.Of(pipeline, shape, frame, (1, -2), 4, 1, reference, TestContext.Current.CancellationToken);
        PoolingReport got = Of(pipeline, shape, frame, (1, -2), 4);
        Assert.Equal(expected.Stages.Length, got.Stages.Length);
        foreach ((StageFacts first, StageFacts second) in expected.Stages.Zip(got.Stages))
        {
            double[] Numbers(StageFacts facts) => [facts.SharpnessBefore, facts.SharpnessAfter, facts.ShiftChange, facts.NoiseBefore,
                facts.NoiseAfter, facts.NoiseAfterMax, facts.NoiseAfterAverage];
            Assert.All(Numbers(first).Zip(Numbers(second)), pair => Assert.True(
                double.IsNaN(pair.First) ? double.IsNaN(pair.Second) : Math.Abs(pair.First - pair.Second) <= 1e-4 * Math.Abs(pair.First), $"{pair}"));
        }
        Assert.True(double.IsNaN(got.Stages[2].NoiseAfterAverage) && double.IsNaN(got.Stages[4].NoiseAfterAverage));
        Assert.False(double.IsNaN(got.Stages[1].NoiseAfterAverage) || double.IsNaN(got.Stages[2].NoiseAfterMax));
    }

    [Fact]
    public void A_frame_that_does_not_fit_is_refused()
    {
        Assert.Throws<LivePoolException>(() => Of(Stages(Pointwise.Relu), new(1, 1, 4, 4), new byte[15]));
        Assert.Throws<LivePoolException>(() => Of(Stages(new MaxPool2d(5)), new(1, 1, 4, 4), new byte[16]));
    }

    [Fact]
    public void It_can_be_ended()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() =>
            PoolingFacts.Of(Stages(new MaxPool2d(2)), new(1, 1, 4, 4), new byte[16], (1, 0), 1, 1, _simd, stop.Token));
    }
}
