using System.Text;
using System.Text.Json;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;

namespace LivePool.Core.Tests.Pipelines;

/// <summary>Every slider changes what it is called, and nothing else.</summary>
public sealed class StageParametersTests
{
    private static readonly TensorShape _input = new(1, 4, 2, 3);

    /// <summary>A stage for an input of four channels, and the names of its parameters where both axes go together.</summary>
    public static TheoryData<string, string> Stages => new()
    {
        { """{"op":"conv2d","weight":{"init":"pytorch"},"in_channels":4,"out_channels":8,"kernel_size":3,"bias":false}""", "stride padding padding_same padding_mode dilation groups out_channels bias" },
        { """{"op":"conv2d","weight":{"init":"pytorch"},"in_channels":4,"out_channels":8,"kernel_size":[2,3],"padding":"same","groups":2,"padding_mode":"circular"}""", "stride padding_(top) padding_(left) padding_(bottom) padding_(right) padding_same padding_mode dilation groups out_channels bias" },
        { """{"op":"conv2d","weight":{"init":"pytorch"},"in_channels":4,"out_channels":4,"kernel_size":3,"padding":"same"}""", "stride padding padding_same padding_mode dilation groups out_channels bias" },
        { """{"op":"conv_transpose2d","weight":{"init":"pytorch"},"in_channels":4,"out_channels":6,"kernel_size":3,"groups":2,"stride":[2,3]}""", "stride_(rows) stride_(columns) padding output_padding dilation groups" },
        { """{"op":"max_pool2d","kernel_size":2,"return_indices":true}""", "pool kernel_size stride padding dilation ceil_mode" },
        { """{"op":"max_pool2d","kernel_size":[2,3],"stride":1,"padding":[1,0,0,1]}""", "pool kernel_size_(rows) kernel_size_(columns) stride padding_(top) padding_(left) padding_(bottom) padding_(right) dilation ceil_mode" },
        { """{"op":"avg_pool2d","kernel_size":2,"stride":16,"padding":1,"count_include_pad":false,"divisor_override":-3}""", "pool kernel_size stride padding ceil_mode count_include_pad divisor_override" },
        { """{"op":"avg_pool2d","kernel_size":20,"ceil_mode":true}""", "pool kernel_size stride padding ceil_mode count_include_pad divisor_override" },
        { """{"op":"lp_pool2d","kernel_size":2,"norm_type":-2}""", "pool kernel_size stride ceil_mode norm_type" },
        { """{"op":"adaptive_avg_pool2d","output_size":3}""", "pool output_size" },
        { """{"op":"adaptive_max_pool2d","output_size":[null,2],"return_indices":true}""", "pool output_size_(rows) output_size_(columns)" },
        { """{"op":"fractional_max_pool2d","kernel_size":1,"output_size":2,"seed":-9007199254740993}""", "kernel_size output_size seed" },
        { """{"op":"fractional_max_pool2d","kernel_size":1,"output_ratio":0.5,"samples":[[[0,0],[0,0],[0,0],[0,0]]]}""", "kernel_size output_ratio" },
        { """{"op":"max_unpool2d","kernel_size":2,"indices":[[[[0,1,2],[3,4,5]],[[0,1,2],[3,4,5]],[[0,1,2],[3,4,5]],[[0,1,2],[3,4,5]]]]}""", "stride padding" },
        { """{"op":"relu"}""", "" },
        { """{"op":"leaky_relu","negative_slope":0.2}""", "negative_slope" },
        { """{"op":"abs"}""", "" },
        { """{"op":"sigmoid"}""", "" },
        { """{"op":"tanh"}""", "" },
        { """{"op":"clamp","min":-3000}""", "min max" },
        { """{"op":"scale_offset","scale":2,"offset":5000}""", "scale offset" },
        { """{"op":"normalize"}""", "" },
        { """{"op":"global_avg_pool2d"}""", "pool output_size" },
        { """{"op":"global_max_pool2d"}""", "pool output_size" },
    };

