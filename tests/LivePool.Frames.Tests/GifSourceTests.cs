using System.Diagnostics;

namespace LivePool.Frames.Tests;

/// <summary>Animated GIFs as ffmpeg puts them together: parts of the picture, transparency, what is left of the picture before.</summary>
public sealed class GifSourceTests : IDisposable
{
    private const int Width = 21;
    private const int Height = 13;
    // The ground's colour too: ffmpeg clears to it, browsers to nothing.
    private const byte Hole = 7;
    private readonly string _folder = Directory.CreateTempSubdirectory("livepool").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>A GIF whose pictures have random places, colours, holes and disposals; hundredths of a second are 5, 6, ...</summary>
    internal static byte[] Make(int pictures, int seed)
    {
        var random = new Random(seed);
        var gif = new List<byte>([.. "GIF89a"u8, Width, 0, Height, 0, 0x80 | 7, Hole, 0, .. Colours(256)]);
        for (int i = 0; i < pictures; i++)
        {
            // The first covers all, because programs differ on what is below it.
            int x = i == 0 ? 0 : random.Next(Width), y = i == 0 ? 0 : random.Next(Height);
            int width = i == 0 ? Width : 1 + random.Next(Width - x), height = i == 0 ? Height : 1 + random.Next(Height - y);
            bool hasHoles = i > 0 && random.Next(2) == 0, hasColours = random.Next(2) == 0;
            gif.AddRange([0x21, 0xF9, 4, (byte)(random.Next(4) << 2 | 1), (byte)(5 + i), 0, Hole, 0]);
            gif.AddRange([0x2C, (byte)x, 0, (byte)y, 0, (byte)width, 0, (byte)height, 0, (byte)(hasColours ? 0x87 : 0)]);
            if (hasColours)
                gif.AddRange(Colours(256));
            byte[] indices = new byte[width * height];
            random.NextBytes(indices);
            for (int k = 0; k < indices.Length; k++)
                indices[k] = hasHoles && k % 2 == 0 ? Hole : indices[k] == Hole ? (byte)0 : indices[k];
            gif.Add(8);
            gif.AddRange(Codes(indices));
        }
        gif.Add(0x3B);
        return [.. gif];

        byte[] Colours(int count)
        {
            byte[] colours = new byte[3 * count];
            random.NextBytes(colours);
            return colours;
        }
    }

    /// <summary>Codes of 9 bits that stand for themselves; the table is cleared before it would need 10.</summary>
    private static List<byte> Codes(byte[] indices)
    {
        const int Clear = 256, End = 257;
        var codes = new List<int>();
        for (int i = 0; i < indices.Length; i++)
        {
            if (i % 200 == 0)
                codes.Add(Clear);
            codes.Add(indices[i]);
        }
        codes.Add(End);
        var bytes = new byte[(9 * codes.Count + 7) / 8];
        for (int i = 0; i < 9 * codes.Count; i++)
            bytes[i / 8] |= (byte)((codes[i / 9] >> (i % 9) & 1) << (i % 8));
        var blocks = new List<byte>();
        foreach (byte[] block in bytes.Chunk(255))
            blocks.AddRange([(byte)block.Length, .. block]);
        blocks.Add(0);
        return blocks;
    }

    private byte[] DecodedByFfmpeg(string path)
    {
        string raw = Path.Combine(_folder, "raw");
        using Process process = Process.Start(new ProcessStartInfo("ffmpeg", ["-v", "error", "-y", "-ignore_loop", "1", "-i", path, "-fps_mode", "passthrough", "-pix_fmt", "bgra", "-f", "rawvideo", raw]))!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return File.ReadAllBytes(raw);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Pictures_are_put_together_as_ffmpeg_does_it_and_come_at_their_times(int seed)
    {
        const int Pictures = 12;
        string path = Path.Combine(_folder, "a.gif");
        File.WriteAllBytes(path, Make(Pictures, seed));
        byte[] expected = DecodedByFfmpeg(path);
        Assert.Equal(4 * Width * Height * Pictures, expected.Length);
        using IFrameSource source = FrameSources.Open(path);
        source.Looping = true;
        Assert.Equal(Pictures, source.FrameCount);
        TimeSpan time = TimeSpan.Zero;
        for (int i = 0; i < 2 * Pictures; i++)
        {
            var frame = new Frame();
            Assert.True(source.TryRead(frame, Stop));
            Assert.Equal((time, (long)i), (frame.Timestamp, frame.Sequence));
            ReadOnlySpan<byte> bgra = expected.AsSpan(4 * Width * Height * (i % Pictures), 4 * Width * Height);
            for (int k = 0; k < bgra.Length; k += 4)
            {
                ReadOnlySpan<byte> rgba = frame.Pixels.Slice(k, 4);
                Assert.Equal(bgra[k + 3], rgba[3]);
                if (rgba[3] != 0)
                    Assert.Equal([bgra[k + 2], bgra[k + 1], bgra[k]], rgba[..3]);
            }
            time += TimeSpan.FromMilliseconds(10 * (5 + i % Pictures));
        }
    }

    [Fact]
    public void A_GIF_that_is_cut_off_keeps_its_whole_pictures()
    {
        byte[] whole = Make(6, 1);
        int before = 0;
        for (int length = 0; length <= whole.Length; length += 7)
        {
            int pictures = GifAnimation.TryParse(whole[..length], ImageLimits.Default)?.Pictures.Count ?? 0;
            Assert.InRange(pictures, before, 6);
            before = pictures;
        }
        Assert.Equal(6, GifAnimation.TryParse(whole, ImageLimits.Default)!.Pictures.Count);
        Assert.True(before >= 5);
    }

    [Fact]
    public void A_GIF_of_one_picture_is_a_picture_and_one_too_large_is_refused()
    {
        string path = Path.Combine(_folder, "one.gif");
        File.WriteAllBytes(path, Make(1, 1));
        using IFrameSource one = FrameSources.Open(path);
        Assert.Null(one.FramesPerSecond);
        File.WriteAllBytes(path, Make(3, 1));
        Assert.Throws<FrameSourceException>(() => FrameSources.Open(path, ImageLimits.Default with { MaxSide = 12 }));
    }
}
