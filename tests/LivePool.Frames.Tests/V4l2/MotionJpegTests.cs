using System.Buffers.Binary;
using LivePool.Frames.V4l2;

namespace LivePool.Frames.Tests.V4l2;

public sealed class MotionJpegTests
{
    [Theory]
    [InlineData("baseline.jpg")]
    [InlineData("grey.jpg")]
    [InlineData("subsampled.jpg")]
    public void A_picture_without_Huffman_tables_has_the_usual_ones(string name)
    {
        // The fixtures were made with these.
        byte[] file = Fixtures.Bytes(name), picture = WithoutHuffmanTables(file);
        Assert.True(picture.Length < file.Length);
        Frame expected = new(), frame = new();
        ImageFile.Decode(file, name, expected);
        foreach (byte[] given in (byte[][])[picture, [.. picture, 0, 0, 0], file])
        {
            MotionJpeg.Decode(given, "/dev/video0", frame, ImageLimits.Default);
            Assert.Equal(Fixtures.Pixels(expected), Fixtures.Pixels(frame));
        }
    }

    /// <summary>A JPEG file as most cameras would give it.</summary>
    internal static byte[] WithoutHuffmanTables(byte[] file)
    {
        var picture = new List<byte>(file[..2]);
        for (int at = 2; ;)
        {
            byte marker = file[at + 1];
            byte[] segment = file[at..(at + 2 + BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(at + 2)))];
            at += segment.Length;
            if (marker != 0xC4)
                picture.AddRange(segment);
            if (marker == 0xDA)
                return [.. picture, .. file[at..]];
        }
    }
}
