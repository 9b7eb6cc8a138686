using LivePool.App.Drawing;
using SkiaSharp;

namespace LivePool.App.Tests.Drawing;

public sealed class TextPainterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("livepool-fonts-").FullName;

    [Fact]
    public void A_usual_font_comes_first_with_the_bold_one_beside_it()
    {
        string arial = Add("c/arial.ttf"), bold = Add("c/arialbd.ttf");
        Add("a/AAA.ttf");
        Add("a/ZZZ.txt");
        string dejaVu = Add("x/y/z/DejaVuSans.ttf");
        FontFiles[] found = [.. FontFinder.Find([_folder])];
        Assert.Equal(new FontFiles(dejaVu, null), found[0]);
        Assert.Equal(new FontFiles(arial, bold), found[1]);
        Assert.DoesNotContain(found, font => font.Regular.EndsWith(".txt", StringComparison.Ordinal));
    }

    [Fact]
    public void Any_font_will_do_and_a_plain_one_rather_than_a_styled_one()
    {
        Add("Another-BoldItalic.ttf");
        Add("Emoji.ttf");
        string plain = Add("PlainSans.otf");
        Assert.Equal(plain, FontFinder.Find([_folder]).First().Regular);
    }

    [Fact]
    public void The_environment_names_the_only_folder()
    {
        string? before = Environment.GetEnvironmentVariable(FontFinder.FolderVariable);
        try
        {
            Environment.SetEnvironmentVariable(FontFinder.FolderVariable, _folder);
            Assert.Empty(FontFinder.Find());
            string file = Add("Mine.ttf");
            Assert.Equal([new FontFiles(file, null)], FontFinder.Find());
            Environment.SetEnvironmentVariable(FontFinder.FolderVariable, Path.Combine(_folder, "missing"));
            Assert.Empty(FontFinder.Find());
        }
        finally
        {
            Environment.SetEnvironmentVariable(FontFinder.FolderVariable, before);
        }
    }

    [Fact]
    public void A_file_that_is_no_font_leaves_the_pixel_font()
    {
        Add("DejaVuSans.ttf");
        using var painter = TextPainter.Open(FontFinder.Find([_folder]));
        Assert.Null(painter.FontFile);
        Assert.Equal(PixelFont.Measure("input", 15, false), painter.Measure("input", 15));
    }

    [Fact]
    public void Measure_is_about_what_is_drawn()
    {
        foreach (TextPainter painter in Painters())
        {
            foreach (bool bold in new[] { false, true })
            {
                const string Text = "edge24 → [1, 2, 254, 254]";
                SKRectI ink = Ink.Of((canvas, x, y) => painter.Draw(canvas, Text, x, y, new TextStyle(23, SKColors.Black, bold)));
                Assert.InRange(painter.Measure(Text, 23, bold), ink.Width - 2, ink.Width + 6);
                Assert.InRange(ink.Left, Ink.X - 1, Ink.X + 4);
                (float ascent, float descent) = painter.Extent(23);
                Assert.True(ink.Top >= Ink.Y - ascent - 1 && ink.Bottom <= Ink.Y + descent + 1, $"{ink} is outside the extent");
            }
        }
    }

    [Fact]
    public void Long_text_is_cut_with_an_ellipsis()
    {
        foreach (TextPainter painter in Painters())
        {
            string cut = painter.Fit("a rather long file name.png", 120, 15);
            Assert.EndsWith("…", cut, StringComparison.Ordinal);
            Assert.True(painter.Measure(cut, 15) <= 120);
            Assert.Equal("short", painter.Fit("short", 120, 15));
        }
    }

    [Fact]
    public void Lines_break_between_words_and_lose_none()
    {
        const string Text = "conv2d [1, 2, 508, 508]  516,128 values   →   max_pool2d [1, 2, 254, 254]";
        foreach (TextPainter painter in Painters())
        {
            IReadOnlyList<string> lines = painter.Wrap(Text, 200, 15);
            Assert.True(lines.Count > 1);
            Assert.All(lines, line => Assert.True(painter.Measure(line, 15) <= 200));
            Assert.Equal(Words(Text), lines.SelectMany(Words));
            Assert.True(painter.Measure(painter.Wrap(new string('x', 500), 200, 15).Single(), 15) <= 200);
            Assert.Equal([""], painter.Wrap("", 200, 15));
            // A window may leave no room at all.
            foreach (float width in (float[])[0, -5])
                Assert.Equal(3, painter.Wrap("one two three", width, 15).Count);
        }
    }

    [Fact]
    public void Signs_that_no_font_has_do_not_stop_drawing()
    {
        foreach (TextPainter painter in Painters())
            Assert.True(painter.Measure("\0\n\uD800 \U0001F33F", 15) > 0);
    }

    [Fact]
    public void An_overlay_is_drawn_once_for_the_same_text()
    {
        using var overlay = new TextBitmap(TextPainter.OpenPixelFont(), 15);
        Assert.True(overlay.Update("60 frames/s", "simd"));
        Assert.Equal(4 * overlay.Width * overlay.Height, overlay.Rgba.Length);
        byte[] first = overlay.Rgba.ToArray();
        Assert.Equal(0, first[3]); // the corner is round
        Assert.Contains((byte)0xF2, first);
        for (int i = 0; i < first.Length; i++)
            Assert.True(first[i] <= first[i / 4 * 4 + 3], "not premultiplied");

        string[] again = ["60 frames/s", "simd"];
        long before = GC.GetAllocatedBytesForCurrentThread();
        bool changed = overlay.Update(again);
        int length = overlay.Rgba.Length;
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.False(changed);
        Assert.Equal(first.Length, length);

        Assert.True(overlay.Update("59 frames/s", "simd"));
        Assert.Equal(first.Length, overlay.Rgba.Length);
        Assert.NotEqual(first, overlay.Rgba.ToArray());
        Assert.True(overlay.Update());
        Assert.Equal((0, 0, 0), (overlay.Width, overlay.Height, overlay.Rgba.Length));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // The pixel font, and this machine's font where it has one.
    private static TextPainter[] Painters() =>
        [TextPainter.OpenPixelFont(), TextPainter.Open(FontFinder.Find(FontFinder.SystemFolders()))];

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private string Add(string name)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "not a font");
        return path;
    }
}
