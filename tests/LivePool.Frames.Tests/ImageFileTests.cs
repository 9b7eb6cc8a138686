using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using StbImageSharp;

namespace LivePool.Frames.Tests;

public class ImageFileTests
{
    public static TheoryData<string> Exact =>
        [.. Fixtures.Images.Where(name => Path.GetExtension(name) is not (".jpg" or ".hdr"))];

    public static TheoryData<string> Jpegs => [.. Fixtures.Images.Where(name => name.EndsWith(".jpg", StringComparison.Ordinal))];

    public static TheoryData<string> All => [.. Fixtures.Images];

    private static Frame Decode(string name)
    {
        var frame = new Frame();
        ImageFile.Decode(Path.Combine(Fixtures.Folder, name), frame);
        return frame;
    }

    [Theory, MemberData(nameof(Exact))]
    public void Lossless_formats_give_Pillows_pixels(string name)
    {
        var frame = Decode(name);
        Assert.Equal((23, 17), (frame.Width, frame.Height));
        var expected = Fixtures.Bytes(name + ".raw");
        // Pillow keeps grey palettes grey where the decoder makes three equal channels of them.
        var pixels = Fixtures.Pixels(frame);
        if (pixels.Length == 3 * expected.Length)
            expected = [.. expected.SelectMany(grey => new[] { grey, grey, grey })];
        Assert.Equal(expected, pixels);
    }

    [Theory, MemberData(nameof(Jpegs))]
    public void Jpegs_differ_from_Pillows_decoder_by_a_few_levels_at_most(string name)
    {
        var expected = Fixtures.Bytes(name + ".raw");
        var pixels = Fixtures.Pixels(Decode(name));
        Assert.Equal(expected.Length, pixels.Length);
        var differences = pixels.Zip(expected, (a, b) => Math.Abs(a - b)).ToArray();
        Assert.InRange(differences.Max(), 0, name == "subsampled.jpg" ? 8 : 4);
        Assert.InRange(differences.Average(), 0, 1);
    }

    [Fact]
    public void Hdr_is_tone_mapped_to_8_bits_flat_or_run_length_coded()
    {
        var flat = Decode("flat.hdr");
        Assert.Equal(PixelFormat.Rgb24, flat.Format);
        Assert.True(flat.Pixels.SequenceEqual(Decode("runs.hdr").Pixels));
        // RGBE (48, 56, 100, 129) at x = 10, y = 16 is mantissa * 2^(129-136), then gamma 2.2.
        byte[] expected = [.. new[] { 48, 56, 100 }.Select(m => (byte)Math.Min(255, Math.Pow(m / 128.0, 1 / 2.2) * 255 + 0.5))];
        Assert.Equal(expected, flat.Row(16)[30..33].ToArray());
    }

    [Theory]
    [InlineData("rgb8.png", "photo.jpg")]
    [InlineData("baseline.jpg", "photo.png")]
    [InlineData("bottomup.bmp", "photo.tga")]
    [InlineData("still.gif", "photo.hdr")]
    [InlineData("rgb8.png", "photo")]
    public void What_a_file_is_shows_in_its_bytes_not_in_its_name(string name, string alias)
    {
        var frame = new Frame();
        ImageFile.Decode(Fixtures.Bytes(name), alias, frame);
        Assert.True(frame.Pixels.SequenceEqual(Decode(name).Pixels));
        Assert.Equal(alias, frame.Origin);
    }

    [Theory]
    [InlineData("raw.tga")]
    [InlineData("raw.psd")]
    [InlineData("flat.hdr")]
    public void Formats_that_go_by_extension_are_refused_under_another(string name) =>
        Assert.Contains("named so", Fixtures.Refused(Fixtures.Bytes(name), "photo.dat").Message, StringComparison.Ordinal);

