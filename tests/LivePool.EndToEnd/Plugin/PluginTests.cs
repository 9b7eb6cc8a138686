using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using LivePool.Core.Backends;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Cpu.Reference;
using LivePool.Cpu.Simd;
using LivePool.Gpu;
using LivePool.Testing;
using LivePool.Unity;
using LivePool.Verification;

namespace LivePool.EndToEnd.Plugin;

/// <summary>The native library computes what the program computes, and shows no more than its header says.</summary>
public sealed partial class PluginTests
{
    private const int Width = 203;
    private const int Height = 97;

    private static byte[] Noise(int count)
    {
        byte[] bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }

    private static float[][] Expected(IBackend backend, string preset, FrameView frame)
    {
        Pipeline pipeline = PipelinePresets.Load(preset);
        using (backend)
        {
            using ICompiledPipeline compiled = backend.Compile(pipeline, new TensorShape(1, pipeline.Channels, Height, Width));
            compiled.Run(frame);
            return [.. Enumerable.Range(0, pipeline.Stages.Length).Select(stage => compiled.Output(stage).ToArray())];
        }
    }

    // The same vectors as the library: the widest.
    private static SimdBackend CreateSimd() => new(1);

    private static void RunFrame(LivePoolEngine engine, byte[] pixels, FrameFormat format = FrameFormat.Gray8) =>
        Assert.True(engine.TrySubmit(pixels, format, Width, Height) && engine.TryRun());

    private static void AssertSameBits(float[] expected, float[] actual) =>
        Assert.Equal(MemoryMarshal.Cast<float, int>(expected).ToArray(), MemoryMarshal.Cast<float, int>(actual).ToArray());

    [Theory]
    [InlineData("edge24")]
    [InlineData("edge24-avg")]
    [InlineData("sobel")]
    [InlineData("gaussian")]
    [InlineData("cnn")]
    public void The_library_computes_the_programs_bits(string preset)
    {
        byte[] pixels = Noise(Width * Height);
        float[] singles = Array.ConvertAll(pixels, value => value / 3f);
        float[][] fromBytes = Expected(CreateSimd(), preset, pixels), fromSingles = Expected(CreateSimd(), preset, singles);
        foreach (bool keepsStages in (bool[])[false, true])
        {
            using var engine = new LivePoolEngine(preset, Backend.Simd, keepsStages, threads: 1);
            RunFrame(engine, pixels);
            for (int stage = keepsStages ? 0 : fromBytes.Length - 1; stage < fromBytes.Length; stage++)
                AssertSameBits(fromBytes[stage], engine.Read(stage));
            Assert.True(engine.TrySubmit(singles, channels: 1, Width, Height) && engine.TryRun());
            AssertSameBits(fromSingles[^1], engine.Read(fromSingles.Length - 1));
        }
    }

    [Theory]
    [InlineData("edge24")]
    [InlineData("edge24-avg")]
    [InlineData("sobel")]
    [InlineData("gaussian")]
    [InlineData("cnn")]
    public void What_the_library_computes_in_a_GL_context_is_within_the_bound(string preset)
    {
        byte[] pixels = Noise(Width * Height);
        Pipeline pipeline = PipelinePresets.Load(preset);
        using GpuBackend backend = GpuBackend.CreateHeadless();
        var arithmetic = Arithmetic.Of(backend);
        using var engine = new LivePoolEngine(preset, Backend.Gl, keepsStages: true);
        using var fused = new LivePoolEngine(preset, Backend.Gl);
        // The library takes the context that is current: the backend's.
        backend.Context.MakeCurrent();
        RunFrame(engine, pixels);
        RunFrame(fused, pixels);
        var check = new OperatorCheck(new ReferenceOperators());
        var shape = new TensorShape(1, 1, Height, Width);
        float[] input = Array.ConvertAll(pixels, value => (float)value);
        for (int stage = 0; stage < pipeline.Stages.Length; stage++)
        {
            float[] output = engine.Read(stage);
            ComparisonReport report = check.Compare(pipeline.Stages[stage], shape, input, output, [], arithmetic);
            Assert.True(report.Passed, report.ToString());
            (shape, input) = (pipeline.Stages[stage].OutputShape(shape), output);
        }
        // llvmpipe rounds every operation, so that fused stages come to the same bits.
        AssertSameBits(input, fused.Read(pipeline.Stages.Length - 1));
    }

