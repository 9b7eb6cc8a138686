using LivePool.Core;
using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Frames;
using LivePool.Gpu.Context;
using LivePool.Shaders;

namespace LivePool.Gpu.Tests;

/// <summary>Pictures that become a pipeline's input on the device are, bit for bit, what the processor makes of them.</summary>
public sealed class PixelInputTests
{
    private static readonly YuvEncoding[] _encodings =
    [
        new(YuvMatrix.Bt601, IsLimited: true), new(YuvMatrix.Bt601, IsLimited: false),
        new(YuvMatrix.Bt709, IsLimited: true), new(YuvMatrix.Bt709, IsLimited: false),
    ];

    public static TheoryData<PixelFormat, bool> Formats => new(
        Enum.GetValues<PixelFormat>().SelectMany(format => new[] { (format, false), (format, true) }));

    private static Frame Noise(PixelFormat format, int width, int height, int padding, YuvEncoding encoding = default)
    {
        var frame = new Frame();
        frame.Reset(format, width, height, (int)format.RowBytes(width) + padding);
        frame.Encoding = encoding;
        new Random(width * 31 + height).NextBytes(frame.Pixels);
        return frame;
    }

    private static GpuCompiledPipeline Compile(GpuBackend backend, int channels, int width, int height) =>
        backend.Compile(Pipeline.Of(Pointwise.ScaleOffset(), channels), new TensorShape(1, channels, height, width));

