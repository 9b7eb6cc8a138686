using LivePool.App.Drawing;
using LivePool.Gpu.Display;
using SkiaSharp;

namespace LivePool.App.Tests.Drawing;

public sealed class FigureTests : IDisposable
{
    private readonly TextPainter _painter = TextPainter.OpenPixelFont();
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"livepool-figure-{Guid.NewGuid():N}.png");

    [Theory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(5, 3, 4, 2)]
    [InlineData(3, 5, 1, 1)]
    [InlineData(512, 512, 254, 254)]
    [InlineData(600, 300, 298, 148)]
    public void Panels_have_exactly_the_mapped_pixels(int width, int height, int outputWidth, int outputHeight)
    {
        float[] input = Plane(width, height), output = Plane(outputWidth, outputHeight);
        output[^1] = float.PositiveInfinity;
        FigureContent content = Content("x",
            FigurePanel.FromPlane("input", "", width, height, input),
            FigurePanel.FromPlane("channel 0", "", outputWidth, outputHeight, output));
        Figure.Save(_path, content, _painter);
        Assert.Equal(0, PngFileTests.ColourType(_path));
        FigureLayout layout = Figure.Layout(content, _painter);
        using SKBitmap bitmap = SKBitmap.Decode(_path);
        Assert.Equal((layout.Width, layout.Height), (bitmap.Width, bitmap.Height));
        AssertPixels(bitmap, layout.Panels[0], width, height, Grey(input));
        AssertPixels(bitmap, layout.Panels[1], outputWidth, outputHeight, Grey(output));
    }

    [Fact]
    public void Colour_panels_keep_their_colours_and_NaN_is_magenta()
    {
        byte[] rgb = [255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30, 40, 50, 60, 70, 80, 90];
        FigureContent content = Content("x",
            FigurePanel.FromRgb("input", "", 3, 2, rgb),
            FigurePanel.FromPlane("channel 0", "", 3, 2, new float[] { 0, 1, float.NaN, 3, 4, 5 }),
            FigurePanel.FromGrey("channel 1", "", 3, 2, new byte[] { 1, 2, 3, 4, 5, 6 }));
        Figure.Save(_path, content, _painter);
        FigureLayout layout = Figure.Layout(content, _painter);
        using SKBitmap bitmap = SKBitmap.Decode(_path);
        Assert.Equal(new SKColor(10, 20, 30), At(bitmap, layout.Panels[0], 0, 1));
        Assert.Equal(new SKColor(0, 0, 255), At(bitmap, layout.Panels[0], 2, 0));
        Assert.Equal(SKColors.Magenta, At(bitmap, layout.Panels[1], 2, 0));
        Assert.Equal(new SKColor(153, 153, 153), At(bitmap, layout.Panels[1], 0, 1));
        Assert.Equal(new SKColor(6, 6, 6), At(bitmap, layout.Panels[2], 2, 1));
    }

    [Fact]
    public void A_reduced_panel_averages_and_keeps_a_lone_NaN()
    {
        const int Side = 2000;
        byte[] checks = [.. Enumerable.Range(0, Side * Side).Select(i => (byte)(i % Side % 2 == i / Side % 2 ? 200 : 100))];
        float[] plane = [.. checks.Select(value => (float)value)];
        plane[1234 * Side + 777] = float.NaN;
        FigureContent content = Content("x",
            FigurePanel.FromGrey("input", "", Side, Side, checks), FigurePanel.FromPlane("channel 0", "", Side, Side, plane));
        FigureLayout layout = Figure.Layout(content, _painter);
        using SKBitmap bitmap = Figure.Render(content, _painter);
        SKRectI input = layout.Panels[0].Bounds, output = layout.Panels[1].Bounds;
        Assert.Equal(0, layout.Panels[0].Scale);
        Assert.InRange(bitmap.GetPixel(input.MidX, input.MidY).Red, 140, 160);
        int magenta = 0;
        for (int i = 0; i < output.Width * output.Height; i++)
        {
            (int x, int y) = (i % output.Width, i / output.Width);
            if (bitmap.GetPixel(output.Left + x, output.Top + y) != SKColors.Magenta)
                continue;
            magenta++;
            Assert.InRange(x - 777.0 * output.Width / Side, -1, 1);
            Assert.InRange(y - 1234.0 * output.Height / Side, -1, 1);
        }
        Assert.InRange(magenta, 1, 4);
    }

    [Fact]
    public void Reducing_keeps_the_average_and_the_orientation()
    {
        // Bright to the right and, less so, to the bottom.
        float[] plane = new float[1500 * 1000];
        for (int i = 0; i < plane.Length; i++)
            plane[i] = i % 1500 + 0.1f * (i / 1500);
        FigureContent content = Content("x", FigurePanel.FromPlane("", "", 1500, 1000, plane));
        PlacedPanel place = Figure.Layout(content, _painter).Panels[0];
        using SKBitmap bitmap = Figure.Render(content, _painter);
        byte[] mapped = Grey(plane);
        Assert.Equal(0, place.Scale);
        for (int y = 0; y < place.Bounds.Height; y += 37)
        {
            for (int x = 0; x < place.Bounds.Width; x += 37)
            {
                int sourceX = (int)((x + 0.5) * 1500 / place.Bounds.Width);
                int sourceY = (int)((y + 0.5) * 1000 / place.Bounds.Height);
                Assert.InRange(At(bitmap, place, x, y).Red - mapped[sourceY * 1500 + sourceX], -1, 1);
            }
        }
    }

    [Fact]
    public void Without_a_font_titles_are_there_and_tell_figures_apart()
    {
        FigureContent blank = Content("", Panel(20, 20)), one = Content("edge24 on grass.png", Panel(20, 20));
        PlacedText title = Figure.Layout(one, _painter).Texts[0];
        using SKBitmap bitmap = Figure.Render(one, _painter);
        using SKBitmap other = Figure.Render(Content("edge24 on glass.png", Panel(20, 20)), _painter);
        using SKBitmap untitled = Figure.Render(blank, _painter);
        Assert.Equal("edge24 on grass.png", title.Text);
        (float ascent, float descent) = _painter.Extent(title.Style.Size);
        int width = (int)_painter.Measure(title.Text, title.Style.Size, bold: true);
        var part = new SKRectI(title.X, title.Baseline - (int)ascent, title.X + width, title.Baseline + (int)descent);
        Assert.Equal(part, Ink.Of(bitmap, part));
        Assert.NotEqual(bitmap.Bytes, other.Bytes);
        Assert.True(untitled.Height < bitmap.Height);
    }

    [Theory]
    [InlineData(2, 512, 512, 254, 254)]
    [InlineData(16, 512, 512, 124, 124)]
    [InlineData(63, 640, 480, 158, 118)]
    [InlineData(2, 2000, 20, 998, 8)]
    [InlineData(2, 20, 2000, 8, 998)]
    [InlineData(63, 20, 2000, 8, 998)]
    [InlineData(63, 4000, 10, 1998, 3)]
    [InlineData(3, 1920, 1080, 958, 538)]
    [InlineData(63, 1, 1, 1, 1)]
    [InlineData(2, 100000, 1, 99998, 1)]
    public void Nothing_overlaps_or_leaves_the_figure(int channels, int width, int height, int outputWidth, int outputHeight)
    {
        string shape = $"[1, {channels}, {outputHeight}, {outputWidth}]";
        byte[] pixels = new byte[outputWidth * outputHeight];
        var input = FigurePanel.FromGrey("input", "[1]", width, height, new byte[width * height]);
        var channel = FigurePanel.FromGrey("channel", shape, outputWidth, outputHeight, pixels);
        FigurePanel[] panels = [input, .. Enumerable.Repeat(channel, channels)];
        var content = new FigureContent(new string('m', 300), panels, [new string('w', 300), "a b"]);
        FigureLayout layout = Figure.Layout(content, _painter);
        Assert.InRange(layout.Width, 100, FigureGrid.MaxFigureWidth);
        List<SKRectI> boxes = [.. layout.Panels.Select(panel => panel.Bounds)];
        foreach (PlacedText text in layout.Texts)
        {
            int right = text.X + (int)_painter.Measure(text.Text, text.Style.Size, text.Style.Bold);
            boxes.Add(new SKRectI(text.X, text.Baseline - (int)_painter.CapitalHeight(text.Style.Size), right, text.Baseline));
        }
        for (int i = 0; i < boxes.Count; i++)
        {
            Assert.True(boxes[i].Width > 0 && boxes[i].Height > 0);
            Assert.True(SKRectI.Create(layout.Width, layout.Height).Contains(boxes[i]), $"{boxes[i]} leaves the figure");
            for (int j = 0; j < i; j++)
                Assert.False(boxes[i].IntersectsWith(boxes[j]), $"{boxes[i]} overlaps {boxes[j]}");
        }
        Assert.Single(layout.Panels.Skip(1).Select(panel => (panel.Bounds.Width, panel.Bounds.Height, panel.Scale)).Distinct());
    }

    [Fact]
    public void The_seed_is_one_row_of_three_with_the_input_apart()
    {
        FigureLayout layout = Figure.Layout(Content("edge24", Panel(512, 512), Panel(254, 254), Panel(254, 254)), _painter);
        Assert.Single(layout.Panels.Select(panel => panel.Bounds.Top).Distinct());
        Assert.Equal([1, 2, 2], layout.Panels.Select(panel => panel.Scale));
        SKRectI[] bounds = [.. layout.Panels.Select(panel => panel.Bounds)];
        Assert.True(bounds[1].Left - bounds[0].Right > bounds[2].Left - bounds[1].Right);
        Assert.NotNull(layout.Arrow);
    }

    [Fact]
    public void Wrong_content_is_refused()
    {
        Assert.Throws<ArgumentException>(() => FigurePanel.FromGrey("", "", 3, 2, new byte[5]));
        Assert.Throws<ArgumentException>(() => Figure.Layout(Content("none"), _painter));
        Assert.Throws<ArgumentException>(() => Figure.Layout(Content("many", [.. Enumerable.Repeat(Panel(1, 1), 65)]), _painter));
    }

    public void Dispose()
    {
        File.Delete(_path);
        _painter.Dispose();
    }

    private static FigureContent Content(string title, params FigurePanel[] panels) => new(title, panels, ["caption"]);

    private static FigurePanel Panel(int width, int height) =>
        FigurePanel.FromPlane("channel 0", $"[{height}, {width}]", width, height, Plane(width, height));

    // Neither symmetric nor equal to its transpose.
    private static float[] Plane(int width, int height) =>
        [.. Enumerable.Range(0, width * height).Select(i => MathF.Sqrt(i) + i % width * 0.7f)];

    private static byte[] Grey(float[] plane)
    {
        byte[] grey = new byte[plane.Length];
        DisplayMapping.ToGrey(plane, PlaneRange.Of(plane), grey);
        return grey;
    }

    private static SKColor At(SKBitmap bitmap, PlacedPanel place, int x, int y)
    {
        int scale = Math.Max(1, place.Scale);
        return bitmap.GetPixel(place.Bounds.Left + x * scale + scale / 2, place.Bounds.Top + y * scale + scale / 2);
    }

    private static void AssertPixels(SKBitmap bitmap, PlacedPanel place, int width, int height, byte[] expected)
    {
        Assert.True(place.Scale >= 1);
        Assert.Equal((place.Scale * width, place.Scale * height), (place.Bounds.Width, place.Bounds.Height));
        for (int y = 0; y < place.Bounds.Height; y++)
        {
            for (int x = 0; x < place.Bounds.Width; x++)
            {
                byte got = bitmap.GetPixel(place.Bounds.Left + x, place.Bounds.Top + y).Red;
                byte wanted = expected[y / place.Scale * width + x / place.Scale];
                if (got != wanted)
                    Assert.Fail($"pixel ({x}, {y}) of the panel is {got}, not {wanted}");
            }
        }
    }
}
