using System.Diagnostics;
using LivePool.Core;
using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Gpu.Context;
using LivePool.Shaders;
using LivePool.Verification;

namespace LivePool.Gpu.Tests;

/// <summary>
/// A convolution and a pool in one pass come to the values that they come to apart, so that what verifies the one verifies
/// the other: the same bits on llvmpipe, which rounds every operation, and within both sides' bounds elsewhere.
/// </summary>
public sealed class FusionTests(ITestOutputHelper output)
{
    private static readonly OperatorSpec[][] _tails =
    [
        [new MaxPool2d(2)],
        [new AvgPool2d(2)],
        [Pointwise.Relu, new MaxPool2d(2)],
        [Pointwise.Abs, new AvgPool2d(2)],
        [Pointwise.Abs, new MaxPool2d(2)],
        [Pointwise.Relu, new AvgPool2d(2)],
    ];

    private static readonly (Conv2d Conv, TensorShape Input)[] _cases =
    [
        .. Enumerable.Range(1, 11).Select(kernel => (Conv(1 + kernel % 3, 1, kernel, kernel), new TensorShape(1, 1, 25 + kernel, 70 + kernel))),
        .. from channels in (int[])[1, 2, 3, 5, 8]
           from outputs in (int[])[1, 2, 3, 5, 8]
           select (Conv(outputs, channels, 3, 2), new TensorShape(2, channels, 9, 11)),
        .. from mode in Enum.GetValues<PaddingMode>()
           from padding in (int[])[1, 2]
           select (Conv(2, 2, 5, 3) with { Padding = padding, PaddingMode = mode }, new TensorShape(2, 2, 7, 67)),
        (Conv(6, 2, 3, 3) with { Groups = 2, Padding = 1 }, new(2, 4, 13, 18)),
        (Conv(3, 1, 3, 3) with { Groups = 3, Bias = null }, new(1, 3, 13, 18)),
        (Conv(10, 1, 3, 3) with { Groups = 2 }, new(1, 2, 13, 18)),
        (Conv(2, 1, 3, 4) with { Stride = 2 }, new(1, 1, 41, 153)),
        (Conv(2, 1, 3, 4) with { Stride = new(1, 3), Padding = 2 }, new(1, 1, 20, 153)),
        (Conv(2, 2, 3, 4) with { Dilation = new(3, 1), Padding = 3, PaddingMode = PaddingMode.Circular }, new(1, 2, 20, 35)),
        (Conv(4, 1, 3, 3) with { Dilation = new(2, 5), Stride = new(3, 2), Padding = 4, PaddingMode = PaddingMode.Reflect }, new(1, 1, 40, 90)),
        (Conv(1, 1, 3, 3) with { Padding = new Padding(2, 0, 1, 3) }, new(1, 1, 5, 6)),
        (Conv(1, 1, 3, 3), new(1, 1, 4, 4)),
        (Conv(1, 1, 1, 1), new(1, 1, 2, 2)),
    ];

    public static TheoryData<string> Limits => ["the device's", "128 invocations and 16 KB", "8 invocations", "little memory", "tiles", "storage weights"];

    [Theory]
    [MemberData(nameof(Limits))]
    public void Fused_stages_come_to_the_same_bits(string limits)
    {
        using GpuBackend backend = Create(limits);
        int fused = 0;
        // Each compiles several shaders, so that lower limits get a share of the cases.
        int step = limits == "the device's" ? 1 : 5;
        for (int i = 0; i < _cases.Length; i += step)
        {
            (Conv2d conv, TensorShape input) = _cases[i];
            OperatorSpec[][] tails = conv.KernelSize == 3 && step == 1 ? _tails : [_tails[2 * (i % 3)], _tails[2 * (i % 3) + 1]];
            foreach (OperatorSpec[] tail in tails)
                fused += Check(backend, new("fused", input.C, [conv, .. tail]), input) ? 1 : 0;
        }
        output.WriteLine($"{fused} fused");
        Assert.True(fused > 15);
    }

    [Theory]
    [MemberData(nameof(Limits))]
    public void Stages_before_and_behind_are_not_disturbed(string limits)
    {
        using GpuBackend backend = Create(limits);
        Check(backend, PipelinePresets.Load("cnn"), new(1, PipelinePresets.Load("cnn").Channels, 40, 50));
        Check(backend, new("behind", 1, [Pointwise.ScaleOffset(2), Conv(2, 1, 3, 3), new MaxPool2d(2), Pointwise.Abs]), new(1, 1, 30, 33));
    }

