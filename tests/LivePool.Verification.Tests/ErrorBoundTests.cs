using LivePool.Core.Operators;
using LivePool.Core.Tensors;

namespace LivePool.Verification.Tests;

/// <summary>The bounds against numbers worked out by hand from Higham's chapter 3 and GLSL 4.60.</summary>
public sealed class ErrorBoundTests
{
    private const double Unit = 1 / 16777216d;
    private const double SmallestNormal = 1 / 8.507059173023462e37; // 2^-126

    private static Conv2d Conv(int inChannels, int size, float value = 1, float? bias = null)
    {
        var weight = new Tensor(new(1, inChannels, size, size));
        weight.Elements.Fill(value);
        return new(weight, bias is { } b ? new Tensor(new(1, 1, 1, 1), [b]) : null);
    }

    [Theory]
    [InlineData(1, 1 / 16777215d)]
    [InlineData(29, 29 / 16777187d)]
    [InlineData(1093, 1093 / 16776123d)]
    [InlineData(8388608, 1)]
    public void Gamma_is_Highams(int roundings, double expected) =>
        Assert.Equal(expected, ErrorBound.Gamma(roundings, Unit), expected * 1e-14);

    [Theory]
    [InlineData(16777215)]
    [InlineData(16777216)]
    [InlineData(int.MaxValue)]
    public void Gamma_never_turns_negative(int roundings) => Assert.True(ErrorBound.Gamma(roundings, Unit) >= 16777215);

    [Fact]
    public void Units_are_half_and_whole_ulps_of_1()
    {
        Assert.Equal(ErrorBound.RoundToNearest, (MathF.BitIncrement(1) - 1d) / 2);
        Assert.Equal(ErrorBound.AnyRounding, MathF.BitIncrement(1) - 1d);
    }

    [Fact]
    public void A_sum_has_as_many_terms_as_taps()
    {
        Assert.Equal(25, ErrorBound.Terms(Conv(1, 5), new(1, 1, 9, 9)));
        Assert.Equal(1089, ErrorBound.Terms(Conv(121, 3), new(1, 121, 9, 9)));
        Assert.Equal(6, ErrorBound.Terms(new AvgPool2d(new(2, 3)), new(1, 1, 9, 9)));
        Assert.Equal(12, ErrorBound.Terms(new AdaptiveAvgPool2d(new(2, 3)), new(1, 1, 5, 10)));
        Assert.Equal(63, ErrorBound.Terms(new AdaptiveAvgPool2d(1), new(1, 1, 7, 9)));
        Assert.Equal(81, ErrorBound.Terms(new AvgPool2d(int.MaxValue), new(1, 1, 9, 9)));
        Assert.Equal(12, ErrorBound.Terms(new LpPool2d(2, new(9, 3)), new(1, 1, 4, 5)));
    }

    [Theory]
    [InlineData(3, 1, 1, 9)] // all taps
    [InlineData(4, 2, 1, 4)] // every other tap, both ways
    [InlineData(3, 2, 1, 4)]
    [InlineData(3, 2, 2, 9)] // a dilation that the stride divides keeps them together
    [InlineData(3, 4, 2, 4)]
    [InlineData(2, 5, 1, 1)]
    public void A_transposed_convolution_sums_the_taps_that_meet(int kernel, int stride, int dilation, int terms)
    {
        var spec = new ConvTranspose2d(new Tensor(new(6, 5, kernel, kernel))) { Stride = stride, Dilation = dilation, Groups = 2 };
        Assert.Equal(3 * terms, ErrorBound.Terms(spec, new(1, 6, 9, 9)));
    }

    [Fact]
    public void A_convolution_is_bound_by_gamma_of_its_terms_and_4()
    {
        // 25 terms of sum|w*x| 48: 29u/(1 - 29u) * 48 + 25 * 2^-126.
        double expected = 29 / 16777187d * 48 + 25 * SmallestNormal;
        Assert.Equal(expected, ErrorBound.Of(Conv(1, 5), Unit, terms: 25, exact: 3, magnitude: 48, x: 0), expected * 1e-14);
        Assert.Equal(25 * SmallestNormal, ErrorBound.Of(Conv(1, 5), Unit, 25, 0, 0, 0), 1e-50);
    }