    [Fact]
    public void Every_operator_is_here() => Assert.Equal(
        PipelineJson.OperatorNames.Order(),
        Stages.Select(row => JsonDocument.Parse(row.Data.Item1).RootElement.GetProperty("op").GetString()!).Distinct().Order());

    [Theory]
    [MemberData(nameof(Stages))]
    public void The_parameters_are_PyTorchs(string stage, string names) =>
        Assert.Equal(names, string.Join(' ', StageParameters.Of(Read(stage), perAxis: false).Select(item => item.Name.Replace(' ', '_'))));

    [Theory]
    [MemberData(nameof(Stages))]
    public void A_value_changes_its_parameter_alone(string stage, string names)
    {
        OperatorSpec spec = Read(stage);
        Dictionary<string, string> before = Properties(spec);
        foreach (bool perAxis in (bool[])[false, true])
        {
            foreach (StageParameter parameter in StageParameters.Of(spec, perAxis))
            {
                Assert.InRange(parameter.Value, parameter.Least, parameter.Most);
                Assert.Same(spec, parameter.With(parameter.Value));
                foreach (double value in Values(parameter))
                {
                    if (Changed(parameter, value) is not { } changed)
                        continue;
                    Dictionary<string, string> after = Properties(changed);
                    IEnumerable<string> different = before.Keys.Union(after.Keys).Where(key => before.GetValueOrDefault(key) != after.GetValueOrDefault(key));
                    string name = parameter.Name.Split(' ')[0];
                    Assert.Subset(Allowed(name, changed).ToHashSet(), different.ToHashSet());
                    Assert.NotEmpty(different);
                    if (name != "pool")
                        AssertOtherAxis(parameter.Name, before.GetValueOrDefault(name), after.GetValueOrDefault(name));
                }
            }
        }
        Assert.Equal(names.Length == 0, StageParameters.Of(spec, perAxis: true).IsEmpty);
    }

    [Theory]
    [MemberData(nameof(Stages))]
    public void A_value_fits_or_is_refused_with_its_reason(string stage, string names)
    {
        int fits = 0;
        foreach (StageParameter parameter in StageParameters.Of(Read(stage), perAxis: false))
        {
            foreach (double value in Values(parameter))
            {
                try
                {
                    fits += parameter.With(value).OutputShape(_input).Count > 0 ? 1 : 0;
                }
                catch (LivePoolException e)
                {
                    Assert.Contains(e.Message, char.IsAsciiDigit);
                    Assert.DoesNotContain('\n', e.Message);
                }
            }
        }
        Assert.Equal(names.Length > 0, fits > 0);
    }

    [Theory]
    [MemberData(nameof(Stages))]
    public void A_number_is_read_back_from_the_slider_it_was_set_with(string stage, string names)
    {
        Assert.NotNull(names);
        foreach (StageParameter parameter in StageParameters.Of(Read(stage), perAxis: true))
        {
            foreach (double value in Values(parameter).Where(value => parameter.Name is not ("pool" or "padding same")))
            {
                if (Changed(parameter, value) is not { } changed)
                    continue;
                StageParameter again = Assert.Single(StageParameters.Of(changed, perAxis: true), item =>
                    item.Name == parameter.Name || item.Name == parameter.Name.Replace("(top)", "(rows)", StringComparison.Ordinal)
                        .Replace("(left)", "(columns)", StringComparison.Ordinal).Replace("(bottom)", "(rows)", StringComparison.Ordinal)
                        .Replace("(right)", "(columns)", StringComparison.Ordinal));
                Assert.Equal(parameter.Label(value), again.Label(again.Value));
                // Where a slider ends follows from its value.
                if (again.Label(again.Value) != "none")
                    Assert.Equal(value, again.Value, Math.Max(1, Math.Abs(value)) * 1e-6);
            }
        }
    }

