using LivePool.App.Drawing;
using LivePool.Core;
using SkiaSharp;

namespace LivePool.App.Tests.Drawing;

public sealed class PngFileTests : IDisposable
{
    private const int GreyType = 0, RgbType = 2;
    private readonly string _folder = Directory.CreateTempSubdirectory("livepool-png-").FullName;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    [InlineData(7, 300)]
    public void Grey_pixels_come_back_as_they_were(int width, int height)
    {
        byte[] grey = [.. Enumerable.Range(0, width * height).Select(i => (byte)(i * 31 + 5))];
        string path = Path.Combine(_folder, "grey.png");
        PngFile.Write(path, width, height, grey);
        Assert.Equal(GreyType, ColourType(path));
        Assert.Equal(grey, Decode(path, width, height).Select(pixel => pixel.Red));
    }

    [Fact]
    public void Colour_pixels_come_back_as_they_were()
    {
        byte[] rgb = [.. Enumerable.Range(0, 5 * 4 * 3).Select(i => (byte)(i * 4))];
        string path = Path.Combine(_folder, "rgb.png");
        PngFile.WriteRgb(path, 5, 4, rgb);
        Assert.Equal(RgbType, ColourType(path));
        Assert.Equal(rgb, Decode(path, 5, 4).SelectMany(pixel => new[] { pixel.Red, pixel.Green, pixel.Blue }));
    }

    [Fact]
    public void A_plane_is_grey()
    {
        string path = Path.Combine(_folder, "plane.png");
        PngFile.WritePlane(path, 3, 2, [0, 51, 102, 153, 204, 255]);
        Assert.Equal(GreyType, ColourType(path));
        Assert.Equal([0, 51, 102, 153, 204, 255], Decode(path, 3, 2).Select(pixel => pixel.Red));
    }

    [Fact]
    public void A_plane_with_NaN_is_colour()
    {
        string path = Path.Combine(_folder, "nan.png");
        PngFile.WritePlane(path, 3, 1, [0, float.NaN, 1]);
        Assert.Equal(RgbType, ColourType(path));
        Assert.Equal([SKColors.Black, SKColors.Magenta, SKColors.White], Decode(path, 3, 1));
    }

    [Fact]
    public void Too_few_pixels_are_refused()
    {
        Assert.Throws<ArgumentException>(() => PngFile.Write(Path.Combine(_folder, "short.png"), 3, 2, new byte[5]));
        Assert.False(File.Exists(Path.Combine(_folder, "short.png")));
    }

    [Fact]
    public void What_cannot_be_written_says_where_and_why_in_one_line()
    {
        string missing = Path.Combine(_folder, "missing", "x.png");
        var error = Assert.Throws<LivePoolException>(() => PngFile.Write(missing, 1, 1, [0]));
        Assert.Equal($"cannot write {missing}: its folder does not exist", error.Message);

        error = Assert.Throws<LivePoolException>(() => PngFile.Write(_folder, 1, 1, [0]));
        Assert.Equal($"cannot write {_folder}: it is a folder", error.Message);

        error = Assert.Throws<LivePoolException>(() => PngFile.Write("", 1, 1, [0]));
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void A_full_disk_is_an_error_too()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "needs /dev/full");
        var error = Assert.Throws<LivePoolException>(() => PngFile.Write("/dev/full", 1, 1, [0]));
        Assert.StartsWith("cannot write /dev/full: ", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // The colour type in the header of a PNG file.
    internal static byte ColourType(string path) => File.ReadAllBytes(path)[25];

    private static SKColor[] Decode(string path, int width, int height)
    {
        using SKBitmap bitmap = SKBitmap.Decode(path);
        Assert.Equal((width, height), (bitmap.Width, bitmap.Height));
        return bitmap.Pixels;
    }
}
