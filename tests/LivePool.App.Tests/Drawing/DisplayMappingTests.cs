using LivePool.App.Drawing;
using LivePool.Gpu.Display;

namespace LivePool.App.Tests.Drawing;

public class DisplayMappingTests
{
    [Fact]
    public void Range_is_the_finite_minimum_and_maximum_wherever_they_are()
    {
        for (int length = 1; length < 70; length++)
        {
            float[] plane = new float[length];
            for (int at = 0; at < length; at++)
            {
                Array.Fill(plane, 1);
                plane[at] = -2;
                plane[length - 1 - at] = at == length - 1 - at ? -2 : 5;
                ref float next = ref plane[(at + 1) % length], third = ref plane[(at + 3) % length];
                next = length > 4 && next == 1 ? float.NaN : next;
                third = length > 8 && third == 1 ? float.NegativeInfinity : third;
                Assert.Equal(plane.Where(float.IsFinite).Min(), PlaneRange.Of(plane).Min);
                Assert.Equal(plane.Where(float.IsFinite).Max(), PlaneRange.Of(plane).Max);
            }
        }
    }

    [Fact]
    public void Grey_is_rounded_half_up_in_float32()
    {
        float[] plane = [.. Enumerable.Range(0, 1021).Select(i => i * 0.37f - 100)];
        PlaneRange range = PlaneRange.Of(plane);
        byte[] expected = new byte[plane.Length];
        for (int i = 0; i < plane.Length; i++)
        {
            float share = (plane[i] - range.Min) / (range.Max - range.Min);
            float scaled = 255f * Math.Clamp(share, 0f, 1f);
            expected[i] = (byte)MathF.Floor(scaled + 0.5f);
        }
        Assert.Equal(expected, Grey(plane));
        Assert.Equal(0, expected[0]);
        Assert.Equal(255, expected[^1]);
    }

    [Fact]
    public void A_half_rounds_up()
    {
        // 510 is the range, so that every odd value falls between two greys.
        float[] plane = [.. Enumerable.Range(0, 511).Select(i => (float)i)];
        byte[] grey = Grey(plane);
        for (int i = 0; i < plane.Length; i++)
            Assert.Equal((i + 1) / 2, grey[i]);
    }

    [Fact]
    public void A_vector_and_a_single_value_are_mapped_alike()
    {
        var random = new Random(7);
        float[] plane = [.. Enumerable.Range(0, 4099).Select(_ => (float)(random.NextDouble() * 3 - 1))];
        plane[17] = float.NaN;
        plane[18] = float.PositiveInfinity;
        plane[19] = float.NegativeInfinity;
        PlaneRange range = PlaneRange.Of(plane);
        byte[] together = Grey(plane);
        byte[] single = new byte[1];
        for (int i = 0; i < plane.Length; i++)
        {
            DisplayMapping.ToGrey(plane.AsSpan(i, 1), range, single);
            Assert.Equal(single[0], together[i]);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    public void A_constant_plane_is_black_and_infinities_are_still_told_apart(int length)
    {
        float[] plane = [.. Enumerable.Repeat(3.5f, length)];
        Assert.All(Grey(plane), grey => Assert.Equal(0, grey));
        float[] infinities = [.. plane, float.PositiveInfinity, float.NegativeInfinity];
        byte[] mapped = Grey(infinities);
        Assert.Equal([0, 255, 0], mapped[^3..]);
    }

    [Fact]
    public void Nothing_finite_still_maps()
    {
        byte[] grey = Grey([float.NaN, float.PositiveInfinity, float.NegativeInfinity]);
        Assert.Equal([0, 255, 0], grey);
        Assert.Equal(default, PlaneRange.Of([]));
    }

    [Fact]
    public void A_range_that_overflows_is_mapped_in_halves()
    {
        byte[] grey = Grey([-float.MaxValue, 0, float.MaxValue]);
        Assert.Equal([0, 128, 255], grey);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(33)]
    public void NaN_is_found_anywhere(int length)
    {
        float[] plane = new float[length];
        plane[0] = float.PositiveInfinity;
        Assert.False(DisplayMapping.HasNaN(plane));
        for (int i = 0; i < length; i++)
        {
            float[] with = [.. plane];
            with[i] = float.NaN;
            Assert.True(DisplayMapping.HasNaN(with));
        }
    }

    [Fact]
    public void Colour_is_grey_except_for_NaN()
    {
        float[] plane = [.. Enumerable.Range(0, 3000).Select(i => (float)i)];
        plane[2000] = float.NaN;
        byte[] grey = Grey(plane);
        byte[] rgba = new byte[4 * plane.Length];
        DisplayMapping.ToRgba(plane, PlaneRange.Of(plane), rgba);
        for (int i = 0; i < plane.Length; i++)
        {
            byte[] expected = i == 2000 ? [255, 0, 255, 255] : [grey[i], grey[i], grey[i], 255];
            Assert.Equal(expected, rgba[(4 * i)..(4 * i + 4)]);
        }
    }

    private static byte[] Grey(float[] plane)
    {
        byte[] grey = new byte[plane.Length];
        DisplayMapping.ToGrey(plane, PlaneRange.Of(plane), grey);
        return grey;
    }
}
