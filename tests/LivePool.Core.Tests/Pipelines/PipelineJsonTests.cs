using System.Text;
using System.Text.Json;
using Json.Schema;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;

namespace LivePool.Core.Tests.Pipelines;

/// <summary>Pipelines are JSON with PyTorch's names; the published schema and the reader say the same.</summary>
public sealed class PipelineJsonTests
{
    private static readonly JsonSchema _schema = JsonSchema.FromText(Encoding.UTF8.GetString(PipelinePresets.Schema));

    /// <summary>Texts that both the reader and the schema take.</summary>
    public static TheoryData<string> Good =>
    [
        """{"stages":[{"op":"conv2d","weight":"edge24","out_channels":2,"kernel_size":5,"bias":false},{"op":"max_pool2d","kernel_size":2}]}""",
        """{"stages":[{"op":"conv2d","weight":[[1,2],[3,4]]}]}""",
        """{"stages":[{"op":"conv2d","weight":[[[[1,2],[3,4]]],[[["nan","inf"],["-inf",0.5]]]],"bias":[1,2]}]}""",
        """{"stages":[{"op":"conv2d","weight":{"init":"pytorch","seed":3},"in_channels":3,"out_channels":6,"kernel_size":[3,5],"groups":3,"stride":[2,1],"padding":[1,2,3,4],"dilation":2,"padding_mode":"replicate"}]}""",
        """{"stages":[{"op":"conv2d","weight":{"preset":"sobel","seed":1},"out_channels":4,"padding":"same","padding_mode":"circular"}]}""",
        """{"name":"x","in_channels":3,"stages":[{"op":"avg_pool2d","kernel_size":3,"stride":2,"padding":1,"ceil_mode":true,"count_include_pad":false,"divisor_override":-4}]}""",
        """{"stages":[{"op":"max_pool2d","kernel_size":[2,3],"dilation":[1,2],"padding":[0,1],"return_indices":true}]}""",
        """{"stages":[{"op":"relu"},{"op":"leaky_relu","negative_slope":0.2},{"op":"abs"},{"op":"sigmoid"},{"op":"tanh"},{"op":"clamp","min":-1},{"op":"scale_offset","scale":2},{"op":"normalize"}]}""",
    ];

    /// <summary>Texts that both refuse, and what the reader says: where and what.</summary>
    public static TheoryData<string, string> Bad => new()
    {
        { """{"stages":[]}""", "pipeline.stages" },
        { """{}""", "pipeline.stages" },
        { """[]""", "\"stages\"" },
        { """{"stages":[{"op":"convolve"}]}""", "known are conv2d" },
        { """{"stages":[{"kernel_size":2}]}""", "stages[0] must be an object with \"op\"" },
        { """{"stages":[{"op":"relu"},{"op":"max_pool2d"}]}""", "stages[1].kernel_size is missing" },
        { """{"stages":[{"op":"max_pool2d","kernel_size":2.5}]}""", "stages[0].kernel_size has 2.5" },
        { """{"stages":[{"op":"max_pool2d","kernel_size":[1,2,3]}]}""", "stages[0].kernel_size" },
        { """{"stages":[{"op":"max_pool2d","kernel_size":2,"ceil_mode":1}]}""", "stages[0].ceil_mode is 1" },
        { """{"stages":[{"op":"max_pool2d","kernel_size":2,"padding":"same"}]}""", "stages[0].padding" },
        { """{"stages":[{"op":"max_pool2d","kernel_size":2,"count_include_pad":true}]}""", "stages[0].count_include_pad is not a parameter here" },
        { """{"stages":[{"op":"conv2d","weight":"edge24","padding":"full"}]}""", "\"same\" and \"valid\"" },
        { """{"stages":[{"op":"conv2d","weight":"edge24","padding_mode":"wrap"}]}""", "stages[0].padding_mode is \"wrap\"" },
        { """{"stages":[{"op":"conv2d","weight":[[1,2],[3]]}]}""", null! },
        { """{"stages":[{"op":"conv2d","weight":{"init":"xavier"},"out_channels":1,"kernel_size":3}]}""", "stages[0].weight" },
        { """{"stages":[{"op":"conv2d","weight":{"init":"pytorch","speed":1},"out_channels":1,"kernel_size":3}]}""", "stages[0].weight.speed" },
        { """{"stages":[{"op":"conv2d"}]}""", "stages[0].weight is missing" },
        { """{"stages":[{"op":"clamp","min":"low"}]}""", "stages[0].min" },
        { """{"stage":[{"op":"relu"}]}""", "pipeline.stage" },
        { """{"stages":[{"op":"scale_offset","scale":"1e39"}]}""", "stages[0].scale" },
    };

