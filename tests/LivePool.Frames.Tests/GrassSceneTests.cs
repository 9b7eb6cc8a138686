using System.Security.Cryptography;

namespace LivePool.Frames.Tests;

public class GrassSceneTests
{
    private static string Hash(GrassScene scene, long number)
    {
        var frame = new Frame();
        scene.Draw(number, frame);
        return Convert.ToHexString(SHA256.HashData(frame.Pixels))[..16];
    }

    /// <summary>
    /// These hashes change only when the scene's drawing is changed on purpose. They hold on every machine, with and without
    /// vector instructions.
    /// </summary>
    [Theory]
    [InlineData(1u, 0, "87A47D6F51D947A2")]
    [InlineData(1u, 100, "15B841403F7ABABF")]
    [InlineData(2u, 100000000000, "731499FE8DD06EC4")]
    public void A_frame_has_the_same_bytes_everywhere(uint seed, long number, string hash) =>
        Assert.Equal(hash, Hash(new GrassScene(160, 90, seed), number));

    [Fact]
    public void Frames_depend_on_their_number_only_not_on_what_was_drawn_before()
    {
        var (one, other) = (new GrassScene(101, 57), new GrassScene(101, 57));
        var forward = new[] { 0, 1, 2, 50 }.Select(number => Hash(one, number)).ToArray();
        var backward = new[] { 50, 2, 1, 0 }.Select(number => Hash(other, number)).Reverse().ToArray();
        Assert.Equal(forward, backward);
        Assert.Equal(4, forward.Distinct().Count());
    }

    [Fact]
    public void Another_seed_is_another_meadow() =>
        Assert.NotEqual(Hash(new GrassScene(64, 48, 1), 0), Hash(new GrassScene(64, 48, 2), 0));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 500)]
    [InlineData(500, 1)]
    [InlineData(2, 3)]
    [InlineData(7, 5)]
    [InlineData(64, 48)]
    [InlineData(333, 111)]
    public void Every_size_draws_opaque_pixels_and_nothing_beyond_them(int width, int height)
    {
        var frame = new Frame();
        var scene = new GrassScene(width, height, 3);
        foreach (var number in new[] { 0, 77, long.MaxValue, -5 })
        {
            scene.Draw(number, frame);
            Assert.Equal((width, height, PixelFormat.Rgba32), (frame.Width, frame.Height, frame.Format));
            for (var i = 3; i < frame.Pixels.Length; i += 4)
                Assert.Equal(255, frame.Pixels[i]);
        }
    }

    [Fact]
    public void There_is_sky_above_grass_below_and_detail_for_an_edge_kernel()
    {
        var frame = new Frame();
        new GrassScene(320, 180).Draw(30, frame);
        var (sky, grass) = (Mean(frame, 5), Mean(frame, 150));
        Assert.True(sky.Blue > sky.Red && grass.Green > grass.Blue + 20, $"{sky} {grass}");
        var (grey, edges) = (new byte[320 * 180], 0);
        frame.CopyPlanar(1, grey);
        for (var i = 100 * 320 + 1; i < grey.Length; i++)
            edges += Math.Abs(grey[i] - grey[i - 1]) > 12 ? 1 : 0;
        Assert.InRange(edges, 4000, 20000);

        static (int Red, int Green, int Blue) Mean(Frame frame, int y)
        {
            var row = frame.Row(y);
            var (red, green, blue) = (0, 0, 0);
            for (var i = 0; i < row.Length; i += 4)
                (red, green, blue) = (red + row[i], green + row[i + 1], blue + row[i + 2]);
            return (red / frame.Width, green / frame.Width, blue / frame.Width);
        }
    }
}
