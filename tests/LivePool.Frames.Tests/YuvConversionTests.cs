namespace LivePool.Frames.Tests;

public sealed class YuvConversionTests
{
    private static readonly YuvEncoding[] _encodings =
    [
        new(YuvMatrix.Bt601, IsLimited: true), new(YuvMatrix.Bt601, IsLimited: false),
        new(YuvMatrix.Bt709, IsLimited: true), new(YuvMatrix.Bt709, IsLimited: false),
    ];

    public static TheoryData<YuvMatrix, bool> Encodings => new(_encodings.Select(encoding => (encoding.Matrix, encoding.IsLimited)));

    /// <summary>Luma, Cr in red, Cb and Cr in green, Cb in blue, each times 65536, as the standards' numbers give them.</summary>
    private static (int Y, int Rv, int Gu, int Gv, int Bu) Numbers(YuvEncoding encoding) => encoding switch
    {
        { Matrix: YuvMatrix.Bt601, IsLimited: true } => (76309, 104597, 25675, 53279, 132201),
        { Matrix: YuvMatrix.Bt601 } => (65536, 91881, 22553, 46802, 116130),
        { IsLimited: true } => (76309, 117489, 13975, 34925, 138438),
        _ => (65536, 103206, 12276, 30679, 121609),
    };

    private static int Level(int value) => Math.Min(Math.Max((value + 32768) >> 16, 0), 255);

    private static (int R, int G, int B) Reference(YuvEncoding encoding, int y, int cb, int cr)
    {
        (int scale, int rv, int gu, int gv, int bu) = Numbers(encoding);
        int level = scale * (encoding.IsLimited ? y - 16 : y);
        return (Level(level + rv * (cr - 128)), Level(level - gu * (cb - 128) - gv * (cr - 128)), Level(level + bu * (cb - 128)));
    }

