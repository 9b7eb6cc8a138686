namespace LivePool.Frames.Tests;

public class FrameTests
{
    private static readonly PixelFormat[] Colours = [PixelFormat.Rgb24, PixelFormat.Rgba32, PixelFormat.Bgra32];

    /// <summary>A frame of random bytes, with padding behind each row, and its pixels as (red, green, blue).</summary>
    private static (Frame Frame, (byte R, byte G, byte B)[] Pixels) Random(PixelFormat format, int width, int height, int seed)
    {
        var frame = new Frame();
        frame.Reset(format, width, height, width * format.BytesPerPixel() + 5);
        new Random(seed).NextBytes(frame.Pixels);
        var pixels = new (byte, byte, byte)[width * height];
        for (var i = 0; i < pixels.Length; i++)
        {
            var at = frame.Row(i / width)[(i % width * format.BytesPerPixel())..];
            pixels[i] = format switch
            {
                PixelFormat.Gray8 => (at[0], at[0], at[0]),
                PixelFormat.Bgra32 => (at[2], at[1], at[0]),
                _ => (at[0], at[1], at[2]),
            };
        }
        return (frame, pixels);
    }

    [Fact]
    public void Grey_equals_Pillows_on_random_colours()
    {
        var frame = new Frame();
        frame.Reset(PixelFormat.Rgb24, 64, 48);
        Fixtures.Bytes("random.rgb").CopyTo(frame.Pixels);
        var grey = new byte[64 * 48];
        frame.CopyPlanar(1, grey);
        Assert.Equal(Fixtures.Bytes("random.grey"), grey);
    }

    [Fact]
    public void Grey_follows_the_formula_on_extremes()
    {
        byte[] levels = [0, 1, 2, 127, 128, 129, 254, 255];
        var frame = new Frame();
        frame.Reset(PixelFormat.Rgb24, 512, 1);
        for (var i = 0; i < 512; i++)
            (frame.Pixels[3 * i], frame.Pixels[3 * i + 1], frame.Pixels[3 * i + 2]) = (levels[i / 64], levels[i / 8 % 8], levels[i % 8]);
        var grey = new byte[512];
        frame.CopyPlanar(1, grey);
        for (var i = 0; i < 512; i++)
        {
            var expected = (levels[i / 64] * 19595 + levels[i / 8 % 8] * 38470 + levels[i % 8] * 7471 + 0x8000) >> 16;
            Assert.Equal(expected, grey[i]);
        }
    }

    [Fact]
    public void Every_width_converts_alike_whatever_is_left_for_the_scalar_tail()
    {
        foreach (var format in Colours.Append(PixelFormat.Gray8))
        {
            for (var width = 1; width <= 70; width++)
            {
                var (frame, pixels) = Random(format, width, 3, width);
                var grey = new byte[width * 3 + 9];
                var planes = new byte[3 * width * 3 + 9];
                Array.Fill(grey, (byte)77);
                Array.Fill(planes, (byte)77);
                frame.CopyPlanar(1, grey);
                frame.CopyPlanar(3, planes);
                for (var i = 0; i < pixels.Length; i++)
                {
                    var (r, g, b) = pixels[i];
                    Assert.Equal((r * 19595 + g * 38470 + b * 7471 + 0x8000) >> 16, grey[i]);
                    Assert.Equal((r, g, b), (planes[i], planes[pixels.Length + i], planes[2 * pixels.Length + i]));
                }
                Assert.All(grey[^9..], red => Assert.Equal(77, red));
                Assert.All(planes[^9..], red => Assert.Equal(77, red));
            }
        }
    }

    [Fact]
    public void Wrong_channel_counts_and_short_destinations_are_refused_with_the_numbers()
    {
        var (frame, _) = Random(PixelFormat.Rgb24, 4, 3, 1);
        Assert.Contains("not 2", Assert.Throws<ArgumentException>(() => frame.CopyPlanar(2, new byte[99])).Message, StringComparison.Ordinal);
        Assert.Contains("36", Assert.Throws<ArgumentException>(() => frame.CopyPlanar(3, new byte[35])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_frame_that_shrinks_and_grows_back_allocates_nothing()
    {
        var (frame, _) = Random(PixelFormat.Rgb24, 100, 50, 1);
        var grey = new byte[5000];
        void Work()
        {
            frame.Reset(PixelFormat.Gray8, 10, 10);
            frame.Reset(PixelFormat.Rgb24, 100, 50);
            frame.CopyPlanar(1, grey);
        }
        Work();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Work();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_copy_has_pixels_shape_and_labels_and_is_independent()
    {
        var (frame, _) = Random(PixelFormat.Bgra32, 5, 4, 1);
        (frame.Sequence, frame.Timestamp, frame.Origin) = (7, TimeSpan.FromSeconds(2), "here");
        var copy = new Frame();
        copy.CopyFrom(frame);
        Assert.True(copy.Pixels.SequenceEqual(frame.Pixels));
        Assert.Equal((PixelFormat.Bgra32, 5, 4, 25, 7L, TimeSpan.FromSeconds(2), "here"),
            (copy.Format, copy.Width, copy.Height, copy.Stride, copy.Sequence, copy.Timestamp, copy.Origin));
        frame.Pixels[0] ^= 255;
        Assert.NotEqual(frame.Pixels[0], copy.Pixels[0]);
    }

    [Fact]
    public void Impossible_shapes_are_refused()
    {
        var frame = new Frame();
        Assert.Throws<ArgumentOutOfRangeException>(() => frame.Reset(PixelFormat.Rgb24, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => frame.Reset(PixelFormat.Rgb24, 4, 1, 11));
        Assert.Throws<ArgumentOutOfRangeException>(() => frame.Reset(PixelFormat.Rgba32, 65536, 65536));
        Assert.Throws<ArgumentOutOfRangeException>(() => frame.Reset((PixelFormat)99, 1, 1));
    }
}