    [Fact]
    public void A_kind_of_pool_carries_over_what_it_shares()
    {
        var max = new MaxPool2d(new(2, 3)) { Stride = new(1, 2), Padding = new(1, 0, 1, 1), CeilMode = true, Dilation = 2, ReturnIndices = true };
        var average = Assert.IsType<AvgPool2d>(Kind(max, "avg"));
        Assert.Equal(new AvgPool2d(new(2, 3)) { Stride = new(1, 2), Padding = new(1, 0, 1, 1), CeilMode = true }, average);
        Assert.Equal(new LpPool2d(2, new(2, 3)) { Stride = new(1, 2), CeilMode = true }, Kind(average, "lp"));
        Assert.Equal(new MaxPool2d(4), Kind(new LpPool2d(3, 4), "max"));
        Assert.Equal(new AdaptiveMaxPool2d(new AdaptiveSize(null, 3)), Kind(new AdaptiveAvgPool2d(new AdaptiveSize(null, 3)), "max"));
    }

    [Fact]
    public void A_stride_that_is_the_kernels_stays_so()
    {
        StageParameter kernel = Find(new MaxPool2d(2), "kernel_size");
        Assert.Equal(2, Find(new MaxPool2d(2), "stride").Value);
        Assert.Equal(new MaxPool2d(5), kernel.With(5));
    }

    [Fact]
    public void Values_that_words_say()
    {
        Assert.Equal("none", Find(new AvgPool2d(2), "divisor_override") is var divisor ? divisor.Label(divisor.Value) : "");
        Assert.Null(Assert.IsType<AvgPool2d>(Find(new AvgPool2d(2) { DivisorOverride = 7 }, "divisor_override").With(0)).DivisorOverride);
        Conv2d same = new(new Tensor(new(1, 1, 3, 3))) { Padding = Padding.Same };
        Assert.Equal("same", Find(same, "padding").Label(1));
        Assert.Equal("2", Find(same, "padding").Label(2));
        Assert.Equal(new Padding(1, 1, 1, 1), Assert.IsType<Conv2d>(Find(same, "padding same").With(0)).Padding);
        Assert.Equal("circular", Find(same, "padding_mode").Label(3));
        Assert.Equal("off", Find(same, "bias").Label(0));
        Assert.Equal("as the input", Find(new AdaptiveAvgPool2d(3), "output_size").Label(0));
        StageParameter min = Find(Pointwise.Clamp(max: 1), "min");
        Assert.Equal("none", min.Label(min.Value));
        Assert.Equal("-0.25", min.Label(-0.25));
        Assert.Equal(Pointwise.Clamp(), Find(Pointwise.Clamp(max: 1), "max").With(1024));
    }

    [Fact]
    public void Other_groups_cut_the_weights_off_or_repeat_them()
    {
        var conv = new Conv2d(new Tensor(new(4, 4, 1, 1), [.. Enumerable.Range(0, 16).Select(i => (float)i)]));
        var two = Assert.IsType<Conv2d>(Find(conv, "groups").With(2));
        Assert.Equal((2, new TensorShape(4, 2, 1, 1)), (two.Groups, two.Weight.Shape));
        Assert.Equal([0, 1, 4, 5, 8, 9, 12, 13], two.Weight.Elements.ToArray());
        Assert.Equal([0, 1, 0, 1, 4, 5, 4, 5, 8, 9, 8, 9, 12, 13, 12, 13], Assert.IsType<Conv2d>(Find(two, "groups").With(1)).Weight.Elements.ToArray());
        var e = Assert.Throws<LivePoolException>(() => Find(conv, "groups").With(3));
        Assert.Equal("conv2d: groups 3 must divide the 4 input and the 4 output channels; use 1, 2, 4", e.Message);

        var transposed = new ConvTranspose2d(new Tensor(new(4, 3, 1, 1))) { Groups = 2 };
        Assert.Equal(new TensorShape(4, 6, 1, 1), Assert.IsType<ConvTranspose2d>(Find(transposed, "groups").With(1)).Weight.Shape);
        e = Assert.Throws<LivePoolException>(() => Find(transposed, "groups").With(4));
        Assert.Equal("conv_transpose2d: groups 4 must divide the 4 input and the 6 output channels; use 1, 2", e.Message);
    }

