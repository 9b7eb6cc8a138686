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
        """{"stages":[{"op":"conv_transpose2d","weight":[[1,2],[3,4]]}]}""",
        """{"stages":[{"op":"conv_transpose2d","weight":[[[[1,2],[3,4]],[["nan","inf"],["-inf",0.5]]]],"bias":[1,2],"stride":2,"padding":[1,0],"output_padding":1}]}""",
        """{"stages":[{"op":"conv_transpose2d","weight":{"init":"pytorch","seed":3},"in_channels":3,"out_channels":6,"kernel_size":[3,5],"groups":3,"stride":[2,1],"padding":[1,2,3,4],"output_padding":[1,2],"dilation":[2,3]},{"op":"conv2d","weight":{"init":"pytorch"},"out_channels":1,"kernel_size":1}]}""",
        """{"stages":[{"op":"conv_transpose2d","weight":"gaussian","out_channels":1,"bias":false}]}""",
        """{"stages":[{"op":"lp_pool2d","norm_type":2,"kernel_size":3},{"op":"lp_pool2d","norm_type":-1.5,"kernel_size":[2,3],"stride":[1,2],"ceil_mode":true}]}""",
        """{"stages":[{"op":"adaptive_avg_pool2d","output_size":3},{"op":"adaptive_max_pool2d","output_size":[2,5],"return_indices":true}]}""",
        """{"stages":[{"op":"adaptive_avg_pool2d","output_size":[null,5]},{"op":"adaptive_max_pool2d","output_size":[null,null]}]}""",
        """{"stages":[{"op":"adaptive_avg_pool2d","output_size":[null]},{"op":"adaptive_max_pool2d","output_size":[7]}]}""",
        """{"stages":[{"op":"global_max_pool2d","return_indices":true},{"op":"global_max_pool2d"},{"op":"global_avg_pool2d"}]}""",
        """{"stages":[{"op":"fractional_max_pool2d","kernel_size":2,"output_size":[5,6],"seed":-9007199254740993,"return_indices":true}]}""",
        """{"stages":[{"op":"fractional_max_pool2d","kernel_size":[2,3],"output_ratio":0.7},{"op":"fractional_max_pool2d","kernel_size":1,"output_ratio":[0.3,0.999]}]}""",
        """{"in_channels":3,"stages":[{"op":"fractional_max_pool2d","kernel_size":2,"output_size":7,"samples":[[[0,0.1],[0.25,0.99999994],[1e-45,0.5]]]}]}""",
        """{"in_channels":3,"stages":[{"op":"fractional_max_pool2d","kernel_size":2,"output_size":7,"samples":[[0,0.1],[0.25,0.5],[0.75,0.5]]}]}""",
        """{"in_channels":3,"stages":[{"op":"global_max_pool2d"},{"op":"max_unpool2d","kernel_size":[2,3],"stride":[3,2],"padding":[0,1],"output_size":[4,2],"indices":[[[[7]],[[0]],[[3]]]]}]}""",
        """{"in_channels":1,"stages":[{"op":"adaptive_max_pool2d","output_size":[1,2]},{"op":"max_unpool2d","kernel_size":2,"indices":[5,6]}]}""",
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
        { """{"stages":[{"op":"conv_transpose2d"}]}""", "stages[0].weight is missing" },
        { """{"stages":[{"op":"conv_transpose2d","weight":[1,2]}]}""", "[in, out/groups, kH, kW]" },
        { """{"stages":[{"op":"conv_transpose2d","weight":"sobel","padding":"same"}]}""", "stages[0].padding has \"same\"" },
        { """{"stages":[{"op":"conv_transpose2d","weight":"sobel","output_padding":1.5}]}""", "stages[0].output_padding has 1.5" },
        { """{"stages":[{"op":"conv_transpose2d","weight":"sobel","padding_mode":"zeros"}]}""", "stages[0].padding_mode is not a parameter here" },
        { """{"stages":[{"op":"conv2d","weight":"sobel","output_padding":1}]}""", "stages[0].output_padding is not a parameter here" },
        { """{"stages":[{"op":"lp_pool2d","kernel_size":2}]}""", "stages[0].norm_type is missing" },
        { """{"stages":[{"op":"lp_pool2d","norm_type":2}]}""", "stages[0].kernel_size is missing" },
        { """{"stages":[{"op":"lp_pool2d","norm_type":"inf","kernel_size":2}]}""", "stages[0].norm_type is \"inf\"" },
        { """{"stages":[{"op":"lp_pool2d","norm_type":2,"kernel_size":2,"padding":1}]}""", "stages[0].padding is not a parameter here" },
        { """{"stages":[{"op":"adaptive_avg_pool2d"}]}""", "stages[0].output_size is missing" },
        { """{"stages":[{"op":"adaptive_avg_pool2d","output_size":null}]}""", "stages[0].output_size is missing" },
        { """{"stages":[{"op":"adaptive_avg_pool2d","output_size":3,"return_indices":true}]}""", "stages[0].return_indices is not a parameter here" },
        { """{"stages":[{"op":"adaptive_max_pool2d","output_size":[1,2,3]}]}""", "stages[0].output_size must be one whole number or [height, width]" },
        { """{"stages":[{"op":"adaptive_max_pool2d","output_size":[]}]}""", "stages[0].output_size must be one whole number or [height, width]" },
        { """{"stages":[{"op":"adaptive_max_pool2d","output_size":[2.5,1]}]}""", "stages[0].output_size has 2.5" },
        { """{"stages":[{"op":"global_avg_pool2d","output_size":1}]}""", "stages[0].output_size is not a parameter here" },
        { """{"stages":[{"op":"fractional_max_pool2d","output_size":2}]}""", "stages[0].kernel_size is missing" },
        { """{"stages":[{"op":"fractional_max_pool2d","kernel_size":2,"output_ratio":"half"}]}""", "stages[0].output_ratio has \"half\"" },
        { """{"stages":[{"op":"fractional_max_pool2d","kernel_size":2,"output_ratio":[0.1,0.2,0.3]}]}""", "stages[0].output_ratio must be one number or [height, width]" },
        { """{"stages":[{"op":"fractional_max_pool2d","kernel_size":2,"output_size":2,"samples":0.5}]}""", "stages[0].samples must be a .npy file or numbers in arrays" },
        { """{"stages":[{"op":"fractional_max_pool2d","kernel_size":2,"output_size":2,"samples":[]}]}""", "stages[0].samples must be 1 to 4 levels of arrays, none of them empty" },
        { """{"stages":[{"op":"fractional_max_pool2d","kernel_size":2,"output_size":2,"samples":[[[0.5,"nan"]]]}]}""", "stages[0].samples has \"nan\"" },
        { """{"stages":[{"op":"fractional_max_pool2d","kernel_size":2,"output_size":2,"seed":1.5}]}""", "stages[0].seed is 1.5" },
        { """{"stages":[{"op":"max_unpool2d","kernel_size":2}]}""", "stages[0].indices is missing; give the .npy file that max_pool2d wrote, or numbers" },
        { """{"stages":[{"op":"max_unpool2d","kernel_size":2,"indices":null}]}""", "stages[0].indices is missing" },
        { """{"stages":[{"op":"max_unpool2d","kernel_size":2,"indices":3}]}""", "stages[0].indices must be a .npy file or numbers in arrays" },
        { """{"stages":[{"op":"max_unpool2d","kernel_size":2,"indices":[[[[0,1.5]]]]}]}""", "stages[0].indices has 1.5; it must be whole numbers" },
        { """{"stages":[{"op":"max_unpool2d","kernel_size":2,"indices":[[],[]]}]}""", "stages[0].indices must be 1 to 4 levels of arrays, none of them empty" },
        { """{"stages":[{"op":"max_unpool2d","kernel_size":2,"padding":[1,2,3,4],"indices":[0]}]}""", "stages[0].padding must be one whole number or [height, width]" },
        { """{"stages":[{"op":"max_unpool2d","indices":[0]}]}""", "stages[0].kernel_size is missing" },
        { """{"stages":[{"op":"fractional_max_pool2d","kernel_size":2,"output_size":2,"samples":[[[0.5,0.5],[0.5]]]}]}""", null! },
        { """{"stages":[{"op":"max_unpool2d","kernel_size":2,"indices":[[[[0,1],[2]]]]}]}""", null! },
        { """{"stages":[{"op":"max_unpool2d","kernel_size":2,"indices":[[0,1],2]}]}""", null! },
    };

    /// <summary>Numbers that read, but that the schema and the operator refuse.</summary>
    public static TheoryData<string, string> OutOfRange => new()
    {
        { """{"op":"lp_pool2d","norm_type":0,"kernel_size":2}""", "norm_type is 0" },
        { """{"op":"adaptive_max_pool2d","output_size":[0,2]}""", "output_size is 0x2" },
        { """{"op":"fractional_max_pool2d","kernel_size":2,"output_ratio":0}""", "output_ratio is 0,0; must be between 0 and 1" },
        { """{"op":"fractional_max_pool2d","kernel_size":2,"output_ratio":[0.5,1]}""", "output_ratio is 0.5,1; must be between 0 and 1" },
        { """{"op":"fractional_max_pool2d","kernel_size":2,"output_ratio":-0.5}""", "output_ratio is -0.5,-0.5; must be between 0 and 1" },
        { """{"op":"fractional_max_pool2d","kernel_size":2,"output_size":3,"samples":[[[0.5,1]]]}""", "a sample is 1; must be at least 0 and below 1" },
        { """{"op":"fractional_max_pool2d","kernel_size":2,"output_size":3,"samples":[[[-0.1,0.5]]]}""", "a sample is -0.1; must be at least 0 and below 1" },
        { """{"op":"max_unpool2d","kernel_size":2,"indices":[-1]}""", "indices" },
        { """{"op":"max_unpool2d","kernel_size":2,"indices":[0],"stride":0}""", "stride is 0x0" },
        { """{"op":"conv_transpose2d","weight":[[1,2],[3,4]],"output_padding":-1}""", "output_padding is -1" },
        { """{"op":"conv_transpose2d","weight":[[1,2],[3,4]],"stride":[1,0]}""", "stride is 1,0" },
    };

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public void What_is_out_of_range_is_refused_before_it_runs(string stage, string message)
    {
        string json = $$"""{"stages":[{{stage}}]}""";
        Assert.False(FitsSchema(json));
        var e = Assert.Throws<LivePoolException>(() => Parse(json).Shapes(new TensorShape(1, 1, 9, 9)));
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

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
    [InlineData("""{"stages":[{"op":"max_unpool2d","kernel_size":2,"indices":"no/such.npy"}]}""", "no/such.npy: there is no such file")]
    [InlineData("""{"stages":[{"op":"max_unpool2d","kernel_size":2,"indices":[9223372036854775808]}]}""", "stages[0].indices has 9223372036854775808; it must be whole numbers")]
    [InlineData("""{"stages":[{"op":"max_unpool2d","kernel_size":2,"indices":[[[[[0]]]]]}]}""", "stages[0].indices must be 1 to 4 levels of arrays")]
    [InlineData("""{"stages":[{"op":"fractional_max_pool2d","kernel_size":2,"output_size":2,"samples":[1e-999,[0]]}]}""", "stages[0].samples has [0]; it must be numbers")]
    [InlineData("""{"stages":[{"op":"conv_transpose2d","weight":"sobel","groups":2,"out_channels":3}]}""", "stages[0].out_channels is 3, which groups 2 does not divide")]
    [InlineData("""{"in_channels":3,"stages":[{"op":"conv_transpose2d","weight":"sobel","groups":2}]}""", "stages[0].groups is 2, which does not divide the 3 channels")]
    [InlineData("""{"stages":[{"op":"conv_transpose2d","groups":2147483647,"weight":[[[[1]],[[1]]]]}]}""", "stages[0].groups is 2147483647")]
    [InlineData("""{"stages":[{"op":"conv_transpose2d","weight":[[1]],"bias":[1,2]}]}""", "stages[0].bias has 2 values; out_channels is 1")]
    [InlineData("""{"stages":[{"op":"conv_transpose2d","weight":{"init":"pytorch"},"out_channels":2000000000,"kernel_size":1}]}""", "2000000000 weights")]
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
            AssertSame(first, second);
        }
    }

    /// <summary>Records are equal by value, except that two tensors are not.</summary>
    private static void AssertSame(OperatorSpec first, OperatorSpec second)
    {
        Assert.Equal(first.GetType(), second.GetType());
        switch (first)
        {
            case Conv2d conv:
                var convAgain = (Conv2d)second;
                AssertSame(conv.Weight, convAgain.Weight);
                AssertSame(conv.Bias, convAgain.Bias);
                Assert.Equal(conv with { Weight = convAgain.Weight, Bias = convAgain.Bias }, convAgain);
                break;
            case ConvTranspose2d conv:
                var transposedAgain = (ConvTranspose2d)second;
                AssertSame(conv.Weight, transposedAgain.Weight);
                AssertSame(conv.Bias, transposedAgain.Bias);
                Assert.Equal(conv with { Weight = transposedAgain.Weight, Bias = transposedAgain.Bias }, transposedAgain);
                break;
            case FractionalMaxPool2d pool:
                var poolAgain = (FractionalMaxPool2d)second;
                AssertSame(pool.Samples, poolAgain.Samples);
                Assert.Equal(pool with { Samples = poolAgain.Samples }, poolAgain);
                break;
            case MaxUnpool2d unpool:
                var unpoolAgain = (MaxUnpool2d)second;
                Assert.Equal(unpool.Indices.Shape, unpoolAgain.Indices.Shape);
                Assert.Equal(unpool.Indices.Elements.ToArray(), unpoolAgain.Indices.Elements.ToArray());
                Assert.Equal(unpool with { Indices = unpoolAgain.Indices }, unpoolAgain);
                break;
            default:
                Assert.Equal(first, second);
                break;
        }
    }

    private static void AssertSame(Tensor? first, Tensor? second)
    {
        Assert.Equal(first?.Shape, second?.Shape);
        Assert.Equal(first?.Elements.ToArray(), second?.Elements.ToArray());
    }

    [Fact]
    public void Every_operator_is_written_and_read_again()
    {
        IEnumerable<string> written = Good.SelectMany(row => JsonDocument.Parse(row.Data).RootElement.GetProperty("stages").EnumerateArray())
            .Select(stage => stage.GetProperty("op").GetString()!).Distinct();
        Assert.Equal(PipelineJson.OperatorNames.Order(), written.Order());
        Assert.All(Good, row => Assert.NotEmpty(Parse(Write(Parse(row.Data))).Shapes(new TensorShape(1, Parse(row.Data).Channels, 31, 37))));
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
    public void Indices_and_samples_come_from_npy_files_beside_the_pipeline()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            Core.Npy.NpyArray.Write(Path.Combine(folder, "i.npy"), [1, 2, 2], [3L, 0, 15, 9]);
            Core.Npy.NpyArray.Write(Path.Combine(folder, "s.npy"), [1, 1, 2], [0.25f, 0.5f]);
            string file = Path.Combine(folder, "mine.json");
            File.WriteAllText(file, """
                {"stages":[{"op":"fractional_max_pool2d","kernel_size":2,"output_size":2,"samples":"s.npy"},
                {"op":"max_unpool2d","kernel_size":2,"indices":"i.npy"}]}
                """);
            Pipeline pipeline = PipelinePresets.LoadNameOrFile(file);
            Assert.Equal([0.25f, 0.5f], Assert.IsType<FractionalMaxPool2d>(pipeline.Stages[0]).Samples!.Elements.ToArray());
            Assert.Equal([3L, 0, 15, 9], Assert.IsType<MaxUnpool2d>(pipeline.Stages[1]).Indices.Elements.ToArray());
            Assert.Equal(new TensorShape(1, 1, 4, 4), pipeline.Shapes(new TensorShape(1, 1, 7, 7))[1]);

            File.WriteAllText(file, """{"stages":[{"op":"max_unpool2d","kernel_size":2,"indices":"s.npy"}]}""");
            var e = Assert.Throws<LivePoolException>(() => PipelinePresets.LoadNameOrFile(file));
            Assert.EndsWith("s.npy: indices must be int64; save them with astype(np.int64)", e.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_transposed_convolution_takes_and_gives_channels()
    {
        Pipeline pipeline = Parse(
            """{"stages":[{"op":"conv_transpose2d","weight":{"init":"pytorch"},"in_channels":4,"out_channels":6,"groups":2,"kernel_size":2},{"op":"conv2d","weight":{"init":"pytorch"},"out_channels":1,"kernel_size":1}]}""");
        Assert.Equal(4, pipeline.Channels);
        Assert.Equal(new TensorShape(4, 3, 2, 2), Assert.IsType<ConvTranspose2d>(pipeline.Stages[0]).Weight.Shape);
        Assert.Equal(6, Assert.IsType<Conv2d>(pipeline.Stages[1]).InChannels);
    }

    [Fact]
    public void A_preset_in_a_transposed_convolution_fills_its_first_output_channels()
    {
        var conv = (Conv2d)Parse("""{"stages":[{"op":"conv2d","weight":"sobel"}]}""").Stages[0];
        var transposed = (ConvTranspose2d)Parse(
            """{"stages":[{"op":"conv_transpose2d","weight":"sobel","in_channels":4,"out_channels":4,"groups":2}]}""").Stages[0];
        Assert.Equal(new TensorShape(4, 2, 3, 3), transposed.Weight.Shape);
        // The first group, input channels 0 and 1, makes output channels 0 and 1; the second keeps its initialisation.
        for (int output = 0; output < 2; output++)
        {
            Assert.Equal(conv.Weight.Plane(output, 0).ToArray(), transposed.Weight.Plane(0, output).ToArray());
            Assert.Equal(conv.Weight.Plane(output, 0).ToArray(), transposed.Weight.Plane(1, output).ToArray());
            Assert.All(transposed.Weight.Plane(2, output).ToArray(), weight => Assert.InRange(Math.Abs(weight), 1e-9, 0.24));
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

    [Theory]
    [MemberData(nameof(Good))]
    public void Text_for_people_and_for_command_lines_reads_back_too(string json)
    {
        Pipeline pipeline = Parse(json);
        foreach (bool isIndented in (bool[])[true, false])
        {
            string text = PipelineJson.Write(pipeline, isIndented);
            Assert.True(FitsSchema(text), text);
            Assert.Equal(Write(pipeline), Write(Parse(text)));
            Assert.Equal(Write(pipeline), Write(PipelinePresets.LoadNameOrFile(text)));
            Assert.Equal(isIndented, text.Contains('\n', StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Every_float32_is_written_so_that_it_reads_back()
    {
        float[] values = [float.NaN, float.NegativeInfinity, -0f, float.Epsilon, float.MaxValue, -1e-39f, 0.1f, 16777216, 1e15f, 123456.789f, 1f / 3, 2e-45f];
        var conv = new Conv2d(new Tensor(new(1, 1, 3, 4), [.. values]));
        foreach (bool isIndented in (bool[])[true, false])
        {
            var read = (Conv2d)Parse(PipelineJson.Write(Pipeline.Of(conv, 1), isIndented)).Stages[0];
            Assert.Equal(values.Select(BitConverter.SingleToInt32Bits), read.Weight.Elements.ToArray().Select(BitConverter.SingleToInt32Bits));
        }
    }

    [Fact]
    public void A_kernels_rows_are_a_line_each()
    {
        var conv = new Conv2d(new Tensor(new(1, 1, 2, 2), [1, -0.5f, 0, float.NaN])) { Stride = new(1, 2) };
        Assert.Equal("""
            {
              "name": "conv2d",
              "in_channels": 1,
              "stages": [
                {
                  "op": "conv2d",
                  "stride": [1, 2],
                  "weight": [
                    [
                      [
                        [1, -0.5],
                        [0, "nan"]
                      ]
                    ]
                  ],
                  "bias": false
                }
              ]
            }
            """.ReplaceLineEndings("\n"), PipelineJson.Write(Pipeline.Of(conv, 1)));
    }

    [Fact]
    public void JSON_itself_is_a_pipeline_and_says_what_is_wrong_with_it()
    {
        Pipeline pipeline = PipelinePresets.LoadNameOrFile(" \n{\"stages\":[{\"op\":\"relu\"}]}");
        Assert.Equal(("pipeline", Pointwise.Relu), (pipeline.Name, Assert.Single(pipeline.Stages)));
        Assert.Contains("stages[0].op is \"rely\"",
            Assert.Throws<LivePoolException>(() => PipelinePresets.LoadNameOrFile("{\"stages\":[{\"op\":\"rely\"}]}")).Message, StringComparison.Ordinal);
        string message = Assert.Throws<LivePoolException>(() => PipelinePresets.LoadNameOrFile("no such thing")).Message;
        Assert.Contains("no file no such thing; give JSON, a file of it, or a preset: edge24,", message, StringComparison.Ordinal);
    }
}
