using LivePool.App.View.Comparing;

namespace LivePool.App.Tests.View.Comparing;

public sealed class PlaneComparisonTests
{
    [Fact]
    public void Equal_planes_have_no_difference_whatever_they_hold()
    {
        float[] plane = [1, -0f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, 1e-40f];
        PlaneComparison found = PlaneComparison.Of(plane, [1, 0f, -float.NaN, float.PositiveInfinity, float.NegativeInfinity, 1e-40f]);
        Assert.Equal((0, 0f, 0L), (found.Different, found.Largest, found.LargestUlps));
        Assert.All(found.Heat, heat => Assert.Equal(0, heat));
    }

    [Fact]
    public void The_largest_difference_is_found_and_is_the_brightest()
    {
        PlaneComparison found = PlaneComparison.Of([1, 2, 3, 4], [1, 2.5f, 1, 5]);
        Assert.Equal((3, 2f, 2), (found.Different, found.Largest, found.Worst));
        Assert.Equal([0, 0.25f, 1, 0.5f], found.Heat);
    }

    [Fact]
    public void Ulps_count_the_floats_between_two_across_zero_too()
    {
        Assert.Equal(1, PlaneComparison.Of([1], [MathF.BitIncrement(1)]).LargestUlps);
        Assert.Equal(2, PlaneComparison.Of([float.Epsilon], [-float.Epsilon]).LargestUlps);
        Assert.Equal(1, PlaneComparison.Of([float.MaxValue], [float.PositiveInfinity]).LargestUlps);
        Assert.Equal(1L << 23, PlaneComparison.Of([-1], [-2]).LargestUlps);
    }

    [Fact]
    public void NaN_beside_a_number_is_worse_than_any_difference()
    {
        PlaneComparison found = PlaneComparison.Of([0, float.NaN, 3, 7], [5, 1, float.NaN, 7]);
        Assert.Equal((3, 1), (found.Different, found.Worst));
        Assert.True(float.IsNaN(found.Largest));
        Assert.Equal([1, 2, 2, 0], found.Heat);
    }

    [Fact]
    public void Opposite_infinities_are_infinitely_far_apart()
    {
        PlaneComparison found = PlaneComparison.Of([float.PositiveInfinity, 1], [float.NegativeInfinity, 2]);
        Assert.Equal((2, float.PositiveInfinity, 0), (found.Different, found.Largest, found.Worst));
        Assert.Equal([2, 1], found.Heat);
    }
}