    [Theory, MemberData(nameof(All))]
    public void A_file_cut_at_any_length_is_refused_or_whole(string name)
    {
        var bytes = Fixtures.Bytes(name);
        var whole = Decode(name).Pixels.ToArray();
        var frame = new Frame();
        var mayPass = Path.GetExtension(name) is not (".png" or ".jpg");
        for (var length = 0; length < bytes.Length; length++)
        {
            var watch = Stopwatch.StartNew();
            try
            {
                ImageFile.Decode(bytes[..length], name, frame);
                Assert.True(mayPass, $"{name} cut after {length} bytes was shown");
                Assert.True(frame.Pixels.SequenceEqual(whole), $"{name} cut after {length} bytes was shown with other pixels");
            }
            catch (FrameSourceException)
            {
            }
            Assert.InRange(watch.ElapsedMilliseconds, 0, 1000);
        }
    }

    [Fact]
    public void Damaged_files_are_refused_or_shown_but_never_crash_hang_or_leak()
    {
        var dice = new Random(20240607);
        var frame = new Frame();
        var files = Fixtures.Images.Select(name => (Name: name, Bytes: Fixtures.Bytes(name))).ToArray();
        var native = StbImage.NativeAllocations;
        var watch = Stopwatch.StartNew();
        var refused = 0;
        for (var round = 0; round < 6000; round++)
        {
            var (name, original) = files[round % files.Length];
            var bytes = (byte[])original.Clone();
            for (var change = dice.Next(1, 5); change > 0; change--)
            {
                // Headers matter most; the values that matter most are the extreme ones.
                var at = dice.Next(dice.Next(2) == 0 ? Math.Min(64, bytes.Length) : bytes.Length);
                bytes[at] = dice.Next(3) switch { 0 => 0, 1 => 255, _ => (byte)dice.Next(256) };
            }
            if (name.EndsWith(".png", StringComparison.Ordinal) && dice.Next(4) != 0)
                RepairChecksums(bytes);
            var start = watch.ElapsedMilliseconds;
            try
            {
                ImageFile.Decode(bytes, name, frame);
            }
            catch (FrameSourceException)
            {
                refused++;
            }
            Assert.InRange(watch.ElapsedMilliseconds - start, 0, 1000);
        }
        Assert.InRange(refused, 1000, 6000);
        Assert.Equal(native, StbImage.NativeAllocations);
    }

    public static TheoryData<string, string, string> Hostile => new()
    {
        { "seeks past the end for ever", "FFD8FFE000104A4649", "x.jpg" },
        { "23120x23169 from 18 bytes", "000002" + "000000000000000000" + "815A815A2000", "x.tga" },
        { "length 0x7fffffff", "89504E470D0A1A0A" + "7FFFFFFF49484452" + "0000001000000010" + "0800000000", "x.png" },
        { "65535x65535 frame header", "FFD8FFC0000B08FFFFFFFF01011100FFD9", "x.jpg" },
        { "65535x65535 progressive", "FFD8FFC2000B08FFFFFFFF01011100FFD9", "x.jpg" },
        { "65535x65535 screen", "474946383961FFFFFFFF800000" + "000000FFFFFF" + "2C00000000010001000002024401003B", "x.gif" },
        { "screen without a picture", "474946383961100010008000003B", "x.gif" },
        { "header and end, nothing between", "FFD8FFC0000B080010001001011100FFD9", "x.jpg" },
        { "no row is -2147483648 high", "424D0000000000000000360000002800000001000000000000800100180000000000000000000000000000000000000000000000", "x.bmp" },
        { "palette of 500 million colours", "424D000000000000000000000077280000000100000001000000010008000000000000000000000000000000000000000000000000", "x.bmp" },
        { "30000x30000 hdr", Convert.ToHexString(Encoding.ASCII.GetBytes("#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 30000 +X 30000\n")), "x.hdr" },
        { "4294967295 rows", "384250530001000000000000" + "0003FFFFFFFF00000010" + "00080003" + "0000000000000000000000000000", "x.psd" },
        { "text", Convert.ToHexString(Encoding.ASCII.GetBytes("hello, I am not an image")), "x.png" },
        { "nothing", "", "x.png" },
    };

