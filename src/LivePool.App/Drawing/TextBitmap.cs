using SkiaSharp;

namespace LivePool.App.Drawing;

/// <summary>
/// Lines of text on a translucent rounded ground, as pixels for a window to lay over its picture. Updating with the text
/// that is shown already does nothing; the pixels are kept until the picture grows. Not thread-safe.
/// </summary>
internal sealed class TextBitmap : IDisposable
{
    private const float LineSpacing = 1.4f;

    // The width is rounded up, so that a number that changes its length does not change the bitmap's size.
    private const int WidthStep = 16;

    private readonly TextPainter _painter;
    private readonly float _size;
    private readonly List<string> _lines = [];
    private SKColor _ink = new(0xF2, 0xF2, 0xF2);
    private SKColor _ground = new(0x14, 0x14, 0x14, 0xB8);
    private SKBitmap? _bitmap;

    /// <summary>Makes an empty one.</summary>
    /// <param name="painter">What draws the text; it is not disposed of.</param>
    /// <param name="size">The text's size in pixels.</param>
    /// <param name="padding">Room around the text, as a share of its size.</param>
    public TextBitmap(TextPainter painter, float size, float padding = 0.7f)
    {
        Padding = MathF.Round(padding * size);
        _painter = painter;
        _size = size;
    }

    /// <summary>Columns of pixels; 0 without text.</summary>
    public int Width { get; private set; }

    /// <summary>Rows of pixels; 0 without text.</summary>
    public int Height { get; private set; }

    /// <summary>
    /// [Height, Width, 4]: red, green, blue and alpha, premultiplied, top row first. Valid until the next update.
    /// </summary>
    public ReadOnlySpan<byte> Rgba => _bitmap is null ? [] : _bitmap.GetPixelSpan()[..(4 * Width * Height)];

    /// <summary>Takes other colours from the next update on, which draws anew.</summary>
    public void SetColours(SKColor ink, SKColor ground)
    {
        (_ink, _ground) = (ink, ground);
        _lines.Clear();
    }

    /// <summary>Shows lines of text; none for nothing at all.</summary>
    /// <returns>Whether the pixels changed.</returns>
    public bool Update(params ReadOnlySpan<string> lines)
    {
        if (IsShown(lines))
            return false;
        _lines.Clear();
        _lines.AddRange(lines);
        if (lines.IsEmpty)
        {
            (Width, Height) = (0, 0);
            return true;
        }
        Resize(lines);
        Draw(lines);
        return true;
    }

    /// <summary>Columns of pixels that a line of text would take.</summary>
    public int WidthOf(string line) =>
        ((int)MathF.Ceiling(_painter.Measure(line, _size) + 2 * Padding) + WidthStep - 1) / WidthStep * WidthStep;

    /// <inheritdoc/>
    public void Dispose() => _bitmap?.Dispose();

    private float Padding { get; }

    private float LineHeight => MathF.Round(LineSpacing * _size);

    private bool IsShown(ReadOnlySpan<string> lines)
    {
        if (lines.Length != _lines.Count)
            return false;
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i] != _lines[i])
                return false;
        }
        return true;
    }

    private void Resize(ReadOnlySpan<string> lines)
    {
        Width = 0;
        foreach (string line in lines)
            Width = Math.Max(Width, WidthOf(line));
        Height = (int)(lines.Length * LineHeight + 2 * Padding - (LineHeight - MathF.Round(_size)));
        if (_bitmap is not null && _bitmap.ByteCount >= 4 * Width * Height)
            return;
        _bitmap?.Dispose();
        _bitmap = new SKBitmap(new SKImageInfo(Width, Height, SKColorType.Rgba8888, SKAlphaType.Premul));
    }

    private void Draw(ReadOnlySpan<string> lines)
    {
        var info = new SKImageInfo(Width, Height, SKColorType.Rgba8888, SKAlphaType.Premul);
        using var surface = SKSurface.Create(info, _bitmap!.GetPixels(), info.RowBytes);
        SKCanvas canvas = surface.Canvas;
        canvas.Clear(SKColors.Transparent);
        using (var ground = new SKPaint { Color = _ground, IsAntialias = true })
            canvas.DrawRoundRect(0, 0, Width, Height, 0.5f * _size, 0.5f * _size, ground);
        // Capitals stand in the middle of their line.
        float baseline = Padding + MathF.Round((_size + _painter.CapitalHeight(_size)) / 2);
        foreach (string line in lines)
        {
            _painter.Draw(canvas, line, Padding, baseline, new TextStyle(_size, _ink));
            baseline += LineHeight;
        }
    }
}