    [Fact]
    public void A_device_without_room_for_the_tile_runs_the_stages_apart()
    {
        Conv2d large = Conv(1, 1, 11, 11) with { Dilation = 9 };
        var shape = new TensorShape(1, 1, 120, 130);
        foreach (Func<DeviceLimits, DeviceLimits> change in (Func<DeviceLimits, DeviceLimits>[])[
            limits => limits with { SharedMemoryBytes = 16384 },
            limits => limits with { WorkGroupInvocations = 4 },
            limits => limits with { WorkGroupSizeX = 1, WorkGroupSizeY = 1 }])
        {
            using GpuBackend backend = Create(change);
            Assert.False(Check(backend, new("large", 1, [large, new MaxPool2d(2)]), shape));
        }
    }

    [Fact]
    public void A_fused_stage_has_neither_output_nor_time_and_the_last_one_has_both()
    {
        using GpuBackend backend = Backends.CreateStrict();
        Pipeline pipeline = PipelinePresets.Load("edge24");
        using GpuCompiledPipeline compiled = backend.Compile(pipeline, new(1, 1, 20, 33), StageOutputs.Last);
        using StageReadback readback = compiled.CreateReadback();
        using PlaneRanges ranges = compiled.CreatePlaneRanges(1);
        byte[] frame = [.. Enumerable.Range(0, 20 * 33).Select(i => (byte)(i * 31))];
        compiled.Run(frame);
        Assert.True(compiled.IsFused(0));
        Assert.False(compiled.IsFused(1));
        foreach (Action action in (Action[])[
            () => compiled.Output(0), () => compiled.OutputBuffer(0), () => compiled.CreatePlaneRanges(0), () => readback.Read(0, new float[1])])
        {
            Assert.Contains("fused", Assert.Throws<InvalidOperationException>(action).Message, StringComparison.Ordinal);
        }
        compiled.Wait();
        Assert.True(double.IsNaN(compiled.StageMilliseconds[0]));
        Assert.InRange(compiled.StageMilliseconds[1], 1e-6, 10_000);
        Assert.True(compiled.Indices(0).IsEmpty);

        readback.Begin();
        var got = new float[compiled.Shapes[1].Count];
        readback.Read(1, got);
        Assert.Equal(compiled.Output(1).ToArray(), got);
        Assert.Equal(got[..(got.Length / 2)].Max(), ranges.Update()[0].Max);

        // The window shows the input, which the fused pass did not expand.
        Assert.NotEqual(0u, compiled.InputBuffer);
        var input = new float[frame.Length];
        compiled.ReadInput(input);
        Assert.Equal(frame.Select(b => (float)b), input);
    }

    [Fact]
    public void What_cannot_be_fused_is_not()
    {
        using GpuBackend backend = Backends.CreateStrict();
        foreach (OperatorSpec next in (OperatorSpec[])[
            Pointwise.Relu, Pointwise.Sigmoid, new MaxPool2d(2) { ReturnIndices = true }, new MaxPool2d(3), new MaxPool2d(2) { Stride = 1 },
            new MaxPool2d(2) { Padding = 1 }, new MaxPool2d(2) { CeilMode = true }, new AvgPool2d(2) { DivisorOverride = 3 }, new LpPool2d(2, 2)])
        {
            Assert.False(Check(backend, new("apart", 1, [Conv(2, 1, 3, 3), next]), new(1, 1, 21, 21)), $"{next}");
        }
    }