    [Fact]
    public void Magnitudes_take_absolute_weights_bias_and_divisor()
    {
        var conv = (Conv2d)ErrorBound.Magnitude(Conv(1, 1, -2, -3))!;
        Assert.Equal(2, conv.Weight.Elements[0]);
        Assert.Equal(3, conv.Bias!.Elements[0]);
        Assert.Equal(2, ((AvgPool2d)ErrorBound.Magnitude(new AvgPool2d(2) { DivisorOverride = -2 })!).DivisorOverride);
        Assert.Equal(3, ((AvgPool2d)ErrorBound.Magnitude(new AvgPool2d(2) { DivisorOverride = 3 })!).DivisorOverride);
        var scale = (Pointwise)ErrorBound.Magnitude(Pointwise.ScaleOffset(-2, -0.5f))!;
        Assert.Equal((2f, 0.5f), (scale.A, scale.B));
        Assert.Null(ErrorBound.Magnitude(new MaxPool2d(2)));
    }

    [Fact]
    public void Selections_and_copies_are_exact_and_nothing_else_is()
    {
        Assert.All((OperatorSpec[])[new MaxPool2d(2), new AdaptiveMaxPool2d(2),
            new FractionalMaxPool2d(2), new MaxUnpool2d(new IndexTensor(new(1, 1, 1, 1), [0]), 2), Pointwise.Relu, Pointwise.Abs, Pointwise.Clamp(0, 1)],
            spec => Assert.True(ErrorBound.IsExact(spec)));
        Assert.All((OperatorSpec[])[Conv(1, 1), new AvgPool2d(1), new AdaptiveAvgPool2d(1), new LpPool2d(2, 2), Pointwise.LeakyRelu(), Pointwise.Sigmoid, Pointwise.Tanh,
            Pointwise.ScaleOffset(), Pointwise.Normalize], spec => Assert.False(ErrorBound.IsExact(spec)));
    }

    [Theory]
    [InlineData(0, 0.5 * (0.5 * 3 + 4) / 8388608)]
    [InlineData(float.PositiveInfinity, 4.0 / 8388608)]
    [InlineData(float.NegativeInfinity, 0)]
    public void Sigmoid_is_bound_by_GLSLs_exp_and_division(float x, double expected) => Assert.Equal(
        expected, ErrorBound.Of(Pointwise.Sigmoid, Unit, 1, 1 / (1 + Math.Exp(-x)), 0, x), 1e-20);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.5f, 4 * 0.46211715726000975 / 8388608)] // relative near 0
    [InlineData(1, 4.897083897449913 / 8388608)] // e = 0.1353: 0.20999 of 7 ulp, and 4.5 ulp of 0.76159
    [InlineData(float.PositiveInfinity, 4.5 / 8388608)]
    [InlineData(float.NegativeInfinity, 4.5 / 8388608)]
    public void Tanh_is_bound_relatively_near_0_and_by_GLSLs_exp_elsewhere(float x, double expected) =>
        Assert.Equal(expected, ErrorBound.Of(Pointwise.Tanh, Unit, 1, Math.Tanh(x), 0, x), 1e-16);

    [Fact]
    public void Leaky_relu_is_bound_by_one_rounding_and_copies_what_is_positive()
    {
        Assert.Equal(0.01 / 16777215, ErrorBound.Of(Pointwise.LeakyRelu(), Unit, 1, -0.01, 0, -1), 1e-20);
        Assert.Equal(0, ErrorBound.Of(Pointwise.LeakyRelu(), Unit, 1, 3, 0, 3));
    }

    [Fact]
    public void A_sum_too_long_for_gamma_is_bound_by_its_number_of_roundings() =>
        Assert.Equal((20_000_000 + 4) * Unit, ErrorBound.Of(new AdaptiveAvgPool2d(1), Unit, 20_000_000, 1, 1, 0), 1e-15);
}
