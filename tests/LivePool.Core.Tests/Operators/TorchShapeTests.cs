using LivePool.Core.Operators;
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
    public void Every_operator_with_a_window_has_cases()
    {
        string[] covered = [.. Fixtures.Cases.Select(item => item.CreateSpec().Name).Distinct().Order(StringComparer.Ordinal)];

        Assert.Equal(
            ["abs", "avg_pool2d", "clamp", "conv2d", "leaky_relu", "max_pool2d", "relu", "sigmoid", "tanh"], covered);
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
            }
        }

        static void AssertBound(Pool2dParameters p, TensorShape input, TensorShape output)
        {
            Assert.Equal(input.Planes, p.Planes);
            Assert.Equal((input.H, input.W), (p.InputHeight, p.InputWidth));
            Assert.Equal((output.H, output.W), (p.OutputHeight, p.OutputWidth));
        }
    }
}