    [Theory, MemberData(nameof(Hostile))]
    public void Hostile_files_are_refused_at_once_and_cost_no_memory(string what, string hex, string name)
    {
        var bytes = Convert.FromHexString(hex);
        Fixtures.Refused(bytes, name);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var native = StbImage.NativeAllocations;
        var watch = Stopwatch.StartNew();
        Fixtures.Refused(bytes, name);
        Assert.True(watch.ElapsedMilliseconds < 1000, what);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20, what);
        Assert.Equal(native, StbImage.NativeAllocations);
    }

    private static byte[] Png(uint width, uint height, byte depth, byte colour, params (string Type, byte[] Data)[] chunks)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteUInt32BigEndian(header, width);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (depth, colour);
        var file = new List<byte> { 0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10 };
        foreach (var (type, data) in chunks.Prepend(("IHDR", header)).Append(("IEND", [])))
        {
            var length = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(length, data.Length);
            file.AddRange([.. length, .. Encoding.ASCII.GetBytes(type), .. data, 0, 0, 0, 0]);
        }
        var bytes = file.ToArray();
        RepairChecksums(bytes);
        return bytes;
    }

    /// <summary>Makes the checksums of a PNG's chunks good again, as far as its chunk lengths lead.</summary>
    private static void RepairChecksums(byte[] bytes)
    {
        for (var at = 8; at + 12 <= bytes.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at));
            if (length > bytes.Length - at - 12)
                return;
            var crc = uint.MaxValue;
            foreach (var value in bytes.AsSpan(at + 4, (int)length + 4))
            {
                crc ^= value;
                for (var bit = 0; bit < 8; bit++)
                    crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
            }
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(at + 8 + (int)length), ~crc);
            at += 12 + (int)length;
        }
    }

    private static byte[] Deflate(byte[] data)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.SmallestSize))
            zlib.Write(data);
        return packed.ToArray();
    }

    [Fact]
    public void A_png_header_of_60000x60000_is_refused_before_memory_is_taken()
    {
        var bytes = Png(60000, 60000, 8, 2, ("IDAT", Deflate([0])));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("60000x60000", Fixtures.Refused(bytes, "huge.png").Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void A_png_that_inflates_to_far_more_than_its_pixels_is_refused_early()
    {
        var bytes = Png(4, 4, 8, 0, ("IDAT", Deflate(new byte[100 << 20])));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();
        Assert.Contains("longer than the 20 bytes", Fixtures.Refused(bytes, "bomb.png").Message, StringComparison.Ordinal);
        Assert.InRange(watch.ElapsedMilliseconds, 0, 1000);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Damaged_png_pixel_data_is_refused_by_its_checksum()
    {
        var bytes = Fixtures.Bytes("rgb8.png");
        bytes[200] ^= 1;
        Assert.Contains("checksum", Fixtures.Refused(bytes, "bad.png").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_jpeg_whose_decoder_would_stop_early_is_refused_not_shown_half()
    {
        // A restart interval is announced and no restart marker follows: StbImageSharp would leave the rest as the memory was.
        var bytes = Fixtures.Bytes("baseline.jpg");
        byte[] lying = [.. bytes[..2], 0xFF, 0xDD, 0, 4, 0, 1, .. bytes[2..]];
        Assert.Contains("its pixel data", Fixtures.Refused(lying, "restart.jpg").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_jpeg_with_a_marker_amid_its_pixels_is_refused_not_shown_half()
    {
        // StbImageSharp ends the scan at a restart marker that nobody announced, and says that all is well.
        var bytes = Fixtures.Bytes("baseline.jpg");
        byte[] broken = [.. bytes[..^60], 0xFF, 0xD0, .. bytes[^60..]];
        Assert.Contains("its pixel data ends too early", Fixtures.Refused(broken, "marker.jpg").Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("baseline.jpg")]
    [InlineData("grey.jpg")]
    [InlineData("subsampled.jpg")]
    public void A_jpeg_that_lost_bytes_amid_its_pixels_is_refused_though_its_end_is_there(string name)
    {
        // StbImageSharp goes on with zeros where the pixels end, and shows what they come to.
        byte[] bytes = Fixtures.Bytes(name);
        for (int lost = 1; lost < 60; lost++)
        {
            Fixtures.Refused([.. bytes[..^(2 + lost)], .. bytes[^2..]], name);
            Fixtures.Refused([.. bytes[..^2], .. Enumerable.Repeat((byte)0x55, lost), .. bytes[^2..]], name);
        }
        // Zeros, as some cameras leave them there, or an end in the middle of a byte, are no harm.
        ImageFile.Decode([.. bytes[..^2], 0, 0, .. bytes[^2..]], name, new Frame());
    }

    [Fact]
    public void The_stream_for_the_decoder_ends_at_both_ends_and_at_the_deadline()
    {
        using var stream = new GuardedStream([1, 2, 3], new Deadline(60));
        Assert.Equal(3, stream.Seek(int.MaxValue, SeekOrigin.Current));
        Assert.Throws<EndOfStreamException>(() => stream.ReadByte());
        Assert.Equal(0, stream.Seek(int.MinValue, SeekOrigin.Current));
        Assert.Throws<EndOfStreamException>(() => stream.Read(new byte[4]));
        Assert.Equal(1, stream.ReadByte());
        using var late = new GuardedStream(new byte[100], new Deadline(-1));
        Assert.Throws<TimeoutException>(() => late.Read(new byte[1]));
        Assert.Throws<TimeoutException>(() =>
        {
            for (var i = 0; i < 16; i++)
                late.ReadByte();
        });
    }

    [Fact]
    public void Limits_on_file_size_pixels_sides_and_time_hold()
    {
        var bytes = Fixtures.Bytes("rgb8.png");
        Assert.Contains("over the limit of 100;", Fixtures.Refused(bytes, "a.png", new ImageLimits(MaxFileBytes: 100)).Message, StringComparison.Ordinal);
        Assert.Contains("over the limit of 390 pixels", Fixtures.Refused(bytes, "a.png", new ImageLimits(MaxPixels: 390)).Message, StringComparison.Ordinal);
        Assert.Contains("over the limit of 22 a side", Fixtures.Refused(bytes, "a.png", new ImageLimits(MaxSide: 22)).Message, StringComparison.Ordinal);
        foreach (var name in Fixtures.Images)
        {
            if (Path.GetExtension(name) is not (".png" or ".jpg"))
                continue;
            Assert.Contains("took longer", Fixtures.Refused(Fixtures.Bytes(name), name, new ImageLimits(MaxSeconds: -1)).Message, StringComparison.Ordinal);
        }
        ImageFile.Decode(bytes, "a.png", new Frame(), new ImageLimits(bytes.Length, 23 * 17, 23));
    }

    [Fact]
    public void A_refusal_keeps_the_decoders_reason()
    {
        var bytes = Fixtures.Bytes("baseline.jpg");
        var table = bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC4]);
        bytes.AsSpan(table + 5, 16).Fill(255);
        var error = Fixtures.Refused(bytes, "bad.jpg");
        Assert.NotNull(error.InnerException);
        Assert.Contains(error.InnerException.Message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Devices_missing_files_and_folders_are_refused_without_waiting()
    {
        foreach (var path in new[] { "/dev/zero", "/nowhere/at/all.png", Fixtures.Folder })
        {
            var error = Assert.Throws<FrameSourceException>(() => ImageFile.Decode(path, new Frame()));
            Assert.Contains(path, error.Message, StringComparison.Ordinal);
        }
    }
}
