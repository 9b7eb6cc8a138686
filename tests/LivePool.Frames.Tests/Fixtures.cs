// Time, memory and native allocations are measured for the whole process.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace LivePool.Frames.Tests;

internal static class Fixtures
{
    /// <summary>tests/fixtures/frames of this checkout.</summary>
    public static string Folder { get; } = Find();

    /// <summary>The images that make_frames.py made; each has Pillow's pixels in a .raw beside it, but for HDR.</summary>
    public static string[] Images { get; } =
    [
        .. Directory.EnumerateFiles(Folder).Where(path => ImageFile.Extensions.Contains(Path.GetExtension(path)))
            .Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal),
    ];

    public static byte[] Bytes(string name) => File.ReadAllBytes(Path.Combine(Folder, name));

    /// <summary>The frame as Pillow gave it: grey if the decoder says grey, otherwise interleaved RGB.</summary>
    public static byte[] Pixels(Frame frame)
    {
        var channels = frame.Format == PixelFormat.Gray8 ? 1 : 3;
        var planes = new byte[channels * frame.Width * frame.Height];
        frame.CopyPlanar(channels, planes);
        if (channels == 1)
            return planes;
        var plane = planes.Length / 3;
        var pixels = new byte[planes.Length];
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = planes[i % 3 * plane + i / 3];
        return pixels;
    }

    public static FrameSourceException Refused(byte[] bytes, string name, ImageLimits? limits = null)
    {
        var error = Assert.Throws<FrameSourceException>(() => ImageFile.Decode(bytes, name, new Frame(), limits));
        Assert.DoesNotContain('\n', error.Message);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        return error;
    }

    private static string Find()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            var fixtures = Path.Combine(folder, "tests", "fixtures", "frames");
            if (Directory.Exists(fixtures))
                return fixtures;
        }
        throw new DirectoryNotFoundException($"tests/fixtures/frames is not above {AppContext.BaseDirectory}");
    }
}
