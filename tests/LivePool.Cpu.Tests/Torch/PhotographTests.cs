using System.Security.Cryptography;
using System.Runtime.InteropServices;
using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Cpu.Reference;
using LivePool.Cpu.Simd;
using LivePool.Testing.Torch;
using LivePool.Verification;

namespace LivePool.Cpu.Tests.Torch;

/// <summary>The seed's pipelines, edge24 and edge24-avg, on real photographs.</summary>
public sealed class PhotographTests
{
    private static Photo Photo(string file) => Fixtures.Photos.Single(photo => photo.File == file);

    /// <summary>The preset's stages with the fixture's weights; index 1 of the fixture is max_pool2d, 2 is avg_pool2d.</summary>
    private static Pipeline Preset(string name)
    {
        Pipeline preset = PipelinePresets.Load(name);
        var conv = (Conv2d)preset.Stages[0] with { Weight = Fixtures.PhotoWeight };
        return preset with { Stages = preset.Stages.SetItem(0, conv) };
    }

    private static string Sha256(ReadOnlySpan<float> plane)
    {
        float[] positive = new float[plane.Length];
        for (int i = 0; i < plane.Length; i++)
            positive[i] = plane[i] + 0f; // -0 becomes +0
        return Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(positive.AsSpan())));
    }

    public static TheoryData<string, string> Runs
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string file in (string[])["grass.png", "camera.png", "chelsea.png"])
            {
                data.Add(file, "edge24");
                data.Add(file, "edge24-avg");
            }
            return data;
        }
    }

    [Fact]
    public void The_presets_keep_their_first_channel()
    {
        foreach (string name in (string[])["edge24", "edge24-avg"])
        {
            var conv = (Conv2d)PipelinePresets.Load(name).Stages[0];
            Assert.Equal(Fixtures.PhotoWeight.Shape, conv.Weight.Shape);
            Assert.Equal(Fixtures.PhotoWeight.Plane(0, 0).ToArray(), conv.Weight.Plane(0, 0).ToArray());
            Assert.Null(conv.Bias);
        }
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void SIMD_and_reference_meet_PyTorch(string file, string preset)
    {
        Photo photo = Photo(file);
        byte[] grey = GreyImage.Load(photo);
        Assert.Equal(photo.GreySha256, Convert.ToHexStringLower(SHA256.HashData(grey)));

        using var reference = new ReferenceBackend();
        Check(reference, photo, preset, grey);
        foreach (int threads in (int[])[1, 2])
        {
            using var simd = new SimdBackend(threads);
            Check(simd, photo, preset, grey);
        }
    }

    private static void Check(IBackend backend, Photo photo, string preset, byte[] grey)
    {
        using ICompiledPipeline compiled = backend.Compile(Preset(preset), GreyImage.Shape(photo));
        compiled.Run(grey);

        PhotoStage[] expected = [photo.Stages[0], photo.Stages[preset == "edge24" ? 1 : 2]];
        for (int stage = 0; stage < expected.Length; stage++)
        {
            TensorShape shape = compiled.Shapes[stage];
            Assert.Equal(expected[stage].Shape, shape);
            Assert.Equal(expected[stage].Channel0Sha256, Sha256(compiled.Output(stage)[..shape.PlaneSize]));
            for (int channel = 0; channel < 2; channel++)
                CheckSamples(compiled, stage, expected[stage], channel);
        }
        Assert.All(new OperatorCheck(new ReferenceOperators()).Compare(compiled, grey, ErrorBound.RoundToNearest),
            report => Assert.True(report.Passed, $"{backend.Name}: {report}"));
    }

    /// <summary>
    /// 25 products of the weights, and for the average 4 more terms. sum|w*x| is at most 255 * sum|w|; a maximum moves by
    /// no more than what it selects from.
    /// </summary>
    private static void CheckSamples(ICompiledPipeline compiled, int stage, PhotoStage expected, int channel)
    {
        double magnitude = 0;
        foreach (float weight in Fixtures.PhotoWeight.Plane(channel, 0))
            magnitude += Math.Abs(weight) * 255d;
        double bound = ErrorBound.Gamma(25 + 4 + 4 + 4, ErrorBound.RoundToNearest) * magnitude;
        TensorShape shape = expected.Shape;
        ReadOnlySpan<float> plane = compiled.Output(stage).Slice(channel * shape.PlaneSize, shape.PlaneSize);
        for (int i = 0; i < expected.Positions.Length; i++)
        {
            double exact = expected.Channels[channel][i];
            float got = plane[(int)expected.Positions[i]];
            Assert.True(channel == 0 ? got == exact : Math.Abs(got - exact) <= bound,
                $"stage {stage}, channel {channel}, position {expected.Positions[i]}: {got:R}, but PyTorch has {exact:R}");
        }
    }

    [Theory]
    [InlineData("edge24")]
    [InlineData("edge24-avg")]
    public void A_JPEG_meets_the_exact_result_of_its_own_bytes(string preset)
    {
        Photo photo = Photo("rocket.jpg");
        Assert.False(photo.IsBitwise);
        byte[] grey = GreyImage.Load(photo);
        using var simd = new SimdBackend();
        using var reference = new ReferenceBackend();
        using ICompiledPipeline first = simd.Compile(Preset(preset), GreyImage.Shape(photo));
        using ICompiledPipeline second = reference.Compile(Preset(preset), GreyImage.Shape(photo));

        first.Run(grey);
        second.Run(grey);

        Assert.Equal([photo.Stages[0].Shape, photo.Stages[1].Shape], first.Shapes);
        var check = new OperatorCheck(new ReferenceOperators());
        Assert.All(check.Compare(first, grey, ErrorBound.RoundToNearest), report => Assert.True(report.Passed, $"{report}"));
        Assert.All(check.Compare(second, grey, ErrorBound.RoundToNearest), report => Assert.True(report.Passed, $"{report}"));
        for (int stage = 0; stage < 2; stage++)
        {
            int channel0 = first.Shapes[stage].PlaneSize;
            Assert.Equal(Sha256(second.Output(stage)[..channel0]), Sha256(first.Output(stage)[..channel0]));
        }
    }
}
