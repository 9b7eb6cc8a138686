namespace LivePool.App.Drawing;

/// <summary>
/// Draws a panel row by row into a figure: enlarged by repeating pixels, reduced by averaging the area that each pixel
/// covers. Takes the memory of a few rows. A NaN anywhere in the area stays visible.
/// </summary>
internal static class PanelScaler
{
    /// <summary>Draws a panel.</summary>
    /// <param name="panel">The panel.</param>
    /// <param name="place">Where it goes.</param>
    /// <param name="figure">The figure's pixels, opaque.</param>
    /// <param name="rowBytes">Bytes from one row of the figure to the next.</param>
    /// <param name="bytesPerPixel">1 for a grey figure, 4 for RGBA.</param>
    public static void Draw(FigurePanel panel, PlacedPanel place, Span<byte> figure, int rowBytes, int bytesPerPixel)
    {
        Span<byte> target = figure[(place.Bounds.Top * rowBytes + place.Bounds.Left * bytesPerPixel)..];
        if (place.Scale >= 1)
            Enlarge(panel, place.Scale, target, rowBytes, bytesPerPixel);
        else
            Reduce(panel, place.Bounds.Width, place.Bounds.Height, target, rowBytes, bytesPerPixel);
    }

    private static void Enlarge(FigurePanel panel, int scale, Span<byte> target, int rowBytes, int bytesPerPixel)
    {
        byte[] source = new byte[panel.Width * bytesPerPixel];
        int length = scale * source.Length;
        for (int y = 0; y < panel.Height; y++)
        {
            panel.CopyRow(y, bytesPerPixel, source);
            Span<byte> row = target.Slice(y * scale * rowBytes, length);
            for (int i = 0; i < length; i++)
                row[i] = source[i / bytesPerPixel / scale * bytesPerPixel + i % bytesPerPixel];
            for (int copy = 1; copy < scale; copy++)
                row.CopyTo(target[((y * scale + copy) * rowBytes)..]);
        }
    }

    private static void Reduce(FigurePanel panel, int width, int height, Span<byte> target, int rowBytes, int bytesPerPixel)
    {
        byte[] source = new byte[panel.Width * bytesPerPixel];
        float[] sums = new float[width * bytesPerPixel];
        bool[] nans = new bool[width];
        double rowsPerPixel = (double)panel.Height / height;
        float area = (float)(rowsPerPixel * panel.Width / width);
        for (int y = 0; y < height; y++)
        {
            Array.Clear(sums);
            Array.Clear(nans);
            double top = y * rowsPerPixel, bottom = y + 1 == height ? panel.Height : (y + 1) * rowsPerPixel;
            for (int sourceY = (int)top; sourceY < bottom; sourceY++)
            {
                panel.CopyRow(sourceY, bytesPerPixel, source);
                double share = Math.Min(bottom, sourceY + 1) - Math.Max(top, sourceY);
                AddRow(panel, source, (float)share, sums, nans, bytesPerPixel);
            }
            Span<byte> row = target.Slice(y * rowBytes, sums.Length);
            for (int i = 0; i < sums.Length; i++)
                row[i] = (byte)Math.Clamp(sums[i] / area + 0.5f, 0, 255);
            for (int x = 0; x < width; x++)
            {
                if (nans[x])
                    (row[4 * x], row[4 * x + 1], row[4 * x + 2]) = (255, 0, 255);
            }
        }
    }

    // Adds to each pixel's sum the pixels of a source row that it covers, the outermost two in part.
    private static void AddRow(
        FigurePanel panel, ReadOnlySpan<byte> source, float share, Span<float> sums, Span<bool> nans, int bytesPerPixel)
    {
        int width = nans.Length;
        double columnsPerPixel = (double)panel.Width / width;
        for (int x = 0; x < width; x++)
        {
            double left = x * columnsPerPixel, right = x + 1 == width ? panel.Width : (x + 1) * columnsPerPixel;
            int first = (int)left, last = Math.Min(panel.Width, (int)Math.Ceiling(right)) - 1;
            for (int channel = 0; channel < bytesPerPixel; channel++)
            {
                int whole = 0;
                for (int i = first * bytesPerPixel + channel; i <= last * bytesPerPixel + channel; i += bytesPerPixel)
                    whole += source[i];
                double outside = (left - first) * source[first * bytesPerPixel + channel]
                    + (last + 1 - right) * source[last * bytesPerPixel + channel];
                sums[x * bytesPerPixel + channel] += share * (float)(whole - outside);
            }
            for (int sourceX = first; sourceX <= last && panel.HasColour && !nans[x]; sourceX++)
                nans[x] = panel.IsNaN(source.Slice(sourceX * bytesPerPixel, bytesPerPixel));
        }
    }
}
