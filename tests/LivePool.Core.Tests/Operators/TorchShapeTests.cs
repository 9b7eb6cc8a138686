using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Testing.Torch;

namespace LivePool.Core.Tests.Operators;

public sealed class TorchShapeTests
{
    public static TheoryData<string> CaseNames => [.. Fixtures.Cases.Select(item => item.Name)];

    public static TheoryData<string> RefusalNames => [.. Fixtures.Refusals.Select(item => item.Name)];

    [Theory]
    [MemberData(nameof(CaseNames))]
    public void Output_shape_is_PyTorchs(string name)
    {
        TorchCase expected = Fixtures.Case(name);

        Assert.Equal(expected.Output.Shape, expected.CreateSpec().OutputShape(expected.Input.Shape));
    }

    [Theory]
    [MemberData(nameof(RefusalNames))]
    public void What_PyTorch_refuses_is_refused(string name)
    {
        TorchRefusal refusal = Fixtures.Refusal(name);

        var error = Assert.Throws<LivePoolException>(() => refusal.CreateSpec().OutputShape(refusal.InputShape));

        Assert.DoesNotContain('\n', error.Message);
        Assert.Contains(error.Message, char.IsAsciiDigit);
    }

    [Fact]
    public void Every_operator_of_PyTorchs_has_cases()
    {
        string[] ours = ["scale_offset", "normalize"];
        IEnumerable<string> covered = Fixtures.Cases.Select(item => item.Stage.GetProperty("op").GetString()!).Distinct();

        Assert.Equal(PipelineJson.OperatorNames.Except(ours).Order(StringComparer.Ordinal), covered.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_operator_with_a_window_has_refusals()
    {
        string[] always = ["relu", "leaky_relu", "abs", "sigmoid", "tanh", "clamp", "global_avg_pool2d", "global_max_pool2d"];
        IEnumerable<string> covered = Fixtures.Refusals.Select(item => item.Stage.GetProperty("op").GetString()!).Distinct();

        Assert.Equal(
            PipelineJson.OperatorNames.Except([.. always, "scale_offset", "normalize"]).Order(StringComparer.Ordinal),
            covered.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Bound_sizes_are_the_shapes()
    {
        foreach (TorchCase item in Fixtures.Cases)
        {
            (TensorShape input, TensorShape output) = (item.Input.Shape, item.Output.Shape);
            switch (item.CreateSpec())
            {
                case Conv2d conv:
                    Conv2dParameters c = conv.Bind(input);
                    Assert.Equal(input, new(c.Batch, c.InputChannels, c.InputHeight, c.InputWidth));
                    Assert.Equal(output, new(c.Batch, c.OutputChannels, c.OutputHeight, c.OutputWidth));
                    Assert.Equal(conv.Weight.Shape,
                        new(c.OutputChannels, c.InputChannelsPerGroup, c.KernelHeight, c.KernelWidth));
                    break;
                case MaxPool2d pool:
                    AssertBound(pool.Bind(input), input, output);
                    break;
                case AvgPool2d pool:
                    AssertBound(pool.Bind(input), input, output);
                    break;
                case ConvTranspose2d conv:
                    ConvTranspose2dParameters t = conv.Bind(input);
                    Assert.Equal(input, new(t.Batch, t.InputChannels, t.InputHeight, t.InputWidth));
                    Assert.Equal(output, new(t.Batch, t.OutputChannels, t.OutputHeight, t.OutputWidth));
                    Assert.Equal(conv.Weight.Shape,
                        new(t.InputChannels, t.OutputChannelsPerGroup, t.KernelHeight, t.KernelWidth));
                    Assert.Equal(t.InputChannels, t.InputChannelsPerGroup * conv.Groups);
                    break;
                case LpPool2d pool:
                    LpPool2dParameters l = pool.Bind(input);
                    Assert.Equal(input.Planes, l.Planes);
                    Assert.Equal((input.H, input.W), (l.InputHeight, l.InputWidth));
                    Assert.Equal((output.H, output.W), (l.OutputHeight, l.OutputWidth));
                    Assert.Equal(pool.KernelSize.Height * pool.KernelSize.Width, l.KernelArea);
                    break;
                case IntervalPool2d pool:
                    IntervalPool2dParameters i = pool.Bind(input);
                    Assert.Equal(input.Planes, i.Planes);
                    Assert.Equal((input.H, input.W), (i.InputHeight, i.InputWidth));
                    Assert.Equal((output.H, output.W), (i.OutputHeight, i.OutputWidth));
                    AssertInside(pool.Intervals(input), i);
                    break;
                case MaxUnpool2d unpool:
                    MaxUnpool2dParameters u = unpool.Bind(input);
                    Assert.Equal((input.Planes, input.PlaneSize, output.PlaneSize), (u.Planes, u.InputPlaneSize, u.OutputPlaneSize));
                    break;
                case Pointwise pointwise:
                    PointwiseParameters e = pointwise.Bind(input);
                    Assert.Equal((output.Planes, output.PlaneSize), (e.Planes, e.PlaneSize));
                    break;
                case OperatorSpec other:
                    Assert.Fail($"nothing binds {other.Name}");
                    break;
            }
        }

        static void AssertInside(PoolIntervals intervals, IntervalPool2dParameters p)
        {
            int sets = p.IntervalsPerPlane == 0 ? 1 : p.Planes;
            Assert.Equal((2 * sets * p.OutputHeight, 2 * sets * p.OutputWidth), (intervals.Rows.Length, intervals.Columns.Length));
            Assert.All(intervals.Rows.Chunk(2), pair => Assert.True(0 <= pair[0] && pair[0] < pair[1] && pair[1] <= p.InputHeight));
            Assert.All(intervals.Columns.Chunk(2), pair => Assert.True(0 <= pair[0] && pair[0] < pair[1] && pair[1] <= p.InputWidth));
        }

        static void AssertBound(Pool2dParameters p, TensorShape input, TensorShape output)
        {
            Assert.Equal(input.Planes, p.Planes);
            Assert.Equal((input.H, input.W), (p.InputHeight, p.InputWidth));
            Assert.Equal((output.H, output.W), (p.OutputHeight, p.OutputWidth));
        }
    }
}