    private static Frame Yuyv(YuvEncoding encoding, int width, int height, Func<int, int, (int Y, int Cb, int Cr)> pixel, int padding = 0)
    {
        var frame = new Frame();
        frame.Reset(PixelFormat.Yuyv, width, height, (int)PixelFormat.Yuyv.RowBytes(width) + padding);
        frame.Encoding = encoding;
        for (int y = 0; y < height; y++)
        {
            Span<byte> row = frame.Row(y);
            for (int x = 0; x < row.Length / 2; x++)
            {
                (int luma, int cb, int cr) = pixel(x, y);
                (row[2 * x], row[2 * x + 1]) = ((byte)luma, (byte)(x % 2 == 0 ? cb : cr));
            }
        }
        return frame;
    }

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Every_luma_with_every_chroma_gives_the_formulas_colours(YuvMatrix matrix, bool isLimited)
    {
        var encoding = new YuvEncoding(matrix, isLimited);
        byte[] planes = new byte[3 * 512 * 256];
        byte[] grey = new byte[512 * 256];
        // A row for each Cb, two pixels beside each other for each luma.
        Frame frame = Yuyv(encoding, 512, 256, (x, y) => (x / 2, y, 0));
        for (int cr = 0; cr < 256; cr++)
        {
            for (int i = 3; i < frame.Pixels.Length; i += 4)
                frame.Pixels[i] = (byte)cr;
            frame.CopyPlanar(3, planes);
            frame.CopyPlanar(1, grey);
            for (int i = 0; i < 512 * 256; i++)
            {
                (int r, int g, int b) = Reference(encoding, i % 512 / 2, i / 512, cr);
                // Assert.Equal takes its time, and there are 16 million.
                if (planes[i] != r || planes[512 * 256 + i] != g || planes[2 * 512 * 256 + i] != b)
                {
                    Assert.Fail($"Y {i % 512 / 2}, Cb {i / 512}, Cr {cr}: got {planes[i]}, {planes[512 * 256 + i]}, " +
                        $"{planes[2 * 512 * 256 + i]}; expected {r}, {g}, {b}");
                }
                if (grey[i] != Level(Numbers(encoding).Y * (isLimited ? i % 512 / 2 - 16 : i % 512 / 2)))
                    Assert.Fail($"Y {i % 512 / 2}: grey {grey[i]}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Encodings))]
    public void The_whole_numbers_round_what_the_standard_says(YuvMatrix matrix, bool isLimited)
    {
        (double kr, double kb) = matrix == YuvMatrix.Bt601 ? (0.299, 0.114) : (0.2126, 0.0722);
        double kg = 1 - kr - kb;
        for (int y = 0; y < 256; y++)
        {
            double luma = isLimited ? (y - 16) / 219.0 : y / 255.0;
            for (int c = 0; c < 256 * 256; c += 7)
            {
                double cb = ((c & 255) - 128) / (isLimited ? 224.0 : 255.0), cr = ((c >> 8) - 128) / (isLimited ? 224.0 : 255.0);
                (int r, int g, int b) = Reference(new(matrix, isLimited), y, c & 255, c >> 8);
                Check(luma + 2 * (1 - kr) * cr, r);
                Check(luma - 2 * (1 - kb) * kb / kg * cb - 2 * (1 - kr) * kr / kg * cr, g);
                Check(luma + 2 * (1 - kb) * cb, b);
            }
        }

        // Half a level, and what the coefficients' rounding may add.
        static void Check(double exact, int level) =>
            Assert.True(Math.Abs(Math.Clamp(255 * exact, 0, 255) - level) < 0.503, $"{255 * exact} became {level}");
    }

    [Fact]
    public void A_limited_range_is_expanded_to_the_nearest_level()
    {
        var frame = new Frame();
        frame.Reset(PixelFormat.Gray8, 256, 1);
        frame.Encoding = new(YuvMatrix.Bt709, IsLimited: true);
        for (int y = 0; y < 256; y++)
            frame.Pixels[y] = (byte)y;
        byte[] planes = new byte[3 * 256];
        frame.CopyPlanar(3, planes);
        for (int y = 0; y < 256; y++)
        {
            int expected = Math.Clamp((int)Math.Round((y - 16) * 255 / 219.0), 0, 255);
            Assert.Equal((expected, expected, expected), (planes[y], planes[256 + y], planes[512 + y]));
        }
        frame.Encoding = default;
        frame.CopyPlanar(1, planes);
        Assert.Equal(Enumerable.Range(0, 256).Select(y => (byte)y), planes[..256]);
    }

    [Fact]
    public void Neutral_chroma_gives_the_grey_of_the_luma()
    {
        foreach (YuvEncoding encoding in _encodings)
        {
            Frame frame = Yuyv(encoding, 256, 1, (x, _) => (x, 128, 128));
            byte[] grey = new byte[256], planes = new byte[3 * 256];
            frame.CopyPlanar(1, grey);
            frame.CopyPlanar(3, planes);
            Assert.Equal([.. grey, .. grey, .. grey], planes);
        }
    }

    [Fact]
    public void Every_width_height_and_stride_converts_alike_in_Yuyv_and_Nv12()
    {
        var random = new Random(1);
        foreach (YuvEncoding encoding in _encodings)
        {
            for (int width = 1; width <= 70; width++)
            {
                int height = 1 + width % 4, pairs = (width + 1) / 2;
                byte[] luma = new byte[2 * pairs * height], chroma = new byte[2 * pairs * ((height + 1) / 2)];
                random.NextBytes(luma);
                random.NextBytes(chroma);
                (int Y, int Cb, int Cr) Pixel(int x, int y) =>
                    (luma[2 * pairs * y + x], chroma[2 * pairs * (y / 2) + (x & ~1)], chroma[2 * pairs * (y / 2) + (x | 1)]);

                var nv12 = new Frame();
                int stride = 2 * pairs + width % 5;
                nv12.Reset(PixelFormat.Nv12, width, height, stride);
                nv12.Encoding = encoding;
                Assert.Equal(stride * (height + (height + 1) / 2), nv12.Pixels.Length);
                nv12.Pixels.Fill(77);
                for (int y = 0; y < height; y++)
                    luma.AsSpan(2 * pairs * y, 2 * pairs).CopyTo(nv12.Pixels[(y * stride)..]);
                for (int y = 0; y < (height + 1) / 2; y++)
                    chroma.AsSpan(2 * pairs * y, 2 * pairs).CopyTo(nv12.Pixels[((height + y) * stride)..]);
                Check(nv12);
                Check(Yuyv(encoding, width, height, Pixel, padding: width % 5));

                void Check(Frame frame)
                {
                    int plane = width * height;
                    byte[] grey = new byte[plane + 9], planes = new byte[3 * plane + 9];
                    Array.Fill(grey, (byte)77);
                    Array.Fill(planes, (byte)77);
                    frame.CopyPlanar(1, grey);
                    frame.CopyPlanar(3, planes);
                    for (int i = 0; i < plane; i++)
                    {
                        (int y, int cb, int cr) = Pixel(i % width, i / width);
                        Assert.Equal(Reference(encoding, y, cb, cr), (planes[i], planes[plane + i], planes[2 * plane + i]));
                        Assert.Equal(Reference(encoding, y, 128, 128).G, grey[i]);
                    }
                    Assert.All(grey[^9..], red => Assert.Equal(77, red));
                    Assert.All(planes[^9..], red => Assert.Equal(77, red));
                }
            }
        }
    }

    [Fact]
    public void A_copy_has_the_second_plane_and_the_encoding()
    {
        var frame = new Frame();
        frame.Reset(PixelFormat.Nv12, 5, 3, 8);
        frame.Encoding = new(YuvMatrix.Bt709, IsLimited: true);
        new Random(1).NextBytes(frame.Pixels);
        var copy = new Frame();
        copy.CopyFrom(frame);
        Assert.Equal(8 * 5, copy.Pixels.Length);
        Assert.True(copy.Pixels.SequenceEqual(frame.Pixels));
        Assert.Equal(frame.Encoding, copy.Encoding);
        Assert.Equal(8 * 4, CountBefore(frame, frame.ChromaRow(2)));
        Assert.Equal(6, frame.ChromaRow(2).Length);
        frame.Reset(PixelFormat.Yuyv, 5, 3);
        Assert.Equal(default, frame.Encoding);
        Assert.Equal(12, frame.Row(2).Length);
        Assert.Throws<InvalidOperationException>(() => frame.ChromaRow(0));

        static int CountBefore(Frame frame, Span<byte> row)
        {
            frame.Pixels.Overlaps(row, out int offset);
            return offset;
        }
    }

    [Fact]
    public void Short_rows_are_refused_with_the_numbers()
    {
        byte[] plane = new byte[5];
        Assert.Contains("11 bytes; it needs 12", Assert.Throws<ArgumentException>(
            () => YuvConversion.SplitYuyv(default, new byte[11], plane, plane, plane)).Message, StringComparison.Ordinal);
        Assert.Contains("5 bytes; it needs 6", Assert.Throws<ArgumentException>(
            () => YuvConversion.SplitNv12(default, plane, new byte[5], plane, plane, plane)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => YuvConversion.Grey(PixelFormat.Rgb24, default, new byte[15], plane));
        Assert.ThrowsAny<ArgumentException>(() => YuvConversion.SplitYuyv(default, new byte[12], plane, new byte[4], plane));
    }
}
