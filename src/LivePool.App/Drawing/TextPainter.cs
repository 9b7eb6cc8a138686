using System.Text;
using SkiaSharp;

namespace LivePool.App.Drawing;

/// <summary>How text looks.</summary>
/// <param name="Size">The size in pixels.</param>
/// <param name="Colour">The colour.</param>
/// <param name="Bold">Whether it is bold.</param>
internal readonly record struct TextStyle(float Size, SKColor Colour, bool Bold = false);

/// <summary>
/// Measures and draws single lines of text in a font of the machine, or in <see cref="PixelFont"/> where there is none.
/// Signs that the font lacks are replaced by ASCII, else by '?'.
/// </summary>
internal sealed class TextPainter : IDisposable
{
    private const int FilesToTry = 8;
    private const string Required = "AMgx09[]%,.";
    private const string Ellipsis = "…";

    // What stands for a sign that a font lacks.
    private static readonly (char Sign, string Ascii)[] Replacements =
        [('→', "->"), ('×', "x"), ('·', "-"), ('–', "-"), ('—', "-"), ('…', "..."), ('µ', "u"), ('²', "2"), ('≈', "~")];

    private static readonly Lazy<TextPainter> LazyShared = new(() => Open(FontFinder.Find()));

    private readonly SKTypeface? _regular;
    private readonly SKTypeface? _bold;

    private TextPainter(SKTypeface? regular, SKTypeface? bold, string? fontFile)
    {
        _regular = regular;
        _bold = bold;
        FontFile = fontFile;
    }

    /// <summary>The painter with this machine's font, looked for once. Not to be disposed of.</summary>
    public static TextPainter Shared => LazyShared.Value;

    /// <summary>The file of the font; null for the pixel font.</summary>
    public string? FontFile { get; }

    /// <summary>A painter with the first of some files that opens and has the usual letters; else the pixel font.</summary>
    public static TextPainter Open(IEnumerable<FontFiles> files)
    {
        foreach (FontFiles file in files.Take(FilesToTry))
        {
            SKTypeface? regular = SKTypeface.FromFile(file.Regular);
            if (regular is not null && HasLetters(regular))
                return new TextPainter(regular, file.Bold is null ? null : SKTypeface.FromFile(file.Bold), file.Regular);
            regular?.Dispose();
        }
        return OpenPixelFont();
    }

    /// <summary>A painter with the pixel font.</summary>
    public static TextPainter OpenPixelFont() => new(null, null, null);

    /// <summary>Pixels above and below the baseline, at a size in pixels.</summary>
    public (float Ascent, float Descent) Extent(float size)
    {
        if (_regular is null)
            return PixelFont.Extent(size);
        using SKFont font = Font(size, bold: false);
        return (-font.Metrics.Ascent, font.Metrics.Descent);
    }

    /// <summary>The height of a capital letter in pixels.</summary>
    public float CapitalHeight(float size)
    {
        if (_regular is null)
            return PixelFont.Extent(size).Ascent;
        using SKFont font = Font(size, bold: false);
        return font.Metrics.CapHeight;
    }

    /// <summary>The width in pixels.</summary>
    public float Measure(string text, float size, bool bold = false)
    {
        if (_regular is null)
            return PixelFont.Measure(text, size, bold);
        using SKFont font = Font(size, bold);
        return font.MeasureText(Drawable(font, text));
    }

    /// <summary>Draws one line of text.</summary>
    /// <param name="canvas">Where to draw.</param>
    /// <param name="text">The text.</param>
    /// <param name="x">The left edge.</param>
    /// <param name="baseline">The line that the letters stand on.</param>
    /// <param name="style">Size, colour and weight.</param>
    public void Draw(SKCanvas canvas, string text, float x, float baseline, TextStyle style)
    {
        if (_regular is null)
        {
            PixelFont.Draw(canvas, text, x, baseline, style);
            return;
        }
        using SKFont font = Font(style.Size, style.Bold);
        using var paint = new SKPaint { Color = style.Colour, IsAntialias = true };
        canvas.DrawText(Drawable(font, text), x, baseline, SKTextAlign.Left, font, paint);
    }

    /// <summary>The text, or as much of its beginning as fits a width with an ellipsis after it.</summary>
    public string Fit(string text, float width, float size, bool bold = false)
    {
        if (Measure(text, size, bold) <= width)
            return text;
        int low = 0, high = text.Length;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (Measure(text[..middle].TrimEnd() + Ellipsis, size, bold) <= width)
                low = middle;
            else
                high = middle - 1;
        }
        return text[..low].TrimEnd() + Ellipsis;
    }

    /// <summary>Breaks text between words into lines of at most a width. A longer word is cut short.</summary>
    public IReadOnlyList<string> Wrap(string text, float width, float size)
    {
        var lines = new List<string>();
        string rest = text;
        while (rest.Length > 0 && Measure(rest, size) > width)
        {
            int cut = -1;
            int space = rest.IndexOf(' ');
            for (int i = space; i >= 0 && Measure(rest[..i].TrimEnd(), size) <= width; i = rest.IndexOf(' ', i + 1))
                cut = i;
            if (cut <= 0)
                cut = space > 0 ? space : rest.Length;
            lines.Add(Fit(rest[..cut].TrimEnd(), width, size));
            rest = rest[cut..].TrimStart();
        }
        if (rest.Length > 0 || lines.Count == 0)
            lines.Add(rest);
        return lines;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _regular?.Dispose();
        _bold?.Dispose();
    }

    private static bool HasLetters(SKTypeface typeface)
    {
        using var font = new SKFont(typeface);
        return font.ContainsGlyphs(Required);
    }

    private SKFont Font(float size, bool bold) => new(bold ? _bold ?? _regular : _regular, size)
    {
        Edging = SKFontEdging.Antialias,
        Hinting = SKFontHinting.None,
        Subpixel = true,
        Embolden = bold && _bold is null,
    };

    // Text with every sign that the font lacks replaced; the same string if it lacks none.
    private static string Drawable(SKFont font, string text)
    {
        if (font.ContainsGlyphs(text) && !text.Any(char.IsControl))
            return text;
        var result = new StringBuilder();
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (!Rune.IsControl(rune) && font.ContainsGlyph(rune.Value))
                result.Append(rune);
            else
                result.Append(Replacements.FirstOrDefault(pair => pair.Sign == rune.Value).Ascii ?? "?");
        }
        return result.ToString();
    }
}
