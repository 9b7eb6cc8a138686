using LivePool.App.Lab;
using LivePool.Core.Tensors;

namespace LivePool.App.Tests.Lab;

public sealed class InputAroundTests
{
    // Two planes of 4 rows and 6 columns: the tens are the row, 100 the plane.
    private static readonly TensorShape _input = new(1, 2, 4, 6);
    private static readonly float[] _x = [.. Enumerable.Range(0, _input.Count).Select(i => (float)(100 * (i / 24) + 10 * (i / 6 % 4) + i % 6))];

    [Theory]
    // As large as the input: corners have four, edges six, the others nine.
    [InlineData(4, 6, 0, 0, 0, 0, 0, "0 1|10 11")]
    [InlineData(4, 6, 5, 0, 0, 0, 5, "4 5|14 15")]
    [InlineData(4, 6, 0, 3, 1, 3, 0, "120 121|130 131")]
    [InlineData(4, 6, 5, 3, 1, 3, 5, "124 125|134 135")]
    [InlineData(4, 6, 2, 0, 0, 0, 2, "1 2 3|11 12 13")]
    [InlineData(4, 6, 2, 1, 1, 1, 2, "101 102 103|111 112 113|121 122 123")]
    // Half: the element right and below of the middle of two by two.
    [InlineData(2, 3, 0, 0, 0, 1, 1, "0 1 2|10 11 12|20 21 22")]
    [InlineData(2, 3, 2, 1, 1, 3, 5, "124 125|134 135")]
    [InlineData(2, 3, 1, 0, 0, 1, 3, "2 3 4|12 13 14|22 23 24")]
    // Larger than the input, and a single one for all of it.
    [InlineData(8, 12, 11, 7, 0, 3, 5, "24 25|34 35")]
    [InlineData(8, 12, 1, 0, 0, 0, 0, "0 1|10 11")]
    [InlineData(1, 1, 0, 0, 1, 2, 3, "112 113 114|122 123 124|132 133 134")]
    public void The_input_at_the_same_place_is_shown_with_the_neighbours_that_there_are(
        int height, int width, int x, int y, int channel, int row, int column, string values)
    {
        var around = InputAround.Of(_input, _x, new(1, 2, height, width), new(x, y, channel));
        Assert.Equal((row, column), (around.Row, around.Column));
        Assert.Equal(values, string.Join('|', around.Values.Select(line => string.Join(' ', line))));
    }

    [Fact]
    public void An_input_of_one_element_has_no_neighbours()
    {
        var around = InputAround.Of(new(1, 1, 1, 1), [7], new(1, 1, 5, 5), new(4, 4, 0));
        Assert.Equal((0, 0), (around.Row, around.Column));
        Assert.Equal([7], Assert.Single(around.Values));
    }
}