    [Fact]
    public void The_reference_is_there_for_comparison()
    {
        byte[] pixels = Noise(Width * Height);
        using var engine = new LivePoolEngine("edge24", Backend.Reference, keepsStages: true);
        RunFrame(engine, pixels);
        float[][] expected = Expected(new ReferenceBackend(), "edge24", pixels);
        AssertSameBits(expected[0], engine.Read(0));
        AssertSameBits(expected[1], engine.Read(1));
    }

    [Theory]
    [InlineData(FrameFormat.Rgb24, 3, 0, 1, 2)]
    [InlineData(FrameFormat.Rgba32, 4, 0, 1, 2)]
    [InlineData(FrameFormat.Bgra32, 4, 2, 1, 0)]
    public void Colours_become_grey_as_in_the_program(FrameFormat format, int bytesPerPixel, int red, int green, int blue)
    {
        byte[] pixels = Noise(Width * Height * bytesPerPixel);
        byte[] grey = [.. pixels.Chunk(bytesPerPixel)
            .Select(pixel => (byte)(((pixel[red] * 19595) + (pixel[green] * 38470) + (pixel[blue] * 7471) + 0x8000) >> 16))];
        using var engine = new LivePoolEngine("edge24");
        RunFrame(engine, pixels, format);
        AssertSameBits(Expected(CreateSimd(), "edge24", grey)[1], engine.Read(1));
    }

    [Fact]
    public void A_weight_that_is_set_acts_on_the_next_frame()
    {
        byte[] pixels = Noise(Width * Height);
        using var engine = new LivePoolEngine("""{"stages":[{"op":"conv2d","weight":[[1,2],[3,4]]}]}""");
        engine.SetParameter(0, "weight", 0, 0, 0, 0.5);
        RunFrame(engine, pixels);
        float[] expected = [.. from y in Enumerable.Range(1, Height - 1) from x in Enumerable.Range(1, Width - 1) select pixels[y * Width + x] * 0.5f];
        Assert.Equal(expected, engine.Read(0));
        engine.SetParameter(0, "stride", 2, 3);
        RunFrame(engine, pixels);
        Assert.Equal(pixels[1 * Width + 4] * 0.5f, engine.Read(0)[1]);
    }

    [Fact]
    public void Only_the_headers_functions_are_exported()
    {
        string header = File.ReadAllText(Repository.PathOf("native", "include", "livepool.h"));
        string[] declared = [.. Declaration().Matches(header).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal)];
        using Process nm = Process.Start(new ProcessStartInfo(
            "nm", ["-D", "--defined-only", Path.Combine(NativeLibraryFolder.Path, "liblivepool.so")])
        { RedirectStandardOutput = true })!;
        string[] exported = [.. nm.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ')[^1]).Order(StringComparer.Ordinal)];
        Assert.NotEmpty(declared);
        Assert.Equal(declared, exported);
    }

    [GeneratedRegex(@"^(?:const char \*|[a-z_0-9]+ )(?:LIVEPOOL_UNITY )?(livepool_[a-z_]+|UnityPlugin[A-Za-z]+|Get[A-Za-z]+)\(", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [Fact]
    public void Each_file_is_smaller_than_8_megabytes()
    {
        string[] files = Directory.GetFiles(NativeLibraryFolder.Path, "*.so");
        Assert.Equal(4, files.Length);
        Assert.All(files, file => Assert.InRange(new FileInfo(file).Length, 1, 8_000_000));
    }
}
