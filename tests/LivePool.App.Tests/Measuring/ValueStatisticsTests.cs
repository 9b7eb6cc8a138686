using LivePool.App.Measuring;

namespace LivePool.App.Tests.Measuring;

public sealed class ValueStatisticsTests
{
    [Fact]
    public void What_is_no_number_is_counted_apart()
    {
        var values = new ValueStatistics([1, float.NaN, 3, float.PositiveInfinity, float.NegativeInfinity, 2], 4);
        Assert.Equal((6, 1, 2, 3), (values.Count, values.NaNs, values.Infinities, values.Finite));
        Assert.Equal((1, 3, 2), (values.Least, values.Greatest, values.Mean));
        Assert.Equal([1, 0, 1, 1], values.Histogram);
        Assert.Equal(1, values.Most);
    }

    [Theory]
    [InlineData(new float[] { })]
    [InlineData(new[] { float.NaN })]
    [InlineData(new[] { float.NegativeInfinity, float.NaN, float.PositiveInfinity })]
    public void Where_nothing_is_finite_there_is_no_range(float[] values)
    {
        var counted = new ValueStatistics(values, 3);
        Assert.Equal(0, counted.Finite);
        Assert.Equal((float.PositiveInfinity, float.NegativeInfinity, double.NaN), (counted.Least, counted.Greatest, counted.Mean));
        Assert.Equal([0, 0, 0], counted.Histogram);
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(-7.25f)]
    [InlineData(float.Epsilon)]
    [InlineData(float.MaxValue)]
    public void Equal_values_are_in_one_bin(float value)
    {
        var counted = new ValueStatistics([value, value, float.NaN, value], 3);
        Assert.Equal((value, value, value), (counted.Least, counted.Greatest, counted.Mean));
        Assert.Equal([3, 0, 0], counted.Histogram);
    }

    [Theory]
    [InlineData(new[] { -float.MaxValue, 0f, float.MaxValue }, 0)]
    [InlineData(new[] { float.MaxValue, float.MaxValue / 2, 0f }, 1.7014117e38)]
    [InlineData(new[] { 0f, float.Epsilon, 2 * float.Epsilon }, 1.4012985e-45)]
    [InlineData(new[] { 1f, 1.0000001f, 1.0000002f }, 1.00000012)]
    public void Ranges_of_any_size_are_taken_apart(float[] values, double mean)
    {
        var counted = new ValueStatistics(values, 3);
        Assert.Equal(mean, counted.Mean, Math.Abs(mean) * 1e-6);
        Assert.Equal([1, 1, 1], counted.Histogram);
    }

    [Fact]
    public void Many_of_the_largest_have_a_finite_mean()
    {
        float[] values = new float[100_000];
        Array.Fill(values, float.MaxValue);
        values[^1] = -float.MaxValue;
        var counted = new ValueStatistics(values, 48);
        Assert.InRange(counted.Mean / float.MaxValue, 0.99997, 0.99999);
        Assert.Equal((1, 99_999, 99_999), (counted.Histogram[0], counted.Histogram[^1], counted.Most));
    }

    [Fact]
    public void Every_finite_value_is_in_a_bin()
    {
        float[] values = [.. Enumerable.Range(0, 10_000).Select(i => MathF.Sin(i) * MathF.Pow(10, i % 70 - 35))];
        var counted = new ValueStatistics(values, 48);
        int sum = 0;
        foreach (int count in counted.Histogram)
            sum += count;
        Assert.Equal((counted.Count, values.Min(), values.Max()), (sum, counted.Least, counted.Greatest));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(48)]
    public void Vectors_and_what_is_left_of_them_count_as_one_value_after_the_other_does(int bins)
    {
        var random = new Random(bins);
        for (int length = 0; length < 200; length++)
        {
            float[] values = [.. Enumerable.Range(0, length).Select(_ => random.Next(8) switch
            {
                0 => float.NaN,
                1 => float.PositiveInfinity,
                2 => float.NegativeInfinity,
                3 => random.Next(2) == 0 ? 0f : -0f,
                _ => length % 3 == 0 ? 0f : (random.NextSingle() - (length % 3 == 1 ? 0.3f : 0)) * MathF.Pow(10, random.Next(5)),
            })];
            var counted = new ValueStatistics(values, bins);
            float[] finite = [.. values.Where(float.IsFinite)];
            Assert.Equal((values.Count(float.IsNaN), values.Count(float.IsInfinity), finite.Length), (counted.NaNs, counted.Infinities, counted.Finite));
            if (finite.Length == 0)
                continue;
            (float least, float greatest) = (finite.Aggregate(MathF.Min), finite.Aggregate(MathF.Max));
            // Of zeros -0 is the less.
            Assert.Equal((BitConverter.SingleToInt32Bits(least), BitConverter.SingleToInt32Bits(greatest)),
                (BitConverter.SingleToInt32Bits(counted.Least), BitConverter.SingleToInt32Bits(counted.Greatest)));
            Assert.Equal(finite.Average(value => (double)value), counted.Mean, 1e-9);
            int[] histogram = new int[bins];
            double binsPerUnit = greatest > least ? bins / ((double)greatest - least) : 0;
            foreach (float value in finite)
                histogram[Math.Min(bins - 1, (int)(((double)value - least) * binsPerUnit))]++;
            Assert.Equal(histogram, counted.Histogram);
        }
    }
}
