using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;

namespace LivePool.Core.Tests.Pipelines;

/// <summary>Stages that name a shader of the user's: read, written, changed, and told of.</summary>
public sealed class StageShaderTests
{
    private static readonly string _folder = Path.GetFullPath("/somewhere");

    private static readonly JsonSchema _schema = JsonSchema.FromText(Encoding.UTF8.GetString(PipelinePresets.Schema));

    /// <summary>Stages that both the reader and the schema take.</summary>
    public static TheoryData<string> Good =>
    [
        """{"op":"shader","shader":"glow.comp"}""",
        """{"op":"shader","shader":"colour.comp"}""",
        """{"op":"shader","shader":"sub/glow.comp","params":{}}""",
        """{"op":"shader","shader":"glow.comp","params":{"gain":0.25,"mode":"hard","on":false,"tint":"#00ff80"}}""",
        """{"op":"shader","shader":"glow.comp","params":{"gain":-1.5e-05}}""",
        """{"op":"conv2d","weight":[[1,2],[3,4]],"stride":2,"shader":"../conv2d.comp","params":{"on":true}}""",
        """{"op":"max_pool2d","kernel_size":2,"shader":"/elsewhere/max_pool2d.comp"}""",
        """{"op":"global_avg_pool2d","shader":"adaptive_avg_pool2d.comp"}""",
        // Words that look like numbers, or switches, or are not what JSON takes for numbers.
        """{"op":"shader","shader":"glow.comp","params":{"mode":"007"}}""",
        """{"op":"shader","shader":"glow.comp","params":{"mode":"5"}}""",
        """{"op":"shader","shader":"glow.comp","params":{"mode":"true"}}""",
        """{"op":"shader","shader":"glow.comp","params":{"mode":"-"}}""",
        """{"op":"shader","shader":"glow.comp","params":{"mode":"1e"}}""",
        """{"op":"shader","shader":"glow.comp","params":{"mode":"NaN"}}""",
    ];

    /// <summary>Stages that are refused, what is said, and whether a schema can know it.</summary>
    public static TheoryData<string, string, bool> Bad => new()
    {
        { """{"op":"shader"}""", "stages[0].shader is missing; write the path of a shader", false },
        { """{"op":"shader","shader":3}""", "stages[0].shader is 3; it must be the path of a file", false },
        { """{"op":"abs","shader":""}""", "stages[0].shader is \"\"; it must be the path of a file", false },
        { """{"op":"abs","shader":"a\u0000.comp"}""", "stages[0].shader is \"a\\u0000.comp\"; it must be the path of a file", true },
        { """{"op":"abs","shader":"gone.comp"}""", "stages[0].shader: /somewhere/gone.comp: there is no such file", true },
        { """{"op":"abs","shader":"conv2d.comp"}""", "stages[0].shader claims to be conv2d, and the stage is abs; write // @op abs if it is that", true },
        { """{"op":"abs","shader":"glow.comp"}""", "stages[0].shader claims to be no operator, and the stage is abs; write // @op abs if it is that", true },
        { """{"op":"shader","shader":"abs.comp"}""", "stages[0].shader: abs.comp claims to be abs; name it in a stage of that operator", true },
        { """{"op":"abs","params":{"gain":1}}""", "stages[0].params are of a shader, and none is named; name it by \"shader\", or leave them out", false },
        { """{"op":"abs","shader":"abs.comp","params":[1]}""", "stages[0].params must be an object of names and values", false },
        { """{"op":"abs","shader":"abs.comp","params":"gain"}""", "stages[0].params must be an object of names and values", false },
        { """{"op":"abs","shader":"abs.comp","params":{"gian":1}}""", "stages[0].params: abs.comp has no parameter gian; it has gain, on, mode, tint", true },
        { """{"op":"abs","shader":"abs.comp","params":{"gain":"wrong"}}""", "stages[0].params: gain is 'wrong'; it must be another", true },
        { """{"op":"abs","shader":"abs.comp","params":{"gain":null}}""", "stages[0].params.gain must be a number, true, false or text", false },
        { "{\"op\":\"abs\",\"shader\":\"abs.comp\",\"params\":{\"gain\":[1,\n2]}}", "stages[0].params.gain must be a number, true, false or text", false },
        { """{"op":"shader","shader":"glow.comp","gain":1}""", "stages[0].gain is not a parameter here; there are none; the shader's own stand in \"params\"", false },
    };

