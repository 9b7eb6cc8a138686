using LivePool.Core.Operators;
using LivePool.Core.Tensors;
using LivePool.Cpu.Reference;
using LivePool.Verification.Explanations;

namespace LivePool.Verification.Tests.Explanations;

/// <summary>A backend's element is judged by the bound of its own taps.</summary>
public sealed class ElementVerdictTests
{
    private static ElementVerdict Judge(
        OperatorSpec spec, TensorShape input, float[] x, float got, long? index = null, int channel = 0, bool isGpu = false)
    {
        Explanation explanation = Explainer.Explain(spec, input, x, new(0, channel, 0, 0));
        return ElementVerdict.Of(explanation, new ReferenceOperators(),
            isGpu ? new Arithmetic(ErrorBound.AnyRounding, FlushesSubnormals: true) : ErrorBound.RoundToNearest, got, index);
    }

    [Fact]
    public void A_channel_of_whole_numbers_must_be_equal_and_another_may_round()
    {
        var conv = new Conv2d(new Tensor(new(2, 1, 1, 2), [24, -1, 0.3f, 0.7f]));
        float[] x = [3, 5];
        ElementVerdict whole = Judge(conv, new(1, 1, 1, 2), x, 67);
        Assert.Equal((true, 0.0, 0.0), (whole.Passed, whole.Share, whole.Comparison.Bound));
        Assert.Equal("whole numbers up to 2^24 must be equal", whole.BoundReason);
        Assert.False(Judge(conv, new(1, 1, 1, 2), x, MathF.BitIncrement(67)).Passed);

        double exact = 0.3f * 3.0 + 0.7f * 5.0;
        ElementVerdict rounded = Judge(conv, new(1, 1, 1, 2), x, MathF.BitIncrement((float)exact), channel: 1);
        Assert.True(rounded.Passed);
        Assert.Equal(ErrorBound.Gamma(2 + 4, ErrorBound.RoundToNearest) * exact + 2 * 1.1754943508222875e-38, rounded.Comparison.Bound);
        Assert.Equal(rounded.Comparison.Error / rounded.Comparison.Bound, rounded.Share);
        Assert.Equal("gamma(2 + 4) * sum|w*x| + 2 * 2^-126, u = 2^-24", rounded.BoundReason);
        Assert.False(Judge(conv, new(1, 1, 1, 2), x, (float)exact + 1e-4f, channel: 1).Passed);
    }

    [Fact]
    public void A_GPU_may_have_twice_the_bound_and_is_told_its_share_of_the_tight_one()
    {
        var conv = new Conv2d(new Tensor(new(1, 1, 1, 2), [0.3f, 0.7f]));
        ElementVerdict verdict = Judge(conv, new(1, 1, 1, 2), [3, 5], 4.400001f, isGpu: true);
        Assert.InRange(verdict.TightShare / verdict.Share, 1.99, 2.01);
        Assert.Equal("gamma(2 + 4) * sum|w*x| + 2 * 2^-126, u = 2^-23; subnormals may be 0", verdict.BoundReason);
    }

    [Theory]
    [InlineData(0, 0L, false)]
    [InlineData(1, 1L, true)]
    [InlineData(1, 2L, false)]
    [InlineData(1, null, false)]
    public void A_selection_and_its_index_must_be_equal(float got, long? index, bool isRight)
    {
        var pool = new MaxPool2d(2) { ReturnIndices = true };
        Assert.Equal(isRight, Judge(pool, new(1, 1, 2, 2), [0, 1, 1, 0], got, index).Passed);
    }

    [Fact]
    public void A_device_that_flushes_cannot_tell_subnormals_apart()
    {
        var pool = new MaxPool2d(2) { ReturnIndices = true };
        float[] x = [1e-41f, 2e-41f, -1, -1];
        Assert.True(Judge(pool, new(1, 1, 2, 2), x, 0, 0, isGpu: true).Passed);
        Assert.False(Judge(pool, new(1, 1, 2, 2), x, 0, 2, isGpu: true).Passed);
        Assert.False(Judge(pool, new(1, 1, 2, 2), x, 0, 0).Passed);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void What_overflows_on_the_way_is_excused_and_nothing_else(float got)
    {
        // 3e38 + 3e38 - 3e38 - 3e38 is infinite in this order, and in two halves NaN.
        var conv = new Conv2d(new Tensor(new(1, 1, 1, 4), [1, 1, -1, -1]));
        Assert.True(Judge(conv, new(1, 1, 1, 4), [3e38f, 3e38f, 3e38f, 3e38f], got).Passed);
        Assert.False(Judge(conv, new(1, 1, 1, 4), [1, 1, 1, 1], got).Passed);
        // Terms of one sign alone have one infinity, and no NaN.
        Assert.Equal(float.IsInfinity(got), Judge(conv, new(1, 1, 1, 4), [3e38f, 3e38f, 1, 1], got).Passed);
        Assert.False(Judge(conv, new(1, 1, 1, 4), [1, 1, 3e38f, 3e38f], got).Passed);
    }

    [Fact]
    public void Every_operator_s_bound_has_a_reason()
    {
        foreach (OperatorCase item in OperatorCases.All.DistinctBy(item => item.Spec.Name))
        {
            Explanation explanation = Explainer.Explain(item.Spec, item.Input, item.MakeInput(), default);
            var verdict = ElementVerdict.Of(
                explanation, new ReferenceOperators(), ErrorBound.RoundToNearest, (float)explanation.Exact, explanation.Index);
            Assert.NotEqual("", verdict.BoundReason);
            Assert.Equal(ErrorBound.IsExact(item.Spec), verdict.BoundReason == "a selection must be equal");
        }
    }
}
