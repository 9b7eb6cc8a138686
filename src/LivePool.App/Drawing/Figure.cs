using LivePool.Core;
using SkiaSharp;

namespace LivePool.App.Drawing;

/// <summary>
/// The figure: the input and the output channels side by side, grey, without axes, each with its title and shape, on
/// white. Greyscale unless a panel has colour.
/// </summary>
internal static class Figure
{
    private static readonly SKColor Paper = SKColors.White;
    private static readonly SKColor Hairline = new(0xD8, 0xD8, 0xD8);
    private static readonly SKColor ArrowColour = new(0x9C, 0x9C, 0x9C);

    /// <summary>Writes a figure as a PNG.</summary>
    /// <param name="path">The file, replaced if it is there.</param>
    /// <param name="content">What it shows.</param>
    /// <param name="painter">What draws the text; this machine's font if it is left out.</param>
    /// <exception cref="LivePoolException">The file cannot be written.</exception>
    public static void Save(string path, FigureContent content, TextPainter? painter = null)
    {
        using SKBitmap bitmap = Render(content, painter);
        PngFile.Write(path, bitmap);
    }

    /// <summary>Where everything goes.</summary>
    public static FigureLayout Layout(FigureContent content, TextPainter? painter = null)
    {
        if (content.Panels.Count is < 1 or > FigureContent.MaxPanels)
            throw new ArgumentException($"a figure has 1 to {FigureContent.MaxPanels} panels, not {content.Panels.Count}");
        return new FigureLayout(content, painter ?? TextPainter.Shared);
    }

    /// <summary>Draws a figure: <see cref="SKColorType.Gray8"/>, or RGBA if a panel has colour.</summary>
    public static SKBitmap Render(FigureContent content, TextPainter? painter = null)
    {
        painter ??= TextPainter.Shared;
        FigureLayout layout = Layout(content, painter);
        SKColorType type = content.Panels.Any(panel => panel.HasColour) ? SKColorType.Rgba8888 : SKColorType.Gray8;
        var bitmap = new SKBitmap(new SKImageInfo(layout.Width, layout.Height, type, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(Paper);
        if (layout.Arrow is { } arrow)
            DrawArrow(canvas, arrow.Start, arrow.Tip, layout.Unit);
        foreach (PlacedText text in layout.Texts)
            painter.Draw(canvas, text.Text, text.X, text.Baseline, text.Style);
        DrawHairlines(canvas, layout);
        canvas.Flush();
        Span<byte> pixels = bitmap.GetPixelSpan();
        for (int i = 0; i < content.Panels.Count; i++)
            PanelScaler.Draw(content.Panels[i], layout.Panels[i], pixels, bitmap.RowBytes, bitmap.BytesPerPixel);
        return bitmap;
    }

    // One pixel around each panel, so that a white one shows its edge.
    private static void DrawHairlines(SKCanvas canvas, FigureLayout layout)
    {
        using var paint = new SKPaint { Color = Hairline, IsAntialias = false };
        foreach (PlacedPanel panel in layout.Panels)
            canvas.DrawRect(SKRectI.Inflate(panel.Bounds, 1, 1), paint);
    }

    private static void DrawArrow(SKCanvas canvas, SKPointI start, SKPointI tip, float unit)
    {
        using var paint = new SKPaint { Color = ArrowColour, IsAntialias = true, StrokeWidth = 1.5f * unit };
        paint.Style = SKPaintStyle.Stroke;
        paint.StrokeCap = SKStrokeCap.Round;
        float head = 5 * unit, y = tip.Y + 0.5f;
        canvas.DrawLine(start.X, y, tip.X, y, paint);
        canvas.DrawLine(tip.X - head, y - head, tip.X, y, paint);
        canvas.DrawLine(tip.X - head, y + head, tip.X, y, paint);
    }
}
