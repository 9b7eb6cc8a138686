using LivePool.Gpu.Display;

namespace LivePool.App.View;

/// <summary>
/// Which part of a picture its tile shows. All tiles show the same part, so that one place can be followed from stage to stage:
/// the centre is a share of width and height.
/// </summary>
internal sealed class Viewport
{
    /// <summary>Pixels of an element's side, at most.</summary>
    private const int MostPixels = 96;

    /// <summary>The centre, from 0 to 1 each.</summary>
    public (double X, double Y) Centre { get; private set; } = (0.5, 0.5);

    /// <summary>1 where a tile shows all of its picture.</summary>
    public double Zoom { get; private set; } = 1;

    public void Reset() => (Centre, Zoom) = ((0.5, 0.5), 1);

    /// <summary>Where all of the picture would be; its tile shows the part of it that lies within.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="columns">The picture's elements in a row.</param>
    /// <param name="rows">Its rows.</param>
    public PixelRectangle Place(PixelRectangle tile, int columns, int rows)
    {
        (int width, int height) = SizeIn(tile, columns, rows);
        int x = (int)Math.Clamp(Math.Round(tile.Width / 2.0 - Centre.X * width), tile.Width - width, 0);
        int y = (int)Math.Clamp(Math.Round(tile.Height / 2.0 - Centre.Y * height), tile.Height - height, 0);
        return new(tile.X + x, tile.Y + y, width, height);
    }

    private (int Width, int Height) SizeIn(PixelRectangle tile, int columns, int rows)
    {
        double scale = tile.Width * Zoom / columns;
        // Elements that are larger than a pixel are squares of whole pixels, and no larger than is of use, or than can be drawn.
        if (scale >= 1)
            scale = Math.Max(1, Math.Floor(Math.Min(scale, Math.Max(MostPixels, (double)tile.Width / columns))));
        return (Math.Max(tile.Width, (int)(columns * scale)), Math.Max(tile.Height, (int)(rows * scale)));
    }

    /// <summary>Comes closer or goes away; what is under the pointer stays there.</summary>
    /// <param name="steps">How far.</param>
    /// <param name="tile">The tile under the pointer.</param>
    /// <param name="picture">Where <see cref="Place"/> has put its picture.</param>
    /// <param name="columns">The picture's elements in a row.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="pointer">The pointer, in pixels.</param>
    public void ZoomBy(double steps, PixelRectangle tile, PixelRectangle picture, int columns, int rows, (double X, double Y) pointer)
    {
        (double X, double Y) at = ((pointer.X - picture.X) / picture.Width, (pointer.Y - picture.Y) / picture.Height);
        double most = Math.Max(1, (double)MostPixels * columns / tile.Width);
        Zoom = Math.Clamp(Zoom * Math.Pow(1.25, steps), 1, most);
        (int width, int height) = SizeIn(tile, columns, rows);
        MoveTo(at.X - (pointer.X - tile.X - tile.Width / 2.0) / width, at.Y - (pointer.Y - tile.Y - tile.Height / 2.0) / height);
    }

    /// <summary>Shows a place, from 0 to 1 each, at a zoom.</summary>
    public void CentreOn(double x, double y, double zoom)
    {
        Zoom = Math.Max(1, zoom);
        MoveTo(x, y);
    }

    /// <summary>Moves the picture under the pointer.</summary>
    public void Pan(double pixelsX, double pixelsY, PixelRectangle picture) =>
        MoveTo(Centre.X - pixelsX / picture.Width, Centre.Y - pixelsY / picture.Height);

    private void MoveTo(double x, double y)
    {
        double margin = 0.5 / Zoom;
        Centre = (Math.Clamp(x, margin, 1 - margin), Math.Clamp(y, margin, 1 - margin));
    }
}