    /// <summary>A fault of the fused shader's own, planted in a copy of it, shows in the comparison with the stages apart.</summary>
    [Theory]
    [InlineData("i <= KERNEL_HEIGHT;", "i < KERNEL_HEIGHT;")]
    [InlineData("(i - 1) * KERNEL_WIDTH", "i * KERNEL_WIDTH")]
    [InlineData("placeOf(j + 1)", "placeOf(j)")]
    [InlineData("if (i > 0)", "if (i > 1)")]
    [InlineData("position.z / blocks;", "0;")]
    [InlineData("block / blocksPerGroup;", "0;")]
    [InlineData("w += KERNEL_HEIGHT * KERNEL_WIDTH;", "")]
    [InlineData("plane += inputHeight * inputWidth;", "")]
    [InlineData("int bottom = top + STRIDE_HEIGHT * tileColumns;", "int bottom = top + tileColumns;")]
    [InlineData("j * DILATION_WIDTH + STRIDE_WIDTH", "j * DILATION_WIDTH + 1")]
    [InlineData("value = inside ? value : 0.0;", "")]
    [InlineData("precise Sums topRight = topLeft;", "precise Sums topRight = Sums(0.0);")]
    [InlineData("sum / 4.0", "sum / 3.0")]
    [InlineData("return relu(value);", "return value;")]
    [InlineData("takes(window[i], best)", "window[i] > best")]
    [InlineData("firstOfGroup + k < outputChannelsPerGroup", "true")]
    [InlineData("2 * (position.xy - local)", "2 * position.xy")]
    [InlineData("barrier();\n#ifdef SLIDING", "\n#ifdef SLIDING")]
    [InlineData("8 * (element & 3)", "8 * (3 - (element & 3))")]
    public void A_planted_fault_shows(string old, string planted)
    {
        using var folder = new CopiedShaders();
        folder.Edit("fused/conv_pool2d.comp", text =>
        {
            Assert.Equal(1, text.Split(old).Length - 1);
            return text.Replace(old, planted, StringComparison.Ordinal);
        });
        using GpuBackend backend = GpuBackend.CreateHeadless(ShaderFolder.Locate(folder.Root), Backends.Strict);
        Conv2d conv = Conv(6, 2, 3, 3) with { Groups = 2, Padding = 1 };
        foreach (Conv2d one in (Conv2d[])[conv, conv with { Stride = 3, Dilation = 2 }])
        {
            foreach (OperatorSpec[] tail in (OperatorSpec[][])[_tails[2], _tails[3]])
            {
                using var pair = new Pair(backend, new("faulty", 4, [one, .. tail]), new(2, 4, 33, 140));
                if (Difference(pair) is { } difference)
                {
                    output.WriteLine(difference);
                    return;
                }
            }
        }
        // A GPU may be lucky in a race; llvmpipe never is.
        Assert.True(old.StartsWith("barrier", StringComparison.Ordinal) && !backend.Device.IsSoftware, "no case shows it");
    }

    /// <summary>The first difference, or what was written behind a buffer.</summary>
    private static string? Difference(Pair pair)
    {
        try
        {
            return pair.FirstDifference();
        }
        catch (LivePoolException e) when (e.Message.Contains("behind the end", StringComparison.Ordinal))
        {
            return e.Message;
        }
    }

