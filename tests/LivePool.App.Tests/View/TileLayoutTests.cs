using LivePool.App.View;
using LivePool.Gpu.Display;

namespace LivePool.App.Tests.View;

/// <summary>Every window has a layout, and every picture in it is whole, apart from the others and enlarged by a whole factor.</summary>
public sealed class TileLayoutTests
{
    [Fact]
    public void A_window_of_any_size_has_a_layout()
    {
        for (int width = 0; width < 80; width++)
        {
            for (int height = 0; height < 80; height++)
                Place(width, height, [(1280, 720), (638, 358), (638, 358)]);
        }
    }

    [Theory]
    [InlineData(1280, 720, 512, 512, 254, 254, 2)]
    [InlineData(1280, 720, 40, 30, 18, 13, 2)]
    [InlineData(700, 500, 451, 300, 112, 75, 16)]
    [InlineData(480, 320, 1280, 720, 638, 358, 8)]
    [InlineData(300, 900, 64, 48, 30, 22, 3)]
    public void Pictures_are_whole_and_apart(int width, int height, int inputWidth, int inputHeight, int w, int h, int channels)
    {
        (int, int)[] sizes = [(inputWidth, inputHeight), .. Enumerable.Repeat((w, h), channels)];
        PixelRectangle[] tiles = Place(width, height, sizes);
        for (int i = 0; i < tiles.Length; i++)
        {
            PixelRectangle tile = tiles[i];
            (int elementsWide, int elementsHigh) = sizes[i];
            Assert.True(tile.X >= 0 && tile.Y >= TileLayout.LabelHeight && tile.X + tile.Width <= width && tile.Y + tile.Height <= height, $"{tile}");
            if (tile.Width > elementsWide)
                Assert.Equal((0, tile.Width / elementsWide * elementsHigh), (tile.Width % elementsWide, tile.Height));
            for (int j = 0; j < i; j++)
            {
                PixelRectangle other = tiles[j];
                Assert.True(tile.X >= other.X + other.Width || other.X >= tile.X + tile.Width ||
                    tile.Y >= other.Y + other.Height + TileLayout.LabelHeight || other.Y >= tile.Y + tile.Height, $"{tile} over {other}");
            }
        }
    }

    private static PixelRectangle[] Place(int width, int height, (int, int)[] sizes)
    {
        var tiles = new PixelRectangle[sizes.Length];
        TileLayout.Place(width, height, sizes, inputs: 1, contentScale: 1, tiles);
        return tiles;
    }
}