    [Fact]
    public void More_output_channels_are_PyTorchs_initialisation()
    {
        var conv = new Conv2d(new Tensor(new(2, 1, 2, 2), [1, 2, 3, 4, 5, 6, 7, 8]), new Tensor(new(1, 2, 1, 1), [9, 10]));
        var three = Assert.IsType<Conv2d>(Find(conv, "out_channels").With(3));
        var expected = new PyTorchInitializer(2);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, .. expected.Uniform(new(1, 1, 2, 2), 4).Elements], three.Weight.Elements.ToArray());
        Assert.Equal([9, 10, .. expected.UniformBias(1, 4).Elements], three.Bias!.Elements.ToArray());
        var one = Assert.IsType<Conv2d>(Find(conv, "out_channels").With(1));
        Assert.Equal([1, 2, 3, 4], one.Weight.Elements.ToArray());
        Assert.Equal([9], one.Bias!.Elements.ToArray());
        var grouped = new Conv2d(new Tensor(new(4, 1, 1, 1))) { Groups = 2 };
        Assert.Equal("conv2d: out_channels 5 is not divisible by groups 2; use 4 or 6",
            Assert.Throws<LivePoolException>(() => Find(grouped, "out_channels").With(5)).Message);
        Assert.Equal("conv2d: out_channels 1 is not divisible by groups 2; use 2",
            Assert.Throws<LivePoolException>(() => Find(grouped, "out_channels").With(1)).Message);
    }

    private static OperatorSpec Kind(OperatorSpec pool, string name)
    {
        StageParameter kind = StageParameters.Of(pool, perAxis: false)[0];
        return kind.With(kind.Choices.IndexOf(name));
    }

    private static StageParameter Find(OperatorSpec spec, string name) =>
        Assert.Single(StageParameters.Of(spec, perAxis: false), item => item.Name == name);

    private static IEnumerable<double> Values(StageParameter parameter)
    {
        double step = parameter.Kind == ParameterKind.Number || parameter.Most - parameter.Least > 1000
            ? (parameter.Most - parameter.Least) / 16 : 1;
        for (int i = 0; parameter.Least + i * step <= parameter.Most; i++)
            yield return parameter.Kind == ParameterKind.Number ? parameter.Least + i * step : Math.Round(parameter.Least + i * step);
    }

    /// <summary>The operator with the value; null where it is the parameter's own, or there is none.</summary>
    private static OperatorSpec? Changed(StageParameter parameter, double value)
    {
        try
        {
            return value == parameter.Value ? null : parameter.With(value);
        }
        catch (LivePoolException e)
        {
            Assert.Contains("; use ", e.Message, StringComparison.Ordinal);
            return null;
        }
    }

    private static string[] Allowed(string name, OperatorSpec changed) => name switch
    {
        "groups" => ["groups", "weight"],
        "out_channels" => ["weight", "bias"],
        "pool" when changed is LpPool2d => ["op", "padding", "dilation", "return_indices", "count_include_pad", "divisor_override", "norm_type"],
        "pool" => ["op", "dilation", "return_indices", "count_include_pad", "divisor_override", "norm_type"],
        _ => [name],
    };

    /// <summary>Of two lengths one stays.</summary>
    private static void AssertOtherAxis(string name, string? before, string? after)
    {
        if (before is null or "\"same\"" || after is null)
            return;
        if (name.EndsWith("(rows)", StringComparison.Ordinal))
            Assert.Equal(Pair(before).Columns, Pair(after).Columns);
        if (name.EndsWith("(columns)", StringComparison.Ordinal))
            Assert.Equal(Pair(before).Rows, Pair(after).Rows);

        static (string Rows, string Columns) Pair(string json)
        {
            string[] parts = json.Trim('[', ']').Split(',');
            return (parts[0], parts[^1]);
        }
    }

    private static OperatorSpec Read(string stage) =>
        PipelineJson.Parse(Encoding.UTF8.GetBytes($$"""{"stages":[{{stage}}]}"""), "test", ".").Stages[0];

    private static Dictionary<string, string> Properties(OperatorSpec spec)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
            PipelineJson.WriteStage(writer, spec);
        return JsonDocument.Parse(stream.ToArray()).RootElement.EnumerateObject().ToDictionary(item => item.Name, item => item.Value.GetRawText());
    }
}