    private static void Check(GpuCompiledPipeline compiled, Frame frame)
    {
        int channels = compiled.InputShape.C;
        byte[] planes = new byte[compiled.InputShape.Count];
        frame.CopyPlanar(channels, planes);
        compiled.RunOn(frame.View);
        ReadOnlySpan<float> got = compiled.Output(0);
        for (int i = 0; i < planes.Length; i++)
        {
            if (got[i] != planes[i])
            {
                Assert.Fail($"{frame.Format} {frame.Width}x{frame.Height}, stride {frame.Stride}, {frame.Encoding}: element {i} of " +
                    $"{compiled.InputShape} is {got[i]}, not {planes[i]}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Every_format_size_stride_and_encoding_gives_the_processors_bytes(PixelFormat format, bool isEs)
    {
        using GpuContext context = GpuContext.CreateHeadless(debug: true, isEs);
        // Few groups, so that the grid is cut into tiles.
        GpuBackendOptions options = Backends.Strict with { Limits = DeviceLimits.Query(context.Gl) with { WorkGroupCountX = 3 } };
        using var backend = new GpuBackend(context, ShaderFolder.Locate(), options);
        foreach ((int width, int height) in (ReadOnlySpan<(int, int)>)[(1, 1), (2, 1), (1, 2), (3, 3), (5, 4), (17, 7), (64, 33), (127, 65)])
        {
            foreach (int channels in (ReadOnlySpan<int>)[1, 3])
            {
                using GpuCompiledPipeline compiled = Compile(backend, channels, width, height);
                foreach (int padding in (ReadOnlySpan<int>)[0, 1, 6])
                {
                    foreach (YuvEncoding encoding in _encodings)
                        Check(compiled, Noise(format, width, height, padding, encoding));
                }
            }
        }
    }

    [Theory]
    [InlineData(PixelFormat.Yuyv)]
    [InlineData(PixelFormat.Nv12)]
    public void Every_luma_with_every_chroma_gives_the_processors_colours(PixelFormat format)
    {
        using GpuBackend backend = Backends.CreateStrict();
        using GpuCompiledPipeline compiled = Compile(backend, 3, 512, 256);
        foreach (YuvEncoding encoding in _encodings)
        {
            Frame frame = Noise(format, 512, 256, 0, encoding);
            // A row, or two, for each Cb, two pixels beside each other for each luma, and some of the values of Cr.
            foreach (int cr in (ReadOnlySpan<int>)[0, 1, 15, 16, 127, 128, 129, 239, 240, 254, 255])
            {
                for (int y = 0; y < 256; y++)
                {
                    for (int pair = 0; pair < 256; pair++)
                    {
                        int step = format == PixelFormat.Yuyv ? 2 : 1;
                        frame.Row(y)[2 * pair * step] = frame.Row(y)[(2 * pair + 1) * step] = (byte)pair;
                        Span<byte> chroma = format == PixelFormat.Yuyv ? frame.Row(y)[1..] : frame.ChromaRow(y);
                        chroma[2 * pair * step] = (byte)y;
                        chroma[(2 * pair + 1) * step] = (byte)cr;
                    }
                }
                Check(compiled, frame);
            }
        }
    }

    [Fact]
    public void A_stage_that_reads_bytes_reads_what_was_made_of_the_picture()
    {
        using GpuBackend backend = Backends.CreateStrict();
        Pipeline pipeline = PipelinePresets.Load("edge24");
        using GpuCompiledPipeline all = backend.Compile(pipeline, new(1, 1, 45, 67));
        using GpuCompiledPipeline fused = backend.Compile(pipeline, new(1, 1, 45, 67), StageOutputs.Last);
        Frame frame = Noise(PixelFormat.Yuyv, 67, 45, 2, new(YuvMatrix.Bt709, IsLimited: true));
        byte[] planes = new byte[67 * 45];
        frame.CopyPlanar(1, planes);
        all.Run(planes);
        fused.RunOn(frame.View);
        Assert.True(fused.ReadsBytes(1));
        Assert.Equal(all.Output(1), fused.Output(1));
        var input = new float[planes.Length];
        fused.ReadInput(input);
        Assert.Equal(planes.Select(value => (float)value), input);
    }

    [Fact]
    public void Formats_and_planes_by_turns_do_not_take_each_others_place()
    {
        using GpuBackend backend = Backends.CreateStrict();
        using GpuCompiledPipeline compiled = Compile(backend, 3, 33, 17);
        for (int turn = 0; turn < 2; turn++)
        {
            foreach (PixelFormat format in Enum.GetValues<PixelFormat>())
            {
                Check(compiled, Noise(format, 33, 17, 0));
                compiled.Run(new byte[3 * 33 * 17]);
                Assert.Equal(new float[3 * 33 * 17], compiled.Output(0));
            }
        }
    }

    [Fact]
    public void Grey_goes_up_as_it_is_and_needs_no_shader()
    {
        using GpuBackend backend = Backends.CreateStrict();
        using GpuCompiledPipeline compiled = Compile(backend, 1, 33, 17);
        Check(compiled, Noise(PixelFormat.Gray8, 33, 17, 0));
        Assert.Null(compiled.Pixels);
        Check(compiled, Noise(PixelFormat.Gray8, 33, 17, 3));
        Assert.NotNull(compiled.Pixels);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Pictures_in_flight_do_not_overwrite_each_other(bool neverKeepMapped)
    {
        using GpuBackend backend = GpuBackend.CreateHeadless(options: Backends.Strict with { NeverKeepMapped = neverKeepMapped, GuardBytes = 0 });
        using GpuCompiledPipeline compiled = Compile(backend, 3, 31, 9);
        StageReadback[] readbacks = [.. Enumerable.Range(0, 10).Select(_ => compiled.CreateReadback())];
        byte[][] expected = new byte[readbacks.Length][];
        Frame frame = Noise(PixelFormat.Nv12, 31, 9, 0);
        for (int i = 0; i < readbacks.Length; i++)
        {
            new Random(i).NextBytes(frame.Pixels);
            frame.CopyPlanar(3, expected[i] = new byte[3 * 31 * 9]);
            compiled.RunOn(frame.View);
            readbacks[i].Begin();
        }
        for (int i = 0; i < readbacks.Length; i++)
        {
            var got = new float[3 * 31 * 9];
            readbacks[i].Read(0, got);
            Assert.Equal(expected[i].Select(value => (float)value), got);
        }
    }

    [Fact]
    public void Pictures_of_one_layout_allocate_nothing_after_the_first()
    {
        using GpuBackend backend = GpuBackend.CreateHeadless();
        using GpuCompiledPipeline compiled = Compile(backend, 3, 64, 48);
        Frame frame = Noise(PixelFormat.Yuyv, 64, 48, 0);
        for (int i = 0; i < 5; i++)
            compiled.RunOn(frame.View);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++)
            compiled.RunOn(frame.View);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void What_is_no_picture_for_the_input_is_refused()
    {
        using GpuBackend backend = Backends.CreateStrict();
        using GpuCompiledPipeline one = Compile(backend, 1, 6, 4), two = Compile(backend, 2, 6, 4);
        Frame frame = Noise(PixelFormat.Rgb24, 6, 4, 0), other = Noise(PixelFormat.Rgb24, 4, 6, 0);
        Assert.Contains("4x6", Assert.Throws<LivePoolException>(() => one.RunOn(other.View)).Message, StringComparison.Ordinal);
        Assert.Contains("[1, 2, 4, 6]", Assert.Throws<LivePoolException>(() => two.RunOn(frame.View)).Message, StringComparison.Ordinal);
        Assert.Contains("71 bytes", Assert.Throws<LivePoolException>(() => one.RunOn(new(frame.Pixels[..71], frame.View.Layout))).Message, StringComparison.Ordinal);
        Check(one, frame);
    }
}
