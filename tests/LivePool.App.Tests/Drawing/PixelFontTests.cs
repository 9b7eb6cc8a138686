using LivePool.App.Drawing;
using SkiaSharp;

namespace LivePool.App.Tests.Drawing;

public class PixelFontTests
{
    private static IEnumerable<char> PrintableAscii => Enumerable.Range(' ', '~' - ' ' + 1).Select(code => (char)code);

    [Fact]
    public void Every_printable_letter_has_its_own_drawing()
    {
        Assert.Subset(PixelGlyphs.Letters.ToHashSet(), PrintableAscii.ToHashSet());
        Assert.Subset(PixelGlyphs.Letters.ToHashSet(), "×·→–".ToHashSet());
        var drawings = PixelGlyphs.Letters.ToLookup(letter => Convert.ToHexString(PixelGlyphs.For(letter).Rows));
        Assert.All(drawings, letters => Assert.Single(letters));
        Assert.All(PixelGlyphs.Letters, letter => Assert.Equal(letter == ' ', PixelGlyphs.For(letter).Rows.All(row => row == 0)));
    }

    [Fact]
    public void A_drawing_is_as_wide_as_its_ink_and_digits_are_equally_wide()
    {
        foreach (char letter in PixelGlyphs.Letters.Where(letter => letter != ' '))
        {
            PixelGlyph glyph = PixelGlyphs.For(letter);
            int ink = glyph.Rows.Aggregate(0, (all, row) => all | row);
            if (char.IsAsciiDigit(letter))
                Assert.Equal(PixelGlyphs.Columns, glyph.Width);
            else
                Assert.Equal(glyph.Width, PixelGlyphs.Columns - int.TrailingZeroCount(ink));
        }
    }

    [Fact]
    public void Letters_without_descender_stand_on_the_baseline()
    {
        foreach (char letter in PrintableAscii.Where(char.IsAsciiLetterOrDigit))
        {
            byte[] rows = PixelGlyphs.For(letter).Rows;
            Assert.Equal("gjpqy".Contains(letter), rows[PixelGlyphs.Ascent] != 0);
            Assert.NotEqual(0, rows[PixelGlyphs.Ascent - 1]);
        }
    }

    [Fact]
    public void Unknown_signs_are_question_marks_one_for_each()
    {
        Assert.Same(PixelGlyphs.For('?'), PixelGlyphs.For('草'));
        Assert.Equal(PixelFont.Measure("a?b", 15, false), PixelFont.Measure("a\U0001F33Fb", 15, false));
    }

    [Theory]
    [InlineData(8, false)]
    [InlineData(15, false)]
    [InlineData(15, true)]
    [InlineData(31, true)]
    public void Measure_is_what_is_drawn(float size, bool bold)
    {
        const string Text = "[1, 2, 254, 254] gM";
        SKRectI ink = Ink.Of((canvas, x, y) => PixelFont.Draw(canvas, Text, x, y, new TextStyle(size, SKColors.Black, bold)));
        Assert.Equal((int)PixelFont.Measure(Text, size, bold), ink.Width);
        (float ascent, float descent) = PixelFont.Extent(size);
        Assert.Equal((Ink.Y - (int)ascent, Ink.Y + (int)descent), (ink.Top, ink.Bottom));
        Assert.Equal(Ink.X, ink.Left);
    }
}
