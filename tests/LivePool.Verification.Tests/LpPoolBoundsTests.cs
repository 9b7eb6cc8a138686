using LivePool.Core.Operators;
using LivePool.Core.Tensors;
using LivePool.Cpu.Reference;

namespace LivePool.Verification.Tests;

/// <summary>The bound of lp_pool2d follows its powers, its sum and its root, and excuses only what float32 forces.</summary>
public sealed class LpPoolBoundsTests
{
    private static readonly TensorShape _row = new(1, 1, 1, 4);

    private static ComparisonReport Check(float norm, float[] x, float got, double unit = ErrorBound.RoundToNearest, bool flushes = false) =>
        new OperatorCheck(new ReferenceOperators()).Compare(
            new LpPool2d(norm, new(1, 4)), _row, x, [got], [], new(unit, flushes));

    [Fact]
    public void A_power_is_bound_by_its_multiplications_or_by_GLSLs_exp2_and_log2()
    {
        const double Ulp = 1.0 / (1 << 23);
        Assert.Equal(0, ErrorBound.Power(3, 1, ErrorBound.RoundToNearest));
        Assert.Equal(ErrorBound.Gamma(3, ErrorBound.RoundToNearest), ErrorBound.Power(7, 3, ErrorBound.RoundToNearest));
        Assert.Equal(ErrorBound.Gamma(2, Ulp) + 5 * Ulp, ErrorBound.Power(7, -2, Ulp));
        Assert.Equal(4.5 * Ulp, ErrorBound.Power(7, 0.5, Ulp));
        // x = 4, y = 1.5: t = 3; log2 is off by 6 ulp, the exponent by 9 + 3 ulp, exp2 by 12 ln 2 + 9 ulp.
        Assert.Equal((12 * Math.Log(2) + 9) * Ulp, ErrorBound.Power(4, 1.5, Ulp), 1e-10);
        // Near 1 log2 is within 2^-21 = 4 ulp of 1.
        Assert.Equal((6 * Math.Log(2) + 3) * Ulp, ErrorBound.Power(1, 1.5, Ulp), 1e-10);
    }

    [Theory]
    [InlineData(2f, 5.477226f)]
    [InlineData(1f, 10f)]
    [InlineData(3f, 4.6415887f)]
    [InlineData(-1f, 0.48f)]
    public void Right_results_pass_and_a_thousandth_more_does_not(float norm, float right)
    {
        float[] x = [1, 2, 3, 4];
        Assert.True(Check(norm, x, right).Passed);
        Assert.False(Check(norm, x, right * 1.001f).Passed);
        Assert.False(Check(norm, x, float.NaN).Passed);
        Assert.False(Check(norm, x, float.PositiveInfinity).Passed);
    }

    [Fact]
    public void A_negative_sum_is_NaN_and_one_near_0_may_be_either()
    {
        Assert.True(Check(3, [-1, -2, 1, 1], float.NaN).Passed);
        Assert.False(Check(3, [-1, -2, 1, 1], -1.9f).Passed);
        float[] cancelling = [1, -1, 0.3f, -0.3f];
        Assert.True(Check(3, cancelling, 0).Passed);
        Assert.True(Check(3, cancelling, float.NaN).Passed);
        Assert.True(Check(3, cancelling, 0.005f).Passed);
        Assert.False(Check(3, cancelling, 0.05f).Passed);
    }

    [Fact]
    public void Powers_beyond_float32_may_be_infinite_and_those_within_may_not()
    {
        float[] large = [1e30f, 1, 1, 1];
        Assert.True(Check(2, large, float.PositiveInfinity).Passed);
        Assert.True(Check(2, large, 1e30f).Passed);
        Assert.False(Check(2, large, 1e29f).Passed);
        Assert.False(Check(2, large, float.NaN).Passed);
        Assert.True(Check(3, [1e30f, -1e30f, 1, 1], float.NaN).Passed);
        Assert.False(Check(2, [1e18f, 1, 1, 1], float.PositiveInfinity).Passed);
        // Powers that underflow: 1e-30 squared is 0 in float32.
        Assert.True(Check(2, [1e-30f, 0, 0, 0], 0).Passed);
        Assert.False(Check(2, [1e-15f, 0, 0, 0], 0).Passed);
    }

