using LivePool.App.View;
using LivePool.Gpu.Display;

namespace LivePool.App.Tests.View;

/// <summary>Every window has a layout, and every picture in it is whole, apart from the others and enlarged by a whole factor.</summary>
public sealed class StageGridTests
{
    [Fact]
    public void A_window_of_any_size_has_a_layout()
    {
        for (int width = 0; width < 80; width++)
        {
            for (int height = 0; height < 80; height++)
                Place(new(0, 0, width, height), [new(1, 1280, 720), new(2, 1276, 716), new(2, 638, 358)]);
        }
    }

    [Theory]
    [InlineData(944, 720, 512, 512, 254, 254, 2)]
    [InlineData(1280, 720, 40, 30, 18, 13, 2)]
    [InlineData(700, 500, 451, 300, 112, 75, 16)]
    [InlineData(480, 320, 1280, 720, 638, 358, 3)]
    [InlineData(300, 900, 64, 48, 30, 22, 3)]
    [InlineData(944, 720, 1280, 720, 640, 360, 64)]
    public void Pictures_are_whole_and_apart(int width, int height, int inputWidth, int inputHeight, int w, int h, int channels)
    {
        TileGroup[] groups = [new(1, inputWidth, inputHeight), new(channels, inputWidth - 1, inputHeight - 1), new(channels, w, h)];
        // Not at the window's corner.
        var area = new PixelRectangle(7, 5, width, height);
        (PixelRectangle[] tiles, PixelRectangle[] headings) = Place(area, groups);
        int next = 0;
        for (int g = 0; g < groups.Length; g++)
        {
            for (int i = 0; i < groups[g].Count; i++, next++)
            {
                PixelRectangle tile = tiles[next];
                Assert.True(tile.Width > 0 && tile.Height > 0 && tile.X >= area.X && tile.X + tile.Width <= area.X + width
                    && tile.Y + tile.Height <= area.Y + height, $"{tile}");
                Assert.True(tile.Y - StageGrid.LabelHeight >= headings[g].Y + headings[g].Height, $"{tile} has no room for its label under {headings[g]}");
                if (tile.Width > groups[g].Width)
                    Assert.Equal((0, tile.Width / groups[g].Width * groups[g].Height), (tile.Width % groups[g].Width, tile.Height));
                foreach (PixelRectangle other in tiles.AsSpan(0, next))
                {
                    Assert.True(tile.X >= other.X + other.Width || other.X >= tile.X + tile.Width ||
                        tile.Y - StageGrid.LabelHeight >= other.Y + other.Height || other.Y - StageGrid.LabelHeight >= tile.Y + tile.Height, $"{tile} over {other}");
                }
            }
        }
    }

    private static (PixelRectangle[] Tiles, PixelRectangle[] Headings) Place(PixelRectangle area, TileGroup[] groups)
    {
        var tiles = new PixelRectangle[groups.Sum(group => group.Count)];
        var headings = new PixelRectangle[groups.Length];
        StageGrid.Place(area, groups, contentScale: 1, tiles, headings);
        return (tiles, headings);
    }
}
