using LivePool.App.Tests.Lab;
using LivePool.Core;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Gpu;
using LivePool.Frames;

namespace LivePool.App.Tests;

/// <summary>Pipelines with shaders: how one is put into what was given, and who runs it.</summary>
public sealed class GivenPipelineTests
{
    private const string Counting = """
        #include "include/grid.glsl"
        layout(local_size_x = LOCAL_X, local_size_y = LOCAL_Y) in;
        layout(std430, binding = 0) readonly restrict buffer Input { float x[]; };
        layout(std430, binding = 1) writeonly restrict buffer Output { float y[]; };
        layout(std430, binding = 2) readonly restrict buffer Previous { float previous[]; };
        void main()
        {
            ivec3 at = gridPosition();
            if (at.x < outputWidth && at.y < outputHeight)
                y[at.y * outputWidth + at.x] = at.x == 0 ? previous[at.y * outputWidth] + 1.0 : at.x == 1 ? float(frame) : time;
        }
        """;

    [Fact]
    public void A_shader_takes_the_place_of_every_stage_of_the_operator_that_it_claims_to_be()
    {
        using var written = new WrittenFile("mine.comp", "// @op max_pool2d\n");
        Pipeline given = PipelinePresets.Load("cnn");
        Pipeline with = GivenPipeline.With(written.Shader, given);
        int pools = given.Stages.Count(stage => stage is MaxPool2d);
        Assert.True(pools > 1);
        Assert.Equal(given.Stages.Select(stage => stage is MaxPool2d ? written.Shader : null), with.Stages.Select(stage => stage.Shader));
        Assert.Equal(given.Stages, with.Stages.Select(stage => stage with { Shader = null }));
        Assert.Equal((given.Name, given.Channels), (with.Name, with.Channels));
        // Another takes the place of the first.
        using var other = new WrittenFile("other.comp", "// @op max_pool2d\n");
        Assert.Equal(pools, GivenPipeline.With(other.Shader, with).Stages.Count(stage => stage.Shader == other.Shader));
    }

    [Fact]
    public void A_free_shader_stands_behind_the_stages()
    {
        using var written = new WrittenFile("glow.comp", "");
        Pipeline given = PipelinePresets.Load("edge24");
        Pipeline with = GivenPipeline.With(written.Shader, given);
        Assert.Equal([.. given.Stages, new FreeStage(written.Shader)], with.Stages);
        Assert.Equal((given.Name, given.Channels), (with.Name, with.Channels));
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("// @input 1\n", 1)]
    [InlineData("// @input 3\n", 3)]
    public void A_free_shader_alone_takes_the_channels_that_it_asks_for(string text, int channels)
    {
        using var written = new WrittenFile("glow.comp", text);
        Pipeline with = GivenPipeline.With(written.Shader, null);
        Assert.Equal(("glow", channels), (with.Name, with.Channels));
        Assert.Equal(new FreeStage(written.Shader), Assert.Single(with.Stages));
    }

    [Fact]
    public void A_shader_alone_is_a_pipeline_of_the_operator_that_it_claims_to_be()
    {
        using var written = new WrittenFile("mine.comp", "// @op avg_pool2d\n");
        Pipeline with = GivenPipeline.With(written.Shader, null);
        Assert.Equal(("mine", 1), (with.Name, with.Channels));
        Assert.Equal(written.Shader, Assert.IsType<AvgPool2d>(Assert.Single(with.Stages)).Shader);
    }

    [Theory]
    [InlineData("abs", true, "claims to be abs, but edge24 has no such stage; give another --pipeline, or none")]
    [InlineData("max_unpool2d", false, "claims to be max_unpool2d, which needs indices; give a --pipeline that has them")]
    [InlineData("max_unpool2d", true, "claims to be max_unpool2d, but edge24 has no such stage; give another --pipeline, or none")]
    [InlineData("softmax", false, "there is no operator softmax to run a shader as")]
    public void A_shader_that_has_no_place_is_refused_with_a_way_out(string claim, bool isGiven, string message)
    {
        using var written = new WrittenFile("mine.comp", $"// @op {claim}\n");
        var e = Assert.Throws<LivePoolException>(() => GivenPipeline.With(written.Shader, isGiven ? PipelinePresets.Load("edge24") : null));
        Assert.EndsWith(message, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pipelines_text_names_shaders_that_are_loaded()
    {
        using var written = new WrittenFile("mine.comp", "// @op relu\n// @param float gain 0..4 = 1\n");
        string path = written.Shader.FullPath;
        Pipeline pipeline = GivenPipeline.Load($$"""{"stages":[{"op":"relu","shader":"{{path}}","params":{"gain":3} }]}""", null);
        Assert.Equal((path, "relu"), (pipeline.Stages[0].Shader!.FullPath, pipeline.Stages[0].Shader!.Claim));
        Assert.Equal([("gain", "3")], pipeline.Stages[0].Shader!.Settings);
        Assert.Equal("stages[0].shader: /none.comp: there is no such file; check the path", Assert.Throws<LivePoolException>(
            () => GivenPipeline.Load("""{"stages":[{"op":"relu","shader":"/none.comp"}]}""", null)).Message);
    }

    [Fact]
    public void Auto_takes_the_GPU_for_a_pipeline_with_shaders_even_one_that_is_a_processor()
    {
        using var written = new WrittenFile("glow.comp", "");
        using var chosen = ChosenBackend.Choose(BackendNames.Auto, 1, shaders: null, GivenPipeline.With(written.Shader, null));
        Assert.Equal(("gpu", "auto", null), (chosen.Backend.Name, chosen.Requested, chosen.Reason));
    }

    [Fact]
    public void Where_there_is_no_GPU_another_backend_is_advised_only_if_it_runs_the_pipeline()
    {
        static GpuBackend None() => throw new BackendUnavailableException("gpu: there is none; install one, or use --backend simd");
        using var free = new WrittenFile("glow.comp", "");
        using var claimed = new WrittenFile("mine.comp", "// @op relu\n");
        foreach (string requested in (string[])[BackendNames.Auto, BackendNames.Gpu])
        {
            Assert.Equal("gpu: there is none; install one",
                Assert.Throws<BackendUnavailableException>(() => ChosenBackend.Choose(requested, 1, None, GivenPipeline.With(free.Shader, null))).Message);
            // SIMD computes what it claims to be.
            Assert.EndsWith(", or use --backend simd",
                Assert.Throws<BackendUnavailableException>(() => ChosenBackend.Choose(requested, 1, None, GivenPipeline.With(claimed.Shader, null))).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_free_stage_runs_once_a_frame_and_is_told_which_unless_somebody_says_otherwise()
    {
        using var written = new WrittenFile("count.comp", Counting);
        using GpuBackend backend = GpuBackend.CreateHeadless();
        using var run = new PipelineRun(GivenPipeline.With(written.Shader, null), backend);
        var frame = new Frame();
        frame.Reset(PixelFormat.Gray8, 3, 1);
        for (int i = 0; i < 3; i++)
        {
            run.Run(frame);
            Assert.Equal(new TensorShape(1, 1, 1, 3), run.Compiled.Shapes[0]);
            Assert.Equal([i + 1, i, i / 60f], run.Compiled.Output(0));
        }
        run.Moment = new(2.5f);
        run.Run(frame);
        Assert.Equal([4, 3, 2.5f], run.Compiled.Output(0));
    }
}