    /// <summary>The ratio of times, for the record: a software renderer says nothing about a GPU.</summary>
    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public void Times_of_fused_and_apart_are_written_down(int kernel)
    {
        using GpuBackend backend = GpuBackend.CreateHeadless();
        var shape = new TensorShape(1, 1, 540, 960);
        using var pair = new Pair(backend, new("times", 1, [Conv(2, 1, kernel, kernel), new MaxPool2d(2)]), shape);
        var frame = new byte[shape.Count];
        double apart = double.PositiveInfinity, fused = double.PositiveInfinity;
        for (int i = 0; i < 8; i++)
        {
            apart = Math.Min(apart, Time(pair.Apart));
            fused = Math.Min(fused, Time(pair.Fused));
        }
        output.WriteLine($"{backend.Device.Renderer}: {kernel}x{kernel} conv and 2x2 max of {shape}: apart {apart:F2} ms, fused {fused:F2} ms, {apart / fused:F2} times as fast");
        Assert.True(fused > 0);

        double Time(GpuCompiledPipeline compiled)
        {
            long start = Stopwatch.GetTimestamp();
            compiled.Run(frame);
            compiled.Wait();
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
    }

    private static bool Check(GpuBackend backend, Pipeline pipeline, TensorShape input)
    {
        using var pair = new Pair(backend, pipeline, input);
        string? difference = pair.FirstDifference();
        Assert.True(difference is null, difference);
        return Enumerable.Range(0, pipeline.Stages.Length).Any(pair.Fused.IsFused);
    }

    private static GpuBackend Create(string limits) => Create(device => limits switch
    {
        "128 invocations and 16 KB" => device with { WorkGroupInvocations = 128, SharedMemoryBytes = 16384 },
        "8 invocations" => device with { WorkGroupInvocations = 8 },
        "little memory" => device with { SharedMemoryBytes = 1024 },
        "tiles" => device with { WorkGroupInvocations = 16, WorkGroupCountX = 2, WorkGroupCountY = 2, WorkGroupCountZ = 1 },
        "storage weights" => device with { UniformBlockBytes = 0 },
        _ => device,
    });

    private static GpuBackend Create(Func<DeviceLimits, DeviceLimits> change)
    {
        using GpuContext context = GpuContext.CreateHeadless();
        return GpuBackend.CreateHeadless(options: Backends.Strict with { Limits = change(DeviceLimits.Query(context.Gl)) });
    }

    private static Conv2d Conv(int outChannels, int inChannels, int height, int width)
    {
        var random = new Random(17 * height + width);
        var weight = new Tensor(new(outChannels, inChannels, height, width));
        var bias = new Tensor(new(1, outChannels, 1, 1));
        foreach (ref float w in weight.Elements)
            w = random.NextSingle() - 0.5f;
        foreach (ref float b in bias.Elements)
            b = random.NextSingle() - 0.5f;
        return new(weight, bias);
    }

    /// <summary>A pipeline with every output, and with the last one only.</summary>
    private sealed class Pair(GpuBackend backend, Pipeline pipeline, TensorShape input) : IDisposable
    {
        public GpuCompiledPipeline Apart { get; } = backend.Compile(pipeline, input);

        public GpuCompiledPipeline Fused { get; } = backend.Compile(pipeline, input, StageOutputs.Last);

        /// <summary>Where the two differ on floats, on floats with NaN and infinities, or on bytes; null where they do not.</summary>
        public string? FirstDifference()
        {
            var random = new Random(input.Count);
            float[] uniform = [.. Enumerable.Range(0, input.Count).Select(_ => random.NextSingle() - 0.5f)];
            float[] special = [.. uniform];
            for (int i = 0; i < special.Length; i += 1 + random.Next(60))
                special[i] = (i % 4) switch { 0 => float.NaN, 1 => float.PositiveInfinity, 2 => float.NegativeInfinity, _ => -0f };
            byte[] bytes = new byte[input.Count];
            random.NextBytes(bytes);
            return Differs("floats", uniform, uniform) ?? Differs("special floats", special, special)
                ?? Differs("bytes", bytes, Array.ConvertAll(bytes, b => (float)b));
        }

        private string? Differs(string what, FrameView frame, float[] floats)
        {
            int last = pipeline.Stages.Length - 1;
            Apart.Run(floats);
            Fused.Run(frame);
            ReadOnlySpan<float> expected = Apart.Output(last);
            ReadOnlySpan<float> got = Fused.Output(last);
            double tolerance = backend.Device.IsSoftware ? 0 : Tolerance(floats);
            for (int i = 0; i < got.Length; i++)
            {
                // NaN has no sign to compare, and neither has zero.
                if (!got[i].Equals(expected[i]) && !(Math.Abs(got[i] - expected[i]) <= tolerance))
                {
                    return $"{what}: {string.Join(", ", pipeline.Stages)} of {input}: element {i} of {got.Length} of {Apart.Shapes[last]} is " +
                        $"{got[i]}, apart {expected[i]}";
                }
            }
            return null;
        }

        /// <summary>
        /// Twice what either side may be off: at each convolution that of its n terms, and of a mean's 4 behind it, of the largest
        /// sum of magnitudes that there can be; after it what was off before, times the largest sum of weights.
        /// </summary>
        private double Tolerance(float[] x)
        {
            double largest = x.Where(float.IsFinite).Max(value => Math.Abs((double)value));
            double off = 0;
            foreach (OperatorSpec stage in pipeline.Stages)
            {
                if (stage is Pointwise { Function: PointwiseFunction.ScaleOffset } scale)
                    (largest, off) = (Math.Abs(scale.A) * largest + Math.Abs(scale.B), Math.Abs(scale.A) * off);
                if (stage is not Conv2d conv)
                    continue;
                int terms = conv.Weight.Shape.Count / conv.Weight.Shape.N;
                double weights = conv.Weight.Elements.ToArray().Chunk(terms).Max(one => one.Sum(w => Math.Abs((double)w)));
                double bias = conv.Bias?.Elements.ToArray().Max(b => Math.Abs((double)b)) ?? 0;
                largest = weights * largest + bias;
                off = weights * off + ErrorBound.Gamma(terms + 12, ErrorBound.AnyRounding) * largest + terms * Math.ScaleB(1, -126);
            }
            return 2 * off;
        }

        public void Dispose()
        {
            Apart.Dispose();
            Fused.Dispose();
        }
    }
}
