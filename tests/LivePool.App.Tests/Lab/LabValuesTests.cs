using LivePool.App.Lab;

namespace LivePool.App.Tests.Lab;

public sealed class LabValuesTests
{
    [Fact]
    public void What_is_no_number_is_said_apart()
    {
        string line = LabValues.Describe(LabValues.Of([1, float.NaN, 3, float.PositiveInfinity, float.NegativeInfinity, 2]));
        Assert.StartsWith("6 values: 1 NaN, 2 infinite, the others from 1 to 3, mean 2 |█", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new[] { float.NaN, float.NaN }, "2 values: 2 NaN, 0 infinite")]
    [InlineData(new[] { 5f, 5f }, "2 values: 0 NaN, 0 infinite, the others from 5 to 5, mean 5 |█                       |")]
    [InlineData(new[] { 0f, 0f, 0f, 0f, 0f, 0f, 0f, 0f, 0f, 24f }, "10 values: 0 NaN, 0 infinite, the others from 0 to 24, mean 2.4 |█                      ▁|")]
    [InlineData(new[] { -float.MaxValue, float.MaxValue }, "2 values: 0 NaN, 0 infinite, the others from -3.40282E+38 to 3.40282E+38, mean 0 |█                      █|")]
    public void Any_values_have_a_line(float[] values, string expected) => Assert.Equal(expected, LabValues.Describe(LabValues.Of(values)));

    [Theory]
    [InlineData(new[] { 1f, float.NaN, 0f }, new[] { 1f, float.NaN, -0f }, "all 3 values are equal")]
    [InlineData(new[] { 1f, 2f, 3f, 4f }, new[] { 1f, 2.5f, 3f, 6f }, "2 of 4 values differ, most at [0, 0, 1, 1]: 4 and 6")]
    [InlineData(new[] { 1f, 2f, 3f, 4f }, new[] { float.NaN, 2.5f, 3f, 4f }, "2 of 4 values differ, most at [0, 0, 0, 0]: 1 and NaN")]
    public void Two_outputs_differ_where_they_do(float[] a, float[] b, string expected) =>
        Assert.Equal(expected, LabDifference.Describe(a.Length == 4 ? new(1, 1, 2, 2) : new(1, 1, 1, 3), a, b));
}
