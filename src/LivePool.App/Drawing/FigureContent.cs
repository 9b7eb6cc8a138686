using LivePool.Gpu.Display;

namespace LivePool.App.Drawing;

/// <summary>What a figure shows.</summary>
/// <param name="Title">One line above everything, such as <c>edge24 on grass.png</c>; may be empty.</param>
/// <param name="Panels">1 to 64 pictures, in reading order.</param>
/// <param name="Captions">Paragraphs below; each is broken where it is too long.</param>
internal sealed record FigureContent(string Title, IReadOnlyList<FigurePanel> Panels, IReadOnlyList<string> Captions)
{
    /// <summary>Most panels that a figure takes.</summary>
    public const int MaxPanels = 64;

    /// <summary>Whether the first panel is the input: it then stands apart from the others.</summary>
    public bool FirstIsInput { get; init; } = true;
}

/// <summary>One picture of a figure. The pixels are not copied.</summary>
internal sealed class FigurePanel
{
    private readonly ReadOnlyMemory<byte> _grey;
    private readonly ReadOnlyMemory<byte> _rgb;
    private readonly ReadOnlyMemory<float> _plane;
    private readonly PlaneRange _range;

    private FigurePanel(
        string title,
        string subtitle,
        int width,
        int height,
        ReadOnlyMemory<byte> grey,
        ReadOnlyMemory<byte> rgb,
        ReadOnlyMemory<float> plane)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        long count = (long)width * height;
        if (grey.Length + rgb.Length / 3 + plane.Length != count || rgb.Length % 3 != 0)
            throw new ArgumentException($"panel '{title}' does not have the pixels of {width}x{height}");
        (Title, Subtitle, Width, Height) = (title, subtitle, width, height);
        (_grey, _rgb, _plane) = (grey, rgb, plane);
        _range = PlaneRange.Of(plane.Span);
        HasColour = rgb.Length > 0 || DisplayMapping.HasNaN(plane.Span);
    }

    /// <summary>The line above, such as <c>input</c>; may be empty.</summary>
    public string Title { get; }

    /// <summary>The quieter line below the title, such as <c>[1, 1, 512, 512]</c>; may be empty.</summary>
    public string Subtitle { get; }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Whether it cannot be drawn in grey: it is RGB, or has a NaN, which is magenta.</summary>
    public bool HasColour { get; }

    /// <summary>A panel of grey pixels, [height, width].</summary>
    public static FigurePanel FromGrey(string title, string subtitle, int width, int height, ReadOnlyMemory<byte> grey) =>
        new(title, subtitle, width, height, grey, default, default);

    /// <summary>A panel of colour pixels, [height, width, 3].</summary>
    public static FigurePanel FromRgb(string title, string subtitle, int width, int height, ReadOnlyMemory<byte> rgb) =>
        new(title, subtitle, width, height, default, rgb, default);

    /// <summary>A panel of values, [height, width], drawn as <see cref="DisplayMapping"/> maps them.</summary>
    public static FigurePanel FromPlane(string title, string subtitle, int width, int height, ReadOnlyMemory<float> plane) =>
        new(title, subtitle, width, height, default, default, plane);

    /// <summary>Writes one row of pixels.</summary>
    /// <param name="y">The row.</param>
    /// <param name="bytesPerPixel">1 for grey, unless the panel has colour; 4 for RGBA.</param>
    /// <param name="pixels">Width times <paramref name="bytesPerPixel"/> bytes.</param>
    public void CopyRow(int y, int bytesPerPixel, Span<byte> pixels)
    {
        if (!_rgb.IsEmpty)
            Rgb.ToRgba(_rgb.Span.Slice(3 * y * Width, 3 * Width), pixels);
        else if (!_plane.IsEmpty && bytesPerPixel == 1)
            DisplayMapping.ToGrey(_plane.Span.Slice(y * Width, Width), _range, pixels);
        else if (!_plane.IsEmpty)
            DisplayMapping.ToRgba(_plane.Span.Slice(y * Width, Width), _range, pixels);
        else if (bytesPerPixel == 1)
            _grey.Span.Slice(y * Width, Width).CopyTo(pixels);
        else
            Rgb.FromGrey(_grey.Span.Slice(y * Width, Width), pixels);
    }

    /// <summary>Whether a pixel that <see cref="CopyRow"/> wrote as RGBA stands for a NaN.</summary>
    public bool IsNaN(ReadOnlySpan<byte> rgba) => !_plane.IsEmpty && rgba[1] != rgba[0];
}