    [Theory]
    [MemberData(nameof(Good))]
    public void What_is_good_reads_and_fits_the_schema(string json)
    {
        Assert.NotEmpty(Parse(json).Stages);
        Assert.True(FitsSchema(json));
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public void What_is_wrong_is_refused_with_its_place(string json, string? message)
    {
        var e = Assert.Throws<LivePoolException>(() => Parse(json));
        Assert.Contains(message ?? "rows of different lengths", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
        // A schema cannot compare the lengths of rows; everything else it refuses too.
        if (message is not null)
            Assert.False(FitsSchema(json));
    }

    [Fact]
    public void Text_that_is_not_JSON_is_refused_with_its_line()
    {
        var e = Assert.Throws<LivePoolException>(() => Parse("{\n\"stages\": [}\n"));
        Assert.Contains("line 2", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"stages":[{"op":"relu","op":"abs"}]}""", "op")]
    [InlineData("""{"stages":[{"op":"\ud800"}]}""", "surrogate")]
    [InlineData("""{"stages":[{"op":"scale_offset","scale":1e39}]}""", "stages[0].scale is 1e39")]
    [InlineData("""{"stages":[{"op":"conv2d","weight":[[1e999]]}]}""", "stages[0].weight has 1e999")]
    [InlineData("""{"stages":[{"op":"conv2d","weight":{"init":"pytorch"},"out_channels":2000000000,"kernel_size":1}]}""", "2000000000 weights")]
    [InlineData("""{"stages":[{"op":"conv2d","weight":"a\u0000b.npy"}]}""", "cannot be read")]
    public void What_a_schema_cannot_refuse_is_refused_by_the_reader(string json, string message)
    {
        var e = Assert.Throws<LivePoolException>(() => Parse(json));
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_byte_order_mark_is_passed_over() =>
        Assert.Single(PipelineJson.Parse(new byte[] { 0xEF, 0xBB, 0xBF }.Concat("""{"stages":[{"op":"relu"}]}"""u8.ToArray()).ToArray(), "bom", ".").Stages);

    [Fact]
    public void Every_preset_reads_fits_the_schema_and_runs_on_a_picture()
    {
        foreach (string name in PipelinePresets.Names)
        {
            Pipeline pipeline = PipelinePresets.Load(name);
            Assert.Equal(name, pipeline.Name);
            Assert.Equal(1, pipeline.Channels);
            Assert.NotEmpty(pipeline.Shapes(new TensorShape(1, 1, 40, 60)));
        }
        string folder = LivePool.Testing.Repository.PathOf("src/LivePool.Core/Pipelines/Presets");
        string[] files = Directory.GetFiles(folder, "*.json");
        Assert.Equal(PipelinePresets.Names.Order(), files.Select(Path.GetFileNameWithoutExtension).Order());
        Assert.All(files, file => Assert.True(FitsSchema(File.ReadAllText(file)), file));
    }

    [Fact]
    public void The_default_is_the_example_that_started_the_project()
    {
        Pipeline pipeline = PipelinePresets.Load(PipelinePresets.Default);
        var conv = Assert.IsType<Conv2d>(pipeline.Stages[0]);
        Assert.Equal(new TensorShape(2, 1, 5, 5), conv.Weight.Shape);
        Assert.Null(conv.Bias);
        Assert.Equal(Enumerable.Range(0, 25).Select(i => i == 12 ? 24f : -1f), conv.Weight.Plane(0, 0).ToArray());
        Assert.All(conv.Weight.Plane(1, 0).ToArray(), w => Assert.InRange(w, -0.2f, 0.2f));
        Assert.Equal(new MaxPool2d(2), pipeline.Stages[1]);
        Assert.Equal(
            [new TensorShape(1, 2, 508, 508), new TensorShape(1, 2, 254, 254)], pipeline.Shapes(new TensorShape(1, 1, 512, 512)));
    }

    [Theory]
    [MemberData(nameof(Good))]
    public void What_is_written_reads_back_as_the_same_pipeline(string json)
    {
        Pipeline pipeline = Parse(json);
        string written = Write(pipeline);
        Assert.True(FitsSchema(written), written);
        Pipeline again = Parse(written);
        Assert.Equal(written, Write(again));
        Assert.Equal(pipeline.Channels, again.Channels);
        foreach ((OperatorSpec first, OperatorSpec second) in pipeline.Stages.Zip(again.Stages))
        {
            if (first is not Conv2d conv)
            {
                Assert.Equal(first.OutputShape(new(1, 3, 31, 37)), second.OutputShape(new(1, 3, 31, 37)));
                Assert.Equal(first.GetType(), second.GetType());
                continue;
            }
            var convAgain = Assert.IsType<Conv2d>(second);
            Assert.Equal(conv.Weight.Elements.ToArray(), convAgain.Weight.Elements.ToArray());
            Assert.Equal(conv.Bias?.Elements.ToArray(), convAgain.Bias?.Elements.ToArray());
            Assert.Equal(conv with { Weight = convAgain.Weight, Bias = convAgain.Bias }, convAgain);
        }
    }

    [Fact]
    public void Weights_and_bias_come_from_npy_files_beside_the_pipeline()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            Core.Npy.NpyArray.Write(Path.Combine(folder, "w.npy"), [2, 1, 1, 2], [1f, 2, 3, 4]);
            Core.Npy.NpyArray.Write(Path.Combine(folder, "b.npy"), [2], [5f, 6]);
            string file = Path.Combine(folder, "mine.json");
            File.WriteAllText(file, """{"stages":[{"op":"conv2d","weight":"w.npy","bias":"b.npy"}]}""");
            Pipeline pipeline = PipelinePresets.LoadNameOrFile(file);
            var conv = Assert.IsType<Conv2d>(pipeline.Stages[0]);
            Assert.Equal("mine", pipeline.Name);
            Assert.Equal([1, 2, 3, 4], conv.Weight.Elements.ToArray());
            Assert.Equal([5, 6], conv.Bias!.Elements.ToArray());

            File.WriteAllText(file, """{"stages":[{"op":"conv2d","weight":"gone.npy"}]}""");
            var e = Assert.Throws<LivePoolException>(() => PipelinePresets.LoadNameOrFile(file));
            Assert.Contains("gone.npy", e.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Channels_follow_from_the_first_convolution_and_must_agree()
    {
        Assert.Equal(3, Parse("""{"stages":[{"op":"relu"},{"op":"conv2d","weight":{"init":"pytorch"},"in_channels":3,"out_channels":1,"kernel_size":1}]}""").Channels);
        var e = Assert.Throws<LivePoolException>(() => Parse(
            """{"stages":[{"op":"conv2d","weight":"sobel"},{"op":"conv2d","weight":{"init":"pytorch"},"in_channels":3,"out_channels":1,"kernel_size":1}]}"""));
        Assert.Contains("stages[1].in_channels is 3, but 2 channels come in", e.Message, StringComparison.Ordinal);
    }

    private static Pipeline Parse(string json) => PipelineJson.Parse(Encoding.UTF8.GetBytes(json), "test", ".");

    private static string Write(Pipeline pipeline)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
            PipelineJson.Write(writer, pipeline);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static bool FitsSchema(string json) => _schema.Evaluate(JsonDocument.Parse(json).RootElement).IsValid;
}