    [Fact]
    public void An_overflow_excuses_its_infinity_and_nothing_between()
    {
        float[] large = [1e30f, -0.5f, 0.25f, 0];
        Assert.True(Check(3, large, 1e30f).Passed);
        Assert.True(Check(3, large, float.PositiveInfinity).Passed);
        Assert.All((float[])[42, 0, -7, 3e38f, float.NaN], wrong => Assert.False(Check(3, large, wrong).Passed, $"{wrong}"));
        Assert.False(Check(2, [1e30f, 0.25f, 0, 0], 3e38f).Passed);
        Assert.All((float[])[0, 1, 3e38f, float.PositiveInfinity],
            wrong => Assert.False(Check(3, [float.NaN, -3e20f, 1, 1], wrong).Passed, $"{wrong}"));
        // Squares are never negative, so that their sum has a root even where it is lost below the normal numbers.
        Assert.False(Check(2, [1e-20f, 1e-20f, 0, 0], float.NaN).Passed);
        Assert.False(Check(2, [1e-20f, 1e-20f, 0, 0], 0).Passed);
        Assert.True(Check(2, [1e-20f, 1e-20f, 0, 0], 0, ErrorBound.AnyRounding).Passed);
    }

    [Fact]
    public void The_reciprocal_of_a_sum_of_unknown_sign_is_large()
    {
        // 1/0.3 - 1/0.3 and rounding errors: the sum is 0 or nearly.
        float[] cancelling = [0.3f, -0.3f, 7e7f, 7e7f];
        Assert.False(Check(-1, cancelling, 1).Passed);
        Assert.False(Check(-1, cancelling, -1).Passed);
        Assert.True(Check(-1, cancelling, float.PositiveInfinity).Passed);
        Assert.True(Check(-1, cancelling, -1e9f).Passed);
    }

    [Fact]
    public void An_infinite_element_stays_infinite_and_NaN_stays_NaN()
    {
        Assert.True(Check(2, [float.NegativeInfinity, 1, 1, 1], float.PositiveInfinity).Passed);
        Assert.False(Check(2, [float.NegativeInfinity, 1, 1, 1], 1e38f).Passed);
        Assert.True(Check(2, [float.NaN, 1, 1, 1], float.NaN).Passed);
        Assert.False(Check(2, [float.NaN, 1, 1, 1], 2).Passed);
        Assert.True(Check(-1, [0, 1, 1, 1], 0).Passed);
        Assert.False(Check(-1, [0, 1, 1, 1], 0.1f).Passed);
        // 1/1e-41 overflows and meets the -infinity of 1/-0; without it the root of -infinity is -0.
        Assert.True(Check(-1, [-0f, 1e-41f, 1, 1], float.NaN).Passed);
        Assert.False(Check(-1, [-0f, 1, 1, 1], float.NaN).Passed);
    }

    [Fact]
    public void Powers_of_a_half_are_square_roots()
    {
        Assert.True(Check(0.5f, [float.NegativeInfinity, 1, 1, 1], float.NaN).Passed);
        Assert.False(Check(0.5f, [float.NegativeInfinity, 1, 1, 1], float.PositiveInfinity).Passed);
        // 1/sqrt(-0) is -infinity, and its square's reciprocal 0.
        Assert.True(Check(-0.5f, [-0f, 1, 1, 1], 0).Passed);
        Assert.False(Check(-0.5f, [-0f, 1, 1, 1], 0.1f).Passed);
        Assert.False(Check(-0.5f, [-0f, 1, 1, 1], float.NaN).Passed);
    }

    [Fact]
    public void A_flushed_element_counts_as_0()
    {
        // Its root is 3e-21 beside 1e-15: 6 millionths of the result.
        float[] x = [1e-41f, 1e-30f, 0, 0];
        Assert.False(Check(0.5f, x, 1e-30f).Passed);
        Assert.True(Check(0.5f, x, 1e-30f, ErrorBound.AnyRounding, flushes: true).Passed);
    }
}