    [Theory]
    [MemberData(nameof(Good))]
    public void A_stage_with_a_shader_fits_the_schema_and_is_written_so_that_it_reads_back(string stage)
    {
        Assert.True(FitsSchema(Text(stage)));
        Pipeline pipeline = Parse(stage);
        OperatorSpec first = Assert.Single(pipeline.Stages);
        string path = JsonNode.Parse(stage)!["shader"]!.GetValue<string>();
        Assert.Equal(Path.GetFullPath(path, _folder), first.Shader!.FullPath);
        Assert.Equal(Given(stage), first.Shader.Settings);
        foreach (bool isIndented in (bool[])[true, false])
        {
            string written = PipelineJson.Write(pipeline, isIndented);
            Assert.True(FitsSchema(written), written);
            // The path is a full one: it is the same wherever the text is read.
            OperatorSpec again = Assert.Single(PipelineJson.Parse(Encoding.UTF8.GetBytes(written), "again", "/quite/elsewhere", FakeShader.Load).Stages);
            Assert.Equal(first.Shader.FullPath, again.Shader!.FullPath);
            Assert.Equal(first.Shader.Settings, again.Shader.Settings);
            Assert.Equal((first.GetType(), first.Name), (again.GetType(), again.Name));
        }
    }

    [Fact]
    public void Values_are_written_as_what_they_are_and_only_those_that_were_set()
    {
        const string Params = """{"gain":0.25,"mode":"hard","on":false,"tint":"#00ff80"}""";
        string written = PipelineJson.Write(Parse($$"""{"op":"shader","shader":"glow.comp","params":{{Params}}}"""), isIndented: false);
        Assert.Contains($$"""{"op":"shader","shader":"/somewhere/glow.comp","params":{{Params}}}""", written, StringComparison.Ordinal);
        written = PipelineJson.Write(Parse("""{"op":"abs","shader":"abs.comp"}"""), isIndented: false);
        Assert.Contains("""{"op":"abs","shader":"/somewhere/abs.comp"}""", written, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_operator_takes_a_shader_that_claims_to_be_it()
    {
        var names = new HashSet<string>();
        foreach (JsonNode? stage in PipelineJsonTests.Good.SelectMany(row => JsonNode.Parse(row.Data)!["stages"]!.AsArray()))
        {
            string name = stage!["op"]!.GetValue<string>();
            names.Add(name);
            stage["shader"] = $"{name.Replace("global", "adaptive", StringComparison.Ordinal)}.comp";
            stage["params"] = new JsonObject { ["gain"] = 2 };
            string text = Text(stage.ToJsonString());
            Assert.True(FitsSchema(text), text);
            OperatorSpec spec = ParseText(text).Stages[0];
            Assert.Equal(spec.Name, spec.Shader?.Claim);
            Assert.Equal([("gain", "2")], spec.Shader!.Settings);
        }
        Assert.Equal(PipelineJson.OperatorNames.Order(StringComparer.Ordinal), names.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public void What_is_wrong_with_a_shader_is_refused_with_its_place_and_a_way_out(string stage, string message, bool fits)
    {
        Assert.Equal(message, Assert.Throws<LivePoolException>(() => Parse(stage)).Message);
        Assert.Equal(fits, FitsSchema(Text(stage)));
    }

    [Fact]
    public void Where_no_shader_is_taken_one_is_refused()
    {
        var e = Assert.Throws<LivePoolException>(() => PipelineJson.Parse(
            """{"stages":[{"op":"relu"},{"op":"abs","shader":"abs.comp"}]}"""u8.ToArray(), "test", "."));
        Assert.Equal("stages[1].shader is not taken here; leave it out", e.Message);
    }

    [Fact]
    public void A_path_is_relative_to_the_pipelines_file_and_to_this_folder_without_one()
    {
        const string Json = """{"stages":[{"op":"shader","shader":"sub/glow.comp"}]}""";
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            string file = Path.Combine(folder, "mine.json");
            File.WriteAllText(file, Json);
            Assert.Equal(Path.Combine(folder, "sub", "glow.comp"), PipelinePresets.LoadNameOrFile(file, FakeShader.Load).Stages[0].Shader!.FullPath);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        Assert.Equal(Path.GetFullPath("sub/glow.comp"), PipelinePresets.LoadNameOrFile(Json, FakeShader.Load).Stages[0].Shader!.FullPath);
    }

    [Theory]
    // A free stage of 3 channels says what comes in, and what goes on.
    [InlineData("""{"op":"shader","shader":"colour.comp"}""", 3, 3)]
    [InlineData("""{"op":"relu"},{"op":"shader","shader":"colour.comp"}""", 3, 3)]
    [InlineData("""{"op":"conv2d","weight":[[1]]},{"op":"shader","shader":"colour.comp"}""", 1, 3)]
    // One that takes any number leaves both.
    [InlineData("""{"op":"shader","shader":"glow.comp"}""", 1, 1)]
    [InlineData("""{"op":"conv2d","weight":{"init":"pytorch"},"in_channels":2,"out_channels":5,"kernel_size":1},{"op":"shader","shader":"glow.comp"}""", 2, 5)]
    public void Channels_follow_from_a_free_stage_that_fixes_them(string stages, int first, int last)
    {
        Pipeline pipeline = Parse($$"""{{stages}},{"op":"conv2d","weight":{"init":"pytorch"},"out_channels":1,"kernel_size":1}""");
        Assert.Equal(first, pipeline.Channels);
        Assert.Equal(last, ((Conv2d)pipeline.Stages[^1]).InChannels);
    }

    [Fact]
    public void A_free_stage_has_the_shape_that_its_shader_says_and_is_refused_as_the_stage_it_is()
    {
        Pipeline pipeline = Parse("""{"op":"abs"},{"op":"shader","shader":"colour.comp"}""") with { Channels = 3 };
        Assert.Equal([new TensorShape(1, 3, 5, 8), new TensorShape(1, 3, 3, 4)], pipeline.Shapes(new TensorShape(1, 3, 5, 8)));
        Assert.Equal("stage 2 of test: colour.comp takes 3 channels", Assert.Throws<LivePoolException>(() => pipeline.Shapes(new TensorShape(1, 2, 5, 8))).Message);
    }

    [Fact]
    public void The_shaders_of_a_pipeline_are_exchanged_where_there_are_any()
    {
        Assert.False(Parse("""{"op":"relu"}""").HasShaders);
        Pipeline pipeline = Parse("""{"op":"abs","shader":"abs.comp"},{"op":"relu"},{"op":"shader","shader":"glow.comp"}""");
        Assert.True(pipeline.HasShaders);
        Pipeline changed = pipeline.WithShaders(shader => shader.WithValue("gain", shader.Name));
        Assert.Equal([["abs.comp"], null, ["glow.comp"]], changed.Stages.Select(stage => stage.Shader?.Settings.Select(item => item.Value)));
        Assert.Empty(pipeline.Stages[0].Shader!.Settings);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_shaders_parameters_stand_last_each_with_a_name_of_its_own(bool perAxis)
    {
        string taken = perAxis ? "stride (rows)" : "stride";
        var shader = new FakeShader("/a/mine.comp", "conv2d", null, taken, "gain", "gain (2)", "gain");
        Conv2d plain = new(new Tensor(new(1, 1, 3, 3)));
        OperatorSpec conv = plain with { Shader = shader };
        string[] builtIn = [.. StageParameters.Of(plain, perAxis).Select(item => item.Name)];
        Assert.Contains(taken, builtIn);
        Assert.Equal([.. builtIn, $"{taken} (2)", "gain", "gain (2)", "gain (3)"], StageParameters.Of(conv, perAxis).Select(item => item.Name));

        StageParameter last = StageParameters.Of(conv, perAxis)[^1];
        Assert.Equal((4, 0, 4, ParameterKind.Number), (last.Value, last.Least, last.Most, last.Kind));
        Assert.Same(conv, last.With(4));
        OperatorSpec changed = last.With(0.5);
        Assert.Equal([("3", "0.5")], changed.Shader!.Settings);
        Assert.Equal(conv, changed with { Shader = shader });
    }

    [Fact]
    public void Those_of_the_shader_are_told_from_the_operators()
    {
        var shader = new FakeShader("/a/mine.comp", "max_pool2d", null, "stride", "gain");
        Assert.Equal(["stride (2)", "gain"], StageParameters.OfShader(new MaxPool2d(2) { Shader = shader }).Select(item => item.Name));
        Assert.Empty(StageParameters.OfShader(new MaxPool2d(2)));
        var free = new FreeStage(new FakeShader("/a/glow.comp", null, null, "stride", "gain"));
        Assert.Equal(["stride", "gain"], StageParameters.OfShader(free).Select(item => item.Name));
        Assert.Equal(["stride", "gain"], StageParameters.Of(free, perAxis: true).Select(item => item.Name));
    }

    [Theory]
    [MemberData(nameof(StageParametersTests.Stages), MemberType = typeof(StageParametersTests))]
    public void A_changed_stage_keeps_its_shader_unless_it_is_another_operator_then(string stage, string names)
    {
        OperatorSpec plain = ParseText(Text(stage, channels: 4)).Stages[0];
        var shader = new FakeShader("/a/mine.comp", plain.Name);
        int changes = 0;
        foreach (StageParameter parameter in StageParameters.Of(plain with { Shader = shader }, perAxis: true))
        {
            foreach (double value in (double[])[parameter.Least, parameter.Least + 1, parameter.Most])
            {
                if (value == parameter.Value || value > parameter.Most || Change(parameter, value) is not { } changed)
                    continue;
                changes++;
                if (changed.Name == plain.Name)
                    Assert.Same(shader, changed.Shader);
                else
                    Assert.True(parameter.Name == "pool" && changed.Shader is null, $"{parameter.Name} = {value}: {changed.Name} by {changed.Shader?.Name}");
            }
        }
        Assert.Equal(names.Length > 0, changes > 0);

        static OperatorSpec? Change(StageParameter parameter, double value)
        {
            try
            {
                return parameter.With(value);
            }
            catch (LivePoolException)
            {
                // Groups that do not divide the channels.
                return null;
            }
        }
    }

    [Fact]
    public void A_max_pools_shader_is_not_the_average_pools()
    {
        var pool = new MaxPool2d(3) { Shader = new FakeShader("/a/mine.comp", "max_pool2d") };
        StageParameter kind = StageParameters.Of(pool, perAxis: false)[0];
        Assert.Equal(new AvgPool2d(3), kind.With(kind.Choices.IndexOf("avg")));
    }

    [Fact]
    public void PyTorchs_code_is_the_operators_whoever_computes_it_and_a_free_stage_has_none()
    {
        Pipeline plain = PipelinePresets.Load("edge24");
        Pipeline named = plain with { Stages = plain.Stages.SetItem(1, plain.Stages[1] with { Shader = new FakeShader("/a/mine.comp", "max_pool2d") }) };
        Assert.Equal(PyTorchCode.Write(plain), PyTorchCode.Write(named));
        var e = Assert.Throws<LivePoolException>(() => PyTorchCode.Write(plain with { Stages = plain.Stages.Add(new FreeStage(new FakeShader("/a/glow.comp", null))) }));
        Assert.Equal("glow.comp is a shader without @op, which PyTorch cannot have; take the stage away to copy the rest", e.Message);
    }

    [Fact]
    public void People_read_whose_shader_it_is()
    {
        var claimed = new FakeShader("/a/mine.comp", "max_pool2d");
        var free = new FreeStage(new FakeShader("/a/glow.comp", null));
        Assert.Equal(["max_pool2d", "max_pool2d by mine.comp", "glow"], new OperatorSpec[] { new MaxPool2d(2), new MaxPool2d(2) { Shader = claimed }, free }.Select(spec => spec.Title));
        Assert.Equal("shader", free.Name);
        var input = new TensorShape(1, 1, 9, 12);
        Assert.Equal(["as glow.comp says"], OutputSizeFormula.Of(free, input));
        Assert.Equal(OutputSizeFormula.Of(new MaxPool2d(2), input), OutputSizeFormula.Of(new MaxPool2d(2) { Shader = claimed }, input));
        Assert.Equal("abs.comp claims to be abs; name it in a stage of that operator",
            Assert.Throws<LivePoolException>(() => new FreeStage(new FakeShader("/a/abs.comp", "abs"))).Message);
        Assert.Equal("simd: glow.comp is a shader without @op, which only the GPU runs; use --backend gpu", free.Refusal("simd").Message);
    }

    private static IEnumerable<(string, string)> Given(string stage) =>
        JsonNode.Parse(stage)!["params"] is not JsonObject values ? []
            : values.Select(item => (item.Key, item.Value!.GetValueKind() == JsonValueKind.String ? item.Value.GetValue<string>() : item.Value.ToJsonString()));

    private static string Text(string stages, int? channels = null) =>
        channels is { } count ? $$"""{"in_channels":{{count}},"stages":[{{stages}}]}""" : $$"""{"stages":[{{stages}}]}""";

    private static Pipeline Parse(string stages) => ParseText(Text(stages));

    private static Pipeline ParseText(string json) => PipelineJson.Parse(Encoding.UTF8.GetBytes(json), "test", _folder, FakeShader.Load);

    private static bool FitsSchema(string json) => _schema.Evaluate(JsonDocument.Parse(json).RootElement).IsValid;
}
